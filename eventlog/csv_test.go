package eventlog

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"towerbridge/fault"
	"towerbridge/span"
)

const simple = `
id: simple
source: tool
format: csv
columns: {ticket: id, happened: at, priority: prio, team: team}
`

const simpleHead = "id,at,prio,team\n"

func TestCSVForms(t *testing.T) {
	const want = `{"source":"tool","key":"1","ticket":"A","happened":"2026-05-01T10:00:00Z","learnt":"2026-05-01T10:00:00Z","event":"changed","priority":"P1","team":"x"}` + "\n" +
		`{"source":"tool","key":"2","ticket":"B","happened":"2026-05-01T09:00:00Z","learnt":"2026-05-01T09:00:00Z","event":"changed","priority":"P2"}` + "\n"
	for name, text := range map[string]string{
		"plain":              simpleHead + "A,2026-05-01T10:00:00Z,P1,x\nB,2026-05-01T10:00:00+01:00,P2,\n",
		"no last line end":   simpleHead + "A,2026-05-01T10:00:00Z,P1,x\nB,2026-05-01T10:00:00+01:00,P2,",
		"CRLF":               "id,at,prio,team\r\nA,2026-05-01T10:00:00Z,P1,x\r\nB,2026-05-01T10:00:00+01:00,P2,\r\n",
		"byte-order mark":    "\ufeff" + simpleHead + "A,2026-05-01T10:00:00Z,P1,x\nB,2026-05-01T10:00:00+01:00,P2,\n",
		"quotes":             "\"id\",at,\"prio\",team\n\"A\",2026-05-01T10:00:00Z,\"P1\",x\nB,\"2026-05-01T10:00:00+01:00\",P2,\"\"\n",
		"quotes and no end":  simpleHead + "A,2026-05-01T10:00:00Z,P1,\"x\"\nB,2026-05-01T10:00:00+01:00,P2,\"\"",
		"quotes and CRLF":    "id,at,prio,team\r\nA,2026-05-01T10:00:00Z,P1,\"x\"\r\nB,2026-05-01T10:00:00+01:00,\"P2\",\r\n",
		"empty lines":        simpleHead + "\nA,2026-05-01T10:00:00Z,P1,x\n\r\n\nB,2026-05-01T10:00:00+01:00,P2,\n\n",
		"other order, more":  "x,team,y,prio,at,id\n,x,,P1,2026-05-01T10:00:00Z,A\n1,,2,P2,2026-05-01T10:00:00+01:00,B\n",
		"facts side by side": "at,id,prio,team\n2026-05-01T10:00:00Z,A,P1,x\n2026-05-01T10:00:00+01:00,B,P2,\n",
		"compressed":         zip(t, simpleHead+"A,2026-05-01T10:00:00Z,P1,x\nB,2026-05-01T10:00:00+01:00,P2,\n"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, in := range []Input{plain("log.csv", text), anywhere("log.csv", text)} {
				got := mustRead(t, mustMap(t, simple), Options{Workers: 2}, in)
				if open := lines(got.Journal); open != want {
					t.Errorf("read\n%s\nwant\n%s", open, want)
				}
			}
		})
	}
}

func TestCSVQuotedTexts(t *testing.T) {
	text := simpleHead + "\"A,1\",2026-05-01T10:00:00Z,\"P \"\"1\"\"\",\"two\nlines\r\nand three\"\n" + "B,2026-05-01T10:00:00Z,P2,y,\n"
	got := mustRead(t, mustMap(t, simple), Options{}, plain("log.csv", text))
	j := got.Journal
	f := j.Fact(j.Of(0)[0])
	if j.TicketID(0) != "A,1" || j.Name(f.Priority) != `P "1"` || j.Name(f.Team) != "two\nlines\r\nand three" {
		t.Errorf("read %s", lines(j))
	}
	if got.Refused != 1 || got.Details[0].Row != 2 || got.Details[0].Finding.Position.Line != 5 {
		t.Errorf("the second row stands in line 5: %+v", got.Details)
	}
}

