package ticket

import (
	"slices"
	"strings"

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
// kind Conflict, and Invalid where there is no such act. Who may do it is another
// question, and so is what it must say.
//
//	            new, assigned, in progress, waiting   resolved  closed  cancelled
//	change      yes                                   yes       -       -
//	note, link  yes                                   yes       yes     yes
//	assign      yes                                   -         -       -
//	accept      offered and not yet accepted          -         -       -
//	reject      offered or held                       -         -       -
//	respond     yes                                   -         -       -
//	pause       offered or held                       -         -       -
//	resume      waiting, or paused for a reason       -         -       -
//	resolve     offered or held                       -         -       -
//	reopen      -                                     yes       yes     -
//	close       -                                     yes       -       -
//	cancel      yes                                   -         -       -
func May(s *State, a Act) error {
	if !slices.Contains(acts, a) {
		return fault.New(fault.Invalid, "Give one of the acts.", "there is no act %q", string(a))
	}
	if why, remedy := refuses(s, a); why != "" {
		return fault.New(fault.Conflict, remedy, "the ticket is %s%s", s.Status, why)
	}
	return nil
}

// MayResume returns why work on a ticket cannot be resumed for a reason, or nil; see
// [May]. The empty reason stands for all. The journal is the one that the state was read
// from.
func MayResume(j *journal.Journal, s *State, reason string) error {
	if err := May(s, Resume); err != nil || reason == "" {
		return err
	}
	if r := j.Symbol(reason); r != 0 && s.Pauses&j.ReasonBit(r) != 0 {
		return nil
	}
	var stands []string
	for _, r := range j.Reasons() {
		if s.Pauses&j.ReasonBit(r) != 0 {
			stands = append(stands, j.Name(r))
		}
	}
	if len(stands) == 0 {
		return fault.New(fault.Conflict, "Resume it without a reason.", "the ticket is waiting, and nobody said why")
	}
	return fault.New(fault.Conflict, "Give one of these reasons, or none to resume it for all.",
		"the ticket does not wait for %q, but for %s", reason, strings.Join(stands, ", "))
}

// refuses says why a state does not allow an act, and what to do first; nothing where
// it does.
func refuses(s *State, a Act) (why, remedy string) {
	switch a {
	case Note, Link:
		return "", ""
	case Open:
		return ", and so was opened already", "Open another."
	case Change, Reopen, Close:
		return refusesDone(s.Status, a)
	}
	held := s.Party != 0 || s.Team != 0
	switch {
	case s.Status == journal.CancelledStatus:
		return ", and nothing more is done about it", "Open another."
	case s.Status.Done():
		return ", and nobody works on it any more", "Reopen it first."
	case (a == Accept || a == Reject || a == Pause || a == Resolve) && !held:
		return ", and offered to nobody", "Assign it first."
	case a == Accept && s.Accepted:
		return ", and was accepted already", "Go on with it, or assign it to somebody else."
	case a == Resume && s.Pauses == 0 && s.Status != journal.Waiting:
		return ", and does not wait for anything", "Go on with it."
	}
	return "", ""
}

// refusesDone is refuses for the acts on tickets that nobody works on any more.
func refusesDone(s journal.Status, a Act) (why, remedy string) {
	switch {
	case a == Change && s <= journal.ResolvedStatus, a == Close && s == journal.ResolvedStatus,
		a == Reopen && (s == journal.ResolvedStatus || s == journal.ClosedStatus):
		return "", ""
	case s == journal.CancelledStatus:
		return ", and nothing more is done about it", "Open another."
	case a == Change:
		return ", and is not changed any more", "Reopen it first, or write a note."
	case s == journal.ClosedStatus:
		return " already", "There is nothing left to do."
	case a == Close:
		return ", and only a resolved one is closed", "Resolve it first."
	}
	return ", and is open", "Go on with it."
}
