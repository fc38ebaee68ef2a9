package access_test

import (
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

func TestApart(t *testing.T) {
	for _, c := range []struct {
		roles string
		kind  estate.PartyKind
		want  string
	}{
		{"", estate.Supplier, ""},
		{"officer agent manager commercial", estate.Supplier, ""},
		{"officer analyst commercial", estate.Integrator, ""},
		{"officer agent administrator", estate.Supplier, ""},
		{"assurance", estate.Customer, ""},
		{"assurance", estate.Supplier, "2003 nobody of a supplier has the role assurance"},
		{"analyst", estate.Supplier, "2003 nobody of a supplier has the role analyst"},
		{"agent assurance", estate.Customer, "2002 agent and assurance must be apart"},
		{"assurance officer", estate.Customer, "2002 assurance and officer must be apart"},
		{"administrator commercial", estate.Integrator, "2002 administrator and commercial must be apart"},
		{"commercial administrator", estate.Integrator, "2002 commercial and administrator must be apart"},
		{"bridge agent", estate.Supplier, "2002 bridge and agent must be apart"},
		{"agent agent", estate.Supplier, ""},
		{"king", estate.Customer, `2001 there is no role "king"`},
		{
			"administrator assurance commercial", estate.Supplier,
			"2003 nobody of a supplier has the role assurance; 2002 administrator and assurance must be apart; " +
				"2002 administrator and commercial must be apart; 2002 assurance and commercial must be apart",
		},
	} {
		var held []access.Role
		for _, r := range strings.Fields(c.roles) {
			held = append(held, access.Role(r))
		}
		var got []string
		for _, f := range access.Apart(held, c.kind) {
			got = append(got, strings.TrimPrefix(f.Rule.Code(), "TB")+" "+f.Message)
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s of %s: %s", c.roles, c.kind, s)
		}
	}
}

// Whoever holds roles that are not reported apart gains by each what it gives alone: no
// forbid makes one useless in silence.
func TestApartCoversForbids(t *testing.T) {
	p := policies(t)
	for _, kind := range kinds {
		for _, a := range access.Roles() {
			for _, b := range access.Roles() {
				if len(access.Apart([]access.Role{a, b}, kind)) > 0 {
					continue
				}
				both := access.Principal{ID: "me", Party: own(kind), Kind: kind, Roles: []access.Role{a, b}, Service: a == access.Bridge}
				alone := both
				alone.Roles = alone.Roles[:1]
				for _, action := range access.Actions() {
					for _, o := range objects(action) {
						if on := o.make(&both); p.May(alone, action, on).Allowed && !p.May(both, action, on).Allowed {
							t.Errorf("%s of %s: %s takes away %s on %s", a, kind, b, action, o.name)
						}
					}
				}
			}
		}
	}
}

func TestScopes(t *testing.T) {
	if f := access.Scopes([]access.Action{access.TicketRead, access.LogImport}); len(f) > 0 {
		t.Errorf("%v", f)
	}
	f := access.Scopes([]access.Action{"see", access.TicketRead, "ticket.*"})
	if len(f) != 2 || f[0].Rule.Number != 2004 || f[1].Message != `there is no action "ticket.*"` {
		t.Errorf("%v", f)
	}
}

const independence = `
id: invented
name: Invented
zone: Europe/London
parties:
  - {id: force, name: Force, kind: customer}
  - {id: ash, name: Ash, kind: integrator, calendar: office}
  - {id: oak, name: Oak, kind: supplier, calendar: office}
roles:
  - {id: judge, name: Judge, party: ash, to: 2026-01-01, apartFrom: [builder]}
  - {id: judge, name: Judge, party: oak, from: 2026-01-01}
  - {id: builder, name: Builder, party: oak, to: 2026-01-01}
  - {id: clerk, name: Clerk, party: ash}
`

func TestIndependent(t *testing.T) {
	e, findings := estate.Read("estate.yaml", []byte(independence))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	before, after := date(t, "2025-12-31"), date(t, "2026-01-01")
	for _, c := range []struct {
		party, role string
		on          span.Date
		want        string // part of the message; empty: may
	}{
		{"ash", "judge", before, ""},
		{"ash", "clerk", before, ""},
		{"oak", "builder", before, ""},
		{"oak", "judge", after, ""},
		{"oak", "judge", before, "oak may not act as judge: it is builder on 2025-12-31, and the two must be apart"},
		{"ash", "builder", before, "ash may not act as builder: it is judge on 2025-12-31"},
		{"ash", "judge", after, "ash is not judge on 2026-01-01"},
		{"ash", "builder", after, "ash is not builder"},
		{"force", "jester", before, "force is not jester"},
		{"", "jester", before, "is not jester"},
	} {
		err := access.Independent(e, c.on, c.party, c.role)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Denied) {
			t.Errorf("%s as %s on %s: %v", c.party, c.role, c.on, err)
		}
	}
}

func date(t *testing.T, s string) span.Date {
	t.Helper()
	d, err := span.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
