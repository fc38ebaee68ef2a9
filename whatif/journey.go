package whatif

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// journeys is what became of tickets by each book, added up. It is for one goroutine;
// several over parts of the tickets are joined.
type journeys struct {
	replay   *replay
	old, new *terms
	was, is  ticket.History // by the old book and by the new
	legs     [2][]clock.Leg

	tickets  int
	levels   [len(Levels)]HandOvers
	inside   map[pairKey]*Inside
	kinds    [2]map[contract.LegKind]int64
	parties  map[partyKey]*Tally
	waits    [2]map[contract.LegKind]int64
	waiting  int64
	sums     Conservation
	reasons  map[journal.Symbol]int64 // tickets that waited for a reason
	disputes int64                    // tickets disputed between two who become one
	rejected int64                    // tickets that one of them rejected
}

type pairKey struct{ from, to, becomes string }

type partyKey struct {
	party string
	kind  contract.LegKind
}

func newJourneys(r *replay) *journeys {
	g := &journeys{replay: r, old: newTerms(r.old.Book, r.journal), new: newTerms(r.new.Book, r.changed), inside: map[pairKey]*Inside{}, parties: map[partyKey]*Tally{}, reasons: map[journal.Symbol]int64{}}
	for i := range 2 {
		g.kinds[i], g.waits[i] = map[contract.LegKind]int64{}, map[contract.LegKind]int64{}
	}
	return g
}

// take adds one ticket, if it ended in the time that is asked for.
func (g *journeys) take(n int) {
	r := g.replay
	if !ticket.Read(r.journal, n, r.asOf, &g.was) {
		return
	}
	end, done := g.was.Done()
	if !done || !r.within.Contains(end) {
		return
	}
	waits := g.handOvers(n)
	ticket.Read(r.changed, n, r.asOf, &g.is)
	g.tickets++
	before, after := g.old.of(&g.was), g.new.of(&g.is)
	g.legs[0] = before.Legs(&g.was, g.legs[0][:0])
	g.legs[1] = after.Legs(&g.is, g.legs[1][:0])
	waits = waits.Intersect(span.Set{{From: g.was.Opened(), To: end}})
	g.waiting += waits.Length()
	newEnd, _ := g.is.Done()
	g.conserve(
		Conservation{
			Legs:     Tally{g.share(0, g.legs[0], before), g.share(1, g.legs[1], after)},
			EndToEnd: Tally{int64(end - g.was.Opened()), int64(newEnd - g.is.Opened())},
		}, waits.Length())
	for i, legs := range g.legs {
		if i == 1 && r.options.DropInternal {
			continue
		}
		for _, l := range legs {
			g.waits[i][l.Kind] += waits.Intersect(span.Set{l.Span}).Length()
		}
	}
	g.terms()
}

// conserve adds a ticket's sums, and counts it if they do not agree.
func (g *journeys) conserve(x Conservation, waiting int64) {
	if g.replay.options.DropInternal {
		x.Dropped = waiting
	}
	if !x.agrees() {
		x.Apart = 1
	}
	g.sums.add(&x)
}

func (c *Conservation) agrees() bool {
	return c.Legs == c.EndToEnd && c.Legs.Old == c.Legs.New+c.Dropped
}

func (c *Conservation) add(x *Conservation) {
	c.Dropped += x.Dropped
	c.Apart += x.Apart
	c.Legs.Old, c.Legs.New = c.Legs.Old+x.Legs.Old, c.Legs.New+x.Legs.New
	c.EndToEnd.Old, c.EndToEnd.New = c.EndToEnd.Old+x.EndToEnd.Old, c.EndToEnd.New+x.EndToEnd.New
}

// share adds legs to their kinds and parties, and returns their length.
func (g *journeys) share(side int, legs []clock.Leg, by *clock.Reader) (sum int64) {
	for _, l := range legs {
		n := int64(l.To - l.From)
		sum += n
		g.kinds[side][l.Kind] += n
		party := by.Journal.Name(l.Party)
		switch {
		case l.Kind == contract.UnownedLeg:
			party = "" // nobody's, whoever is charged with it
		case party == "" && l.Kind == contract.CustomerLeg: // whom the journal never mentions
			party = by.Contract.Customer
		case party == "" && l.Kind == contract.IntegratorLeg:
			party = by.Contract.Integrator
		}
		key := partyKey{party, l.Kind}
		t := g.parties[key]
		if t == nil {
			t = &Tally{}
			g.parties[key] = t
		}
		if side == 0 {
			t.Old += n
		} else {
			t.New += n
		}
	}
	return sum
}

