package reconcile

import (
	"fmt"
	"strings"
	"testing"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/statement"
)

// terms returns the contract of the tests.
func terms(t testing.TB) *contract.Contract {
	t.Helper()
	b, findings := statement.ReadBook([]statement.Source{
		{Name: "estate.yaml", Data: []byte(estateText)}, {Name: "calendars/office.yaml", Data: []byte(officeText)}, {Name: "contracts/desk.yaml", Data: []byte(contractText)},
	}, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return b.Contracts["desk"]
}

// TestReadForms holds which files can be read, and how.
func TestReadForms(t *testing.T) {
	c := terms(t)
	for _, x := range []struct {
		name, text string
		mapping    Mapping
		measures   []string
		want       string
	}{
		{"a byte-order mark and CRLF", "\ufeffticket,verdict\r\nA,YES\r\n\r\n", Mapping{}, []string{"K1"}, "[{2 K1 A met -}] []"},
		{"other names, words, and a semicolon", "Nr;In SLA;Dauer\nA;ja;1:30\n", Mapping{Delimiter: ";", Columns: Columns{Ticket: "Nr", Verdict: "In SLA", Minutes: "Dauer"}, Unit: AsClock, Verdicts: Verdicts{Met: []string{"Ja"}}}, []string{"K1"}, "[{2 K1 A met 5400}] []"},
		{"seconds", "ticket,minutes\nA,59\n", Mapping{Unit: InSeconds}, []string{"K1"}, "[{2 K1 A  59}] []"},
		{"hours with decimals", "ticket,minutes\nA,1.25\n", Mapping{Unit: InHours}, []string{"K1"}, "[{2 K1 A  4500}] []"},
		{"hours, minutes and seconds", "ticket,minutes\nA,100:00:01\n", Mapping{Unit: AsSeconds}, []string{"K1"}, "[{2 K1 A  360001}] []"},
		{"totals", "measure,met,counted\nK1,1,2\n", Mapping{}, nil, "[] [{2 K1 1 2}]"},
		{"rows of other measures are told", "measure,met,counted\nK1,1,2\nK2,1,2\n", Mapping{}, []string{"K2"}, "[] [{3 K2 1 2}]"},
		{"quoted line ends", "ticket,verdict,note\n\"A\",met,\"two\nlines\"\nB,no,\n", Mapping{}, []string{"K1"}, "[{2 K1 A met -} {4 K1 B missed -}] []"},
	} {
		t.Run(x.name, func(t *testing.T) {
			f, findings := Read("f.csv", []byte(x.text), x.mapping, c, x.measures)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			var claims []string
			for _, k := range f.Tickets {
				l := "-"
				if k.Length != nil {
					l = fmt.Sprint(k.Length.Seconds())
				}
				claims = append(claims, fmt.Sprintf("{%d %s %s %s %s}", k.Row, k.Measure, k.Ticket, k.Verdict, l))
			}
			if got := fmt.Sprintf("%v %v", claims, f.Totals); got != x.want {
				t.Errorf("read %s, want %s", got, x.want)
			}
		})
	}
}

// TestReadFindings holds that everything wrong is told at once, with its line.
func TestReadFindings(t *testing.T) {
	c := terms(t)
	for _, x := range []struct {
		name, text string
		mapping    Mapping
		measures   []string
		want       []string
	}{
		{"nothing", "", Mapping{}, []string{"K1"}, []string{"f.csv:1:1: TB1932"}},
		{"no rows", "measure,ticket,verdict\n", Mapping{}, nil, []string{"nothing says which measure"}},
		{"no measure", "ticket,verdict\nA,met\n", Mapping{}, nil, []string{"TB1935: measure: the file has no column of measures; ask for one of K1, K2"}},
		{"unknown measure asked for", "ticket,verdict\n", Mapping{}, []string{"K9"}, []string{`has no measure "K9"`}},
		{"no form", "a,b\n1,2\n", Mapping{}, []string{"K1"}, []string{"TB1931: the columns are a, b"}},
		{"both forms", "ticket,verdict,met,counted\n", Mapping{}, []string{"K1"}, []string{"TB1931"}},
		{"tickets without figures", "ticket\nA\n", Mapping{}, []string{"K1"}, []string{"neither a column of verdicts nor one of minutes"}},
		{"mapped column missing", "ticket,verdict\n", Mapping{Columns: Columns{Minutes: "Duration"}}, []string{"K1"}, []string{`TB1930: minutes: there is no column "Duration"`}},
		{"column twice", "ticket,ticket,verdict\n", Mapping{}, []string{"K1"}, []string{`two columns are called "ticket"`}},
		{"rows", "measure,ticket,verdict,minutes\nK1,A,perhaps,90\nK1,,met,90\nK1,B,,\nK1,C,met,-4\nK9,D,met,1\nK5,E,met,1\nK1,F,met,1.2.3\nK1\n", Mapping{}, nil, []string{
			`f.csv:2:6: TB1933: verdict: "perhaps" is none of the words`, `f.csv:3:4: TB1932: ticket`, `f.csv:4:4: TB1932: the row of "B" has neither`,
			`f.csv:5:10: TB1934: minutes: "-4"`, `f.csv:6:1: TB1935: measure: contract desk has no measure "K9"`, "f.csv:7:1: TB1935: measure: measure K5 (external) is not counted ticket by ticket",
			`f.csv:8:10: TB1934`, `f.csv:9:1: TB1932`,
		}},
		{"totals", "measure,met,counted\nK1,x,2\nK1,1,2\nK2,1.5,99999999999999999999\n", Mapping{}, nil, []string{`f.csv:2:4: TB1936: met: "x"`, "f.csv:3:1: TB1932: measure: measure K1 has its totals in line 2", `f.csv:4:4: TB1936`, `f.csv:4:8: TB1936`}},
		{"a stray quote", "ticket,verdict\nA,\"met\nB,met\n", Mapping{}, []string{"K1"}, []string{"TB1932"}},
		{"clock", "ticket,minutes\nA,1:60\nB,90\n", Mapping{Unit: AsClock}, []string{"K1"}, []string{"f.csv:2:3: TB1934", "f.csv:3:3: TB1934"}},
		{"too long a name", "ticket,verdict\n" + strings.Repeat("x", MaxText+1) + ",met\n", Mapping{}, []string{"K1"}, []string{"f.csv:2:1: TB1932: ticket"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, findings := Read("f.csv", []byte(x.text), x.mapping, c, x.measures)
			text := findings.Error()
			for _, want := range x.want {
				if !strings.Contains(text, want) {
					t.Errorf("no finding says %q:\n%s", want, text)
				}
			}
			for _, f := range findings {
				if f.Fix() == "" {
					t.Errorf("%s has no remedy", f)
				}
			}
		})
	}
	many := "ticket,verdict\n" + strings.Repeat(",\n", MaxFindings+20)
	_, findings := Read("f.csv", []byte(many), Mapping{}, c, []string{"K1"})
	if last := findings[len(findings)-1]; len(findings) != MaxFindings+1 || !strings.Contains(last.Message, "more findings follow") {
		t.Errorf("%d findings, the last %s", len(findings), last)
	}
	if _, findings := Read("f.csv", make([]byte, MaxBytes+1), Mapping{}, c, []string{"K1"}); len(findings) != 1 || findings[0].Rule.Number != 1937 {
		t.Errorf("too long a file: %v", findings)
	}
}

func TestReadMapping(t *testing.T) {
	m, findings := ReadMapping("m.yaml", []byte("delimiter: ';'\nunit: hh:mm\ncolumns: {ticket: Number, verdict: SLA}\nverdicts: {met: [ok], missed: [nok]}\n"))
	if len(findings) > 0 || m.Columns.Ticket != "Number" || m.Unit != AsClock || m.words()["nok"] != Missed || m.words()["met"] != "" {
		t.Errorf("%+v %v", m, findings)
	}
	for text, want := range map[string]string{
		"unit: days\n":                               "days",
		"columns: {Ticket: x}\n":                     "Ticket",
		"verdicts: {met: [Yes], missed: [' yes']}\n": "TB1938",
		"delimiter: ab\n":                            "cannot part columns",
	} {
		if _, findings := ReadMapping("m.yaml", []byte(text)); !strings.Contains(findings.Error(), want) {
			t.Errorf("%q: %v", text, findings)
		}
	}
	if err := m.Column("minutes", "Dauer"); err != nil || m.Columns.Minutes != "Dauer" {
		t.Error(err)
	}
	if err := m.Column("hours", "x"); err == nil {
		t.Error("any role is a column's")
	}
}

// TestLength holds which seconds become a length by rounding.
func TestLength(t *testing.T) {
	for _, c := range []struct {
		text    string
		unit    Unit
		near    []int64
		far     []int64
		within  int64
		seconds int64
	}{
		{"240", InMinutes, []int64{14400, 14341, 14459}, []int64{14340, 14460}, 14400, 14400},
		{"240.3", "", []int64{14418, 14413, 14423}, []int64{14412, 14424}, 14418, 14418},
		{"0", InSeconds, []int64{0}, []int64{1}, 0, 0},
		{"1.5", InHours, []int64{5400, 5041, 5759}, []int64{5040, 5760}, 5400, 5400},
		{"0.01", InMinutes, []int64{1}, []int64{0, 2}, 1, 1},
		{"01:30", AsClock, []int64{5400, 5459}, []int64{5460}, 5400, 5400},
		{"1:30:05", AsSeconds, []int64{5405}, []int64{5404, 5406}, 5405, 5405},
	} {
		l, err := parseLength(c.text, c.unit)
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		for _, n := range c.near {
			if !l.Near(n) {
				t.Errorf("%s %s is not near %d", c.text, c.unit, n)
			}
		}
		for _, n := range c.far {
			if l.Near(n) {
				t.Errorf("%s %s is near %d", c.text, c.unit, n)
			}
		}
		if l.Seconds() != c.seconds || !l.Within(c.within) || c.within > 0 && l.Within(c.within-1) && c.text != "0.01" {
			t.Errorf("%s %s: %d seconds", c.text, c.unit, l.Seconds())
		}
	}
	for _, bad := range []string{"", ".", "1.", ".5", "1,5", "-1", "+1", "1e3", "1.1234567", "99999999999999999999", "１"} {
		if _, err := parseLength(bad, InMinutes); err == nil {
			t.Errorf("%q is a length", bad)
		}
	}
	for _, bad := range []string{"1", "1:2", "1:60", "1:00:00", ":30", "999999999:00"} {
		if _, err := parseLength(bad, AsClock); err == nil {
			t.Errorf("%q is a clock", bad)
		}
	}
}

// FuzzRead holds that no text makes the reader panic, that findings have places and
// remedies, and that what is read without findings is what it claims to be.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{ours, "measure,met,counted\nK1,1,2\n", "ticket,minutes\nA,1.5\n", "\ufeffticket;verdict\r\nA;\"met\"\r\n", "ticket,verdict\n\"A\n"} {
		f.Add(seed, "minutes", "")
		f.Add(seed, "hh:mm:ss", ";")
	}
	c := terms(f)
	f.Fuzz(func(t *testing.T, text, unit, delimiter string) {
		m := Mapping{Unit: InMinutes}
		if u := Unit(""); u.UnmarshalText([]byte(unit)) == nil {
			m.Unit = Unit(unit)
		}
		if len(delimiter) == 1 && strings.Contains(";\t|", delimiter) {
			m.Delimiter = delimiter
		}
		figures, findings := Read("f.csv", []byte(text), m, c, []string{"K1"})
		for _, x := range findings {
			if x.Fix() == "" || x.Position.File != "f.csv" {
				t.Errorf("finding %s", x)
			}
		}
		if len(findings) > 0 {
			return
		}
		for _, k := range figures.Tickets {
			if k.Ticket == "" || k.Measure != "K1" || k.Row < 2 || k.Verdict == "" && k.Length == nil {
				t.Errorf("claim %+v", k)
			}
			if k.Length != nil && (k.Length.Seconds() < 0 || !k.Length.Near(k.Length.Seconds()) && k.Length.scale < 1000) {
				t.Errorf("length %+v", *k.Length)
			}
		}
		for _, x := range figures.Totals {
			if x.Met < 0 || x.Counted < 0 {
				t.Errorf("totals %+v", x)
			}
		}
	})
}
