package simulate

import (
	"towerbridge/journal"
	"towerbridge/span"
)

// event is an entry in the making: what it says is kept as positions in the lists of
// names of the simulation, so that it is small and needs no text until it is written.
type event struct {
	happened span.Instant
	lag      uint32 // seconds until it was learnt
	ticket   uint32 // number, from one; above the tickets: a series
	related  uint32 // number of the other ticket of a link
	what
	marks journal.Mark
}

func (e *event) learnt() span.Instant { return e.happened + span.Instant(e.lag) }

// what is the facts of an entry; zero says nothing about a field.
type what struct {
	event    journal.Event
	status   journal.Status
	kind     uint8
	priority uint8
	channel  uint8
	reason   uint8
	series   uint8
	service  uint16
	site     uint16
	holder   uint16
	value    uint16 // numerator of a measured series
}

// names is a list of different texts; position zero is the empty one.
type names struct {
	list []string
	at   map[string]int
}

func newNames() names { return names{[]string{""}, map[string]int{"": 0}} }

// add returns the position of a text, giving it one if it has none.
func (n *names) add(text string) int {
	at, ok := n.at[text]
	if !ok {
		at = len(n.list)
		n.list = append(n.list, text)
		n.at[text] = at
	}
	return at
}

// holder is a team of a party, or with an empty team the party itself.
type holder struct {
	party, team string
	line        uint8
	index       int // of the party in the scene
}
