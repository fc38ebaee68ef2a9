package eventlog

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"towerbridge/journal"
)

const local = `
id: local
format: csv
zone: Europe/London
columns: {ticket: id, happened: at, learnt: known, priority: prio}
`

const localLog = "id,at,known,prio\n" +
	"A,2025-10-25 22:00,2025-10-25 23:00,P1\n" +
	"A,2025-10-26 01:30,2025-10-26 01:45,P1\n" + // each of the two came twice
	"B,2026-03-29 01:30,2026-03-29 03:00,P2\n" + // never came
	"B,2026-03-29 04:00,2026-03-29 01:59,P2\n"

func TestHeldRows(t *testing.T) {
	got := mustRead(t, mustMap(t, local), Options{}, anywhere("log.csv", localLog))
	if got.Rows != 4 || got.Entries != 1 || len(got.Held) != 3 {
		t.Fatal(got.Summary())
	}
	want := HeldRow{Row: 2, File: "log.csv", Line: 3, Ticket: "A", Column: "happened", Stamp: "2025-10-26 01:30"}
	h := got.Held[0]
	if h.First.String() != "2025-10-26T00:30:00Z" || h.Second.String() != "2025-10-26T01:30:00Z" {
		t.Errorf("the choices are %s and %s", h.First, h.Second)
	}
	if h.First, h.Second = 0, 0; h != want {
		t.Errorf("held %+v, want %+v", h, want)
	}
	if got.Held[2].Column != "learnt" {
		t.Errorf("held for its %s", got.Held[2].Column)
	}
}

// decide fills in a file of held rows as people do.
func decide(t *testing.T, held []HeldRow, choices ...string) *Decisions {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHeld(&b, held); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, c := range choices {
		before := text
		text = strings.Replace(text, ",,,\n", ","+c+",Ann,the tool said so\n", 1)
		if text == before {
			t.Fatalf("no row is left to decide:\n%s", text)
		}
	}
	d, findings := ReadDecisions("held.csv", []byte(text))
	if len(findings) > 0 {
		t.Fatalf("%v\n%s", findings, text)
	}
	return d
}

func TestDecisions(t *testing.T) {
	m := mustMap(t, local)
	held := mustRead(t, m, Options{}, anywhere("log.csv", localLog)).Held
	d := decide(t, held, "second", "2026-03-29T00:30:00Z")
	if d.Len() != 2 {
		t.Fatalf("%d decisions, the third row is undecided", d.Len())
	}
	got := mustRead(t, m, Options{Decisions: d, Workers: 2}, anywhere("log.csv", localLog))
	if got.Entries != 3 || len(got.Held) != 1 || got.Held[0].Row != 4 {
		t.Fatal(got.Summary())
	}
	j := got.Journal
	e := j.Of(0)[1]
	if e.Happened.String() != "2025-10-26T01:30:00Z" || e.Learnt.String() != "2025-10-26T01:45:00Z" {
		t.Errorf("the second of both: %s, learnt %s", e.Happened, e.Learnt)
	}
	decision, ok := j.DecisionOf(e)
	if !ok || e.Marks&journal.Decided == 0 || decision != (journal.Decision{Choice: "second", Who: "Ann", Why: "the tool said so"}) {
		t.Errorf("the entry names the decision %+v", decision)
	}
	if at := j.Of(1)[0].Happened.String(); at != "2026-03-29T00:30:00Z" {
		t.Errorf("the chosen instant became %s", at)
	}
	if !strings.Contains(lines(j), `"decision":{"choice":"second","who":"Ann","why":"the tool said so"}`) {
		t.Errorf("the open form lacks the decision: %s", lines(j))
	}
}

func TestDecisionsThatDoNotRelease(t *testing.T) {
	m := mustMap(t, local)
	held := mustRead(t, m, Options{}, plain("log.csv", localLog)).Held
	d := decide(t, held, "drop", "2026-03-29T02:30:00Z")
	got := mustRead(t, m, Options{Decisions: d}, plain("log.csv", localLog))
	if got.Entries != 1 || len(got.Held) != 1 || got.Refused != 2 {
		t.Fatal(got.Summary())
	}
	if a, b := got.Details[0].Finding.Rule, got.Details[1].Finding.Rule; a != dropped || b != badDecision {
		t.Errorf("refused as %v", got.Details)
	}
}