// holder is who holds a ticket at a level, as a number that means something to one
// journal only; zero is nobody.
func holder(s *ticket.State, level Level) uint32 {
	switch level {
	case ByTeam:
		return uint32(s.Team)
	case ByLine:
		return uint32(s.Line)
	}
	return uint32(s.Party)
}

// handOvers walks the moments of a ticket by both books at once: they have the same
// moments, with other holders. It returns the waiting of the hand-overs that are gone,
// of the level that is asked for.
func (g *journeys) handOvers(n int) span.Set {
	r := g.replay
	ticket.Read(r.renamed, n, r.asOf, &g.is)
	var waits span.Set
	for i := range Levels {
		t := &g.levels[i]
		var old, now uint32 // the last holders
		left := 0           // the moment since which nobody holds it
		handed := Tally{}
		for m := range g.was.Moments {
			was, is := holder(&g.was.Moments[m].State, Levels[i]), holder(&g.is.Moments[m].State, Levels[i])
			if was == 0 {
				if old != 0 && m > 0 && holder(&g.was.Moments[m-1].State, Levels[i]) != 0 {
					left = m
				}
				continue
			}
			moved, moves := old != 0 && was != old, now != 0 && is != now
			if moved {
				t.Old++
				handed.Old = 1
			}
			if moves {
				t.New++
				handed.New = 1
			}
			switch {
			case moved && !moves:
				t.Gone++
				if Levels[i] == r.options.By {
					waits = append(waits, g.gone(n, m, left, old, was, is)...)
				}
			case !moved && moves:
				t.Appeared++
			}
			old, now, left = was, is, m+1
		}
		t.Tickets.Old += handed.Old
		t.Tickets.New += handed.New
	}
	return span.Union(waits...)
}

// gone notes a hand-over at a moment that is gone by the new book, and returns its
// waiting: while nobody held the ticket before it, and from the offer until it was
// accepted, handed on, paused or done.
func (g *journeys) gone(n, m, left int, from, to, becomes uint32) span.Set {
	r := g.replay
	var out span.Set
	add := func(i int) {
		s := &g.was.Moments[i].State
		if !s.Status.Done() && s.Pauses == 0 {
			out = append(out, span.Span{From: g.was.Moments[i].At, To: g.was.Until(i)})
		}
	}
	for i := left; i < m; i++ {
		add(i)
	}
	for i := m; i < len(g.was.Moments) && !g.was.Moments[i].Accepted && holder(&g.was.Moments[i].State, r.options.By) == to; i++ {
		add(i)
	}
	out = span.Union(out...)
	key := pairKey{r.name(r.journal, from), r.name(r.journal, to), r.name(r.renamed, becomes)}
	if r.options.By == ByLine {
		key.becomes = r.plan.line(becomes)
	}
	x := g.inside[key]
	if x == nil {
		x = &Inside{From: key.from, To: key.to, Becomes: key.becomes}
		g.inside[key] = x
	}
	x.Count++
	x.Seconds += out.Length()
	if id := r.journal.TicketID(n); len(x.Tickets) == 0 || x.Tickets[len(x.Tickets)-1] != id {
		x.Tickets = append(x.Tickets, id)
	}
	for i := left; i < m; i++ {
		if g.was.Moments[i].Event == journal.Rejected {
			g.rejected++
			break
		}
	}
	if g.was.Moments[m].Disputed {
		g.disputes++
	}
	return out
}

// name names a holder of the level that is asked for.
func (r *replay) name(j *journal.Journal, holder uint32) string {
	if r.options.By == ByLine {
		return "line " + strconv.FormatUint(uint64(holder), 10)
	}
	return j.Name(journal.Symbol(holder))
}

// terms notes what the ticket depended on that belongs to the old terms.
func (g *journeys) terms() {
	var seen uint64
	for i := range g.was.Moments {
		seen |= g.was.Moments[i].Pauses
	}
	for _, reason := range g.replay.journal.Reasons() {
		if seen&g.replay.journal.ReasonBit(reason) != 0 {
			g.reasons[reason]++
		}
	}
}

