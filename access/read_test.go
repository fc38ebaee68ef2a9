package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
)

func TestOwnPolicyNarrows(t *testing.T) {
	p, findings := access.Read(access.File{Name: "ours.cedar", Text: []byte(`
// Nobody of southbank imports anything, nor does a token.
@id("ours/imports")
@reason("Logs are imported by people of the force.")
forbid (principal, action == Action::"log.import", resource)
unless { principal.party == Party::"force" && !principal.service };
`)})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for kind, may := range map[estate.PartyKind]bool{estate.Customer: true, estate.Integrator: false} {
		d := p.May(who(kind, access.Administrator), access.LogImport, access.Record{})
		if d.Allowed != may || d.Reasons[0].Policy == "ours/imports" == may {
			t.Errorf("%s: %+v", kind, d)
		}
		if may != (d.Err() == nil) || !may && !strings.Contains(d.Err().Error(), "imported by people of the force (ours/imports)") {
			t.Errorf("%s: %v", kind, d.Err())
		}
	}
	if d := p.May(who(estate.Integrator, access.Administrator), access.RecordKeep, access.Record{}); !d.Allowed {
		t.Errorf("another action is narrowed too: %+v", d)
	}
}

// A policy that cannot be evaluated denies: it may be one that forbids.
func TestFailedPolicyDenies(t *testing.T) {
	p, findings := access.Read(access.File{Name: "ours.cedar", Text: []byte(`
@id("ours/overflow")
@reason("Because.")
forbid (principal is Person in Role::"administrator", action == Action::"log.import", resource)
when { 9223372036854775807 + (if principal.service then 1 else 0) < 0 };
`)})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	person := who(estate.Customer, access.Administrator)
	program := person
	program.Service = true
	if d := p.May(person, access.LogImport, access.Record{}); !d.Allowed {
		t.Errorf("%+v", d)
	}
	d := p.May(program, access.LogImport, access.Record{})
	if d.Allowed || len(d.Reasons) != 1 || d.Reasons[0].Policy != "ours/overflow" || !strings.Contains(d.Err().Error(), "could not be evaluated") {
		t.Errorf("%+v", d)
	}
}

// head is a policy's start, whole but for its conditions.
const head = `@id("ours/1") @reason("Because.") forbid (principal, action in Action::"see", resource) `

