package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// explainer reads tickets again in other ways, to find the one that gives a
// supplier's figure.
type explainer struct {
	book    *statement.Book
	journal *journal.Journal
	reader  *clock.Reader
	asOf    span.Instant
	history ticket.History
	reading clock.Reading
}

func newExplainer(b *statement.Book, j *journal.Journal, c *contract.Contract, asOf span.Instant) *explainer {
	return &explainer{book: b, journal: j, reader: clock.NewReader(c, j, b.World().KindOf), asOf: asOf}
}

// candidate is another reading of a ticket's clock.
type candidate struct {
	cause      Cause
	departures int // from the contract; fewer are told first
	seconds    int64
	verdict    Verdict // by the target; empty where none can be told
	way        string  // of counting hours, the same for every ticket; empty for others
	why        string
}

// told is what an explanation comes to.
type told struct {
	cause Cause
	why   string
	by    Basis
	also  []string
}

// read reads the life of a ticket that counts in a measure with a clock.
func (x *explainer) read(m *contract.Measure, ours *measure.Counted) bool {
	if m.Clock < 0 || !ticket.Read(x.journal, int(ours.Ticket), x.asOf, &x.history) {
		return false
	}
	x.reader.Read(&x.history, &x.reader.Contract.Clocks[m.Clock], 0, &x.reading)
	for life := uint8(0); life < ours.Episode && x.reading.Next > 0; life++ {
		x.reader.Read(&x.history, x.reading.Clock, x.reading.Next, &x.reading)
	}
	return x.reading.Calendar != nil && x.reading.Verdict != clock.NotStarted
}

// ways lists the ways of counting hours in which a ticket has another reading.
func (x *explainer) ways(m *contract.Measure, ours *measure.Counted) []candidate {
	if !x.read(m, ours) {
		return nil
	}
	return x.hours()
}

// explain says why a claim differs from what we counted. A measure without a clock of
// its own has no other readings.
func (x *explainer) explain(m *contract.Measure, ours *measure.Counted, claim *Claim) told {
	if !x.read(m, ours) {
		return told{cause: Unexplained, by: ByRecord, why: fmt.Sprintf("we say %s, they say %s, and nothing in the journal says otherwise", word(m, ours.Verdict), claim.Verdict)}
	}
	verdict := claim.Verdict
	if m.Share == nil {
		verdict = ""
	}
	all := x.candidates()
	switch {
	case claim.Length == nil:
		return x.byVerdict(all, verdict)
	case claim.Length.Near(ours.Elapsed):
		return x.sameMinutes(all, *claim.Length, verdict)
	}
	return x.byMinutes(all, *claim.Length, verdict)
}

// sameMinutes explains another verdict from the same minutes.
func (x *explainer) sameMinutes(all []candidate, l Length, verdict Verdict) told {
	r := &x.reading
	if l.Within(r.Target) == (verdict == Met) && !r.Fixed {
		return told{cause: Rounding, by: ByMinutes, why: fmt.Sprintf("the ticket took %s of %s; in the supplier's units that is rounded to %s", length(r.Elapsed), length(r.Target), length(l.Seconds()))}
	}
	for _, c := range all {
		if c.cause == Priority && c.verdict == verdict && l.Near(c.seconds) {
			return told{cause: Priority, by: ByMinutes, why: c.why}
		}
	}
	return told{cause: OwnFigures, by: ByMinutes, why: fmt.Sprintf("both count %s of %s, from which %s follows, not %s", length(r.Elapsed), length(r.Target), opposite(verdict), verdict)}
}

