package journal

import "slices"

// Holder is who has a ticket, or is offered it, as the facts of an entry name them. An
// empty name and line zero say nothing.
type Holder struct {
	Party, Team string
	Line        uint8
}

// Rename returns the journal as it would read if others had held its tickets: in every
// fact that names a holder, the one that rename returns stands instead. Entries,
// tickets and everything else are the same and shared, so that the two journals can be
// read side by side, moment by moment. On whose behalf something was done stays: that
// names who acted, not who held. What is renamed is a supposition, not a record:
// its entries have other digests, and no statement is issued from it.
func (j *Journal) Rename(rename func(Holder) Holder) *Journal {
	out := *j
	out.names = j.names.clone()
	out.facts = slices.Clone(j.facts)
	type key struct {
		party, team Symbol
		line        uint8
	}
	known := map[key]key{}
	for i := range out.facts {
		f := &out.facts[i]
		was := key{f.Party, f.Team, f.Line}
		if was.party == 0 && was.team == 0 {
			continue
		}
		now, ok := known[was]
		if !ok {
			h := rename(Holder{j.Name(was.party), j.Name(was.team), was.line})
			now = key{out.names.InternString(h.Party), out.names.InternString(h.Team), h.Line}
			known[was] = now
		}
		f.Party, f.Team, f.Line = now.party, now.team, now.line
	}
	return &out
}

// Move returns the journal as it would read if the entries of some tickets had happened
// at other instants. move is called with a copy of each ticket's entries, in their
// order, and may change when they happened and were learnt, but not their order.
// Everything else is the same and shared. It too is a supposition; see [Journal.Rename].
func (j *Journal) Move(move func(ticket int, entries []Entry)) *Journal {
	out := *j
	out.entries = slices.Clone(j.entries)
	for t := range out.Tickets() {
		move(t, out.Of(t))
	}
	return &out
}

// clone returns an interner with the same symbols, to which texts can be added.
func (in *Interner) clone() *Interner {
	out := *in
	out.slots, out.ends, out.text = slices.Clone(in.slots), slices.Clone(in.ends), slices.Clone(in.text)
	out.count.pages = slices.Clone(in.count.pages)
	for i, p := range out.count.pages {
		if p != nil && p != hashedPage {
			own := *p
			out.count.pages[i] = &own
		}
	}
	return &out
}