func TestRefusals(t *testing.T) {
	unless := ` unless { resource.reporter == principal };`
	for name, c := range map[string]struct{ text, want string }{
		"no Cedar":             {"forbid (principal", "2010 f.cedar:0:0"},
		"zero bytes":           {"\x00", "2010 f.cedar:0:0"},
		"a template":           {`@id("a") @reason("b") forbid (principal == ?principal, action, resource);`, "2010 f.cedar:0:0"},
		"too large":            {strings.Repeat(" ", access.MaxFileBytes+1), "2010 f.cedar:0:0"},
		"too long":             {head + "when { " + strings.Repeat("principal.service && ", access.MaxPolicyBytes/20) + "true };", "2010 f.cedar:1:1"},
		"too many signs":       {head + "when { " + strings.Repeat("- ", access.MaxDepth+1) + "1 == 1 };", "2010 f.cedar:0:0"},
		"deep after a text":    {`@id("//\"") @reason("b") forbid (principal, action, resource) when { ` + strings.Repeat("(", access.MaxDepth) + "true };", "2010 f.cedar:0:0"},
		"brackets in comments": {"// " + strings.Repeat("(--", 100) + "\n" + `@id("a") @reason("((((") forbid (principal, action == Action::"log.import", resource); // ((`, ""},
		"too deep":             {head + "when { " + strings.Repeat("(", access.MaxDepth) + "true" + strings.Repeat(")", access.MaxDepth) + " };", "2010 f.cedar:0:0"},
		"too many":             {strings.Repeat("permit(principal,action,resource);\n", access.MaxPolicies), "2010 f.cedar:0:0"},
		"no id":                {"\n" + `@reason("b") forbid (principal, action == Action::"log.import", resource);`, "2011 f.cedar:2:1"},
		"no reason":            {`@id("a") forbid (principal, action == Action::"log.import", resource);`, "2011 f.cedar:1:1"},
		"an id twice":          {strings.Repeat(`@id("a") @reason("b") forbid (principal, action == Action::"log.import", resource);`+"\n", 2), "2012 f.cedar:2:1"},
		"an id of ours":        {`@id("notes/own") @reason("b") forbid (principal, action == Action::"log.import", resource);`, "2012 f.cedar:1:1"},
		"a permit":             {`@id("a") @reason("b") permit (principal, action == Action::"log.import", resource);`, "2013 f.cedar:1:1"},
		"no such action":       {`@id("a") @reason("b") forbid (principal, action == Action::"log.export", resource);`, "2014 f.cedar:1:1"},
		"no such attribute":    {`@id("a") @reason("b") forbid (principal, action == Action::"log.import", resource) when { principal.partys == Party::"x" };`, "2014 f.cedar:1:1"},
		"no such role":         {`@id("a") @reason("b") forbid (principal in Role::"agnet", action == Action::"log.import", resource);`, "2014 f.cedar:1:1"},
		"no such role within":  {`@id("a") @reason("b") forbid (principal, action == Action::"log.import", resource) when { principal in [Role::"agent", Role::"agnet"] };`, "2014 f.cedar:1:1"},
		"no such role in is":   {`@id("a") @reason("b") forbid (principal is Person in Role::"agnet", action == Action::"log.import", resource);`, "2014 f.cedar:1:1"},
		"no such kind":         {`@id("a") @reason("b") forbid (principal, action == Action::"log.import", resource) when { principal.kind == PartyKind::"suplier" };`, "2014 f.cedar:1:1"},
		"texts with names":     {`@id("a") @reason("b") forbid (principal, action == Action::"log.import", resource) when { principal.party == "x" };`, "2014 f.cedar:1:1"},
		"a ticket":             {`@id("a") @reason("b") forbid (principal, action == Action::"ticket.read", resource == Ticket::"INC1");`, "2015 f.cedar:1:1"},
		"tickets, not notes":   {`@id("a") @reason("b") forbid (principal == Person::"x", action == Action::"ticket.read", resource);`, "2015 f.cedar:1:1"},
		"tickets only":         {`@id("a") @reason("b") forbid (principal == Person::"x", action in Action::"see", resource is Ticket);`, "2015 f.cedar:1:1"},
		"the holder":           {head + `when { resource.holder == Party::"x" }` + unless, "2015 f.cedar:1:1"},
		"the ticket itself":    {head + `when { [Ticket::"INC1"].contains(resource) }` + unless, "2014 f.cedar:1:1"},
		"all but a service":    {head + `when { resource.service != Service::"x" }` + unless, "2015 f.cedar:1:1"},
		"not a service":        {head + `when { !(resource.service == Service::"x") }` + unless, "2015 f.cedar:1:1"},
		"unless a service":     {head + `unless { resource.service == Service::"x" }` + unless, "2015 f.cedar:1:1"},
		"if a service":         {head + `when { if resource.restricted then false else true }` + unless, "2015 f.cedar:1:1"},
		"no service":           {head + `when { resource.service == Service::"" }` + unless, "2015 f.cedar:1:1"},
		"one or no service":    {head + `when { [Service::"a", Service::""].contains(resource.service) }` + unless, "2015 f.cedar:1:1"},
		"the reporter too":     {head + `when { resource.service == Service::"x" };`, "2015 f.cedar:1:1"},
		"another reporter":     {head + `when { resource.restricted } unless { resource.reporter == Person::"x" };`, "2015 f.cedar:1:1"},
		"everything by all":    {`@id("a") @reason("b") forbid (principal, action, resource) when { context.action like "ticket.*" && principal == Person::"x" };`, ""},
	} {
		p, findings := access.Read(access.File{Name: "f.cedar", Text: []byte(c.text)})
		var got []string
		for _, f := range findings {
			got = append(got, fmt.Sprintf("%d %s:%d:%d", f.Rule.Number, f.Position.File, f.Position.Line, f.Position.Column))
		}
		got = slices.Compact(got)
		if strings.Join(got, "; ") != c.want || (p == nil) != (c.want != "") {
			t.Errorf("%s: %s\n%v", name, strings.Join(got, "; "), findings)
		}
	}
}

