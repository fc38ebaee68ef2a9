package sqlstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// benchTickets is the number of tickets of the year that the benchmarks are about. The
// environment may say another.
func benchTickets(b *testing.B) int {
	b.Helper()
	text := os.Getenv("TOWERBRIDGE_BENCH_TICKETS")
	if text == "" {
		return 20_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

const (
	yearStart span.Instant = 1_767_225_600 // 2026-01-01T00:00:00Z
	yearEnd   span.Instant = 1_798_761_600
)

// year is a made-up year of tickets: about eight entries each, a tenth of them open at
// its end, held by one or two of twelve parties.
type year struct {
	random  *rand.Rand
	tickets int
	made    int
	row     int
}

func newYear(tickets int) *year {
	return &year{random: rand.New(rand.NewPCG(1, 2)), tickets: tickets}
}

// batch returns the next tickets.
func (y *year) batch(n int) *store.Batch {
	b := &store.Batch{}
	for ; n > 0 && y.made < y.tickets; n-- {
		b.Tickets = append(b.Tickets, y.ticket())
	}
	return b
}

func (y *year) ticket() store.BatchTicket {
	y.made++
	at := yearStart + span.Instant(int64(y.made)*int64(yearEnd-yearStart)/int64(y.tickets+1))
	service := y.random.IntN(60)
	t := store.BatchTicket{Row: store.TicketRow{
		ID: fmt.Sprintf("INC%07d", y.made), Kind: "incident", Priority: "P" + strconv.Itoa(1+y.random.IntN(4)),
		Service: fmt.Sprintf("service-%d", service), Site: fmt.Sprintf("site-%d", y.random.IntN(200)), Party: "desk", Team: "first-line",
		Opened: at, Due: span.Never,
	}}
	r := &t.Row
	parties := []string{"desk"}
	add := func(d journal.Draft) {
		y.row++
		d.Source, d.Key, d.Ticket, d.Happened, d.Learnt = "tool", strconv.Itoa(y.row), r.ID, at, at
		t.Lines = append(t.Lines, d.Append(nil))
		r.Changed = at
		at += span.Instant(60 + y.random.IntN(7200))
	}
	add(journal.Draft{
		Event: journal.Opened, Kind: r.Kind, Priority: r.Priority, Service: r.Service, Site: r.Site, Party: r.Party, Team: r.Team,
		Line: 1, Fields: map[string]string{"channel": "phone"},
	})
	add(journal.Draft{Event: journal.Responded, Status: journal.InProgress})
	if y.random.IntN(10) < 8 {
		r.Party, r.Team = fmt.Sprintf("supplier-%d", service%11), fmt.Sprintf("team-%d", service)
		parties = append(parties, r.Party)
		add(journal.Draft{Event: journal.Assigned, Party: r.Party, Team: r.Team, Line: 2})
		add(journal.Draft{Event: journal.Accepted})
	}
	for range y.random.IntN(6) {
		add(journal.Draft{Event: journal.Noted})
	}
	if y.random.IntN(3) == 0 {
		add(journal.Draft{Event: journal.Paused, Reason: "user"})
		add(journal.Draft{Event: journal.Resumed, Reason: "user"})
	}
	r.Status = journal.InProgress
	if y.random.IntN(10) > 0 {
		add(journal.Draft{Event: journal.Resolved})
		add(journal.Draft{Event: journal.Closed, Status: journal.ClosedStatus})
		r.Status = journal.ClosedStatus
	} else {
		r.Due = at
	}
	slices.Sort(parties)
	r.Parties = parties
	return t
}

// onBench runs a benchmark on both engines.
func onBench(b *testing.B, f func(b *testing.B, p place)) {
	b.Run("sqlite", func(b *testing.B) { f(b, sqlitePlace(b)) })
	b.Run("postgres", func(b *testing.B) { f(b, postgresPlace(b)) })
}

// benchBatch is the number of tickets of a batch.
const benchBatch = 10_000

// fillYear appends a year and returns how long the store took.
func fillYear(b *testing.B, s *Store, tickets int) (lines int64, took time.Duration) {
	y := newYear(tickets)
	for batch := y.batch(benchBatch); len(batch.Tickets) > 0; batch = y.batch(benchBatch) {
		start := time.Now()
		r, err := s.Append(context.Background(), batch)
		if err != nil {
			b.Fatal(err)
		}
		took += time.Since(start)
		lines = r.Last
	}
	return lines, took
}

func BenchmarkAppend(b *testing.B) {
	onBench(b, func(b *testing.B, p place) {
		for range b.N {
			lines, took := fillYear(b, p.open(b), benchTickets(b))
			b.ReportMetric(float64(lines)/took.Seconds(), "entries/s")
		}
	})
}

// BenchmarkYear reads from a record that holds a year.
func BenchmarkYear(b *testing.B) {
	onBench(b, func(b *testing.B, p place) {
		s := p.open(b)
		lines, took := fillYear(b, s, benchTickets(b))
		b.Logf("%d lines in %s: %.0f a second", lines, took, float64(lines)/took.Seconds())
		b.Run("part", func(b *testing.B) { benchPart(b, s) })
		b.Run("list", func(b *testing.B) { benchLists(b, s) })
		b.Run("ticket", func(b *testing.B) {
			n := benchTickets(b)
			for i := 0; b.Loop(); i++ {
				if _, err := s.Ticket(context.Background(), fmt.Sprintf("INC%07d", 1+i*7919%n)); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

func benchPart(b *testing.B, s *Store) {
	const month = 30 * 24 * 3600
	for name, need := range map[string]statement.Need{
		"supplier-mid-year":   {Party: "supplier-3", Before: yearStart + 6*month, Since: yearStart + 5*month},
		"supplier-first":      {Party: "supplier-3", Before: yearStart + month, Since: yearStart},
		"supplier-last-month": {Party: "supplier-3", Before: yearEnd, Since: yearEnd - month},
		"whole-month":         {Before: yearStart + 6*month, Since: yearStart + 5*month},
	} {
		b.Run(name, func(b *testing.B) {
			var tickets, entries int
			for b.Loop() {
				j, err := s.Part(context.Background(), []statement.Need{need}, nil)
				if err != nil {
					b.Fatal(err)
				}
				tickets, entries = j.Tickets(), j.Len()
			}
			b.ReportMetric(float64(tickets), "tickets")
			b.ReportMetric(float64(entries), "entries")
		})
	}
}

func benchLists(b *testing.B, s *Store) {
	open := true
	var services []string
	for i := range 20 {
		services = append(services, fmt.Sprintf("service-%d", i))
	}
	for name, q := range map[string]*store.Query{
		"all":               {Sight: store.Sight{All: true}, Open: &open, By: store.ByDue, Limit: 50},
		"all-hidden":        {Sight: store.Sight{All: true, Hidden: services[:5], Reporter: "p"}, Open: &open, By: store.ByDue, Limit: 50},
		"party":             {Sight: store.Sight{Parties: []string{"supplier-3"}}, Open: &open, By: store.ByDue, Limit: 50},
		"party-services":    {Sight: store.Sight{Parties: []string{"supplier-3"}, Services: services}, Open: &open, By: store.ByDue, Limit: 50},
		"party-changed":     {Sight: store.Sight{Parties: []string{"supplier-3"}}, By: store.ByChanged, Descending: true, Limit: 50},
		"reporter":          {Sight: store.Sight{Reporter: "p-1"}, Open: &open, By: store.ByChanged, Limit: 50},
		"team":              {Sight: store.Sight{All: true}, Open: &open, Teams: []string{"team-7"}, By: store.ByDue, Limit: 50},
		"party-priority":    {Sight: store.Sight{Parties: []string{"supplier-3"}}, Open: &open, Priorities: []string{"P1"}, By: store.ByDue, Limit: 50},
		"all-site":          {Sight: store.Sight{All: true}, Open: &open, Sites: []string{"site-7"}, By: store.ByDue, Limit: 50},
		"all-closed":        {Sight: store.Sight{All: true}, By: store.ByOpened, Descending: true, Statuses: []journal.Status{journal.ClosedStatus}, Limit: 50},
		"service-all-times": {Sight: store.Sight{All: true}, Services: services[:1], By: store.ByChanged, Descending: true, Limit: 50},
	} {
		b.Run(name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				list, err := s.List(context.Background(), q)
				if err != nil {
					b.Fatal(err)
				}
				found = len(list)
			}
			b.ReportMetric(float64(found), "found")
		})
	}
	b.Run("count", func(b *testing.B) {
		q := &store.Query{Sight: store.Sight{Parties: []string{"supplier-3"}}, Open: &open}
		for b.Loop() {
			if _, err := s.Count(context.Background(), q, 1000); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCommit opens tickets from several goroutines and adds entries to them.
func BenchmarkCommit(b *testing.B) {
	onBench(b, func(b *testing.B, p place) {
		for _, goroutines := range []int{1, 32} {
			b.Run(strconv.Itoa(goroutines), func(b *testing.B) { benchCommit(b, p.open(b), goroutines) })
		}
	})
}

func benchCommit(b *testing.B, s *Store, goroutines int) {
	var next atomic.Int64
	took := make([][]time.Duration, goroutines)
	var wait sync.WaitGroup
	start := time.Now()
	for g := range goroutines {
		wait.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				c := opening("INC")
				c.Key, c.Request = fmt.Sprint(goroutines, "/", b.N, "/", n), []byte("digest")
				began := time.Now()
				if _, err := s.Commit(context.Background(), c); err != nil {
					b.Error(err)
					return
				}
				took[g] = append(took[g], time.Since(began))
			}
		})
	}
	wait.Wait()
	elapsed := time.Since(start)
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(len(all))/elapsed.Seconds(), "commits/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}
