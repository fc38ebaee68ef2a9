package report

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"towerbridge/fault"
)

// shellFrame is what stands around a page's content.
type shellFrame struct {
	title, name string // of the page, and of what it is a page of
	few         bool   // so few lives that their tables are printed, opened or not
	foot        templ.Component
}

// heading is one line of a page's contents.
type heading struct{ id, text string }

// write writes a page. An error is that of the writer.
func write(w io.Writer, page templ.Component) error {
	if err := page.Render(context.Background(), w); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the page could not be written")
	}
	return nil
}
