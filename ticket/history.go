// Package ticket reads the entries about one ticket into what it was at each moment.
//
// A ticket is not kept anywhere: it is a reading of the journal up to an instant.
// [Reader.Read] folds the entries known at that instant into a [History], a list
// of [Moment]s, each with the ticket's whole [State] from then until the next:
//
//	new ──▶ assigned ──▶ in-progress ──▶ resolved ──▶ closed
//	           ▲  │          │    ▲          │
//	 rejected ─┘  └ accepted ┘    │          │
//	                   waiting ◀──┘ ◀─ reopened
//
// An entry may carry the state after it (a log of snapshots does), or only an
// event from which the state follows (a log of actions does); both fold alike.
// A note is a note: whatever else its entry repeats, the ticket stays as it was,
// but for further fields.
// The package knows no target and no supplier's tool.
package ticket

import (
	"cmp"
	"slices"

	"towerbridge/journal"
	"towerbridge/span"
)

// State is what a ticket is from one moment to the next.
type State struct {
	Kind, Priority, Service, Site journal.Symbol
	Party, Team                   journal.Symbol // who holds it, or is offered it
	Reason                        journal.Symbol // the last reason given
	Parent                        journal.Symbol // the ticket it is a child of or merged into
	RejectedBy                    journal.Symbol // the party that last rejected it, until it holds it again
	Excused                       journal.Symbol // the exclusion of a contract under which relief was granted
	Extra                         uint32         // further fields, see journal.Facts
	Pauses                        uint64         // reasons for which work stands now, as journal.ReasonBit
	Status                        journal.Status
	Line                          uint8
	Accepted                      bool // its holder took it on
	Responded                     bool // a person has answered
	Disputed                      bool // parties disagree whose it is
	Reopened                      uint8
}

// Moment is an instant at which something happened, and the state from then on.
type Moment struct {
	At    span.Instant
	Event journal.Event
	State
}

// History is a ticket's life as it was known at an instant.
type History struct {
	Ticket   int      // position in the journal
	Moments  []Moment // in the order in which they happened; at least one
	AsOf     span.Instant
	Complete bool // no entry of the ticket was learnt later
	Marks    journal.Mark
	explicit uint64 // pauses begun by an entry of their own
}

// Opened returns the instant of the first moment.
func (h *History) Opened() span.Instant { return h.Moments[0].At }

// Last returns the state after the last moment.
func (h *History) Last() *State { return &h.Moments[len(h.Moments)-1].State }

// Until returns the instant up to which moment i's state held: the next moment, or
// the instant at which the history is read.
func (h *History) Until(i int) span.Instant {
	if i+1 < len(h.Moments) {
		return h.Moments[i+1].At
	}
	return max(h.AsOf, h.Moments[i].At)
}

// Done returns the instant at which the ticket was last resolved, closed or
// cancelled, if nobody works on it at the end of the history.
func (h *History) Done() (span.Instant, bool) {
	i := len(h.Moments)
	for i > 0 && h.Moments[i-1].Status.Done() {
		i--
	}
	if i == len(h.Moments) {
		return 0, false
	}
	return h.Moments[i].At, true
}

// Read folds the entries of a ticket that were known at asOf into the history,
// whose storage it uses again. It reports whether anything was known at all.
//
// An entry that another one corrects is left out from the moment the correction
// was learnt; a voiding entry is itself left out with the one it voids.
func Read(j *journal.Journal, ticket int, asOf span.Instant, h *History) bool {
	entries := j.Of(ticket)
	h.Ticket, h.AsOf, h.Moments, h.Complete, h.Marks, h.explicit = ticket, asOf, h.Moments[:0], true, 0, 0
	for i := range entries {
		h.Marks |= entries[i].Marks
	}
	var gone map[journal.Key]bool
	if h.Marks&journal.Corrects != 0 {
		gone = Withdrawn(j, entries, asOf)
	}
	var s State
	for i := range entries {
		e := &entries[i]
		if e.Learnt > asOf || e.Happened > asOf {
			h.Complete = false
			continue
		}
		if gone != nil && gone[e.Key()] {
			continue
		}
		f := j.Fact(*e)
		h.apply(j, &s, f)
		h.Moments = append(h.Moments, Moment{At: e.Happened, Event: f.Event, State: s})
	}
	return len(h.Moments) > 0
}

// Withdrawn returns those of a ticket's entries that corrections known at asOf take
// out, each voiding entry among them. What was learnt last is looked at first: a
// correction that is itself corrected or voided takes nothing out, so that what it
// had replaced stands again.
func Withdrawn(j *journal.Journal, entries []journal.Entry, asOf span.Instant) map[journal.Key]bool {
	var known []journal.Entry
	for _, e := range entries {
		if e.Marks&journal.Corrects != 0 && e.Learnt <= asOf {
			known = append(known, e)
		}
	}
	if len(known) == 0 {
		return nil
	}
	slices.SortStableFunc(known, func(a, b journal.Entry) int { return cmp.Compare(a.Learnt, b.Learnt) })
	gone := map[journal.Key]bool{}
	for _, e := range slices.Backward(known) {
		k, ok := j.Corrected(e)
		if !ok || gone[e.Key()] {
			continue
		}
		gone[k] = true
		if j.Fact(e).Event == journal.Voided {
			gone[e.Key()] = true
		}
	}
	return gone
}

