package api

import "github.com/danielgtaylor/huma/v2"

// tags are the groups of operations, in the order of the reference.
func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: ticketTag, Description: "What happens to tickets, and every clock of them."},
	}
}
