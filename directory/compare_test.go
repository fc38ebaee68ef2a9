package directory

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/span"
)

var today = span.DateOf(2019, time.March, 1)

func readPeople(t *testing.T, text string) *Sheet[Person] {
	t.Helper()
	sheet, findings := ReadPeople("people.csv", []byte(text))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return sheet
}

// planned returns a plan's lines as a person would read them.
func planned[T any](t *table[T], p *Plan[T]) []string {
	var out []string
	for i := range p.Adds {
		out = append(out, "+ "+t.id(&p.Adds[i]))
	}
	for sign, list := range map[string][]Change[T]{"~ ": p.Changes, "- ": p.Leavers} {
		for _, c := range list {
			line := sign + c.ID
			for _, f := range c.Fields {
				line += fmt.Sprintf(" %s %q>%q", f.Name, f.Was, f.Is)
			}
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return append(out, fmt.Sprint("= ", p.Same))
}

func day0(s string) *span.Date {
	d, err := span.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return &d
}

func TestComparePeople(t *testing.T) {
	hr := func(id string, change func(*Person)) Person {
		p := Person{ID: id, Name: "N", Party: "force", Source: "hr", Active: true}
		if change != nil {
			change(&p)
		}
		return p
	}
	for name, c := range map[string]struct {
		now  []Person
		file string
		with func(*Options)
		plan []string
		want []string // findings
	}{
		"added, changed, left and the same": {
			now:  []Person{hr("a", nil), hr("b", nil), hr("c", nil)},
			file: "id,name,party\nd,N,force\nb,M,force\na,N,force\n",
			plan: []string{"+ d", `- c to "">"2019-03-01" active "true">"false"`, `~ b name "N">"M"`, "= 1"},
		},
		"columns that are not there are left alone": {
			now:  []Person{hr("a", func(p *Person) { p.Roles, p.Site = []access.Role{"agent"}, "hq" })},
			file: "id,name,party,site\na,N,force,\n",
			plan: []string{`~ a site "hq">""`, "= 0"},
		},
		"another party's people, another source's and those kept by hand do not leave": {
			now: []Person{
				hr("a", func(p *Person) { p.Party = "ash" }), hr("b", func(p *Person) { p.Source = "ash-hr" }),
				hr("c", func(p *Person) { p.Source = "" }), hr("d", nil),
			},
			file: "id,name,party\nd,N,force\n",
			plan: []string{"= 1"},
		},
		"a party that the import is for is in scope without a row": {
			now: []Person{hr("a", nil)}, file: "id,name,party\n", with: func(o *Options) { o.Party = "force" },
			plan: []string{`- a to "">"2019-03-01" active "true">"false"`, "= 0"},
		},
		"a row of another party than the import is for": {
			file: "id,name,party\na,N,ash\n", with: func(o *Options) { o.Party = "force" },
			plan: []string{"+ a", "= 0"}, want: []string{`2114 2 party: the import is for force, and the row for "ash"`},
		},
		"who has left does not leave again, and may come back": {
			now: []Person{
				hr("a", func(p *Person) { p.Active, p.To = false, day0("2019-02-01") }),
				hr("b", func(p *Person) { p.Active, p.To = false, day0("2019-02-01") }),
			},
			file: "id,name,party\nb,N,force\n",
			plan: []string{`~ b to "2019-02-01">"" active "false">"true"`, "= 0"},
		},
		"a last day to come stays, unless the file says otherwise": {
			now:  []Person{hr("a", func(p *Person) { p.To = day0("2019-04-01") })},
			file: "id,name,party\na,N,force\n", plan: []string{"= 1"},
		},
		"a last day of the file": {
			now:  []Person{hr("a", nil), hr("b", func(p *Person) { p.To = day0("2019-04-01") })},
			file: "id,name,party,to\na,N,force,2019-03-01\nb,N,force,\n",
			plan: []string{`~ a to "">"2019-03-01" active "true">"false"`, `~ b to "2019-04-01">""`, "= 0"},
		},
		"who was disabled by hand stays so": {
			now:  []Person{hr("a", func(p *Person) { p.Disabled, p.Active = true, false })},
			file: "id,name,party\na,N,force\n", plan: []string{"= 1"},
		},
		"who has not begun leaves without a beginning": {
			now: []Person{hr("a", func(p *Person) { p.From = day0("2019-05-01") })}, file: "id,name,party\n",
			with: func(o *Options) { o.Party = "force" },
			plan: []string{`- a from "2019-05-01">"" to "">"2019-03-01" active "true">"false"`, "= 0"},
		},
		"kept elsewhere": {
			now:  []Person{hr("a", func(p *Person) { p.Source = "" }), hr("b", func(p *Person) { p.Source = "other" })},
			file: "id,name,party\na,N,force\nb,N,force\n", plan: []string{"= 0"},
			want: []string{"2112 2 id: the person a is kept by hand", "2112 3 id: the person b is kept by the import other"},
		},
		"taken over": {
			now:  []Person{hr("a", func(p *Person) { p.Source = "" })},
			file: "id,name,party\na,N,force\n", with: func(o *Options) { o.Adopt = true },
			plan: []string{`~ a source "">"hr"`, "= 0"},
		},
		"capitals of an id do not make another person": {
			now: []Person{hr("Ab", nil)}, file: "id,name,party\naB,N,force\n", plan: []string{"= 1"},
		},
		"one address, one account": {
			now: []Person{
				hr("a", func(p *Person) { p.Email, p.Source = "Jo@x.example", "" }),
				hr("b", func(p *Person) {
					p.Email, p.Source, p.Active, p.Disabled = "old@x.example", "", false, true
				}),
				hr("c", func(p *Person) { p.Email = "moved@x.example" }),
			},
			file: "id,name,party,email,subjects\nc,N,force,c@x.example,\nd,N,force,jo@X.example,https://l|1\ne,N,force,old@x.example,https://l|1\nf,N,force,moved@x.example,\ng,N,ash,C@x.example,\n",
			plan: []string{"+ d", "+ e", "+ f", "+ g", `~ c email "moved@x.example">"c@x.example"`, "= 0"},
			want: []string{`2110 2 email: "c@x.example" is also that of somebody of another party`, `2110 3 email: "jo@x.example" is also that of a`, `2110 4 subjects: "https://l|1" is also that of d`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Source: "hr", On: today}
			if c.with != nil {
				c.with(&o)
			}
			plan, findings := ComparePeople(c.now, readPeople(t, c.file), o)
			same(t, planned(&people, plan), c.plan)
			same(t, lines(findings), c.want)
		})
	}
}

func TestClaimed(t *testing.T) {
	others := []Person{
		{ID: "a", Party: "force", Email: "A@x.example", Subjects: []string{"https://l|1", "https://l|2"}, Active: true},
		{ID: "b", Party: "ash", Email: "b@x.example", Active: true},
		{ID: "c", Party: "force", Email: "c@x.example"},
		{ID: "me", Party: "force", Email: "me@x.example", Active: true},
	}
	for name, c := range map[string]struct {
		p    Person
		want []string
	}{
		"nothing":                  {Person{}, nil},
		"his own":                  {Person{Email: "me@x.example"}, nil},
		"of one who is not active": {Person{Email: "c@x.example"}, nil},
		"an address":               {Person{Email: "a@X.example"}, []string{`2110 0 email: "a@X.example" is also that of a`}},
		"of another party":         {Person{Email: "b@x.example"}, []string{`2110 0 email: "b@x.example" is also that of somebody of another party`}},
		"an account":               {Person{Subjects: []string{"https://l|2"}}, []string{`2110 0 subjects: "https://l|2" is also that of a`}},
	} {
		c.p.ID, c.p.Party = "me", "force"
		t.Run(name, func(t *testing.T) { same(t, lines(Claimed(others, &c.p)), c.want) })
	}
}

func TestManyLeavers(t *testing.T) {
	var now []Person
	file := "id,name,party\n"
	for i := range 100 {
		now = append(now, Person{ID: fmt.Sprint("p", i), Name: "N", Party: "force", Source: "hr", Active: true})
		file += fmt.Sprintf("p%d,N,force\n", i)
	}
	cut := func(rows int) *Sheet[Person] {
		return readPeople(t, strings.Join(strings.SplitAfter(file, "\n")[:rows+1], ""))
	}
	if _, findings := ComparePeople(now, cut(80), Options{Source: "hr", On: today}); len(findings) > 0 {
		t.Errorf("a share of 20%% is refused: %v", findings)
	}
	plan, findings := ComparePeople(now, cut(79), Options{Source: "hr", On: today})
	same(t, lines(findings), []string{"2113 0 : 21 of the 100 people would leave, and more than 20% only leave with leave"})
	same(t, plan.Counts(), Counts{Leavers: 21, Same: 79})
	if _, findings := ComparePeople(now, cut(79), Options{Source: "hr", On: today, Leave: true}); len(findings) > 0 {
		t.Errorf("refused with leave: %v", findings)
	}
	if _, findings := ComparePeople(now[:6], cut(1), Options{Source: "hr", On: today}); len(findings) > 0 {
		t.Errorf("five of six are many: %v", findings)
	}
}

func TestDigestTellsPlansApart(t *testing.T) {
	now := []Person{{ID: "a", Name: "A", Party: "force", Source: "hr", Active: true}, {ID: "b", Name: "B", Party: "force", Source: "hr", Active: true}}
	plan := func(now []Person, file string, on span.Date) *Plan[Person] {
		p, findings := ComparePeople(now, readPeople(t, file), Options{Source: "hr", On: on})
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		return p
	}
	const file = "id,name,party\na,C,force\nd,D,force\ne,E,force\n"
	first := plan(now, file, today)
	if got := plan(now, "party,id,name\nforce,e,E\nforce,a,C\nforce,d,D\n", today).Digest(); got != first.Digest() {
		t.Error("the order of rows and columns changes the digest")
	}
	if len(first.Digest()) != len("sha256:")+64 {
		t.Errorf("the digest is %s", first.Digest())
	}
	granted := slices.Clone(now)
	granted[0] = granted[0].Grant(access.Agent)
	seen := map[string]string{first.Digest(): "the plan"}
	for name, p := range map[string]*Plan[Person]{
		"another day":                 plan(now, file, today+1),
		"a role given meanwhile":      plan(granted, file, today),
		"somebody is there already":   plan(append(slices.Clone(now), Person{ID: "d", Name: "D", Party: "force", Source: "hr", Active: true}), file, today),
		"another name":                plan(now, strings.Replace(file, "C", "c", 1), today),
		"one row fewer":               plan(now, strings.Replace(file, "e,E,force\n", "", 1), today),
		"nothing":                     plan(nil, "id,name,party\n", today),
		"all as it is":                plan(now, "id,name,party\na,A,force\nb,B,force\n", today),
		"all as it is, and one fewer": plan(now[:1], "id,name,party\na,A,force\n", today),
	} {
		switch other, taken := seen[p.Digest()]; {
		case taken && strings.HasPrefix(name, "all") && p.Empty(): // nothing is done either way
		case taken && other == "nothing" || taken && name == "nothing":
		case taken:
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[p.Digest()] = name
	}
}

func TestSummary(t *testing.T) {
	now := []Person{{ID: "a", Name: "A", Party: "force", Source: "hr", Active: true}, {ID: "b", Name: "B", Party: "force", Source: "hr", Active: true}}
	plan, _ := ComparePeople(now, readPeople(t, "id,name,party\na,X,force\nd,D,force\n"), Options{Source: "hr", On: today})
	same(t, plan.Summary(), "of the people 1 are added, 1 change, 1 leave and 0 stay as they are")
	same(t, plan.Empty(), false)
	var ids []string
	for _, p := range plan.Rows() {
		ids = append(ids, fmt.Sprint(p.ID, p.Active))
	}
	same(t, ids, []string{"dtrue", "atrue", "bfalse"})
	plan, _ = ComparePeople(now, readPeople(t, "id,name,party\na,A,force\nb,B,force\n"), Options{Source: "hr", On: today})
	same(t, plan.Summary(), "nothing changes: all 2 people are there already")
	same(t, plan.Empty(), true)
}

func TestCompareAssetsAndSites(t *testing.T) {
	assetSheet, findings := ReadAssets("assets.csv", []byte("id,type,user\nl1,laptop,ada\nl3,laptop,\n"))
	same(t, lines(findings), []string(nil))
	plan, findings := CompareAssets([]Asset{
		{ID: "l1", Type: "laptop", User: "bo", Source: "cmdb", Active: true},
		{ID: "l2", Type: "laptop", Source: "cmdb", Active: true},
		{ID: "r1", Type: "radio", Active: true},
	}, assetSheet, Options{Source: "cmdb", On: today})
	same(t, lines(findings), []string(nil))
	same(t, planned(&assets, plan), []string{"+ l3", `- l2 to "">"2019-03-01" active "true">"false"`, `~ l1 user "bo">"ada"`, "= 0"})

	siteSheet, findings := ReadSites("sites.csv", []byte("id,name,names\nhq,Head office,HQ;Main\nnew,New,\n"))
	same(t, lines(findings), []string(nil))
	sitePlan, findings := CompareSites([]estate.Site{
		{ID: "hq", Name: "Kingsmere House", Calendar: "office"},
		{ID: "pier", Name: "Pier"},
		{ID: "gone", Name: "Gone", Dated: span.Dated{To: day0("2018-01-01")}},
	}, siteSheet, Options{Source: "ignored", On: today})
	same(t, lines(findings), []string(nil))
	same(t, planned(&sites, sitePlan), []string{"+ new", `- pier to "">"2019-03-01"`, `~ hq name "Kingsmere House">"Head office" names "">"HQ;Main"`, "= 0"})
	if got := sitePlan.Changes[0].Is.Calendar; got != "office" {
		t.Errorf("the calendar, of which the file says nothing, became %q", got)
	}
}

// applied is a directory after a plan.
func applied(now []Person, plan *Plan[Person]) []Person {
	out := slices.Clone(now)
	for _, p := range plan.Rows() {
		if at := slices.IndexFunc(out, func(x Person) bool { return x.ID == p.ID }); at >= 0 {
			out[at] = p
		} else {
			out = append(out, p)
		}
	}
	return out
}

// Whatever is there and whatever the file says: after the plan the directory holds just
// what the file says of its source, nobody is lost, and a second import changes nothing.
func TestAfterThePlanTheFileHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var now []Person
		for i := range rapid.IntRange(0, 6).Draw(t, "now") {
			p := drawPerson(t, fmt.Sprint("p", i))
			p.Source = rapid.SampledFrom([]string{"hr", "other", ""}).Draw(t, "source")
			p.Active = !p.Disabled && (p.To == nil || *p.To > 18005)
			now = append(now, p)
		}
		var rows []Person
		for i := range 8 {
			if rapid.Bool().Draw(t, "listed") {
				rows = append(rows, drawPerson(t, fmt.Sprint("p", i)))
			}
		}
		var file bytes.Buffer
		if err := WritePeople(&file, all(rows)); err != nil {
			t.Fatal(err)
		}
		sheet, findings := ReadPeople("people.csv", file.Bytes())
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		o := Options{Source: "hr", On: 18005, Leave: true, Adopt: true}
		plan, _ := ComparePeople(now, sheet, o)
		after := applied(now, plan)
		parties := map[string]bool{}
		for _, row := range rows {
			parties[row.Party] = true
			got := after[slices.IndexFunc(after, func(x Person) bool { return x.ID == row.ID })]
			row.Source, row.Active = "hr", !row.Disabled && (row.To == nil || *row.To > o.On)
			if fields := people.difference(&got, &row); len(fields) > 0 {
				t.Fatalf("%s differs from the file: %+v", row.ID, fields)
			}
		}
		for _, was := range now {
			at := slices.IndexFunc(after, func(x Person) bool { return x.ID == was.ID })
			if at < 0 {
				t.Fatalf("%s is lost", was.ID)
			}
			listed := slices.ContainsFunc(rows, func(x Person) bool { return x.ID == was.ID })
			if !listed && was.Source == "hr" && parties[was.Party] && after[at].Present(o.On) {
				t.Fatalf("%s is in no file any more and still present", was.ID)
			}
			if !listed && was.Source != "hr" && len(people.difference(&was, &after[at])) > 0 {
				t.Fatalf("%s of another source changed", was.ID)
			}
		}
		again, _ := ComparePeople(after, sheet, o)
		if !again.Empty() {
			t.Fatalf("a second import does: %v", planned(&people, again))
		}
		if back, err := DecodePerson(plan.first().Encode()); err != nil || len(people.difference(plan.first(), &back)) > 0 {
			t.Fatalf("%+v, %v", back, err)
		}
	})
}

func (p *Plan[T]) first() *T {
	rows := append(p.Rows(), *new(T))
	return &rows[0]
}

func BenchmarkImport(b *testing.B) {
	text := []byte("id,name,email,party,site,roles\n")
	for i := range 44_000 {
		text = fmt.Appendf(text, "n%05d,\"Surname%d, Given\",n%d@force.example,force,harbour,officer\n", i, i, i)
	}
	var now []Person
	for b.Loop() {
		sheet, findings := ReadPeople("people.csv", text)
		plan, more := ComparePeople(now, sheet, Options{Source: "hr", On: today})
		if len(findings)+len(more) > 0 || len(plan.Adds) != 44_000 || plan.Digest() == "" {
			b.Fatal(findings, more, plan.Summary())
		}
	}
	b.ReportMetric(44_000*float64(b.N)/b.Elapsed().Seconds(), "people/s")
}