func TestCSVRefusedRows(t *testing.T) {
	const good = "A,2026-05-01T10:00:00Z,P1,x\n"
	for name, c := range map[string]struct {
		row  string
		rule fault.Rule
	}{
		"too few columns":     {"A,2026-05-01T10:00:00Z,P1\n", wrongCount},
		"too many columns":    {"A,2026-05-01T10:00:00Z,P1,x,y\n", wrongCount},
		"one column":          {"A\n", wrongCount},
		"NUL":                 {"A,2026-05-01T10:00:00Z,P1,x\x00y\n", holdsNUL},
		"Latin-1":             {"A,2026-05-01T10:00:00Z,P1,Malm\xf6\n", notUTF8},
		"quote in a field":    {"A,2026-05-01T10:00:00Z,P1,19\" screen\n", strayQuote},
		"text after quote":    {"A,2026-05-01T10:00:00Z,\"P1\"x,y\n", strayQuote},
		"no ticket":           {",2026-05-01T10:00:00Z,P1,x\n", noTicket},
		"no stamp":            {"A,,P1,x\n", badStamp},
		"stamp of words":      {"A,yesterday,P1,x\n", badStamp},
		"no such day":         {"A,2026-02-29T10:00:00Z,P1,x\n", badStamp},
		"no such hour":        {"A,2026-05-01T24:00:00Z,P1,x\n", badStamp},
		"wall clock":          {"A,2026-05-01T10:00:00,P1,x\n", noZone},
		"before 1900":         {"A,1899-12-31T23:59:59Z,P1,x\n", badStamp},
		"before 1900 by zone": {"A,1900-01-01T00:00:00+01:00,P1,x\n", badStamp},
	} {
		t.Run(name, func(t *testing.T) {
			text := simpleHead + good + c.row + good
			for _, in := range []Input{plain("log.csv", text), anywhere("log.csv", text)} {
				got := mustRead(t, mustMap(t, simple), Options{Workers: 2}, in)
				if got.Rows != 3 || got.Entries != 2 || got.Refused != 1 {
					t.Fatal(got.Summary())
				}
				d := got.Details[0]
				if d.Row != 2 || d.Finding.Rule != c.rule || d.Finding.Position != (fault.Position{File: "log.csv", Line: 3}) {
					t.Errorf("refused as %+v", d)
				}
				if len(got.Reasons) != 1 || got.Reasons[0] != (Reason{c.rule, 1}) {
					t.Errorf("reasons %+v", got.Reasons)
				}
			}
		})
	}
}

func TestCSVManyRefused(t *testing.T) {
	text := simpleHead + strings.Repeat("A,never,P1,x\n", 1500) + strings.Repeat("short\n", 20)
	got := mustRead(t, mustMap(t, simple), Options{}, plain("log.csv", text))
	if got.Refused != 1520 || len(got.Details) != MaxRefused {
		t.Fatalf("%s, %d described", got.Summary(), len(got.Details))
	}
	findings := got.Findings()
	if len(findings) != MaxRefused+2 || !strings.HasPrefix(findings[MaxRefused+1].Message, "500 further rows") {
		t.Errorf("%d findings, the last %v", len(findings), findings[len(findings)-1])
	}
}

func TestCSVUnreadableFiles(t *testing.T) {
	row := "A,2026-05-01T10:00:00Z,P1,"
	big := strings.Repeat("x", MaxField+3)
	for name, c := range map[string]struct {
		text string
		want []int
		line int
	}{
		"empty":                  {"", []int{1561}, 1},
		"only a mark":            {"\ufeff", []int{1561}, 1},
		"only line ends":         {"\r\n\n", []int{1561}, 1},
		"UTF-16":                 {"\xff\xfei\x00d\x00", []int{1558}, 1},
		"Latin-1 header":         {"id,at,prio,team,Gr\xf6\xdfe\n", []int{1558}, 1},
		"columns missing":        {"id,prio\n", []int{1550, 1550}, 1},
		"column twice":           {"id,at,prio,team,at\n", []int{1551}, 1},
		"missing and twice":      {"id,at,at,team\n", []int{1551, 1550}, 1},
		"header never closed":    {"\"id,at,prio,team\nA,", []int{1553}, 1},
		"quote never closed":     {simpleHead + row + "x\n" + row + "\"x\nA,B\n", []int{1553}, 3},
		"long field":             {simpleHead + row + big + "\n", []int{1552}, 2},
		"long field at the end":  {simpleHead + row + big, []int{1552}, 2},
		"long field in quotes":   {simpleHead + row + "\"" + big + "\"\n", []int{1552}, 2},
		"ten MiB in quotes":      {simpleHead + row + "\"" + strings.Repeat("x", 10<<20), []int{1552}, 2},
		"ten MiB without quotes": {simpleHead + row + strings.Repeat("x", 10<<20), []int{1552}, 2},
		"long record":            {simpleHead + strings.Repeat(strings.Repeat("x", MaxField-1)+",", 20) + "\n", []int{1552}, 2},
		"cut compressed":         {zip(t, simpleHead+strings.Repeat(row+"x\n", 9999))[:300], []int{1554}, 0},
		"damaged head":           {"\x1f\x8b\x08\xff", []int{1554}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, in := range []Input{plain("log.csv", c.text), anywhere("log.csv", c.text)} {
				findings := mustFail(t, mustMap(t, simple), Options{Workers: 2}, in)
				if got := numbers(findings); !slices.Equal(got, c.want) {
					t.Errorf("findings %v, want %v:\n%v", got, c.want, findings)
				}
				if at := findings[0].Position; at.File != "log.csv" || at.Line != c.line {
					t.Errorf("at %s, want line %d: %v", at, c.line, findings)
				}
			}
		})
	}
}

