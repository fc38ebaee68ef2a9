package directory

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

// lines returns findings as number, line, field and message.
func lines(findings fault.Findings) []string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%d %d %s: %s", f.Rule.Number, f.Position.Line, f.Field, f.Message))
		if f.Fix() == "" {
			out = append(out, "without a remedy")
		}
	}
	return out
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestReadPeople(t *testing.T) {
	text := mark + "party,id, name ,email,roles,subjects,from,to,disabled,site,team,clearances\r\n" +
		"force,f1,\"Finch, Ada\",Ada@Force.example,officer; agent;officer,https://login.example|77,2019-01-07,2020-01-01,yes,harbour,digital-office,b;a\r\n" +
		",,,,,,,,,,,\r\n" +
		"ash,s2, Bo ,,,,,,no,,,\r\n"
	sheet, findings := ReadPeople("people.csv", []byte(text))
	same(t, lines(findings), []string(nil))
	from, to := span.DateOf(2019, time.January, 7), span.DateOf(2020, time.January, 1)
	same(t, sheet.Rows, []Person{
		{
			ID: "f1", Name: "Finch, Ada", Email: "Ada@Force.example", Party: "force", Site: "harbour", Team: "digital-office",
			Roles: []access.Role{access.Agent, access.Officer}, Clearances: []string{"a", "b"}, Subjects: []string{"https://login.example|77"},
			Disabled: true, Dated: span.Dated{From: &from, To: &to},
		},
		{ID: "s2", Name: "Bo", Party: "ash"},
	})
	same(t, sheet.Lines, []int{2, 4})
	if !sheet.Has("email") || sheet.Has("phone") {
		t.Errorf("the columns are %v", sheet.Columns)
	}
}

func TestReadFindsEverything(t *testing.T) {
	const head = "id,name,party,email,roles,subjects,from,to,disabled\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing at all":    {"", []string{"2105 1 id: there is no column id", "2105 1 name: there is no column name", "2105 1 party: there is no column party"}},
		"unknown column":    {"id,name,party,phone\n", []string{`2104 1 : there is no column "phone"`}},
		"capitals matter":   {"Id,name,party\n", []string{`2104 1 : there is no column "Id"`, "2105 1 id: there is no column id"}},
		"column twice":      {"id,name,party,name\n", []string{"2104 1 name: the column is there twice"}},
		"semicolons":        {"id;name;party\n", []string{`2104 1 : there is no column "id;name;party"`, "2105 1 id: there is no column id", "2105 1 name: there is no column name", "2105 1 party: there is no column party"}},
		"names with quotes": {"id,na\"me\n", []string{"2103 1 : the line of names cannot be read"}},
		"UTF-16":            {"\xff\xfei\x00d\x00", []string{"2101 1 : the file is binary or encoded as UTF-16"}},
		"a quote too many":  {"id,name,party\na,b\"c,p\nb,,p\n", []string{"2103 2 : a quote stands where none can be, or is not closed", "2107 3 name: there is no name"}},
		"an open quote":     {"id,name,party\na,\"b,p\nc,d,p\n", []string{"2103 2 : a quote stands where none can be, or is not closed"}},
		"widths":            {"id,name,party\na,b\nc,d,p,x\n", []string{"2106 2 : there are 2 values for 3 columns", "2106 3 : there are 4 values for 3 columns"}},
		"values": {head + "!,B,p,nobody,,x|y,1.1.2019,2019-02-30,maybe\n", []string{
			`2108 2 id: "!" is not an id: up to 64 letters, digits and . _ @ + - after a letter or digit`,
			`2108 2 email: "nobody" is not an address such as jo@example.org`,
			`2108 2 subjects: "x|y" is not a provider and its name for the person, such as https://login.example.org|4711`,
			`2108 2 from: "1.1.2019" is not a date such as 2026-03-29`,
			`2108 2 to: "2019-02-30" is not a date such as 2026-03-29`,
			`2108 2 disabled: "maybe" is neither yes nor no`,
		}},
		"text that is none": {head + "a,B\xe9,p,,,,,,\nb,\"B\nC\",p,,,,,,\nc," + strings.Repeat("x", MaxValue+1) + ",p,,,,,,\n", []string{
			"2108 2 name: the value is not UTF-8: the file may be encoded as Latin-1 or Windows-1252",
			"2108 3 name: the value holds a line end or another control character",
			"2108 5 name: the value is too long",
		}},
		"crossed dates": {head + "a,B,p,,,,2019-02-01,2019-02-01,\n", []string{"2108 2 to: 2019-02-01 is not after 2019-02-01"}},
		"one id twice":  {head + "a,B,p,,,,,,\nA,C,p,,,,,,\n", []string{`2109 3 id: the id "a" is already in line 2`}},
	} {
		t.Run(name, func(t *testing.T) {
			sheet, findings := ReadPeople("people.csv", []byte(c.text))
			same(t, lines(findings), c.want)
			if len(sheet.Rows) != len(sheet.Lines) {
				t.Errorf("%d rows have %d lines", len(sheet.Rows), len(sheet.Lines))
			}
		})
	}
	_, findings := ReadPeople("people.csv", []byte("id;name\n"))
	if fix := findings[0].Fix(); !strings.Contains(fix, "commas") {
		t.Errorf("the remedy for semicolons is %q", fix)
	}
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"bytes":   {make([]byte, MaxBytes+1), []string{fmt.Sprintf("2102 1 : the file has %d bytes, and at most %d are read", MaxBytes+1, MaxBytes)}},
		"columns": {[]byte(strings.Repeat("id,", MaxColumns) + "id\n"), []string{fmt.Sprintf("2102 1 : there are %d columns, and at most %d are read", MaxColumns+1, MaxColumns)}},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := ReadAssets("assets.csv", c.data)
			same(t, lines(findings), c.want)
		})
	}

	text := []byte("id,type\n")
	for i := range MaxRows {
		text = fmt.Appendf(text, "a%d,pc\n", i)
	}
	sheet, findings := ReadAssets("assets.csv", text)
	if len(findings) > 0 || len(sheet.Rows) != MaxRows {
		t.Fatalf("of %d rows %d were read, with %v", MaxRows, len(sheet.Rows), findings)
	}
	sheet, findings = ReadAssets("assets.csv", append(text, "b,pc\n"...))
	same(t, lines(findings), []string{fmt.Sprintf("2102 %d : there are more than %d rows", MaxRows+2, MaxRows)})
	if len(sheet.Rows) != MaxRows {
		t.Errorf("%d rows were read", len(sheet.Rows))
	}

	_, findings = ReadAssets("assets.csv", []byte("id,type\n"+strings.Repeat("a\n", MaxFindings+2)))
	same(t, len(findings), MaxFindings+1)
	same(t, lines(findings[MaxFindings:]), []string{fmt.Sprintf("2115 %d : 2 more findings follow", MaxFindings+1)})
}

