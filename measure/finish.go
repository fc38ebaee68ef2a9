package measure

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"towerbridge/contract"
	"towerbridge/money"
	"towerbridge/span"
)

// Join adds what another taker found among later tickets. Both were made for the
// same jobs; the other must not be used again.
func (t *Taker) Join(o *Taker) {
	for i, b := range t.jobs {
		for p := range b.used {
			b.used[p] = append(b.used[p], o.jobs[i].used[p]...)
		}
		for k := range b.profiles {
			add(b.profiles[k].other, o.jobs[i].profiles[k].other)
			add(b.profiles[k].total, o.jobs[i].profiles[k].total)
		}
		for k := range b.lanes {
			x, y := &b.lanes[k], &o.jobs[i].lanes[k]
			add(x.outside, y.outside)
			add(x.other, y.other)
			for p := range x.evidence {
				x.evidence[p] = append(x.evidence[p], y.evidence[p]...)
				x.excluded[p] = append(x.excluded[p], y.excluded[p]...)
				x.downs[p] = append(x.downs[p], y.downs[p]...)
				x.quiets[p] = append(x.quiets[p], y.quiets[p]...)
			}
		}
	}
}

func add(to, from []int64) {
	for i := range to {
		to[i] += from[i]
	}
}

// Results returns the results of a job's period: those measures that are in force
// and whose measurement period ends with it, in the order of the contract.
func (t *Taker) Results(job, period int) []Result {
	b := t.jobs[job]
	var out []Result
	for i := range b.lanes {
		x := &b.lanes[i]
		if p, ends := measurementPeriod(b.Periods[period], x.months); ends && x.measure.On(p.From) {
			out = append(out, b.result(x, period, p))
		}
	}
	return out
}

// Used returns the tickets that the results of a job's period stand on, in order.
func (t *Taker) Used(job, period int) []uint32 { return t.jobs[job].used[period] }

// result sums up a lane for a period.
func (b *job) result(x *lane, period int, p span.Period) Result {
	r := Result{Measure: x.measure, Period: p, Evidence: x.evidence[period].flat(), Excluded: x.excluded[period]}
	other, outside := x.other[period], x.outside[period]
	if x.profile >= 0 && !b.profiles[x.profile].single {
		y := &b.profiles[x.profile]
		other, outside = y.other[period], y.total[period]-int64(len(r.Evidence)+len(r.Excluded))
	}
	if other > 0 {
		r.Aside = append(r.Aside, Aside{"attributed to another party", other})
	}
	if outside > 0 {
		r.Aside = append(r.Aside, Aside{"out of the measure's scope", outside})
	}
	if x.measure.Availability != nil {
		x.availability(&r, p.In(b.Contract.Location), x.downs[period], x.quiets[period])
	} else {
		r.sum()
	}
	r.judge()
	return r
}

// availability fills a result with available and agreed seconds; its evidence is
// the tickets that were downtime, each with its own open seconds down.
func (x *lane) availability(r *Result, s span.Span, downs, quiets []outage) {
	if !x.measure.Calendar.Covers(s.From, s.To) {
		r.Notes = append(r.Notes, uncovered(x.measure, s))
		return
	}
	available, agreed, _, maintenance := x.agreed(s, downs, quiets)
	r.Met, r.Counted = available, agreed
	slices.SortFunc(downs, func(a, b outage) int { return cmp.Compare(a.ticket, b.ticket) })
	for i, o := range downs {
		if i > 0 && downs[i-1].ticket == o.ticket {
			continue
		}
		own := span.Set{o.Span.Intersect(s)}.Intersect(x.measure.Calendar.Windows(s)).Minus(maintenance)
		r.Evidence = append(r.Evidence, Counted{Ticket: o.ticket, Verdict: Missed, Elapsed: own.Length(), At: o.From})
	}
	for _, o := range quiets {
		r.Excluded = append(r.Excluded, Excluded{Ticket: o.ticket, Reason: "permitted maintenance", Clause: x.measure.Clause})
	}
}

// sum works out the numerator and the denominator from the evidence.
func (r *Result) sum() {
	m := r.Measure
	switch {
	case m.Mean != nil, m.HandOvers != nil, m.Backlog != nil && m.Backlog.OlderThan == nil:
		for i := range r.Evidence {
			r.Met += r.Evidence[i].Elapsed
		}
		r.Counted = int64(len(r.Evidence))
	case m.External != nil, m.Survey != nil:
		for i := range r.Evidence {
			r.Met += r.Evidence[i].Elapsed
			r.Counted += r.Evidence[i].Target
		}
	case m.Percentile != nil:
		r.percentile()
	case m.Count != nil:
		r.Met, r.Counted = int64(len(r.Evidence)), 1
	default:
		for i := range r.Evidence {
			if r.Evidence[i].Verdict == Met {
				r.Met++
			}
		}
		r.Counted = int64(len(r.Evidence))
	}
}

