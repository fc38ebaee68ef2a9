package app_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"towerbridge/internal/app"
	"towerbridge/ticket"
)

// BenchmarkOpen opens tickets, from as many callers as there are.
func BenchmarkOpen(b *testing.B) {
	d := newDesk(b)
	who := d.analyst()
	var n atomic.Int64
	b.SetParallelism(16)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, err := d.Do(d.ctx, app.Request{Who: who, Key: fmt.Sprint(n.Add(1))}, app.TicketAct{Act: ticket.Open, Kind: "incident", Priority: "P3", Service: "laptops", Site: "harbour", Summary: "One of many"})
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkRead reads one ticket with every clock.
func BenchmarkRead(b *testing.B) {
	d := newDesk(b)
	x := d.laptop()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.ReadTicket(d.ctx, d.analyst(), x.ID); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkList reads a page of fifty open tickets with their clocks.
func BenchmarkList(b *testing.B) {
	d := newDesk(b)
	for range 60 {
		d.laptop()
	}
	b.ReportAllocs()
	for b.Loop() {
		page, err := d.ListTickets(d.ctx, d.analyst(), listAll(), false)
		if err != nil || len(page.Tickets) != 50 {
			b.Fatal(err)
		}
	}
}
