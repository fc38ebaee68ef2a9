package access_test

import (
	"fmt"
	"testing"

	"towerbridge/access"
	"towerbridge/estate"
)

func BenchmarkMay(b *testing.B) {
	p, err := access.New()
	if err != nil {
		b.Fatal(err)
	}
	agent := access.Principal{
		ID: "p-17", Party: "northwind", Kind: estate.Supplier, Roles: []access.Role{access.Agent, access.Officer},
		Manages: []string{"applications", "hosting"}, Clearances: []string{"custody"},
	}
	t := access.Ticket{
		ID: "INC1", Holder: "northwind", Parties: []string{"desk", "northwind"}, Service: "email",
		Tower: "end-user", DataClass: "official", Reporter: "p-3",
	}
	figure := access.Figure{Contract: "c", Supplier: "southbank", Customer: "force", Integrator: "siam", Towers: []string{"network"}}
	for _, q := range []struct {
		what access.Action
		on   access.Resource
	}{
		{access.TicketRead, t},
		{access.TicketAssign, t},
		{access.NoteRead, access.Note{Ticket: t, Party: "desk", Visibility: "shared"}},
		{access.CreditRead, figure},
		{access.EstateRead, access.Estate{}},
	} {
		b.Run(string(q.what), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.May(agent, q.what, q.on)
			}
		})
	}
}

func BenchmarkSight(b *testing.B) {
	p, err := access.New()
	if err != nil {
		b.Fatal(err)
	}
	var services []access.ServiceOf
	for i := range 300 {
		class := i % 4
		services = append(services, access.ServiceOf{
			ID: fmt.Sprint("service-", i), Tower: fmt.Sprint("tower-", i%12), DataClass: fmt.Sprint("class-", class), Restricted: class == 3,
		})
	}
	for _, role := range []access.Role{access.Officer, access.Agent} {
		b.Run(string(role), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Sight(access.Principal{ID: "p", Party: "s", Kind: estate.Supplier, Roles: []access.Role{role}}, services)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := access.New(); err != nil {
			b.Fatal(err)
		}
	}
}
