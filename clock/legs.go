package clock

import (
	"slices"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// Leg is a stretch of a ticket's elapsed time and whom it belongs to.
type Leg struct {
	span.Span
	Kind   contract.LegKind
	Party  journal.Symbol // who: the holder, the integrator for unowned time, zero for the customer without a party
	Holder journal.Symbol // who held or was offered the ticket meanwhile
	Status journal.Status
	Reason journal.Symbol // why work stood, if it did
}

// causeMasks are the pause reasons by whose cause they are.
type causeMasks [5]uint64

type causeKey int

// legKinds in the order of causeMasks.
var legKinds = [...]contract.LegKind{
	contract.SupplierLeg, contract.IntegratorLeg, contract.CustomerLeg, contract.UnownedLeg, contract.DisputedLeg,
}

func kindIndex(k contract.LegKind) int { return slices.Index(legKinds[:], k) }

// Legs appends the legs of a ticket to out: they tile the time from its opening to
// its end, which is when it was last resolved, or the instant it is read at.
func (rd *Reader) Legs(h *ticket.History, out []Leg) []Leg {
	end, done := h.Done()
	if !done {
		end = max(h.AsOf, h.Opened())
	}
	causes := rd.causesOn(h.Opened())
	for i := range h.Moments {
		from, to := h.Moments[i].At, min(h.Until(i), end)
		if from >= to {
			continue
		}
		held := to
		if at := rd.heldFrom(h, i); at < to {
			held = at
		}
		out = rd.leg(out, h, i, span.Span{From: from, To: held}, false, causes)
		out = rd.leg(out, h, i, span.Span{From: held, To: to}, true, causes)
	}
	return out
}

// leg appends one stretch of moment i, joined to the leg before it where nothing differs.
func (rd *Reader) leg(out []Leg, h *ticket.History, i int, s span.Span, held bool, causes causeMasks) []Leg {
	if s.From >= s.To {
		return out
	}
	m := &h.Moments[i].State
	l := Leg{Span: s, Kind: rd.kind(m, held, causes), Holder: m.Party, Status: m.Status}
	if m.Pauses != 0 {
		l.Reason = rd.firstReason(m.Pauses)
	}
	switch l.Kind {
	case contract.UnownedLeg, contract.IntegratorLeg:
		l.Party = rd.Journal.Symbol(rd.Contract.Integrator)
		if l.Kind == contract.IntegratorLeg && held && rd.partyKind(m.Party) == contract.IntegratorLeg {
			l.Party = m.Party
		}
	case contract.CustomerLeg:
		l.Party = rd.Journal.Symbol(rd.Contract.Customer)
	default:
		l.Party = m.Party
	}
	if n := len(out); n > 0 {
		p := out[n-1]
		p.Span = l.Span
		if p == l {
			out[n-1].To = s.To
			return out
		}
	}
	return append(out, l)
}

// kind chooses among all the kinds that hold at once the first of the contract's
// precedence.
func (rd *Reader) kind(s *ticket.State, held bool, causes causeMasks) contract.LegKind {
	base := contract.UnownedLeg
	switch {
	case s.Status.Done():
		base = contract.CustomerLeg
		if l := rd.Contract.Legs; l != nil && l.ResolvedTime != "" {
			base = l.ResolvedTime
		}
	case held:
		base = rd.partyKind(s.Party)
	}
	for _, k := range rd.Contract.Precedence {
		if k == base || (k == contract.DisputedLeg && s.Disputed) || s.Pauses&causes[kindIndex(k)] != 0 {
			return k
		}
	}
	return base
}

func (rd *Reader) partyKind(party journal.Symbol) contract.LegKind {
	if party == 0 {
		return contract.UnownedLeg
	}
	k, ok := rd.kinds[party]
	if !ok {
		k = contract.SupplierLeg
		if rd.kindOf != nil {
			k = rd.kindOf(rd.Journal.Name(party))
		}
		rd.kinds[party] = k
	}
	return k
}

func (rd *Reader) causesOn(at span.Instant) causeMasks {
	version := causeKey(rd.Contract.Version(at))
	masks, ok := rd.causes[version]
	if !ok {
		on := span.DateIn(at, rd.Contract.Location)
		for _, reason := range rd.Journal.Reasons() {
			if c, ok := rd.Contract.Cause(rd.Journal.Name(reason), on); ok {
				masks[kindIndex(c.Cause)] |= rd.Journal.ReasonBit(reason)
			}
		}
		rd.causes[version] = masks
	}
	return masks
}

// firstReason returns the reason of a set that the contract lists first, or that
// the journal mentioned first where the contract lists none of them.
func (rd *Reader) firstReason(set uint64) journal.Symbol {
	list := rd.ReasonsOf(set)
	if len(list) == 0 {
		return 0
	}
	return list[0]
}

// ReasonsOf returns the reasons of a set, those that the contract lists first and
// in its order, then the others in the order in which the journal mentions them.
func (rd *Reader) ReasonsOf(set uint64) []journal.Symbol {
	var out []journal.Symbol
	for i := range rd.Contract.PauseCauses {
		s := rd.Journal.Symbol(rd.Contract.PauseCauses[i].Reason)
		if set&rd.Journal.ReasonBit(s) != 0 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, s := range rd.Journal.Reasons() {
		if set&rd.Journal.ReasonBit(s) != 0 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
