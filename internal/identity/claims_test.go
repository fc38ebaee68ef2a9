package identity

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"towerbridge/fault"
)

// groups maps the groups of a force's provider.
var groups = Claims{
	Party: "org", Parties: map[string]string{"Force": "force", "Acme Networks": "acme"},
	Roles: "groups", Grants: map[string][]string{"tb-agents": {"agent"}, "tb-leads": {"manager", "agent"}, "tb-audit": {"assurance"}},
}

func TestClaims(t *testing.T) {
	for name, c := range map[string]struct {
		claims Claims
		token  string
		want   Identity
		err    string
	}{
		"party and roles": {
			groups, `{"org":"Force","groups":["tb-leads","other","tb-agents"],"name":"Ada","email":"ada@x"}`,
			Identity{Name: "Ada", Email: "ada@x", Party: "force", Roles: []string{"agent", "manager"}},
			"",
		},
		"one group as a text": {groups, `{"org":["Acme Networks"],"groups":"tb-audit"}`, Identity{Party: "acme", Roles: []string{"assurance"}}, ""},
		"no listed group":     {groups, `{"org":"Force","groups":["TB-AGENTS","tb-agents "," tb-agents","tb-agent","agent"]}`, Identity{Party: "force"}, ""},
		"no groups":           {groups, `{"org":"Force"}`, Identity{Party: "force"}, ""},
		"groups of objects":   {groups, `{"org":"Force","groups":[{"name":"tb-agents"},null,7,true,["tb-agents"]]}`, Identity{Party: "force"}, ""},
		"an object":           {groups, `{"org":"Force","groups":{"tb-agents":true}}`, Identity{Party: "force"}, ""},
		"no party":            {groups, `{"groups":["tb-agents"]}`, Identity{}, "which party"},
		"a party not listed":  {groups, `{"org":"force","groups":["tb-agents"]}`, Identity{}, "which party"},
		"two parties":         {groups, `{"org":["Force","Acme Networks"]}`, Identity{}, "two parties"},
		"a party twice":       {groups, `{"org":["Force","Force","x"]}`, Identity{Party: "force"}, ""},
		"groups elsewhere":    {groups, `{"org":"Force","_claim_names":{"groups":"src1"},"_claim_sources":{"src1":{"endpoint":"https://graph"}}}`, Identity{}, "too many groups"},
		"a long value":        {groups, `{"org":"` + strings.Repeat("F", MaxClaim+1) + `"}`, Identity{}, "which party"},
		"a person": {
			Claims{Person: "employee", Name: "cn", Email: "mail"},
			`{"employee":4711,"cn":"Ada","mail":"a@x","name":"x"}`,
			Identity{Person: "4711", Name: "Ada", Email: "a@x"},
			"",
		},
		"two persons":           {Claims{Person: "employee"}, `{"employee":["1","2"]}`, Identity{}, "employee"},
		"no person":             {Claims{Person: "employee"}, `{}`, Identity{}, "employee"},
		"nothing is said of it": {Claims{}, `{"groups":["tb-agents"],"org":"Force","name":["Ada"]}`, Identity{Name: "Ada"}, ""},
	} {
		claims, err := decodeClaims([]byte(c.token))
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.claims.Read("https://i.example", "s1", claims)
		if c.err != "" {
			if !errors.Is(err, ErrNotKnown) || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Key() != "https://i.example|s1" || got.Party != c.want.Party || got.Person != c.want.Person || got.Name != c.want.Name ||
			got.Email != c.want.Email || !slices.Equal(got.Roles, c.want.Roles) || (got.Roles != nil) != (c.claims.Roles != "") {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestClaimsAreChecked(t *testing.T) {
	if f := groups.check(); len(f) > 0 {
		t.Errorf("a whole mapping: %v", f)
	}
	for name, c := range map[string]Claims{
		"a party without values":      {Party: "org"},
		"values without a party":      {Parties: map[string]string{"a": "b"}},
		"roles without values":        {Party: "org", Parties: groups.Parties, Roles: "groups"},
		"values without roles":        {Grants: groups.Grants},
		"an empty party":              {Party: "org", Parties: map[string]string{"a": ""}},
		"a value without roles":       {Party: "org", Parties: groups.Parties, Roles: "groups", Grants: map[string][]string{"a": nil}},
		"an empty role":               {Party: "org", Parties: groups.Parties, Roles: "groups", Grants: map[string][]string{"a": {"agent", ""}}},
		"roles of people of no party": {Roles: "groups", Grants: groups.Grants},
	} {
		f := c.check()
		if len(f) != 1 || f[0].Rule != ruleClaims || !strings.HasPrefix(f[0].Field, "claims.") {
			t.Errorf("%s: %v", name, f)
		}
	}
}

// Whatever a provider sends, nobody gets a party or a role that is not listed.
func FuzzClaims(f *testing.F) {
	f.Add([]byte(`{"org":"Force","groups":["tb-leads"],"_claim_names":{"x":"y"}}`))
	f.Add([]byte(`{"org":["Force"],"groups":"tb-audit"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		claims, err := decodeClaims(b)
		if err != nil {
			return
		}
		got, err := groups.Read("i", "s", claims)
		if err != nil {
			if fault.KindOf(err) != fault.Denied {
				t.Errorf("%s: %v", b, err)
			}
			return
		}
		if got.Party != "force" && got.Party != "acme" {
			t.Errorf("%s: party %q", b, got.Party)
		}
		for _, role := range got.Roles {
			if role != "agent" && role != "manager" && role != "assurance" {
				t.Errorf("%s: role %q", b, role)
			}
		}
		if _, err := json.Marshal(got); err != nil {
			t.Error(err)
		}
	})
}