func TestCSVFieldAtTheLimit(t *testing.T) {
	row := "A,2026-05-01T10:00:00Z,P1,"
	text := simpleHead + row + strings.Repeat("x", MaxField) + "\n" + row + "\"" + strings.Repeat("y", MaxField) + "\"\n"
	if got := mustRead(t, mustMap(t, simple), Options{}, plain("log.csv", text)); got.Entries != 2 {
		t.Error(got.Summary())
	}
}

func TestAllFilesAreFoundWanting(t *testing.T) {
	findings := mustFail(t, mustMap(t, simple), Options{}, plain("a.csv", "id,at,prio\n"), plain("b.csv", simpleHead), plain("c.csv", ""))
	if got := numbers(findings); !slices.Equal(got, []int{1550, 1561}) {
		t.Errorf("findings %v", findings)
	}
}

func TestReaderThatFails(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(simpleHead), failing{})
	_, err := Read([]Input{{Name: "log.csv", Reader: broken}}, mustMap(t, simple), Options{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Unavailable || !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}

var errBroken = errors.New("the line is dead")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }

func TestSeveralFilesAreOneLog(t *testing.T) {
	first := simpleHead + "A,2026-05-01T10:00:00Z,P1,x\nA,never,P1,x\n"
	second := "team,prio,at,id\nx,P1,2026-05-01T10:00:00Z,B\nshort\n"
	for _, in := range [][]Input{
		{plain("1.csv", first), plain("2.csv", second)},
		{anywhere("1.csv", first), plain("2.csv", zip(t, second))},
	} {
		got := mustRead(t, mustMap(t, simple), Options{Workers: 2}, in...)
		if got.Rows != 4 || got.Entries != 2 || !slices.Equal(got.Files, []string{"1.csv", "2.csv"}) {
			t.Fatal(got.Summary(), got.Files)
		}
		j := got.Journal
		if e := j.Of(1)[0]; j.KeyText(e.Key()) != "3" || len(j.Facts()) != 1 {
			t.Errorf("the third row has the key %s, and there are %d combinations of facts", j.KeyText(e.Key()), len(j.Facts()))
		}
		if d := got.Details[1]; d.Row != 4 || d.Finding.Position != (fault.Position{File: "2.csv", Line: 3}) {
			t.Errorf("refused %+v", d)
		}
	}
}

func TestProgress(t *testing.T) {
	text := simpleHead + strings.Repeat("A,2026-05-01T10:00:00Z,P1,x\n", 50_000)
	var last, total int64
	mustRead(t, mustMap(t, simple), Options{Workers: 2, Progress: func(done, all int64) {
		if done < last {
			t.Errorf("progress went back from %d to %d", last, done)
		}
		last, total = done, all
	}}, anywhere("log.csv", text))
	if size := int64(len(text)); last != size || total != size {
		t.Errorf("ended at %d of %d, want %d", last, total, size)
	}
}

func TestKeysAndTies(t *testing.T) {
	m := mustMap(t, `
id: keyed
format: csv
columns: {ticket: id, happened: at, key: key, order: n, priority: prio}
`)
	text := "id,at,key,n,prio\n" +
		"A,2026-05-01T10:00:00Z,k1,2,P2\n" +
		"A,2026-05-01T10:00:00Z,k2,1,P1\n" + // the same second, an earlier number
		"A,2026-05-01T10:00:00Z,k1,2,P2\n" + // again
		"A,2026-05-01T10:00:00Z,k2,1,P3\n" + // something else
		"A,2026-05-01T10:00:00Z,,1,P3\n" +
		"A,2026-05-01T09:00:00Z,k3,x,P3\n" +
		"A,2026-05-01T09:00:00Z,k3,3,P4\n" // its first form was refused
	got := mustRead(t, m, Options{Workers: 2}, anywhere("log.csv", text))
	var order []string
	for _, e := range got.Journal.Of(0) {
		order = append(order, got.Journal.KeyText(e.Key()))
	}
	if !slices.Equal(order, []string{"k3", "k2", "k1"}) {
		t.Errorf("order %v", order)
	}
	var rules []int
	for _, d := range got.Details {
		rules = append(rules, d.Finding.Rule.Number)
	}
	if !slices.Equal(rules, []int{repeated.Number, conflict.Number, noKey.Number, badNumber.Number}) {
		t.Errorf("refused %v", got.Details)
	}
}

