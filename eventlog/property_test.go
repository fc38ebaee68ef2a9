package eventlog

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/journal"
)

// logText draws a CSV log of a few tickets: good rows and bad ones, quotes and line
// ends within them, stamps in the hours that came twice.
func logText(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("id,at,prio,team\n")
	stamp := rapid.SampledFrom([]string{
		"2025-10-26T01:30:00Z", "2025-10-26 01:30", "2025-10-26 03:00", "2025-10-25T10:00:00+02:00", "2025-10-26T01:30:01Z", "never",
	})
	ticket := rapid.SampledFrom([]string{"A", "B", "C", "ticket-with-a-long-name", "\"D,1\"", ""})
	team := rapid.SampledFrom([]string{"x", "y", "", "\"a\nb\"", "\"say \"\"no\"\"\"", "caf\u00e9", "\xe9", "\"p\r\n,q\"", "z\x00", "\"\n\n\""})
	prio := rapid.SampledFrom([]string{"P1", "P2", "P3", "\"P1\""})
	for range rapid.IntRange(0, 60).Draw(t, "rows") {
		line := ticket.Draw(t, "ticket") + "," + stamp.Draw(t, "stamp") + "," + prio.Draw(t, "prio") + "," + team.Draw(t, "team")
		b.WriteString(line + rapid.SampledFrom([]string{"\n", "\n", "\r\n", ",\n", "\n\n"}).Draw(t, "end"))
	}
	return b.String()
}

const propertyMapping = `
id: p
format: csv
zone: Europe/London
columns: {ticket: id, happened: at, priority: prio, team: team}
`

// However a log is cut into stretches and however many workers read it, the
// journal is the same to the last number, and so is what became of each row.
func TestAnyCutGivesTheSameJournal(t *testing.T) {
	m := mustMap(t, propertyMapping)
	rapid.Check(t, func(t *rapid.T) {
		text := logText(t)
		read := func(in Input, opt Options, size int64) *Result {
			opt.Location = location
			opt.stretch = size
			got, err := Read([]Input{in}, m, opt)
			if err != nil {
				t.Fatalf("%v\n%q", err, text)
			}
			if got.Rows != got.Entries+int64(len(got.Held))+got.Refused {
				t.Fatalf("rows are lost: %s\n%q", got.Summary(), text)
			}
			return got
		}
		whole := read(plain("log.csv", text), Options{}, 0)
		for _, size := range []int64{1, rapid.Int64Range(2, 300).Draw(t, "stretch")} {
			cut := read(anywhere("log.csv", text), Options{Workers: 3}, size)
			if !reflect.DeepEqual(whole, cut) {
				t.Fatalf("cut at %d:\n%s\n%+v\n%s\n%+v\n%s\n%q", size, whole.Summary(), whole.Details, cut.Summary(), cut.Details, lines(cut.Journal), text)
			}
		}
	})
}

// The open form is read again as it was written, whatever the log.
func TestOpenFormIsReadAgain(t *testing.T) {
	m := mustMap(t, propertyMapping)
	rapid.Check(t, func(t *rapid.T) {
		got, err := Read([]Input{plain("log.csv", logText(t))}, m, Options{Location: location})
		if err != nil {
			t.Fatal(err)
		}
		open := lines(got.Journal)
		again, err := Read([]Input{plain("entries.ndjson", open)}, nil, Options{})
		if err != nil || again.Refused > 0 {
			t.Fatal(err, again)
		}
		if back := lines(again.Journal); back != open {
			t.Fatalf("read again\n%s\nwant\n%s", back, open)
		}
	})
}

// A file that is larger than one lump, with a quoted line end at every place near
// the lump's end.
func TestRecordsAcrossLumps(t *testing.T) {
	m := mustMap(t, propertyMapping)
	const row = "A,2025-10-26T03:00:00Z,P1,x\n"
	for before := chunk - 60; before < chunk+4; before++ {
		filler := before - len("id,at,prio,team\n")
		text := "id,at,prio,team\n" + strings.Repeat(row, filler/len(row)-1)
		rest := before - len(text) - len("A,2025-10-26T03:00:00Z,P1,\n")
		text += "A,2025-10-26T03:00:00Z,P1," + strings.Repeat("f", rest) + "\n"
		text += "B,2025-10-26T03:00:00Z,P1,\"a\n\"\"b\"\"\r\nc\"\nC,2025-10-26T03:00:00Z,P1,z"
		for _, in := range []Input{plain("log.csv", text), anywhere("log.csv", text), plain("log.csv", zip(t, text))} {
			got := mustRead(t, m, Options{Workers: 1}, in)
			j := got.Journal
			at, ok := j.Find("B")
			if !ok || got.Refused != 0 || j.Tickets() != 3 || j.Name(j.Fact(j.Of(at)[0]).Team) != "a\n\"b\"\r\nc" {
				t.Fatalf("with %d bytes before: %s", before, got.Summary())
			}
		}
	}
}

