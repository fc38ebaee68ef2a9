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

// Stretch is a piece of a ticket's elapsed time within one of its moments. Stretches
// tile the elapsed time as legs do, which are stretches joined where nothing differs;
// a stretch also says which state it was of.
type Stretch struct {
	span.Span
	Party  journal.Symbol // as [Leg.Party]
	Moment int32          // position in the history
	Kind   uint8          // position in [Kinds]
}

// Kinds lists whose elapsed time can be.
var Kinds = [...]contract.LegKind{
	contract.SupplierLeg, contract.IntegratorLeg, contract.CustomerLeg, contract.UnownedLeg, contract.DisputedLeg,
}

// Positions in Kinds.
const (
	supplierKind = iota
	integratorKind
	customerKind
	unownedKind
	disputedKind
)

func kindIndex(k contract.LegKind) uint8 { return uint8(slices.Index(Kinds[:], k)) }

// causeMasks are the pause reasons by whose cause they are, in the order of Kinds.
type causeMasks [len(Kinds)]uint64

type causeKey int

// sharing is what a reader remembers to share out millions of tickets quickly.
type sharing struct {
	ready                bool
	integrator, customer journal.Symbol
	precedence           []uint8 // positions in Kinds
	resolved             uint8   // kind of the time in which the ticket was resolved
	kinds                []uint8 // by party, one more than the position; zero is not known yet
	version              causeKey
	causes               causeMasks // of that version
	reasons              map[uint64]journal.Symbol
	stretches            []Stretch
}

func (rd *Reader) share() *sharing {
	s := &rd.sharing
	if s.ready {
		return s
	}
	*s = sharing{
		ready: true, integrator: rd.Journal.Symbol(rd.Contract.Integrator), customer: rd.Journal.Symbol(rd.Contract.Customer),
		resolved: customerKind, version: -1, reasons: map[uint64]journal.Symbol{},
	}
	for _, k := range rd.Contract.Precedence {
		s.precedence = append(s.precedence, kindIndex(k))
	}
	if l := rd.Contract.Legs; l != nil && l.ResolvedTime != "" {
		s.resolved = kindIndex(l.ResolvedTime)
	}
	return s
}

// Stretches appends the stretches of a ticket to out: they tile the time from its
// opening to its end, which is when it was last resolved, or the instant it is read at.
func (rd *Reader) Stretches(h *ticket.History, out []Stretch) []Stretch {
	s := rd.share()
	end, done := h.Done()
	if !done {
		end = max(h.AsOf, h.Opened())
	}
	causes := rd.causesOn(h.Opened())
	for i := range h.Moments {
		m := &h.Moments[i]
		from, to := m.At, min(h.Until(i), end)
		if from >= to {
			continue
		}
		held := from
		if !m.Accepted || m.Party == 0 {
			held = min(to, rd.heldFrom(h, i))
		}
		if from < held {
			out = append(out, rd.stretch(s, m, i, span.Span{From: from, To: held}, false, causes))
		}
		if held < to {
			out = append(out, rd.stretch(s, m, i, span.Span{From: held, To: to}, true, causes))
		}
	}
	return out
}

// stretch says whose a stretch of moment i is.
func (rd *Reader) stretch(s *sharing, m *ticket.Moment, i int, in span.Span, held bool, causes *causeMasks) Stretch {
	out := Stretch{Span: in, Moment: int32(i), Party: m.Party, Kind: rd.kind(s, &m.State, held, causes)}
	switch out.Kind {
	case unownedKind, integratorKind:
		if out.Kind == unownedKind || !held || rd.partyKind(s, m.Party) != integratorKind {
			out.Party = s.integrator
		}
	case customerKind:
		out.Party = s.customer
	}
	return out
}

// Legs appends the legs of a ticket to out: they tile the time from its opening to
// its end, which is when it was last resolved, or the instant it is read at.
func (rd *Reader) Legs(h *ticket.History, out []Leg) []Leg {
	s := rd.share()
	s.stretches = rd.Stretches(h, s.stretches[:0])
	first := len(out)
	for _, x := range s.stretches {
		m := &h.Moments[x.Moment].State
		l := Leg{Span: x.Span, Kind: Kinds[x.Kind], Party: x.Party, Holder: m.Party, Status: m.Status}
		if m.Pauses != 0 {
			l.Reason = rd.firstReason(m.Pauses)
		}
		if n := len(out); n > first {
			p := out[n-1]
			p.Span = l.Span
			if p == l {
				out[n-1].To = l.To
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

// kind chooses among all the kinds that hold at once the first of the contract's
// precedence.
func (rd *Reader) kind(s *sharing, m *ticket.State, held bool, causes *causeMasks) uint8 {
	base := uint8(unownedKind)
	switch {
	case m.Status.Done():
		base = s.resolved
	case held:
		base = rd.partyKind(s, m.Party)
	}
	if m.Pauses == 0 && !m.Disputed {
		return base
	}
	for _, k := range s.precedence {
		if k == base || (k == disputedKind && m.Disputed) || m.Pauses&causes[k] != 0 {
			return k
		}
	}
	return base
}

func (rd *Reader) partyKind(s *sharing, party journal.Symbol) uint8 {
	if party == 0 {
		return unownedKind
	}
	if int(party) < len(s.kinds) && s.kinds[party] != 0 {
		return s.kinds[party] - 1
	}
	k := uint8(supplierKind)
	if rd.kindOf != nil {
		k = kindIndex(rd.kindOf(rd.Journal.Name(party)))
	}
	if grow := int(party) + 1 - len(s.kinds); grow > 0 {
		s.kinds = append(s.kinds, make([]uint8, grow)...)
	}
	s.kinds[party] = k + 1
	return k
}

func (rd *Reader) causesOn(at span.Instant) *causeMasks {
	s := &rd.sharing
	version := causeKey(rd.Contract.Version(at))
	if s.version == version {
		return &s.causes
	}
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
	s.version, s.causes = version, masks
	return &s.causes
}

// firstReason returns the reason of a set that the contract lists first, or that
// the journal mentioned first where the contract lists none of them.
func (rd *Reader) firstReason(set uint64) journal.Symbol {
	first, ok := rd.sharing.reasons[set]
	if !ok {
		if list := rd.ReasonsOf(set); len(list) > 0 {
			first = list[0]
		}
		rd.sharing.reasons[set] = first
	}
	return first
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