func TestNoFormulaIsWritten(t *testing.T) {
	rows := []Asset{
		{ID: "a", Type: "=1+1", Name: "'=x", Serial: "@SUM(A1)", Site: "-1", User: "+2", Service: "'plain'"},
		{ID: "b", Type: "'", Name: "''-y", Serial: "a=b"},
	}
	var out bytes.Buffer
	if err := WriteAssets(&out, all(rows)); err != nil {
		t.Fatal(err)
	}
	want := "id,type,name,serial,site,user,service,from,to,disabled\n" +
		"a,'=1+1,''=x,'@SUM(A1),'-1,'+2,'plain',,,\n" +
		"b,',''' -y,a=b,,,,,,\n"
	same(t, out.String(), strings.ReplaceAll(want, "' -y", "'-y"))
	sheet, findings := ReadAssets("assets.csv", out.Bytes())
	same(t, lines(findings), []string(nil))
	same(t, sheet.Rows, rows)
}

func all[T any](rows []T) func(func(*T) bool) {
	return func(yield func(*T) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
}

// drawPerson draws a person that a file can hold.
func drawPerson(t *rapid.T, id string) Person {
	value := rapid.StringMatching(`([=+@';\\-]{0,3}[a-zé"0-9][a-z ",;'=\\]{0,6}[a-z])?`)
	values := func(label string) []string {
		list := rapid.SliceOfNDistinct(rapid.StringMatching(`[=a-c;\\]{1,3}[a-z]`), 0, 3, rapid.ID).Draw(t, label)
		slices.Sort(list)
		if len(list) == 0 {
			return nil
		}
		return list
	}
	p := Person{
		ID: id, Name: "N" + value.Draw(t, "name"), Party: rapid.SampledFrom([]string{"force", "ash"}).Draw(t, "party"),
		Site: value.Draw(t, "site"), Team: value.Draw(t, "team"), Clearances: values("clearances"),
		Disabled: rapid.Bool().Draw(t, "disabled"),
	}
	for _, r := range values("roles") {
		p.Roles = append(p.Roles, access.Role(r))
	}
	if rapid.Bool().Draw(t, "addressed") {
		p.Email, p.Subjects = id+"@x.example", []string{"https://l.example|" + id}
	}
	if rapid.Bool().Draw(t, "dated") {
		from := span.Date(rapid.IntRange(18000, 18010).Draw(t, "from"))
		to := from + 1 + span.Date(rapid.IntRange(0, 9).Draw(t, "days"))
		p.Dated = span.Dated{From: &from, To: &to}
	}
	return p
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []Person
		for i := range rapid.IntRange(0, 5).Draw(t, "rows") {
			rows = append(rows, drawPerson(t, fmt.Sprint("p", i)))
		}
		var out bytes.Buffer
		if err := WritePeople(&out, all(rows)); err != nil {
			t.Fatal(err)
		}
		sheet, findings := ReadPeople("people.csv", out.Bytes())
		if len(findings) > 0 || !cmp.Equal(sheet.Rows, rows) {
			t.Fatalf("%v\n%s\n%s", findings, cmp.Diff(rows, sheet.Rows), out.String())
		}
	})
}

