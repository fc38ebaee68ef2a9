package flow_test

import (
	"testing"
	"time"

	"towerbridge/flow"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// Targets are eight hours of the office's nine to five; 2 March 2026 is a Monday.
const pausesLog = `
T1 2026-03-02T09:00 opened party=alpha service=mail priority=P3
T1 2026-03-02T09:00 accepted party=alpha
T1 2026-03-02T09:30 paused reason=user
T1 2026-03-02T10:30 resumed
T1 2026-03-02T17:40 paused reason=user
T1 2026-03-03T09:00 resumed
T1 2026-03-03T09:30 resolved
T2 2026-03-02T09:00 opened party=alpha service=mail priority=P3
T2 2026-03-02T09:00 accepted party=alpha
T2 2026-03-02T16:59 paused reason=user
T2 2026-03-03T10:00 resumed
T2 2026-03-04T12:00 paused reason=user
T2 2026-03-04T13:00 resumed
T2 2026-03-04T14:00 resolved
T3 2026-03-02T09:00 opened party=alpha service=mail priority=P3
T3 2026-03-02T09:00 accepted party=alpha
T3 2026-03-02T10:00 resolved
T9 2026-05-02T09:00 opened party=alpha service=mail priority=P3
`

func march(t *testing.T, j *journal.Journal, b *statement.Book) []*statement.Statement {
	t.Helper()
	var orders []statement.Order
	for _, id := range b.IDs() {
		orders = append(orders, statement.Order{Contract: id, Period: span.Month(2026, time.March)})
	}
	drawn, err := statement.Draw(b, j, orders, 1)
	if err != nil {
		t.Fatal(err)
	}
	return drawn
}

func TestPausesOf(t *testing.T) {
	b, j := town(t), told(t, pausesLog)
	drawn := march(t, j, b)
	got := flow.PausesOf(b, j, append(drawn, drawn...)) // twice: each ticket counts once
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	want := flow.PauseSpread{Contract: "desk", Supplier: "alpha", Clock: "resolve", Tickets: 2, Pauses: 4, After: 1}
	want.Tenths[0] = 1 // T1 after half an hour
	want.Tenths[8] = 1 // T1 at closing time, with seven of eight hours used
	want.Tenths[9] = 1 // T2 a minute before
	if got[0] != want {
		t.Errorf("%+v, want %+v", got[0], want)
	}
}

func TestLongest(t *testing.T) {
	b, j := town(t), told(t, pausesLog)
	r := read(t, j, flow.Order{}, 1)
	got, err := flow.Longest(b, j, r, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Ticket != "T2" || got[1].Ticket != "T1" || got[0].ElapsedSeconds != (48+5)*3600 {
		t.Fatalf("%+v", got)
	}
	for _, l := range got {
		sum := int64(0)
		for _, x := range l.Legs {
			sum += x.ElapsedSeconds
		}
		if sum != l.ElapsedSeconds {
			t.Errorf("%s: legs of %d seconds, from end to end %d", l.Ticket, sum, l.ElapsedSeconds)
		}
	}
	if all, err := flow.Longest(b, j, r, 99); err != nil || len(all) != 3 {
		t.Errorf("%d tickets that ended, want 3; %v", len(all), err)
	}
}
