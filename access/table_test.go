package access_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/estate"
)

var update = flag.Bool("update", false, "write testdata/table.txt anew; refused where CI is set")

// The parties of the table. Of each kind one is the asker's own, when it is asked for.
const (
	supplier, rival, integrator, customer = "north", "south", "tie", "force"
)

var kinds = []estate.PartyKind{estate.Supplier, estate.Integrator, estate.Customer}

// asker is a row of the table: a principal, and how the table calls it.
type asker struct {
	role string
	access.Principal
}

// askers returns each role in each kind of party, and somebody without a role.
func askers() []asker {
	var out []asker
	for _, role := range append([]access.Role{""}, access.Roles()...) {
		for _, kind := range kinds {
			p := access.Principal{ID: "me", Party: own(kind), Kind: kind, Manages: []string{"managed"}}
			name := "nobody"
			if role != "" {
				p.Roles, name = []access.Role{role}, string(role)
			}
			p.Service = role == access.Bridge
			out = append(out, asker{name, p})
		}
	}
	return out
}

func own(kind estate.PartyKind) string {
	return map[estate.PartyKind]string{estate.Supplier: supplier, estate.Integrator: integrator, estate.Customer: customer}[kind]
}

// object is a column of the table: something, as it stands to the asker.
type object struct {
	name string
	make func(who *access.Principal) access.Resource
}

// cleared has the asker cleared for the class of an object.
func cleared(o object) object {
	return object{o.name + ", cleared for it", func(who *access.Principal) access.Resource {
		who.Clearances = []string{"secret"}
		return o.make(who)
	}}
}

// ticketOf returns a ticket as it stands to the asker.
func ticketOf(how string, who *access.Principal) access.Ticket {
	t := access.Ticket{
		ID: "INC1", Holder: rival, Parties: []string{rival}, Service: "printing", Tower: "another",
		Reporter: "somebody", ReporterParty: "elsewhere",
	}
	how, t.Restricted = strings.CutSuffix(how, ", of a restricted class")
	if t.Restricted {
		t.DataClass = "secret"
	}
	switch how {
	case "held":
		t.Holder, t.Parties = who.Party, []string{rival, who.Party}
	case "passed on":
		t.Parties = []string{who.Party, rival}
	case "of a managed tower":
		t.Tower = "managed"
	case "reported":
		t.Reporter, t.ReporterParty = who.ID, who.Party
	case "reported by a colleague":
		t.ReporterParty = who.Party
	case "of others":
	default:
		panic(how)
	}
	return t
}

func ticketObject(how string) object {
	return object{"ticket " + how, func(who *access.Principal) access.Resource { return ticketOf(how, who) }}
}

func noteObject(how, visibility string, mine bool) object {
	name := visibility + " note"
	if visibility == "own" {
		name = "own-party note of another party"
		if mine {
			name = "own-party note of the own party"
		}
	} else if mine {
		name += " of the own party"
	}
	return object{name + ", ticket " + how, func(who *access.Principal) access.Resource {
		n := access.Note{Ticket: ticketOf(how, who), Party: rival, Visibility: visibility}
		if mine {
			n.Party = who.Party
		}
		return n
	}}
}

var (
	ticketObjects = []object{
		ticketObject("held"), ticketObject("passed on"), ticketObject("of a managed tower"), ticketObject("reported"),
		ticketObject("reported by a colleague"), ticketObject("of others"),
		ticketObject("held, of a restricted class"), cleared(ticketObject("held, of a restricted class")),
		ticketObject("reported, of a restricted class"),
		ticketObject("of others, of a restricted class"), cleared(ticketObject("of others, of a restricted class")),
	}
	restrictedNotes = []object{
		noteObject("held, of a restricted class", "shared", true), cleared(noteObject("held, of a restricted class", "shared", true)),
		noteObject("reported, of a restricted class", "shared", true), noteObject("reported, of a restricted class", "public", true),
	}
	sides = []string{"supplied", "bought", "integrated", "of managed towers", "partly of managed towers", "of others", "of the whole estate"}
)

func noteObjects() []object {
	var out []object
	for _, how := range []string{"held", "passed on", "of a managed tower", "reported", "of others"} {
		out = append(out, noteObject(how, "own", true), noteObject(how, "own", false),
			noteObject(how, "shared", false), noteObject(how, "public", false), noteObject(how, "public", true))
	}
	return append(out, restrictedNotes...)
}

