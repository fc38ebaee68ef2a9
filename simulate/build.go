package simulate

import (
	"slices"

	"towerbridge/journal"
	"towerbridge/span"
)

// Journal returns the journal itself, without a text in between: the same entries with
// the same keys that reading what [Simulation.Write] writes would give.
func (s *Simulation) Journal(workers int) (*journal.Journal, Result) {
	f := filler{Simulation: s, b: journal.NewBuilder(sourceNames[deskSource]), facts: map[factsKey]uint32{}}
	f.tickets = make([]uint32, s.options.Tickets+len(s.outside)+1)
	count, truth, _ := s.stream(workers, nil, func(x *window) error {
		f.add(x)
		return nil
	})
	j, findings := journal.Merge([]*journal.Builder{f.b}, []uint32{0})
	if len(findings) > 0 { // New limits the reasons, and nothing is corrected
		panic("simulate: " + findings.Error())
	}
	return j, s.result(count, truth)
}

// Generate is [New] and [Simulation.Journal] by one worker, for programs that try many
// seeds, each in a goroutine of its own.
func Generate(w World, p Profile, o Options) (*journal.Journal, Result, error) {
	s, findings := New(w, p, o)
	if len(findings) > 0 {
		return nil, Result{}, findings
	}
	j, result := s.Journal(1)
	return j, result, nil
}

// result names what was played, in the order of the tickets.
func (s *Simulation) result(count int64, truth []played) Result {
	r := Result{Tickets: s.options.Tickets, Entries: count}
	slices.SortStableFunc(truth, func(a, b played) int { return int(int64(a.ticket) - int64(b.ticket)) })
	for _, x := range truth {
		r.Truth = append(r.Truth, Truth{s.options.Tricks[x.trick].Name, string(s.appendTicket(nil, x.ticket))})
	}
	return r
}

// filler fills a builder.
type filler struct {
	*Simulation
	b       *journal.Builder
	tickets []uint32 // the builder's number of each ticket, plus one
	facts   map[factsKey]uint32
	id      []byte
}

// factsKey is what tells the facts of one event from those of another.
type factsKey struct {
	what
	related uint32
	outside bool
}

func (f *filler) add(x *window) {
	for i := range x.events {
		e := &x.events[i]
		t := f.tickets[e.ticket]
		if t == 0 {
			f.id = f.appendTicket(f.id[:0], e.ticket)
			t = f.b.Ticket(f.id) + 1
			f.tickets[e.ticket] = t
		}
		entry := journal.Entry{
			Happened: e.happened, Learnt: e.learnt(), Ticket: t - 1, Facts: f.factsOf(e), Row: uint32(x.first) + uint32(i), Marks: e.marks,
		}
		if source := f.source(e); source != deskSource {
			entry.Source, _ = f.b.Source(sourceNames[source])
		}
		f.b.Add(entry)
	}
}

func (f *filler) factsOf(e *event) uint32 {
	key := factsKey{e.what, e.related, int(e.ticket) > f.options.Tickets}
	n, ok := f.facts[key]
	if ok {
		return n
	}
	h := f.holders[e.holder]
	x := journal.Facts{
		Event: e.event, Status: e.status, Line: h.line,
		Kind: f.b.Name(f.kinds.list[e.kind]), Priority: f.b.Name(f.priorities.list[e.priority]),
		Service: f.b.Name(f.services.list[e.service]), Site: f.b.Name(f.sites.list[e.site]),
		Party: f.b.Name(h.party), Team: f.b.Name(h.team), Reason: f.b.Name(f.reasons.list[e.reason]),
		Series: f.b.Name(f.series.list[e.series]),
	}
	if e.related > 0 {
		x.Related = f.b.NameOf(f.appendTicket(nil, e.related))
	}
	if e.series > 0 {
		x.Numerator, x.Denominator = int64(e.value), f.denominator(e)
	}
	if e.channel > 0 {
		x.Extra = f.b.Extra(map[string]string{"channel": f.channels.list[e.channel]})
	}
	n = f.b.Facts(x)
	f.facts[key] = n
	return n
}

// eventPieces returns the parts of lines that name events and states.
func eventPieces() (events, statuses [][]byte) {
	events = append(events, nil)
	for _, name := range journal.EventNames() {
		events = append(events, textPiece(nil, "event", name))
	}
	statuses = append(statuses, nil)
	for _, name := range journal.StatusNames() {
		statuses = append(statuses, textPiece(nil, "status", name))
	}
	return events, statuses
}

// outsideWhole is the denominator of a series that is measured outside: its values are
// hundredths of a per cent.
const outsideWhole = 10_000

// addOutside adds the monthly values of the series that are measured outside, on the last
// day of each month that begins within the dates, or the last day of the dates.
func (m *merger) addOutside() {
	roll := newDice(m.options.Seed, seriesStream)
	o := &m.options
	var events []event
	for d := o.From; d < o.To; {
		y, month, _ := d.Civil()
		next := span.DateOf(y, month+1, 1)
		at := (min(next, o.To) - 1).At(18*3600, m.zone)
		for i, x := range m.outside {
			events = append(events, event{
				happened: at, ticket: uint32(o.Tickets + 1 + i),
				what: what{event: journal.Measured, series: x.series, value: uint16(x.values.draw(&roll))},
			})
		}
		d = next
	}
	m.add(events)
}