func TestSitesAndAssetsAreReadAsWritten(t *testing.T) {
	to := span.DateOf(2020, time.April, 1)
	sites := []estate.Site{
		{ID: "hq", Name: "House", Zone: "Europe/London", Nation: "scotland", Calendar: "office", Names: []string{"z;1", `b\`, "a"}, Dated: span.Dated{To: &to}},
		{ID: "pier", Name: "Pier"},
	}
	var out bytes.Buffer
	if err := WriteSites(&out, all(sites)); err != nil {
		t.Fatal(err)
	}
	sheet, findings := ReadSites("sites.csv", out.Bytes())
	same(t, lines(findings), []string(nil))
	same(t, sheet.Rows, sites)
	same(t, strings.SplitN(out.String(), "\n", 2)[0], "id,name,zone,nation,calendar,names,from,to")
	_, findings = ReadSites("sites.csv", []byte("id,name,nation\na,A,wales\n"))
	same(t, lines(findings), []string{`2108 2 nation: "wales" is none of england-and-wales, scotland, northern-ireland`})
	for want, columns := range map[string][]Column{"id name party": PeopleColumns(), "id type": AssetColumns(), "id name": SiteColumns()} {
		var needed []string
		for _, c := range columns {
			if c.About == "" {
				t.Errorf("nothing is said about %s", c.Name)
			}
			if c.Needed {
				needed = append(needed, c.Name)
			}
		}
		same(t, strings.Join(needed, " "), want)
	}
}

// failing is a writer that takes some bytes and then no more.
type failing int

func (f *failing) Write(b []byte) (int, error) {
	if *f -= failing(len(b)); *f < 0 {
		return 0, fault.New(fault.Unavailable, "", "full")
	}
	return len(b), nil
}

func TestWritingFails(t *testing.T) {
	rows := make([]Person, 1000)
	for _, room := range []failing{0, 5000} {
		if err := WritePeople(&room, all(rows)); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("the error is %v", err)
		}
	}
}

func FuzzReadPeople(f *testing.F) {
	f.Add([]byte("id,name,party\na,B,p\n"))
	f.Add([]byte("id,name,party,roles,subjects,from,email\na,\"B \"\"x\"\"\",p,agent;officer,https://a|b,2019-01-01,a@b\n"))
	f.Add([]byte(mark + "party,name,id\r\n'=p,'-x,1\r\n\r\n,,\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sheet, findings := ReadPeople("people.csv", data)
		if len(sheet.Rows) != len(sheet.Lines) || len(findings) > MaxFindings+1 {
			t.Fatalf("%d rows, %d lines, %d findings", len(sheet.Rows), len(sheet.Lines), len(findings))
		}
		if len(findings) > 0 {
			return
		}
		var out bytes.Buffer
		if err := WritePeople(&out, all(sheet.Rows)); err != nil {
			t.Fatal(err)
		}
		again, findings := ReadPeople("people.csv", out.Bytes())
		if len(findings) > 0 || !cmp.Equal(again.Rows, sheet.Rows) {
			t.Fatalf("%v\n%s\n%q", findings, cmp.Diff(sheet.Rows, again.Rows), out.String())
		}
	})
}