// percentile finds the smallest time within which at least the share of tickets
// stayed (nearest rank). The result is that time over one; how many tickets were
// ranked is a note.
func (r *Result) percentile() {
	n := int64(len(r.Evidence))
	if n == 0 {
		return
	}
	times := make([]int64, n)
	for i := range r.Evidence {
		times[i] = r.Evidence[i].Elapsed
	}
	slices.Sort(times)
	rank := money.NewDecimal(n, 0).Mul(r.Measure.Percentile.Share.Share()).Round(0, money.Ceiling)
	k, err := strconv.ParseInt(rank.String(), 10, 64)
	if err != nil || k > n {
		k = n
	}
	k = max(k, 1)
	r.Met, r.Counted = times[k-1], 1
	r.Notes = append(r.Notes, fmt.Sprintf("rank %d of %d tickets (nearest rank)", k, n))
}

// judge rounds, bands and rates a result by the terms on the first day of its period.
func (r *Result) judge() {
	m, on := r.Measure, r.Period.From
	r.Target, _ = m.TargetLevel(on)
	if r.Counted == 0 {
		r.Display = "not measured"
		if m.ZeroVolume == contract.ZeroIsMet {
			r.Display = "met (nothing to measure)"
			r.Notes = append(r.Notes, "no volume counts as met")
		}
		return
	}
	value, err := money.NewFraction(r.Met, r.Counted)
	if err != nil {
		r.Display = "not measured"
		r.Notes = append(r.Notes, err.Error())
		return
	}
	r.Measured, r.Value, r.Display = true, value, display(value, m)
	compare := func(v contract.Value) int { return v.Compare(value, m.Precision) }
	r.Band, _ = m.Band(on, compare)
	r.Failed = r.short(compare)
	if s := m.SmallVolume; s != nil && r.Counted < int64(s.Below) && r.Failed && r.failures() <= int64(s.Failures) {
		r.Failed, r.Small = false, true
		r.Notes = append(r.Notes, fmt.Sprintf("fewer than %d counted and no more than %d failed: target met", s.Below, s.Failures))
		for i := range m.Bands {
			if m.Bands[i].Met && m.Bands[i].On(on) {
				r.Band = &m.Bands[i]
			}
		}
	}
	r.rate(compare)
}

// failures returns the number of tickets that failed one by one: those that did not
// meet, or, where the measure counts what should not have been, those that it counts.
func (r *Result) failures() int64 {
	if r.Measure.CountsBad() {
		return r.Met
	}
	return r.Counted - r.Met
}

// short reports whether the result misses its target: by its band where there are
// bands, else by its target level.
func (r *Result) short(compare func(contract.Value) int) bool {
	if r.Band != nil {
		return !r.Band.Met
	}
	if r.Target == nil {
		return false
	}
	if r.Measure.LowerBetter {
		return compare(r.Target.Value) > 0
	}
	return compare(r.Target.Value) < 0
}

// rate gives the statutory rating by the measure's own cut-offs.
func (r *Result) rate(compare func(contract.Value) int) {
	x := r.Measure.Rating
	if x == nil {
		return
	}
	reached := func(v contract.Value) bool {
		if r.Measure.LowerBetter {
			return compare(v) <= 0
		}
		return compare(v) >= 0
	}
	switch {
	case reached(x.Good):
		r.Rating = "Good"
	case reached(x.ApproachingTarget):
		r.Rating = "Approaching target"
	case reached(x.RequiresImprovement):
		r.Rating = "Requires improvement"
	default:
		r.Rating = "Inadequate"
	}
}

// display writes a value as the contract rounds it; without a rule the fraction
// itself is exact and two decimals are shown, cut off and never rounded up.
func display(v money.Fraction, m *contract.Measure) string {
	p := contract.Precision{Decimals: 2, Rounding: money.Down}
	if m.Precision != nil {
		p = *m.Precision
	}
	switch u := m.Unit(); {
	case u == contract.Percent:
		return contract.Rounded(v, u, &p).String() + "%"
	case u == contract.Seconds:
		return contract.Rounded(v, u, &p).String() + " s"
	case m.Count != nil && m.Precision == nil:
		return fmt.Sprint(v.Num())
	default:
		return contract.Rounded(v, u, &p).String()
	}
}
