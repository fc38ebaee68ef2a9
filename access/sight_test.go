package access_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/access"
	"towerbridge/estate"
)

// owns are conditions that an organisation may keep people from seeing tickets by.
var owns = []string{
	`when { principal.party == Party::"south" }`,
	`when { principal == Person::"you" } unless { principal.service }`,
	`when { resource.service == Service::"mail" } unless { resource.reporter == principal }`,
	`when { principal.kind == PartyKind::"supplier" && Service::"gone" == resource.service } unless { principal == resource.reporter }`,
	`when { [Tower::"network", Tower::"desk"].contains(resource.tower) && principal in Role::"officer" } unless { resource.reporter == principal }`,
	`when { resource.restricted || resource.dataClass == DataClass::"official" && !principal.service } unless { resource.reporter == principal }`,
	`when { principal.manages.contains(resource.tower) } unless { resource.reporter == principal }`,
	`when { resource is Ticket || resource is Note } when { resource.tower == Tower::"hosting" } unless { resource.reporter == principal } unless { principal in Role::"assurance" }`,
	`when { resource.restricted } unless { resource.reporter == principal } unless { principal.party == Party::"tie" }`,
	`when { principal.service } unless { resource.reporter == principal }`,
}

// ownFile is a file of some of them.
func ownFile(conditions ...string) access.File {
	var b strings.Builder
	for i, c := range conditions {
		fmt.Fprintf(&b, "@id(\"ours/%d\") @reason(\"We say so.\")\nforbid (principal, action in Action::\"see\", resource) %s;\n", i, c)
	}
	return access.File{Name: "ours.cedar", Text: []byte(b.String())}
}

// TestProveSight holds what a store lists against what may be opened, with and without
// policies of an organisation.
func TestProveSight(t *testing.T) {
	sets := []*access.Policies{policies(t)}
	for i := range owns {
		for _, conditions := range [][]string{{owns[i]}, {owns[i], owns[(i+3)%len(owns)]}} {
			p, findings := access.Read(ownFile(conditions...))
			if len(findings) > 0 {
				t.Fatalf("%s: %v", conditions, findings)
			}
			sets = append(sets, p)
		}
	}
	seen := map[bool]int{}
	often(t, 100_000, func(rt *rapid.T) {
		p, who, ticket := of(rt, sets, "policies"), drawPrincipal(rt), drawTicket(rt)
		if who.Kind == "" || who.ID == "" || who.Party == "" { // most of the draws should see something
			who.ID, who.Kind, who.Party = "me", estate.Supplier, supplier
		}
		sight, d := p.Sight(who, services), p.May(who, access.TicketRead, ticket)
		if sight.Holds(&ticket) != d.Allowed {
			rt.Fatalf("%+v\nof %+v\nsees %+v\nbut %v by %v", who, ticket, sight, d.Allowed, d.Reasons)
		}
		seen[d.Allowed]++
	})
	if seen[true] < seen[false]/20 {
		t.Errorf("%d tickets in sight, %d not: the draws show little", seen[true], seen[false])
	}
}

func TestSight(t *testing.T) {
	p := policies(t)
	for _, c := range []struct {
		name string
		who  access.Principal
		want access.Sight
	}{
		{"an officer sees what he reported", who(estate.Customer, access.Officer), access.Sight{Reporter: "me"}},
		{
			"an agent what his party held", who(estate.Supplier, access.Agent),
			access.Sight{Parties: []string{supplier}, Reporter: "me", Hidden: []string{"cells", "radio"}},
		},
		{
			"and what it manages",
			access.Principal{
				ID: "me", Party: supplier, Kind: estate.Supplier, Roles: []access.Role{access.Agent},
				Manages: []string{"network"}, Clearances: []string{"custody"},
			},
			access.Sight{Parties: []string{supplier}, Services: []string{"lines", "radio"}, Reporter: "me"},
		},
		{
			"an analyst all but restricted classes", who(estate.Integrator, access.Analyst),
			access.Sight{All: true, Reporter: "me", Hidden: []string{"cells", "radio"}},
		},
		{"an administrator none", who(estate.Integrator, access.Administrator), access.Sight{Reporter: "me"}},
		{"a supplier's assurance none at all", who(estate.Supplier, access.Assurance), access.Sight{}},
		{"nobody none at all", who(estate.Supplier), access.Sight{}},
	} {
		if got := p.Sight(c.who, services); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// A service that only a policy names is hidden too, though no list of services has it.
func TestSightOfUnlisted(t *testing.T) {
	p, findings := access.Read(ownFile(owns[3]))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	got := p.Sight(who(estate.Supplier, access.Agent), nil)
	if len(got.Hidden) != 1 || got.Hidden[0] != "gone" {
		t.Errorf("%+v", got)
	}
}
