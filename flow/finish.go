package flow

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towerbridge/clock"
	"towerbridge/journal"
)

// finisher turns what a taker found into a result. What takes long is done by jobs,
// which may run at once: each writes only its own part.
type finisher struct {
	*taker
	out  *Result
	jobs []func()
}

// result finishes the reading.
func (t *taker) result(workers int) *Result {
	all := t.tickets.flat()
	f := finisher{taker: t, out: &Result{
		By: t.by, AsOf: t.asOf, Zone: t.book.Estate.Document().Zone, Periods: t.asked, Tickets: int64(len(all)), Ended: t.ended,
		Held: []Held{}, Waits: []Wait{}, Promises: []Promise{}, lists: map[string][]uint32{}, journal: t.journal,
	}}
	out := f.out
	out.Conservation = Conservation{EndToEndSeconds: t.total, HeldSeconds: t.shared, Tickets: out.Tickets, Differing: []string{}}
	for _, n := range t.differ {
		out.Conservation.Differing = append(out.Conservation.Differing, t.journal.TicketID(int(n)))
	}
	out.EndToEnd.ID = "tickets"
	f.evidence(&out.EndToEnd.Evidence, all)
	f.jobs = append(f.jobs, func() { out.EndToEnd.Distribution = f.distributionOf(all) })
	f.held()
	f.matrix()
	f.figureList()
	f.waitList()
	f.breakdowns()
	f.promiseList()
	f.log()
	for i, c := range t.contracts.list {
		if t.used[i] > 0 {
			out.Contracts = append(out.Contracts, ContractUse{c.ID, t.used[i]})
		}
	}
	level := string(t.by)
	out.Definitions = []Definition{
		{"endToEnd", endToEndDefinition},
		{"held", heldDefinition},
		{"handOvers", fmt.Sprintf(matrixDefinition, level)},
		{"waits", waitDefinition},
		{"promises", promiseDefinition},
		{"log", logDefinition},
		{"contracts", contractDefinition},
	}
	parallel(len(f.jobs), workers, func(i int) { f.jobs[i]() })
	return out
}

// distributionOf returns how the end-to-end times of tickets are spread.
func (f *finisher) distributionOf(tickets []uint32) Distribution {
	times := make([]int64, len(tickets))
	for i, n := range tickets {
		times[i] = f.elapsed[n]
	}
	return distribution(times)
}

// evidence keeps the tickets behind an id, and has their digest made.
func (f *finisher) evidence(e *Evidence, tickets []uint32) {
	f.out.lists[e.ID] = tickets
	if f.digests {
		f.jobs = append(f.jobs, func() { e.Digest = digest(f.journal, tickets) })
	}
}

// digest is that of the tickets' names, each with a line end.
func digest(j names, tickets []uint32) string {
	h := sha256.New()
	b := make([]byte, 0, 1<<13)
	for _, n := range tickets {
		if b = append(j.AppendTicketID(b, int(n)), '\n'); len(b) > 1<<13-512 {
			h.Write(b)
			b = b[:0]
		}
	}
	h.Write(b)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// nameOf names a holder and the party it is or belongs to.
func (f *finisher) nameOf(kind uint8, x holder) (name, party string) {
	if x.contract > 0 {
		party = unmentioned(f.contracts.list[x.contract-1], kind)
		return party, party
	}
	party = f.journal.Name(x.party)
	switch {
	case x.line > 0:
		return "line " + strconv.Itoa(int(x.line)), ""
	case x.no:
		return "no line", ""
	case x.team != 0 && party == "":
		return f.journal.Name(x.team), ""
	case x.team != 0:
		return party + "/" + f.journal.Name(x.team), party
	}
	return party, party
}

// held lists the holders: by kind, then those who had most first.
func (f *finisher) held() {
	rows := make([]int, len(f.rows))
	for i := range rows {
		rows[i] = i
	}
	type named struct{ name, party string }
	names := make([]named, len(f.rows))
	for i := range f.rows {
		names[i].name, names[i].party = f.nameOf(f.rows[i].kind, f.rows[i].who)
	}
	slices.SortFunc(rows, func(a, b int) int {
		x, y := &f.rows[a], &f.rows[b]
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(y.elapsed, x.elapsed), strings.Compare(names[a].name, names[b].name))
	})
	f.out.Held = make([]Held, len(rows))
	var kinds [len(clock.Kinds)]int64
	for i, n := range rows {
		r := &f.rows[n]
		kinds[r.kind] += r.elapsed
		x := &f.out.Held[i]
		*x = Held{
			Kind: clock.Kinds[r.kind], Name: names[n].name, Party: names[n].party, ElapsedSeconds: r.elapsed, OpenSeconds: r.open,
			UnknownSeconds: r.unknown, Share: Share{r.elapsed, f.total},
		}
		x.ID = "held:" + string(x.Kind) + ":" + x.Name
		f.evidence(&x.Evidence, r.tickets.flat())
		f.jobs = append(f.jobs, func() { x.PerTicket = distribution(r.seconds.flat()) })
	}
	for i, n := range kinds {
		f.out.Kinds = append(f.out.Kinds, Kind{clock.Kinds[i], n, Share{n, f.total}})
	}
}