// Many tickets and rows, enough to fill tables several times over.
func TestManyTickets(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,at,prio,team\n")
	const n = 40_000
	for i := range n {
		fmt.Fprintf(&b, "INC%07d,2026-01-%02dT10:%02d:%02dZ,P%d,team %d\n", i*7919%n/4, i%28+1, i/60%60, i%60, i%4+1, i%500)
	}
	m := mustMap(t, propertyMapping)
	whole := mustRead(t, m, Options{}, plain("log.csv", b.String()))
	cut := mustRead(t, m, Options{Workers: 2, stretch: 100_000}, anywhere("log.csv", b.String()))
	if !reflect.DeepEqual(whole, cut) || whole.Journal.Tickets() != n/4 || whole.Entries != n {
		t.Errorf("%s in %d tickets; cut: %s", whole.Summary(), whole.Journal.Tickets(), cut.Summary())
	}
	for ticket := range whole.Journal.Tickets() {
		of := whole.Journal.Of(ticket)
		for i := range of[1:] {
			if of[i].Happened > of[i+1].Happened || of[i].Happened == of[i+1].Happened && of[i].Row > of[i+1].Row {
				t.Fatalf("ticket %s is not in order", whole.Journal.TicketID(ticket))
			}
		}
	}
}

// However the journal's own form is cut, also where keys stand twice, wrong
// lines among right ones.
func TestAnyCutOfTheOpenForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for i := range rapid.IntRange(0, 40).Draw(t, "lines") {
			key := fmt.Sprint(i)
			if rapid.IntRange(0, 50).Draw(t, "again") == 0 {
				key = "1"
			}
			fmt.Fprintf(&b, `{"source":"tool %d","key":"%s%s","ticket":"T%d","happened":"2026-05-01T10:00:0%dZ","team":"x%d"}`,
				rapid.IntRange(0, 2).Draw(t, "source"), rapid.SampledFrom([]string{"", "", "k"}).Draw(t, "kind"), key,
				rapid.IntRange(0, 3).Draw(t, "ticket"), rapid.IntRange(0, 3).Draw(t, "second"), rapid.IntRange(0, 3).Draw(t, "team"))
			b.WriteString(rapid.SampledFrom([]string{"\n", "\n", "\n", "\r\n", "x\n", "\n\n", "\n\ufeff\n"}).Draw(t, "end"))
		}
		read := func(in Input, opt Options) *Result {
			got, err := Read([]Input{in}, nil, opt)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		whole := read(plain("entries.ndjson", b.String()), Options{})
		cut := read(anywhere("entries.ndjson", b.String()), Options{Workers: 2, stretch: rapid.Int64Range(1, 500).Draw(t, "stretch")})
		if !reflect.DeepEqual(whole, cut) {
			t.Fatalf("%s\n%s\ncut: %s\n%s", whole.Summary(), lines(whole.Journal), cut.Summary(), lines(cut.Journal))
		}
	})
}

// A finding in a later stretch names the line of the file.
func TestLinesOfLaterStretches(t *testing.T) {
	rows := strings.Repeat("A,2026-05-01T10:00:00Z,P1,x\n", 100)
	text := simpleHead + rows + "A,2026-05-01T10:00:00Z,P1," + strings.Repeat("x", MaxField+3) + "\n" + rows
	findings := mustFail(t, mustMap(t, simple), Options{Workers: 2, stretch: 500}, anywhere("log.csv", text))
	if len(findings) != 1 || findings[0].Position.Line != 102 {
		t.Errorf("findings %v", findings)
	}
	good := strings.TrimSuffix(seventh, "}") + `,"digest":"` + journal.DigestLine([]byte(seventh)) + `"}` + "\n"
	bad := strings.Replace(good, `"ticket":"A"`, `"ticket":"B"`, 1)
	findings = mustFail(t, nil, Options{Workers: 2, stretch: 400}, anywhere("entries.ndjson", strings.Repeat(good, 20)+bad+strings.Repeat(good, 20)+bad))
	if len(findings) != 2 || findings[0].Position.Line != 21 || findings[1].Position.Line != 42 {
		t.Errorf("findings %v", findings)
	}
}
