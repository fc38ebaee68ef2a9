package access_test

import (
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/access"
	"towerbridge/estate"
)

// The names that drawn principals and resources are made of: few, so that they meet.
var (
	parties  = []string{"", supplier, rival, integrator, customer}
	towers   = []string{"", "network", "hosting", "desk"}
	classes  = []string{"", "official", "custody"}
	services = []access.ServiceOf{
		{ID: "mail", Tower: "hosting", DataClass: "official"},
		{ID: "lines", Tower: "network"},
		{ID: "cells", Tower: "hosting", DataClass: "custody", Restricted: true},
		{ID: "radio", Tower: "network", DataClass: "custody", Restricted: true},
		{ID: "help", Tower: "desk", DataClass: "official"},
	}
)

func some[T any](rt *rapid.T, from []T, name string) []T {
	return rapid.SliceOfN(rapid.SampledFrom(from), 0, 3).Draw(rt, name)
}

func of[T any](rt *rapid.T, from []T, name string) T { return rapid.SampledFrom(from).Draw(rt, name) }

func drawPrincipal(rt *rapid.T) access.Principal {
	p := access.Principal{
		ID:         of(rt, []string{"", "me", "you"}, "id"),
		Party:      of(rt, parties, "party"),
		Kind:       of(rt, []estate.PartyKind{"", estate.Supplier, estate.Integrator, estate.Customer}, "kind"),
		Roles:      some(rt, access.Roles(), "roles"),
		Manages:    some(rt, towers, "manages"),
		Clearances: some(rt, classes, "clearances"),
		Service:    rapid.Bool().Draw(rt, "service"),
	}
	if p.Service {
		p.Scopes = some(rt, access.Actions(), "scopes")
	}
	return p
}

func drawTicket(rt *rapid.T) access.Ticket {
	t := access.Ticket{
		ID: "T", Holder: of(rt, parties, "holder"), Parties: some(rt, parties, "parties"),
		Reporter: of(rt, []string{"", "me", "you", "somebody"}, "reporter"), ReporterParty: of(rt, parties, "reporter's"),
		Service: of(rt, []string{"", "unlisted", "gone"}, "unlisted"),
	}
	if s := of(rt, append(slices.Clone(services), access.ServiceOf{}), "service"); s.ID != "" {
		t.Service, t.Tower, t.DataClass, t.Restricted = s.ID, s.Tower, s.DataClass, s.Restricted
	}
	return t
}

func drawResource(rt *rapid.T) access.Resource {
	kind := of(rt, []estate.PartyKind{estate.Supplier, estate.Integrator, estate.Customer}, "kind of party")
	person, party := of(rt, []string{"", "me", "you"}, "person"), of(rt, parties, "party of")
	figure := access.Figure{
		Contract: "c", Supplier: of(rt, parties, "supplier"), Customer: of(rt, parties, "customer"),
		Integrator: of(rt, parties, "integrator"), Towers: some(rt, towers, "towers"),
	}
	return of(rt, []access.Resource{
		drawTicket(rt),
		access.Note{Ticket: drawTicket(rt), Party: party, Visibility: of(rt, []string{"", "own", "shared", "public", "odd"}, "visibility")},
		figure,
		access.Contract{ID: "c", Supplier: figure.Supplier, Customer: figure.Customer, Integrator: figure.Integrator, Towers: figure.Towers},
		access.Document{ID: "d", Kind: of(rt, []string{"contract", "estate", ""}, "kind"), Supplier: figure.Supplier, Customer: figure.Customer},
		access.Estate{},
		access.Record{},
		access.Person{ID: person, Party: party, Kind: kind},
		access.Asset{ID: "a", User: person},
		access.Grant{Person: person, Party: party, Kind: kind, Role: of(rt, access.Roles(), "role")},
		access.Token{ID: "t", Party: party, Kind: kind},
	}, "resource")
}

// drawQuestion returns a question, mostly one that makes sense: somebody known who asks
// for what is done to such a thing.
func drawQuestion(rt *rapid.T) (access.Principal, access.Action, access.Resource) {
	who, what, on := drawPrincipal(rt), of(rt, access.Actions(), "action"), drawResource(rt)
	if rapid.IntRange(0, 4).Draw(rt, "sense") > 0 {
		who.ID, who.Scopes, what = "me", nil, of(rt, access.ActionsOn(on), "action on it")
		if who.Kind == "" || who.Party == "" {
			who.Kind, who.Party = estate.Supplier, supplier
		}
	}
	return who, what, on
}