// heldOf lists what holders had of some tickets, in the order of kinds, those who had
// most first.
func (f *finisher) heldOf(list []sums) []GroupHeld {
	out := []GroupHeld{}
	var whole int64
	for i := range list {
		whole += list[i].elapsed
	}
	for i := range list {
		if s := &list[i]; s.elapsed > 0 {
			r := &f.rows[i]
			name, _ := f.nameOf(r.kind, r.who)
			out = append(out, GroupHeld{clock.Kinds[r.kind], name, s.elapsed, s.open, s.unknown, Share{s.elapsed, whole}})
		}
	}
	slices.SortFunc(out, func(a, b GroupHeld) int {
		return cmp.Or(cmp.Compare(slices.Index(clock.Kinds[:], a.Kind), slices.Index(clock.Kinds[:], b.Kind)),
			cmp.Compare(b.ElapsedSeconds, a.ElapsedSeconds), strings.Compare(a.Name, b.Name))
	})
	return out
}

// matrix lists the hand-overs, the most frequent first.
func (f *finisher) matrix() {
	m := &f.out.Matrix
	m.Count, m.Cells = f.figures[handOvers].count, make([]Cell, len(f.cells))
	for i := range f.cells {
		c := &f.cells[i]
		x := &m.Cells[i]
		x.From, _ = f.nameOf(supplier, f.values.list[c.from])
		x.To, _ = f.nameOf(supplier, f.values.list[c.to])
		x.ID = "hand-over:" + x.From + ">" + x.To
		x.Count, x.Tickets, x.Share = c.count, int64(c.tickets.n), Share{c.count, m.Count}
		x.WaitingSeconds, x.MeanWaiting, x.BetweenSeconds = c.waiting, fraction(c.waiting, c.count), c.between
		f.out.lists[x.ID] = c.tickets.flat()
	}
	slices.SortFunc(m.Cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	for i := range m.Cells {
		f.evidence(&m.Cells[i].Evidence, f.out.lists[m.Cells[i].ID])
	}
}

// figureList lists the figures in their order.
func (f *finisher) figureList() {
	of := [...]struct {
		n    int64
		what string
	}{ofAll: {f.out.Tickets, "all tickets"}, ofEnded: {f.ended, "tickets that ended"}, ofLineKnown: {f.figures[lineKnown].count, "tickets of which a line is known"}}
	f.out.Figures = make([]Figure, lineKnown)
	for i := range f.out.Figures {
		text, t := &figureTexts[i], &f.figures[i]
		x := &f.out.Figures[i]
		*x = Figure{
			Evidence: Evidence{ID: text.id}, Name: text.name, Definition: strings.ReplaceAll(text.definition, "%[1]s", string(f.by)),
			Count: t.count, Unit: text.unit, Tickets: int64(t.tickets.n), Of: of[text.of].n, OfWhat: of[text.of].what,
		}
		f.evidence(&x.Evidence, t.tickets.flat())
	}
}

// waitList lists what tickets waited for, the most frequent first.
func (f *finisher) waitList() {
	reasons := make([]journal.Symbol, 0, len(f.waits))
	for reason := range f.waits {
		reasons = append(reasons, reason)
	}
	slices.SortFunc(reasons, func(a, b journal.Symbol) int {
		return cmp.Or(cmp.Compare(f.waits[b].count, f.waits[a].count), strings.Compare(f.journal.Name(a), f.journal.Name(b)))
	})
	f.out.Waits = make([]Wait, len(reasons))
	for i, reason := range reasons {
		w := f.waits[reason]
		x := &f.out.Waits[i]
		*x = Wait{Reason: f.journal.Name(reason), Entries: w.count, Tickets: int64(w.tickets.n)}
		x.ID = "wait:" + x.Reason
		f.evidence(&x.Evidence, w.tickets.flat())
	}
}

// breakdowns lists the groups of each dimension in the order of their names.
func (f *finisher) breakdowns() {
	for d := range f.groups {
		b := Breakdown{By: dimensionTexts[d].id, Definition: dimensionTexts[d].definition, Groups: make([]Group, len(f.groups[d]))}
		keys := make([]uint32, 0, len(f.groups[d]))
		for key := range f.groups[d] {
			keys = append(keys, key)
		}
		slices.SortFunc(keys, func(a, b uint32) int { return strings.Compare(f.name(d, a), f.name(d, b)) })
		for i, key := range keys {
			g := f.groups[d][key]
			x := &b.Groups[i]
			*x = Group{Name: f.name(d, key), Ended: g.ended, Held: f.heldOf(g.sums)}
			x.ID = b.By + ":" + x.Name
			for k, n := range g.figures[:lineKnown] {
				x.Figures = append(x.Figures, GroupFigure{figureTexts[k].id, n})
			}
			tickets := g.tickets.flat()
			f.evidence(&x.Evidence, tickets)
			f.jobs = append(f.jobs, func() { x.EndToEnd = f.distributionOf(tickets) })
		}
		f.out.Breakdowns = append(f.out.Breakdowns, b)
	}
}

// promiseList lists how promises were kept, by service and period.
func (f *finisher) promiseList() {
	f.out.Promises = make([]Promise, 0, len(f.promised))
	for key, a := range f.promised {
		p := f.promises[key.service]
		c := &p.classes[key.class]
		x := Promise{
			Service: p.service, Priorities: c.priorities, Period: f.period(key.period), Promised: c.share, Met: a.met,
			Counted: a.met + int64(a.missed.n), Unknown: a.unknown, Held: f.heldOf(a.sums),
		}
		if p.calendar != nil {
			x.Calendar = p.calendar.ID()
		}
		x.Broken = !kept(c.share, x.Met, x.Counted)
		x.ID = "promise:" + p.service + ":" + x.Period.String()
		if len(c.priorities) > 0 {
			x.ID += ":" + strings.Join(c.priorities, "+")
		}
		f.out.lists[x.ID] = a.missed.flat()
		f.out.Promises = append(f.out.Promises, x)
	}
	slices.SortFunc(f.out.Promises, func(a, b Promise) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), cmp.Compare(a.Period.From, b.Period.From), strings.Compare(a.ID, b.ID))
	})
	for i := range f.out.Promises {
		x := &f.out.Promises[i]
		f.evidence(&x.Evidence, f.out.lists[x.ID])
	}
}