// A file with several faults has all of them reported, and two files are one set.
func TestAllFindings(t *testing.T) {
	_, findings := access.Read(
		access.File{Name: "b.cedar", Text: []byte(`permit (principal, action == Action::"log.import", resource);`)},
		access.File{Name: "a.cedar", Text: []byte("forbid\n")},
	)
	var got []int
	for _, f := range findings {
		got = append(got, f.Rule.Number)
	}
	if !slices.Equal(got, []int{2010, 2011, 2013}) || fault.KindOf(findings.Err()) != fault.Invalid {
		t.Errorf("%v", findings)
	}
}

// The words that are shipped and those of the program are the same.
func TestWords(t *testing.T) {
	p := policies(t)
	schema, code := p.SchemaActions(), access.Actions()
	slices.Sort(schema)
	slices.Sort(code)
	if !slices.Equal(schema, code) {
		t.Errorf("the schema has %v\nthe program %v", schema, code)
	}
	for _, a := range code {
		if a.About() == "" || !a.Known() {
			t.Errorf("nothing is said of %s", a)
		}
	}
	for _, r := range access.Roles() {
		if r.About() == "" || !r.Known() {
			t.Errorf("nothing is said of %s", r)
		}
		kind := estate.Customer
		who := access.Principal{ID: "me", Party: customer, Kind: kind, Roles: []access.Role{r}, Service: r == access.Bridge}
		if !p.May(who, access.EstateRead, access.Estate{}).Allowed {
			t.Errorf("%s is not in roles.json", r)
		}
	}
}

// Each policy that is shipped decides something in the table or among the rules by hand.
func TestEveryPolicyDecides(t *testing.T) {
	p := policies(t)
	text := string(table(p))
	elsewhere := []string{"everybody/known", "notes/visibility", "tokens/bridge", "tokens/scope"} // see TestRules
	for _, one := range p.All() {
		if !strings.Contains(text, " "+one.ID) && !slices.Contains(elsewhere, one.ID) {
			t.Errorf("%s decides nothing", one.ID)
		}
		topic, _, _ := strings.Cut(one.ID, "/")
		if one.File != topic+".cedar" || one.Own || !strings.HasSuffix(one.Sentence, ".") || !strings.Contains(one.Text, one.ID) {
			t.Errorf("%+v", one)
		}
	}
}

func TestShipped(t *testing.T) {
	files := access.Shipped()
	if len(files) < 10 || files[0].Name != "roles.json" || files[1].Name != "schema.cedarschema" {
		t.Fatalf("%d files", len(files))
	}
	for _, f := range files {
		if len(f.Text) == 0 || strings.HasSuffix(f.Name, ".cedar") && !strings.HasPrefix(string(f.Text), "// ") {
			t.Errorf("%s does not say what it is about", f.Name)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range access.Shipped() {
		f.Add(file.Text)
	}
	for _, c := range owns {
		f.Add(ownFile(c).Text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, findings := access.Read(access.File{Name: "f.cedar", Text: text})
		if (p == nil) == (len(findings) == 0) {
			t.Fatalf("%d findings, and policies are %v", len(findings), p)
		}
		if p == nil {
			return
		}
		// What was accepted widens nothing, and lists agree with it.
		shipped := policies(t)
		for _, a := range askers() {
			sight := p.Sight(a.Principal, services)
			for _, o := range ticketObjects {
				on := o.make(&a.Principal).(access.Ticket)
				may := p.May(a.Principal, access.TicketRead, on).Allowed
				if may && !shipped.May(a.Principal, access.TicketRead, on).Allowed {
					t.Fatalf("%s is permitted", o.name)
				}
				_ = sight
			}
			for _, s := range services {
				on := access.Ticket{Service: s.ID, Tower: s.Tower, DataClass: s.DataClass, Restricted: s.Restricted, Holder: a.Party}
				if sight.Holds(&on) != p.May(a.Principal, access.TicketRead, on).Allowed {
					t.Fatalf("%+v of %+v", a, on)
				}
			}
		}
	})
}