func TestWithheldColumns(t *testing.T) {
	m := mustMap(t, simple+"people: [who]\ntext: [note]\n")
	text := "id,at,prio,team,who,note\nA,2026-05-01T10:00:00Z,P1,x,Ann,private words\nA,2026-05-01T10:00:00Z,P1,x,Ann,\n"
	bare := mustRead(t, m, Options{}, plain("log.csv", text)).Journal
	if e := bare.Of(0)[0]; len(bare.WithheldOf(e)) != 0 {
		t.Errorf("withheld without a salt: %v", bare.WithheldOf(e))
	}
	j := mustRead(t, m, Options{Salt: []byte("secret")}, plain("log.csv", text)).Journal
	first, second := j.WithheldOf(j.Of(0)[0]), j.WithheldOf(j.Of(0)[1])
	if len(first) != 2 || len(second) != 1 || first[0].Name != "person" || first[1].Name != "text" {
		t.Fatalf("withheld %v and %v", first, second)
	}
	if first[0].Digest == second[0].Digest {
		t.Error("the same name has the same digest in two rows, so that rows can be joined by it")
	}
	w := first[0]
	if w.Value != "" {
		t.Error("the content is kept")
	}
	if w.Value = "Ann"; !w.Verify() {
		t.Error("the digest is not that of the content")
	}
	if open := lines(j); strings.Contains(open, "Ann") || strings.Contains(open, "private") || strings.Contains(open, w.Salt) {
		t.Errorf("the open form shows what is withheld: %s", open)
	}
}

func TestLearnt(t *testing.T) {
	text := "id,at,prio,team,known\nA,2026-05-01T10:00:00Z,P1,x,2026-05-03T00:00:00Z\nB,2026-05-02T10:00:00Z,P1,x,\n"
	for name, c := range map[string]struct{ more, first, second string }{
		"happened": {"", "2026-05-01T10:00:00Z", "2026-05-02T10:00:00Z"},
		"fixed":    {"learnt: 2026-06-01T00:00:00Z\n", "2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z"},
		"column":   {"", "2026-05-03T00:00:00Z", "2026-05-02T10:00:00Z"},
	} {
		mapping := simple + c.more
		if name == "column" {
			mapping = strings.Replace(simple, "team: team", "team: team, learnt: known", 1)
		}
		j := mustRead(t, mustMap(t, mapping), Options{}, plain("log.csv", text)).Journal
		if a, b := j.Of(0)[0].Learnt.String(), j.Of(1)[0].Learnt.String(); a != c.first || b != c.second {
			t.Errorf("%s: learnt %s and %s", name, a, b)
		}
	}
}

func TestGroupsByDate(t *testing.T) {
	m := mustMap(t, `
id: groups
format: csv
zone: Europe/London
columns: {ticket: id, happened: at, group: grp}
`)
	// Group G moves from party old to party new on 2 May, in London.
	var asked []span.Date
	opt := Options{GroupsDated: true, Group: func(name string, on span.Date) (string, string, int, bool) {
		asked = append(asked, on)
		party := "old"
		if on >= span.DateOf(2026, 5, 2) {
			party = "new"
		}
		return party, "team-" + name, 2, name == "G"
	}}
	text := "id,at,grp\n" +
		"A,2026-05-01T22:59:59Z,G\nA,2026-05-01T23:00:00Z,G\nA,2026-05-01T22:00:00Z,G\nA,2026-05-01T23:30:00Z,G\nB,2026-05-01T23:30:00Z,H\n"
	got := mustRead(t, m, opt, plain("log.csv", text))
	j := got.Journal
	var parties []string
	for _, e := range j.Of(0) {
		f := j.Fact(e)
		parties = append(parties, j.Name(f.Party))
		if j.Name(f.Team) != "team-G" || f.Line != 2 {
			t.Errorf("team %s, line %d", j.Name(f.Team), f.Line)
		}
	}
	if !slices.Equal(parties, []string{"old", "old", "new", "new"}) {
		t.Errorf("parties %v", parties)
	}
	if len(asked) != 3 {
		t.Errorf("the estate was asked %d times, for two dates of one group and one of another", len(asked))
	}
	if got.Refused != 1 || got.Details[0].Finding.Rule != unknownGroup {
		t.Errorf("refused %v", got.Details)
	}
}
