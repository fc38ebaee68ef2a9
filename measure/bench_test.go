package measure_test

import (
	"fmt"
	"strings"
	"testing"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/span"
)

// yearOfTickets is so many tickets of six suppliers through 2026, the same each time.
func yearOfTickets(b testing.TB, n int) *journal.Journal {
	b.Helper()
	w := journal.NewBuilder("bench")
	begin := span.DateOf(2026, 1, 1).Start(london)
	state := uint64(7)
	next := func(n int) int {
		state = state*6364136223846793005 + 1442695040888963407
		return int(state>>33) % n
	}
	supplier := func() journal.Symbol { return w.Name(fmt.Sprint("sup", 1+next(6))) }
	for i := range n {
		id := w.Ticket(fmt.Appendf(nil, "INC%07d", i))
		at := begin + span.Instant(i*360*86400/n)
		add := func(f journal.Facts) {
			w.Add(journal.Entry{Happened: at, Learnt: at, Ticket: id, Row: uint32(w.Len() + 1), Facts: w.Facts(f)})
			at += span.Instant(60 + next(20000))
		}
		add(journal.Facts{Event: journal.Opened, Priority: w.Name(fmt.Sprint("P", 1+next(4))), Kind: w.Name("incident")})
		for range 1 + next(10)/8 {
			add(journal.Facts{Event: journal.Assigned, Party: supplier()})
			add(journal.Facts{Event: journal.Accepted})
		}
		if next(3) == 0 {
			add(journal.Facts{Event: journal.Paused, Reason: w.Name("user")})
			add(journal.Facts{Event: journal.Resumed})
		}
		add(journal.Facts{Event: journal.Resolved})
		add(journal.Facts{Event: journal.Closed})
	}
	j, findings := journal.Merge([]*journal.Builder{w}, []uint32{0})
	if len(findings) > 0 {
		b.Fatal(findings)
	}
	return j
}

// sixContracts is a contract for each supplier, with a share of answers, a share of
// resolutions and a mean for each priority.
func sixContracts(b testing.TB) []*contract.Contract {
	b.Helper()
	var out []*contract.Contract
	for s := range 6 {
		var m strings.Builder
		m.WriteString("pauseCauses: [{reason: user, cause: customer}]\nclocks:\n")
		for _, k := range []string{"respond, stop: in-progress", "resolve, stop: resolved, pauses: [user]"} {
			m.WriteString("  - {id: " + k + ", calendars: [{priorities: [P1, P2], calendar: always}], calendar: office}\n")
		}
		m.WriteString("targets: [{clock: respond, within: 1h}, {clock: resolve, within: 8h}]\nmeasures:\n")
		for p := 1; p <= 4; p++ {
			for i, kind := range []string{"share: {clock: respond}", "share: {clock: resolve}", "mean: {clock: resolve}"} {
				fmt.Fprintf(&m, "  - {id: M%d-%d, %s, scope: 'priority == \"P%d\"'}\n", p, i, kind, p)
			}
		}
		out = append(out, contractOf(b, strings.Replace(m.String(), "pauseCauses", fmt.Sprintf("title: supplier %d\npauseCauses", s+1), 1)))
		out[s].Supplier = fmt.Sprint("sup", s+1)
	}
	return out
}

// BenchmarkTake takes a year's measures of 50,000 tickets under six contracts.
func BenchmarkTake(b *testing.B) {
	j, contracts := yearOfTickets(b, 50_000), sixContracts(b)
	months := periods(b, "2026-01..2026-12")
	for name, own := range map[string]bool{"one instant": false, "an instant for each month": true} {
		b.Run(name, func(b *testing.B) {
			var jobs []measure.Job
			for _, c := range contracts {
				x := measure.Job{Contract: c, Periods: months}
				for _, p := range months {
					asOf := at(b, "2027-02-01")
					if own {
						asOf = p.Next(1).From.Start(london) + 5*86400
					}
					x.AsOf = append(x.AsOf, asOf)
				}
				jobs = append(jobs, x)
			}
			b.ReportAllocs()
			for b.Loop() {
				taker := measure.NewTaker(j, jobs, world)
				taker.Take(0, j.Tickets())
				n := 0
				for i := range jobs {
					for p := range months {
						for _, r := range taker.Results(i, p) {
							n += len(r.Evidence)
						}
					}
				}
				if n < 3*40_000 {
					b.Fatalf("only %d counted", n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/50_000, "ns/ticket")
		})
	}
}