// byMinutes explains other minutes: by the readings that come to them.
func (x *explainer) byMinutes(all []candidate, l Length, verdict Verdict) told {
	var fit []candidate
	for _, c := range all {
		if l.Near(c.seconds) {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return x.unexplained(l, verdict)
	}
	// Among those that depart equally little, one that gives the verdict too is better.
	slices.SortStableFunc(fit, func(a, b candidate) int {
		return 2*(a.departures-b.departures) + disagrees(a, verdict) - disagrees(b, verdict)
	})
	out := told{cause: fit[0].cause, by: ByMinutes, why: fit[0].why}
	if verdict != "" && fit[0].verdict != "" && fit[0].verdict != verdict {
		out.why += fmt.Sprintf("; by that it would be %s, and they say %s", fit[0].verdict, verdict)
	}
	for _, c := range fit[1:] {
		out.also = append(out.also, string(c.cause)+": "+c.why)
	}
	return out
}

func disagrees(c candidate, verdict Verdict) int {
	if verdict != "" && c.verdict != verdict {
		return 1
	}
	return 0
}

// unexplained says how far the figures are apart, and what would have to be so.
func (x *explainer) unexplained(l Length, verdict Verdict) told {
	r := &x.reading
	out := told{cause: Unexplained, by: ByMinutes}
	apart := l.Seconds() - r.Elapsed
	if apart < 0 {
		out.why = fmt.Sprintf("they count %s less than we do; only a pause of that open time which is not in our journal would explain it", length(-apart))
	} else {
		out.why = fmt.Sprintf("they count %s more than we do, which no other reading of our journal gives", length(apart))
	}
	if verdict != "" && r.Target > 0 && !r.Fixed && l.Within(r.Target) != (verdict == Met) {
		out.why += fmt.Sprintf("; their verdict %s does not follow from their own minutes and the target of %s", verdict, length(r.Target))
	}
	return out
}

// byVerdict explains another verdict that came without minutes: by every reading that
// gives it.
func (x *explainer) byVerdict(all []candidate, verdict Verdict) told {
	var fit []candidate
	r := &x.reading
	if whole := (r.Elapsed/60 + 1) * 60; !r.Fixed && (r.Elapsed-r.Elapsed%60 <= r.Target) != (r.Elapsed <= r.Target) ||
		!r.Fixed && verdict == Missed && r.Elapsed%60 > 0 && whole > r.Target && r.Elapsed <= r.Target {
		fit = append(fit, candidate{cause: Rounding, verdict: verdict, why: fmt.Sprintf("the ticket took %s of %s, which whole minutes cannot tell apart", length(r.Elapsed), length(r.Target))})
	}
	for _, c := range all {
		if c.verdict == verdict {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return told{cause: Unexplained, by: ByVerdict, why: fmt.Sprintf("we count %s of %s, and no other reading of our journal is %s; ask for the supplier's minutes", length(r.Elapsed), length(r.Target), verdict)}
	}
	out := told{cause: fit[0].cause, by: ByVerdict, why: fit[0].why}
	for _, c := range fit[1:] {
		out.also = append(out.also, string(c.cause)+": "+c.why)
	}
	return out
}

// candidates lists the other readings of the clock at hand, those that depart least
// from the contract first.
func (x *explainer) candidates() []candidate {
	out := x.priorities()
	out = append(out, x.pauses()...)
	out = append(out, x.hours()...)
	slices.SortStableFunc(out, func(a, b candidate) int { return a.departures - b.departures })
	return out
}

// priorities reads the clock by the target of each other priority that the ticket had.
func (x *explainer) priorities() []candidate {
	var out []candidate
	r, j, last := &x.reading, x.journal, x.history.Last()
	seen := map[journal.Symbol]bool{r.At.Priority: true}
	for i := range x.history.Moments {
		p := x.history.Moments[i].Priority
		if p == 0 || seen[p] {
			continue
		}
		seen[p] = true
		name, service, site := j.Name(p), j.Name(last.Service), j.Name(last.Site)
		k := r.Clock.Calendar(name, service, site)
		t, ok := r.Clock.Target(j.Name(last.Kind), name, service, site, span.DateIn(x.history.Opened(), x.reader.Contract.Location))
		if k == nil || !ok {
			continue
		}
		seconds := openIn(k, set(r.Spans))
		c := candidate{cause: Priority, departures: 1, seconds: seconds, verdict: x.judge(k, t, seconds)}
		c.why = fmt.Sprintf("by priority %s, which the ticket had, it is %s, %s of %s", name, c.verdict, length(seconds), targetText(t))
		out = append(out, c)
	}
	return out
}

// pauses reads the clock with each of its pauses counted, and with each stretch taken
// off that the journal calls waiting and the contract does not.
func (x *explainer) pauses() []candidate {
	var out []candidate
	r := &x.reading
	own := openIn(r.Calendar, set(r.Spans))
	add := func(seconds int64, format string, args ...any) {
		if seconds != own {
			out = append(out, candidate{cause: Pause, departures: 1, seconds: seconds, verdict: x.judge(r.Calendar, r.Rule, seconds), why: fmt.Sprintf(format, args...)})
		}
	}
	if len(r.Pauses) > 1 {
		for _, p := range r.Pauses {
			open := openIn(r.Calendar, span.Set{p.Span})
			add(own+open, "they do not take off the pause from %s to %s (%s), %s open", p.From, p.To, x.reasons(p.Reasons), length(open))
		}
	}
	waits := map[journal.Symbol]span.Set{}
	for i := range x.history.Moments {
		m := &x.history.Moments[i]
		for _, reason := range x.reader.ReasonsOf(m.Pauses) {
			waits[reason] = append(waits[reason], span.Span{From: m.At, To: x.history.Until(i)})
		}
	}
	for _, reason := range slices.SortedFunc(maps.Keys(waits), func(a, b journal.Symbol) int { return strings.Compare(x.journal.Name(a), x.journal.Name(b)) }) {
		open := openIn(r.Calendar, span.Union(waits[reason]...).Intersect(set(r.Spans)))
		add(own-open, "they take off the waiting for %s, %s open, for which the contract does not let this clock stand", x.journal.Name(reason), length(open))
	}
	return out
}

func (x *explainer) reasons(bits uint64) string {
	var names []string
	for _, s := range x.reader.ReasonsOf(bits) {
		names = append(names, x.journal.Name(s))
	}
	if len(names) == 0 {
		return "resolved and reopened"
	}
	return strings.Join(names, " and ")
}