func TestNeedlessDecision(t *testing.T) {
	d, findings := ReadDecisions("d.csv", []byte("row,choice,who,why\n1,first,Ann,so\n2,first,Ann,so\n99,drop,Ann,so\n"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for range 2 { // reading does not use decisions up
		got := mustFail(t, mustMap(t, local), Options{Decisions: d}, plain("log.csv", localLog))
		if !slices.Equal(numbers(got), []int{1572, 1572}) || got[0].Position.Line != 2 || got[1].Position.Line != 4 {
			t.Errorf("findings %v", got)
		}
	}
}

func TestReadDecisionsFindings(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []int
	}{
		"empty":            {"", []int{1561}},
		"no columns":       {"a,b\n", []int{1550, 1550, 1550, 1550}},
		"mark and order":   {"\ufeffwhy,who,choice,row,more\nso,Ann,first,3,x\n", nil},
		"undecided":        {"row,choice,who,why\n3,,,\n", nil},
		"no row":           {"row,choice,who,why\nx,first,Ann,so\n", []int{1570}},
		"row zero":         {"row,choice,who,why\n0,first,Ann,so\n", []int{1570}},
		"no choice":        {"row,choice,who,why\n3,,Ann,so\n", []int{1570}},
		"odd choice":       {"row,choice,who,why\n3,third,Ann,so\n", []int{1570}},
		"wall clock":       {"row,choice,who,why\n3,2025-10-26T01:30,Ann,so\n", []int{1570}},
		"nobody, for none": {"row,choice,who,why\n3,first,,\n", []int{1570, 1570}},
		"all at once":      {"row,choice,who,why\nx,third,,\n", []int{1570, 1570, 1570, 1570}},
		"twice":            {"row,choice,who,why\n3,first,Ann,so\n3,second,Ann,so\n", []int{1571}},
		"short":            {"row,choice,who,why\n3,first\n", []int{1570}},
		"Latin-1":          {"row,choice,who,why\n3,first,J\xf6rg,so\n", []int{1570}},
		"open quote":       {"row,choice,who,why\n3,first,\"Ann,so\n", []int{1570}},
		"too large":        {strings.Repeat("x", MaxDecisionBytes+1), []int{1552}},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := ReadDecisions("d.csv", []byte(c.text))
			if got := numbers(findings); !slices.Equal(got, c.want) {
				t.Errorf("findings %v, want %v:\n%v", got, c.want, findings)
			}
		})
	}
}

func TestSnapshotsOpened(t *testing.T) {
	m := mustMap(t, `
id: snaps
format: csv
shape: snapshots
zone: Europe/London
columns: {ticket: id, happened: at, opened: opened, order: n}
`)
	log := "id,at,n,opened\n" +
		"A,2025-10-26 12:00,2,2025-10-25 10:00\n" +
		"A,2025-10-26 12:00,1,2025-10-25 09:00\n" + // the first, by its number
		"B,2025-10-27 12:00,1,2025-10-26 01:30\n" + // opened in the hour that came twice
		"B,2025-10-27 13:00,2,2025-10-26 01:30\n" + // held once is enough
		"C,2025-10-27 12:00,1,\n" +
		"D,2025-10-27 12:00,1,2025-10-28 12:00\n" + // opened after its first state: not believed
		"E,2025-10-27 12:00,1,nonsense\n"
	read := func(d *Decisions) (string, *Result) {
		got := mustRead(t, m, Options{Decisions: d}, plain("log.csv", log))
		var out []string
		for ticket := range got.Journal.Tickets() {
			for _, e := range got.Journal.Of(ticket) {
				out = append(out, got.Journal.TicketID(ticket)+got.Journal.KeyText(e.Key())+" "+e.Happened.String()[5:16])
			}
		}
		slices.Sort(out)
		return strings.Join(out, " "), got
	}
	text, got := read(nil)
	if text != "A1 10-26T12:00 A2 10-25T08:00 B4 10-27T13:00 C5 10-27T12:00 D6 10-27T12:00" {
		t.Error(text)
	}
	if len(got.Held) != 1 || got.Held[0].Row != 3 || got.Held[0].Column != "opened" || got.Refused != 1 {
		t.Errorf("%s: %+v", got.Summary(), got.Held)
	}
	if text, _ = read(decide(t, got.Held, "first")); !strings.Contains(text, "B3 10-26T00:30 B4 10-27T13:00") {
		t.Error(text)
	}
	if _, got = read(decide(t, got.Held, "drop")); got.Refused != 2 {
		t.Error(got.Summary())
	}
}