// often runs a property a number of times, or a tenth of it where nothing is proved.
func often(t *testing.T, stated int, property func(*rapid.T)) {
	if os.Getenv("TOWERBRIDGE_PROVE") != "1" {
		stated /= 10
	}
	for done := 0; done < stated; {
		rapid.Check(t, func(rt *rapid.T) { property(rt); done++ })
	}
}

func TestProveWithoutRolesNothing(t *testing.T) {
	p := policies(t)
	often(t, 20_000, func(rt *rapid.T) {
		who := drawPrincipal(rt)
		who.Roles = nil
		if what, on := of(rt, access.Actions(), "action"), drawResource(rt); p.May(who, what, on).Allowed {
			rt.Fatalf("%+v may %s on %+v", who, what, on)
		}
		if s := p.Sight(who, services); s.All || s.Parties != nil || s.Services != nil || s.Reporter != "" {
			rt.Fatalf("%+v sees %+v", who, s)
		}
	})
}

// TestProveWhole compares the policies chosen for a question with all of them, and what
// the evaluator is told with the schema.
func TestProveWhole(t *testing.T) {
	p := policies(t)
	often(t, 50_000, func(rt *rapid.T) {
		who, what, on := drawQuestion(rt)
		got := p.May(who, what, on)
		whole, legal, err := p.Whole(who, what, on)
		if err != nil {
			rt.Fatalf("%+v on %+v is not as the schema says: %v", who, on, err)
		}
		if legal && got.Allowed != whole || !legal && got.Allowed {
			rt.Fatalf("%+v, %s, %+v: %v; all policies say %v", who, what, on, got, whole)
		}
		if len(got.Reasons) == 0 || got.Action != what {
			rt.Fatalf("a decision without a reason: %+v", got)
		}
	})
}

// What no role, no clearance and no managed tower may get round.
func TestProveForbidWins(t *testing.T) {
	p := policies(t)
	often(t, 50_000, func(rt *rapid.T) {
		who, what, on := drawQuestion(rt)
		d := p.May(who, what, on)
		if !d.Allowed {
			return
		}
		fail := func(why string) { rt.Fatalf("%s: %+v may %s on %+v by %v", why, who, what, on, d.Reasons) }
		if slices.Contains(who.Roles, access.Assurance) && (who.Kind == estate.Supplier || !reads(what)) {
			fail("assurance reads, and is of no supplier")
		}
		if len(who.Scopes) > 0 && !slices.Contains(who.Scopes, what) {
			fail("a token is for its scopes")
		}
		if slices.Contains(who.Roles, access.Bridge) && !who.Service {
			fail("a bridge is a tool")
		}
		sides, money := "", slices.Contains([]access.Action{access.CreditRead, access.StatementRead, access.StatementIssue, access.PriceRead}, what)
		switch on := on.(type) {
		case access.Figure:
			sides = on.Supplier
		case access.Contract:
			sides = on.Supplier
		case access.Document:
			sides, money = on.Supplier, on.Kind == "contract"
		case access.Ticket:
			if on.Restricted && on.Reporter != who.ID && !slices.Contains(who.Clearances, on.DataClass) {
				fail("a restricted class is for the cleared and the reporter")
			}
		case access.Note:
			if on.Visibility == "own" && on.Party != who.Party && !slices.Contains(who.Roles, access.Assurance) {
				fail("what a party keeps is its own")
			}
			if what == access.NoteRead && !p.May(drop(who, access.NoteRead), access.TicketRead, on.Ticket).Allowed {
				fail("a note is not read without its ticket")
			}
		}
		if who.Kind == estate.Supplier && money && sides != who.Party {
			fail("a supplier sees no money of another's contract")
		}
	})
}

// reads reports whether an action changes nothing, by its name.
func reads(a access.Action) bool {
	return slices.Contains([]access.Action{access.TicketPeople, access.JournalHead, access.JournalProve, access.EntryProve, access.SubjectAccess}, a) ||
		len(a) > 5 && a[len(a)-5:] == ".read"
}

// drop returns somebody whose token is for an action, and for reading tickets too.
func drop(who access.Principal, scope access.Action) access.Principal {
	if slices.Contains(who.Scopes, scope) {
		who.Scopes = append(slices.Clone(who.Scopes), access.TicketRead)
	}
	return who
}
