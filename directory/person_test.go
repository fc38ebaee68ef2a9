package directory

import (
	"os"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

func constabulary(t *testing.T) *estate.Estate {
	t.Helper()
	data, err := os.ReadFile("../examples/constabulary/estate.yaml")
	if err != nil {
		t.Fatal(err)
	}
	e, findings := estate.Read("estate.yaml", data)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return e
}

func TestCheckPeople(t *testing.T) {
	e := constabulary(t)
	for name, c := range map[string]struct {
		row  string
		want []string
	}{
		"all well":                 {"a,A,force,harbour,digital-office,officer;manager,detained-people,,", nil},
		"nothing is there":         {"a,A,nobody,nowhere,none,king,secret,,", []string{`2001 2 roles: there is no role "king"`, `2111 2 clearances: there is no data class "secret"`, `2111 2 party: there is no party "nobody" on 2019-03-01`, `2111 2 site: there is no site "nowhere" on 2019-03-01`}},
		"roles that must be apart": {"a,A,force,,,administrator;commercial,,,", []string{"2002 2 roles: administrator and commercial must be apart"}},
		"a role of another kind":   {"a,A,fennock,,,analyst,,,", []string{"2003 2 roles: nobody of a supplier has the role analyst"}},
		"a team of another":        {"a,A,force,,voice,,,,", []string{`2111 2 team: the party force has no team "voice" on 2019-03-01`}},
		"comes after the party":    {"a,A,fennock,,voice,,,2020-04-01,", []string{`2111 2 party: there is no party "fennock" on 2020-04-01`}},
		"gone before the party":    {"a,A,fennock,nowhere,none,,,,2019-01-01", nil},
		"gone, of no party":        {"a,A,nobody,,,,,,2019-01-01", []string{`2111 2 party: there is no party "nobody"`}},
		"the day before it ends":   {"a,A,fennock,,voice,,,2020-03-31,", nil},
	} {
		t.Run(name, func(t *testing.T) {
			sheet := readPeople(t, "id,name,party,site,team,roles,clearances,from,to\n"+c.row+"\n")
			same(t, lines(CheckPeople(sheet, e, today)), c.want)
			if len(c.want) == 0 {
				same(t, lines(sheet.Rows[0].Check(e, today)), []string(nil))
			}
		})
	}
	text := "id,name,party\n"
	for i := range MaxFindings + 10 {
		text += span.Date(i).String() + ",A,nobody\n"
	}
	findings := CheckPeople(readPeople(t, text), e, today)
	same(t, len(findings), MaxFindings+1)
	same(t, findings[MaxFindings].Rule, MoreFindings)
}

func TestCheckAssets(t *testing.T) {
	sheet, findings := ReadAssets("assets.csv", []byte("id,type,site,user,service,to\n"+
		"a,laptop,harbour,ada,laptops,\n"+
		"b,laptop,nowhere,bo,nothing,\n"+
		"c,laptop,nowhere,ada,nothing,2018-01-01\n"))
	same(t, lines(findings), []string(nil))
	got := CheckAssets(sheet, constabulary(t), today, func(id string) bool { return id == "ada" })
	same(t, lines(got), []string{
		`2111 3 user: there is no person "bo"`,
		`2111 3 site: there is no site "nowhere" on 2019-03-01`,
		`2111 3 service: there is no service "nothing" on 2019-03-01`,
	})
}

func TestCheckByHand(t *testing.T) {
	p := Person{ID: "a b", Name: " A", Email: "x", Party: "force", Roles: []access.Role{"officer", "agent"}, Subjects: []string{"x"}, Site: "har\nbour"}
	same(t, lines(p.Check(constabulary(t), today)), []string{
		`2108 0 id: "a b" is not an id: up to 64 letters, digits and . _ @ + - after a letter or digit`,
		`2108 0 name: " A" begins or ends with a space`,
		`2108 0 email: "x" is not an address such as jo@example.org`,
		"2108 0 site: the value holds a line end or another control character",
		`2108 0 roles: "officer;agent" is not in order, or says a thing twice`,
		`2108 0 subjects: "x" is not a provider and its name for the person, such as https://login.example.org|4711`,
		"2111 0 site: there is no site \"har\\nbour\" on 2019-03-01",
	})
	same(t, lines((&Person{}).Check(constabulary(t), today))[:3], []string{"2107 0 id: there is no id", "2107 0 name: there is no name", "2107 0 party: there is no party"})
}

func TestWith(t *testing.T) {
	was := Person{ID: "a", Name: "A", Party: "force", Roles: []access.Role{"officer"}, Active: true}
	is, findings := was.With(map[string]string{"id": "a", "name": "Ada", "roles": "agent; officer", "site": "harbour", "to": "2019-03-01"}, today)
	same(t, lines(findings), []string(nil))
	same(t, is.Values(), map[string]string{"id": "a", "name": "Ada", "party": "force", "roles": "agent;officer", "site": "harbour", "to": "2019-03-01"})
	same(t, is.Active, false)
	same(t, was.Values(), map[string]string{"id": "a", "name": "A", "party": "force", "roles": "officer"})
	is, findings = is.With(map[string]string{"to": "", "disabled": "no"}, today)
	same(t, lines(findings), []string(nil))
	same(t, is.Active, true)
	is, _ = is.With(map[string]string{"disabled": "yes"}, today)
	same(t, is.Active, false)
	_, findings = was.With(map[string]string{"id": "b", "shoe": "9", "from": "soon"}, today)
	same(t, lines(findings), []string{`2108 0 from: "soon" is not a date such as 2026-03-29`, "2108 0 id: an id never changes", `2104 0 shoe: there is no value "shoe"`})
}

func TestRolesOfAPerson(t *testing.T) {
	p := Person{Roles: []access.Role{access.Officer}, Clearances: []string{"b"}}
	more := p.Grant(access.Agent).Grant(access.Agent)
	same(t, more.Roles, []access.Role{access.Agent, access.Officer})
	same(t, p.Roles, []access.Role{access.Officer})
	if !more.Has(access.Agent) || p.Has(access.Agent) || !p.Cleared("b") || p.Cleared("a") {
		t.Errorf("%+v and %+v", p, more)
	}
	same(t, more.Revoke(access.Agent).Roles, []access.Role{access.Officer})
	same(t, p.Revoke(access.Officer).Roles, []access.Role(nil))
}

func TestPresent(t *testing.T) {
	from, to := span.DateOf(2019, time.March, 1), span.DateOf(2019, time.April, 1)
	p := Person{Active: true, Dated: span.Dated{From: &from, To: &to}}
	a := Asset{Active: true, Dated: p.Dated}
	for on, want := range map[span.Date]bool{from - 1: false, from: true, to - 1: true, to: false} {
		if p.Present(on) != want || a.Present(on) != want {
			t.Errorf("on %s the person is present: %v, and should be: %v", on, p.Present(on), want)
		}
	}
	p.Active, a.Active = false, false
	if p.Present(from) || a.Present(from) {
		t.Error("somebody inactive is present")
	}
}

func TestJSON(t *testing.T) {
	from := span.DateOf(2019, time.March, 1)
	p := Person{ID: "a", Name: "Ada", Email: "A@b", Party: "force", Roles: []access.Role{"agent"}, Active: true, Dated: span.Dated{From: &from}}
	same(t, string(p.Encode()), `{"id":"a","name":"Ada","email":"A@b","party":"force","roles":["agent"],"active":true,"from":"2019-03-01"}`)
	back, err := DecodePerson(p.Encode())
	same(t, err, nil)
	same(t, back, p)
	same(t, p.Sort(), "ada a@b")
	a := Asset{ID: "l", Type: "Laptop", Serial: "S/1", Source: "cmdb", Disabled: true}
	same(t, string(a.Encode()), `{"id":"l","type":"Laptop","serial":"S/1","source":"cmdb","disabled":true,"active":false}`)
	same(t, a.Sort(), "laptop  s/1")
	for _, text := range []string{``, `{`, `{"id":"a","shoe":9}`, `{"id":"a"}{}`, `[]`} {
		if _, err := DecodePerson([]byte(text)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", text, err)
		}
		if _, err := DecodeAsset([]byte(text)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzDecodePerson(f *testing.F) {
	f.Add([]byte(`{"id":"a","name":"Ada","party":"force","roles":["agent"],"active":true,"from":"2019-03-01"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := DecodePerson(data)
		if err != nil {
			return
		}
		back, err := DecodePerson(p.Encode())
		if err != nil || string(back.Encode()) != string(p.Encode()) {
			t.Fatalf("%v: %s and %s", err, p.Encode(), back.Encode())
		}
	})
}