// join adds what others found among later tickets.
func (g *journeys) join(o *journeys) {
	g.tickets += o.tickets
	g.waiting += o.waiting
	g.disputes += o.disputes
	g.rejected += o.rejected
	for i := range g.levels {
		a, b := &g.levels[i], &o.levels[i]
		a.Old, a.New, a.Gone, a.Appeared = a.Old+b.Old, a.New+b.New, a.Gone+b.Gone, a.Appeared+b.Appeared
		a.Tickets.Old += b.Tickets.Old
		a.Tickets.New += b.Tickets.New
	}
	for k, b := range o.inside {
		if a := g.inside[k]; a != nil {
			a.Count, a.Seconds, a.Tickets = a.Count+b.Count, a.Seconds+b.Seconds, append(a.Tickets, b.Tickets...)
		} else {
			g.inside[k] = b
		}
	}
	for i := range 2 {
		addAll(g.kinds[i], o.kinds[i])
		addAll(g.waits[i], o.waits[i])
	}
	addAll(g.reasons, o.reasons)
	for k, b := range o.parties {
		if a := g.parties[k]; a != nil {
			a.Old, a.New = a.Old+b.Old, a.New+b.New
		} else {
			g.parties[k] = b
		}
	}
	g.sums.add(&o.sums)
}

func addAll[K comparable](to, from map[K]int64) {
	for k, n := range from {
		to[k] += n
	}
}

// travel reads every ticket by so many workers; the sum does not depend on how many.
func (r *replay) travel() *journeys {
	n := max(1, min(r.options.Workers, r.journal.Tickets()/1024))
	parts := make([]*journeys, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			parts[i] = newJourneys(r)
			for t := r.journal.Tickets() * i / n; t < r.journal.Tickets()*(i+1)/n; t++ {
				parts[i].take(t)
			}
		})
	}
	all.Wait()
	for _, p := range parts[1:] {
		parts[0].join(p)
	}
	return parts[0]
}

// kindMeanings are the kinds of time, each with its meaning, in the order in which
// they are shown.
var kindMeanings = []struct {
	kind    contract.LegKind
	meaning string
}{
	{contract.SupplierLeg, "held by a supplier, or waiting for a cause of its own"},
	{contract.IntegratorLeg, "held by the integrator, or waiting for a cause of its own"},
	{contract.UnownedLeg, "held by nobody: offered and not yet accepted, or rejected"},
	{contract.CustomerLeg, "waiting for the customer"},
	{contract.DisputedLeg, "disputed between parties"},
}

// into writes the sums down.
func (g *journeys) into(out *Result) {
	out.Tickets = g.tickets
	for i := range g.levels {
		l := g.levels[i]
		l.Level = Levels[i]
		l.Meaning = "changes of the " + string(l.Level) + " that holds a ticket; nobody in between is passed over"
		out.HandOvers = append(out.HandOvers, l)
	}
	for _, x := range g.inside {
		out.Inside = append(out.Inside, *x)
	}
	slices.SortFunc(out.Inside, func(a, b Inside) int {
		return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(b.Count, a.Count), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To), strings.Compare(a.Becomes, b.Becomes))
	})
	out.Waiting = Waiting{Seconds: g.waiting, Dropped: g.replay.options.DropInternal, As: []KindTime{}, Was: []KindTime{}}
	for _, k := range kindMeanings {
		if n := g.waits[0][k.kind]; n > 0 {
			out.Waiting.Was = append(out.Waiting.Was, KindTime{k.kind, n})
		}
		if n := g.waits[1][k.kind]; n > 0 {
			out.Waiting.As = append(out.Waiting.As, KindTime{k.kind, n})
		}
		out.Kinds = append(out.Kinds, KindTotal{k.kind, k.meaning, Tally{g.kinds[0][k.kind], g.kinds[1][k.kind]}})
	}
	keys := slices.SortedFunc(maps.Keys(g.parties), func(a, b partyKey) int {
		return cmp.Or(cmp.Compare(kindAt(a.kind), kindAt(b.kind)), strings.Compare(a.party, b.party))
	})
	for _, k := range keys {
		out.Parties = append(out.Parties, PartyTotal{k.party, k.kind, *g.parties[k]})
	}
	out.Conservation = g.sums
	out.Conservation.Holds = g.sums.Apart == 0 && g.sums.agrees()
}

func kindAt(k contract.LegKind) int {
	for i := range kindMeanings {
		if kindMeanings[i].kind == k {
			return i
		}
	}
	return len(kindMeanings)
}