// sidesOf returns the sides of a contract as it stands to the asker.
func sidesOf(how string, who *access.Principal) access.Figure {
	f := access.Figure{Contract: "c", Supplier: rival, Customer: "another force", Integrator: "another tie", Towers: []string{"another"}}
	switch how {
	case "supplied":
		f.Supplier = who.Party
	case "bought":
		f.Customer = who.Party
	case "integrated":
		f.Integrator = who.Party
	case "of managed towers":
		f.Towers = []string{"managed"}
	case "partly of managed towers":
		f.Towers = []string{"managed", "another"}
	case "of the whole estate":
		f = access.Figure{}
	}
	return f
}

func figureObjects() (figures, contracts, documents []object) {
	for _, how := range sides {
		figures = append(figures, object{"figure " + how, func(who *access.Principal) access.Resource { return sidesOf(how, who) }})
		if how == "of the whole estate" {
			continue
		}
		contracts = append(contracts, object{"contract " + how, func(who *access.Principal) access.Resource {
			f := sidesOf(how, who)
			return access.Contract{ID: f.Contract, Supplier: f.Supplier, Customer: f.Customer, Integrator: f.Integrator, Towers: f.Towers}
		}})
		if strings.Contains(how, "managed") {
			continue
		}
		documents = append(documents, object{"contract " + how + ", as written", func(who *access.Principal) access.Resource {
			f := sidesOf(how, who)
			return access.Document{ID: "c.yaml", Kind: "contract", Supplier: f.Supplier, Customer: f.Customer, Integrator: f.Integrator}
		}})
	}
	return figures, contracts, append(documents, one("another document", access.Document{ID: "estate.yaml", Kind: "estate"}))
}

func one(name string, r access.Resource) object {
	return object{name, func(*access.Principal) access.Resource { return r }}
}

// objects returns what an action is asked about in the table.
func objects(a access.Action) []object {
	figures, contracts, documents := figureObjects()
	mine := func(name string, f func(who *access.Principal) access.Resource) object { return object{name, f} }
	switch a {
	case access.TicketNote:
		return append(slices.Clone(ticketObjects), noteObjects()...)
	case access.EntryProve:
		return append(slices.Clone(ticketObjects), noteObjects()...)
	case access.NoteRead:
		return noteObjects()
	case access.ClockRead, access.MeasureRead, access.CreditRead, access.StatementRead, access.StatementIssue:
		return figures
	case access.ContractRead, access.PriceRead:
		return contracts
	case access.DocumentRead, access.DocumentPut:
		return documents
	case access.EstateRead, access.CalendarRead:
		return []object{one("the estate", access.Estate{})}
	case access.DirectoryRead, access.DirectoryChange, access.SubjectAccess:
		out := []object{
			mine("oneself", func(who *access.Principal) access.Resource {
				return access.Person{ID: who.ID, Party: who.Party, Kind: who.Kind}
			}),
			mine("somebody of the own party", func(who *access.Principal) access.Resource {
				return access.Person{ID: "other", Party: who.Party, Kind: who.Kind}
			}),
			one("somebody of another customer", access.Person{ID: "other", Party: "another force", Kind: estate.Customer}),
			one("somebody of another supplier", access.Person{ID: "other", Party: rival, Kind: estate.Supplier}),
		}
		if a == access.SubjectAccess {
			return out
		}
		return append(out, mine("an own asset", func(who *access.Principal) access.Resource { return access.Asset{ID: "a", User: who.ID} }),
			one("an asset of somebody else", access.Asset{ID: "a", User: "other"}))
	case access.RoleGrant, access.RoleRevoke:
		return []object{
			mine("a role of somebody of the own party", func(who *access.Principal) access.Resource {
				return access.Grant{Person: "other", Party: who.Party, Kind: who.Kind, Role: access.Agent}
			}),
			one("a role of somebody of another supplier", access.Grant{Person: "other", Party: rival, Kind: estate.Supplier, Role: access.Agent}),
			one("the role analyst of somebody of a supplier", access.Grant{Person: "other", Party: rival, Kind: estate.Supplier, Role: access.Analyst}),
			mine("an own role", func(who *access.Principal) access.Resource {
				return access.Grant{Person: who.ID, Party: who.Party, Kind: who.Kind, Role: access.Agent}
			}),
		}
	case access.TokenRead, access.TokenIssue, access.TokenRevoke:
		return []object{
			mine("a token of the own party", func(who *access.Principal) access.Resource {
				return access.Token{ID: "t", Party: who.Party, Kind: who.Kind}
			}),
			one("a token of another supplier", access.Token{ID: "t", Party: rival, Kind: estate.Supplier}),
		}
	}
	if strings.HasPrefix(string(a), "ticket.") {
		return ticketObjects
	}
	return []object{one("the record", access.Record{})}
}