// longSeconds is the length beyond which logs count a ticket as long: ten days.
const longSeconds = 240 * 3600

// log describes the tickets as a log.
func (f *finisher) log() {
	s, l := &f.shape, &f.out.Log
	times := s.durations.flat()
	*l = Log{
		Tickets: s.tickets, Entries: s.entries.spread(), First: s.first, Last: s.last, Duration: s.duration.spread(),
		Over:    Over{Seconds: longSeconds},
		Teams:   Values{Name: "team", Different: s.allTeams.n, PerTicket: s.teams.spread()},
		Parties: Values{Name: "party", Different: s.allParties.n, PerTicket: s.parties.spread()}, Fields: []Values{},
	}
	for _, t := range times {
		if t > longSeconds {
			l.Over.Tickets++
		}
	}
	f.jobs = append(f.jobs, func() { l.MedianSeconds = distribution(times).MedianSeconds })
	for name, x := range s.fields {
		v := Values{Name: f.journal.Name(name), Different: x.all.n, PerTicket: x.values.spread(), Missing: x.missing}
		if x.missing > 0 {
			counted := x.counted.spread()
			v.WithMissing = &counted
		}
		l.Fields = append(l.Fields, v)
	}
	slices.SortFunc(l.Fields, func(a, b Values) int { return strings.Compare(a.Name, b.Name) })
}