// apply changes the state by the facts of one entry.
func (h *History) apply(j *journal.Journal, s *State, f *journal.Facts) {
	first := len(h.Moments) == 0
	if f.Event == journal.Noted {
		s.note(f, first)
		return
	}
	if f.Kind != 0 {
		s.Kind = f.Kind
	}
	if f.Priority != 0 {
		s.Priority = f.Priority
	}
	if f.Service != 0 {
		s.Service = f.Service
	}
	if f.Site != 0 {
		s.Site = f.Site
	}
	if f.Extra != 0 {
		s.Extra = f.Extra
	}
	if f.Reason != 0 && f.Event != journal.Linked && f.Event != journal.Excused { // theirs is no reason to stand
		s.Reason = f.Reason
	}
	if f.Party != 0 && f.Event != journal.Rejected {
		if f.Party != s.Party {
			s.Accepted = false
		}
		if f.Party == s.RejectedBy {
			s.RejectedBy = 0
		}
		s.Party, s.Team, s.Line = f.Party, f.Team, f.Line
	} else if f.Team != 0 && f.Event != journal.Rejected {
		if s.Team != f.Team {
			s.Accepted = false
		}
		s.Team, s.Line = f.Team, f.Line
	}
	status := f.Status
	if status == journal.SameStatus {
		status = follows(f.Event, s, first)
	}
	h.event(j, s, f)
	if status == journal.SameStatus {
		return
	}
	if s.Status.Done() && !status.Done() && s.Reopened < 255 {
		s.Reopened++
	}
	h.pause(j, s, f, status)
	s.Status = status
	switch status {
	case journal.InProgress:
		s.Accepted = true
	case journal.Queued, journal.New:
		s.Accepted = false
	}
}

// note applies a note. It may file the ticket under further fields, such as a cause that
// was found, but that is all: whatever else a tool's log repeats beside the note, the
// ticket stays as it was. Where it is the first that is known of the ticket, it says
// what the ticket is about, and nobody has it.
func (s *State) note(f *journal.Facts, first bool) {
	if first {
		s.Kind, s.Priority, s.Service, s.Site, s.Status = f.Kind, f.Priority, f.Service, f.Site, journal.New
	}
	if f.Extra != 0 {
		s.Extra = f.Extra
	}
}

// event applies what an event says beyond the state.
func (h *History) event(j *journal.Journal, s *State, f *journal.Facts) {
	switch f.Event {
	case journal.Accepted:
		s.Accepted = true
	case journal.Rejected:
		s.RejectedBy = s.Party
		if f.Party != 0 {
			s.RejectedBy = f.Party
		}
		s.Party, s.Team, s.Line, s.Accepted = 0, 0, 0, false
	case journal.Responded:
		s.Responded = true
	case journal.Disputed:
		s.Disputed = true
	case journal.Settled:
		s.Disputed = false
	case journal.Excused:
		s.Excused = f.Reason
	case journal.Linked:
		if r := j.Name(f.Reason); r == "parent" || r == "merged-into" || r == "duplicate-of" {
			s.Parent = f.Related
		}
	}
}

// pause keeps the set of reasons for which work stands. A waiting state brings its
// reason and takes it away when it ends; a pause with an entry of its own lasts
// until it is resumed, or until the ticket is done.
func (h *History) pause(j *journal.Journal, s *State, f *journal.Facts, status journal.Status) {
	switch f.Event {
	case journal.Paused:
		h.explicit |= j.ReasonBit(f.Reason)
	case journal.Resumed:
		if f.Reason == 0 {
			h.explicit = 0
		} else {
			h.explicit &^= j.ReasonBit(f.Reason)
		}
	}
	if status.Done() {
		h.explicit = 0
	}
	s.Pauses = h.explicit
	if status == journal.Waiting && f.Reason != 0 {
		s.Pauses |= j.ReasonBit(f.Reason)
	}
}

// follows returns the state that follows from an event alone.
func follows(e journal.Event, s *State, first bool) journal.Status {
	switch e {
	case journal.Assigned:
		if s.Status.Done() {
			return journal.SameStatus
		}
		return journal.Queued
	case journal.Accepted, journal.Reopened:
		return journal.InProgress
	case journal.Rejected, journal.Opened:
		return journal.New
	case journal.Paused:
		return journal.Waiting
	case journal.Resumed:
		return journal.InProgress
	case journal.Resolved:
		return journal.ResolvedStatus
	case journal.Closed:
		return journal.ClosedStatus
	case journal.Cancelled:
		return journal.CancelledStatus
	}
	if first {
		return journal.New
	}
	return journal.SameStatus
}
