package ticket

import (
	"slices"

	"towerbridge/fault"
	"towerbridge/journal"
)

// Act is something that somebody does to a ticket at a desk.
type Act string

// The acts, in the order in which a ticket usually meets them.
const (
	Open    Act = "open"    // a new ticket comes to be
	Change  Act = "change"  // priority, service, site, kind or a further field
	Note    Act = "note"    // write something down
	Assign  Act = "assign"  // offer it to a party or team
	Accept  Act = "accept"  // take on what was offered
	Reject  Act = "reject"  // say that it is not one's own
	Respond Act = "respond" // give the user the first answer
	Pause   Act = "pause"   // work stands for a reason
	Resume  Act = "resume"  // the reason is gone
	Resolve Act = "resolve" // the user's trouble is over
	Reopen  Act = "reopen"  // it was not
	Close   Act = "close"   // nothing more will happen
	Cancel  Act = "cancel"  // it should not have been
	Link    Act = "link"    // join it to another ticket
)

var acts = []Act{Open, Change, Note, Assign, Accept, Reject, Respond, Pause, Resume, Resolve, Reopen, Close, Cancel, Link}

// Acts returns all acts.
func Acts() []Act { return slices.Clone(acts) }

// May returns why a ticket in a state does not allow an act, or nil. The error is of
// kind Conflict. Who may do it is another question.
//
//	            new, assigned  in progress  waiting  resolved  closed  cancelled
//	change            yes          yes        yes      yes       -        -
//	note, link        yes          yes        yes      yes      yes      yes
//	assign            yes          yes        yes       -        -        -
//	accept          offered     offered       offered   -        -        -
//	reject           held         held        held      -        -        -
//	respond           yes          yes        yes       -        -        -
//	pause            held         held        held      -        -        -
//	resume             -            -         paused    -        -        -
//	resolve          held         held        held      -        -        -
//	reopen             -            -          -       yes      yes       -
//	close              -            -          -       yes       -        -
//	cancel            yes          yes        yes       -        -        -
func May(s *State, a Act) error {
	if why, remedy := refuses(s, a); why != "" {
		return fault.New(fault.Conflict, remedy, "the ticket is %s%s", s.Status, why)
	}
	return nil
}

// refuses says why a state does not allow an act, and what to do first; nothing where
// it does.
func refuses(s *State, a Act) (why, remedy string) {
	done := s.Status.Done()
	held := s.Party != 0
	switch a {
	case Note, Link:
		return "", ""
	case Open:
		return ", and so is open already", "Open another, or reopen this one."
	case Change:
		if s.Status == journal.ClosedStatus || s.Status == journal.CancelledStatus {
			return ", and is not changed any more", "Reopen it, or write a note."
		}
		return "", ""
	case Reopen:
		if s.Status != journal.ResolvedStatus && s.Status != journal.ClosedStatus {
			return ", and only a resolved or closed one is reopened", "Open another, if it was cancelled."
		}
		return "", ""
	case Close:
		if s.Status != journal.ResolvedStatus {
			return ", and only a resolved one is closed", "Resolve it first."
		}
		return "", ""
	}
	switch {
	case done:
		return ", and nobody works on it any more", "Reopen it first."
	case a == Accept && !held:
		return " and offered to nobody", "Assign it first."
	case a == Accept && s.Accepted:
		return " and was accepted already", "Go on with it."
	case (a == Reject || a == Pause || a == Resolve) && !held:
		return " and held by nobody", "Assign it first."
	case a == Resume && s.Pauses == 0:
		return ", and is not paused", "Pause it where work stands."
	}
	return "", ""
}