// table writes the decision on every role, action and object with the policies that
// made it. Actions, and objects of an action, on which the same is decided stand together.
func table(p *access.Policies) []byte {
	var b bytes.Buffer
	b.WriteString(`Every role, action and kind of object: what is decided, by which policies, for whom.
"Own" is the asker's own party; every asker's party manages the tower "managed". A role
without kinds of party behind it stands for all three. Whoever is not listed is denied
because no policy permits it.
`)
	bodies := map[string][]string{}
	var order []string
	for _, a := range access.Actions() {
		body := together(objects(a), func(o object) (string, string) { return o.name, decisions(p, a, o) })
		if bodies[body] == nil {
			order = append(order, body)
		}
		bodies[body] = append(bodies[body], string(a))
	}
	for _, body := range order {
		fmt.Fprintf(&b, "\n%s\n%s", strings.Join(bodies[body], ", "), body)
	}
	return b.Bytes()
}

// together writes objects of which the same is to be said under one another, and then
// what is to be said.
func together(list []object, say func(object) (name, text string)) string {
	names := map[string][]string{}
	var order []string
	for _, o := range list {
		name, text := say(o)
		if names[text] == nil {
			order = append(order, text)
		}
		names[text] = append(names[text], name)
	}
	var b strings.Builder
	for _, text := range order {
		for _, name := range names[text] {
			b.WriteString("    " + name + "\n")
		}
		b.WriteString(text)
	}
	return b.String()
}

// decisions writes what is decided on an action and an object, the same decisions
// together.
func decisions(p *access.Policies, a access.Action, o object) string {
	verdicts := map[string][]asker{}
	for _, who := range askers() {
		on := o.make(&who.Principal)
		v := verdict(p.May(who.Principal, a, on))
		verdicts[v] = append(verdicts[v], who)
	}
	delete(verdicts, "deny   none")
	if len(verdicts) == 0 {
		return "        deny   everybody\n"
	}
	var b strings.Builder
	for _, v := range slices.Sorted(maps.Keys(verdicts)) {
		fmt.Fprintf(&b, "        %-60s %s\n", v, whom(verdicts[v]))
	}
	return b.String()
}

func verdict(d access.Decision) string {
	ids := make([]string, len(d.Reasons))
	for i, r := range d.Reasons {
		ids[i] = r.Policy
	}
	if d.Allowed {
		return "allow  " + strings.Join(ids, " ")
	}
	return "deny   " + strings.Join(ids, " ")
}

// whom names askers, a role in all kinds of party only once.
func whom(list []asker) string {
	of := map[string][]string{}
	var order []string
	for _, a := range list {
		if of[a.role] == nil {
			order = append(order, a.role)
		}
		of[a.role] = append(of[a.role], string(a.Kind))
	}
	for i, role := range order {
		if len(of[role]) < len(kinds) {
			order[i] += "(" + strings.Join(of[role], " ") + ")"
		}
	}
	return strings.Join(order, ", ")
}

func TestTable(t *testing.T) {
	const file = "testdata/table.txt"
	got := table(policies(t))
	if *update {
		if os.Getenv("CI") != "" {
			t.Fatal("-update is refused where CI is set: decisions are changed by people, who look at the difference")
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			t.Fatalf("line %d of %s differs; look at the difference, and run: go test ./access -run TestTable -update\ngot  %s", i+1, file, g[i])
		}
	}
	t.Fatalf("%s has %d lines too many", file, len(w)-len(g))
}

func policies(t testing.TB) *access.Policies {
	t.Helper()
	p, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
