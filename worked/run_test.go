package worked

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryFormCanFail writes one wrong expectation of every form, and the line that
// would hold. A form whose answers were not compared would be missing here.
func TestEveryFormCanFail(t *testing.T) {
	for _, c := range []struct{ wrong, right string }{
		{"clock INC-1 resolve 3h of 8h met", "clock INC-1 resolve 2h00m of 8h00m met"},
		{"clock INC-1 resolve 2h of 9h met", "clock INC-1 resolve 2h00m of 8h00m met"},
		{"clock INC-1 resolve 2h of - met", "clock INC-1 resolve 2h00m of 8h00m met"},
		{"clock INC-1 resolve 2h of 8h missed", "clock INC-1 resolve 2h00m of 8h00m met"},
		{"clock INC-1 resolve 2h of 8h met due never", "clock INC-1 resolve 2h00m of 8h00m met due 2026-05-05T16:00"},
		{"clock INC-1 resolve 2h of 8h met start never stop never", "clock INC-1 resolve 2h00m of 8h00m met start 2026-05-01T16:30 stop 2026-05-05T10:00"},
		{"pause INC-2 2026-05-06T12:00 to 2026-05-07T11:00 awaiting-customer open 1h", "pause INC-2 2026-05-06T12:00 to 2026-05-07T12:00 awaiting-customer open 8h30m"},
		{"pause INC-2 2026-05-06T12:00 to 2026-05-07T12:00 other", "pause INC-2 2026-05-06T12:00 to 2026-05-07T12:00 awaiting-customer"},
		{"pauses INC-2 2", "pauses INC-2 1"},
		{"leg INC-2 2026-05-05T16:30 to 2026-05-06T12:00 customer force", "leg INC-2 2026-05-05T16:30 to 2026-05-06T12:00 supplier desk-co"},
		{"leg INC-2 2026-05-06T12:00 to 2026-05-07T12:00 customer reason other", "leg INC-2 2026-05-06T12:00 to 2026-05-07T12:00 customer reason awaiting-customer"},
		{"time INC-2 customer force 23h", "time INC-2 customer force 24h00m"},
		{"end-to-end INC-2 65h", "end-to-end INC-2 65h30m"},
		{"measure M1 2026-05 2 of 2 100.00%", "measure M1 2026-05 1 of 2 50.00%"},
		{"measure M1 2026-05 not measured", "measure M1 2026-05 1 of 2 50.00%"},
		{"measure M1 2026-04 1 of 2 50.00%", "measure M1 2026-04 not measured"},
		{"measure M1 2026-05 1 of 2 50.00% band target points 0 achieved rating Good", "measure M1 2026-05 1 of 2 50.00% band short points 6 missed rating none"},
		{"points M1 2026-05 5 repeat", "points M1 2026-05 6"},
		{"points M1 2026-05 6 suppressed rule", "points M1 2026-05 6"},
		{`aside M1 2026-05 3 "scope"`, `aside M1 2026-05 0 "scope"`},
		{"credit sc 2026-05 GBP 1.00", "credit sc 2026-05 GBP 5000.00"},
		{"credit M1 2026-05 GBP 1.00", "credit M1 2026-05 GBP 6000.00"},
		{"credit sc/M1 2026-05 GBP 1.00", "credit sc/M1 2026-05 GBP 6000.00"},
		{"earn-back sc 2026-05 GBP 1.00", "earn-back sc 2026-05 GBP 0.00"},
		{"excess sc 2026-05 GBP 1.00", "excess sc 2026-05 GBP 1000.00"},
		{"cap sc 2026-05 GBP 5000.00 not reached", "cap sc 2026-05 GBP 5000.00 reached"},
		{"cap sc 2026-05 GBP 1.00 reached", "cap sc 2026-05 GBP 5000.00 reached"},
		{"total 2026-05 GBP 1.00", "total 2026-05 GBP 5000.00"},
		{"open office 2026-05-01 to 2026-05-02 8h", "open office 2026-05-01T00:00 to 2026-05-02T00:00 8h30m"},
		{"due office 2026-05-01T16:30 8h 2026-05-05T17:00", "due office 2026-05-01T16:30 8h00m 2026-05-05T16:00"},
		{"cut-off 2026-05 2026-06-02", "cut-off 2026-05 2026-06-01T00:00"},
		{"rows 1 entries 1 held 0 refused 0", "rows 6 entries 6 held 0 refused 0"},
	} {
		got := failures(t, script("at 2026-06-01\nexpect "+c.wrong+"\n", office, log))
		if len(got) != 1 || got[0].Got != "expect "+c.right {
			t.Errorf("%s\n got %v\nwant expect %s", c.wrong, got, c.right)
		}
		if more := failures(t, script("at 2026-06-01\nexpect "+c.right+"\n", office, log)); len(more) > 0 {
			t.Errorf("%s does not hold: %v", c.right, more)
		}
	}
}

// TestQuestionsWithoutAnswer are expectations about what is not there: they fail,
// and say why.
func TestQuestionsWithoutAnswer(t *testing.T) {
	for _, c := range []struct{ line, says string }{
		{"clock INC-9 resolve 2h of 8h met", "nothing is known of INC-9 at 2026-05-31T23:00:00Z"},
		{"clock INC-1 respond 2h of 8h met", `contract desk has no clock "respond"`},
		{"clock INC-1 resolve 2h of 8h met life 2", "INC-1 has no life 2 by clock resolve"},
		{"pause INC-1 2026-05-06T12:00 to 2026-05-07T12:00 awaiting-customer", "clock resolve of INC-1 has no pause"},
		{"legs tile INC-9", "nothing is known of INC-9"},
		{"measure M9 2026-05 1 of 2 50.00%", "the statement of 2026-05 has no measure M9 of 2026-05"},
		{`excluded M1 2026-05 INC-1 "x"`, "INC-1 is not excluded from M1 of 2026-05"},
		{"credit M9 2026-05 GBP 1.00", "the statement of 2026-05 has no credit line of M9"},
		{"excess other 2026-05 GBP 1.00", "the statement of 2026-05 has no scheme other"},
		{"cap other 2026-05 GBP 1.00 reached", "scheme other has no cap in 2026-05"},
		{"open office 2035-05-01 to 2035-05-02 8h", "calendar office does not know all of"},
		{"due office 2028-12-29T16:30 80h 2029-05-05T17:00", "calendar office does not know enough days"},
		{"held 1", "row 1 is an entry"},
	} {
		got := failures(t, script("at 2026-06-01\nexpect "+c.line+"\n", office, log))
		if len(got) != 1 || !strings.Contains(got[0].Got, c.says) {
			t.Errorf("%s\n got %v\nwant %s", c.line, got, c.says)
		}
	}
}

// TestUnexpectedFindings shows that wrong documents fail an example at their own
// line, and that nothing else is said of them.
func TestUnexpectedFindings(t *testing.T) {
	data := script("at 2026-06-01\nexpect total 2026-05 GBP 1.00\n", strings.Replace(office, "within: 8h", "within: 0s", 1), log)
	got := failures(t, data)
	if len(got) != 1 {
		t.Fatalf("got %v", got)
	}
	line := strings.Split(string(data), "\n")[got[0].Line-1]
	if !strings.Contains(line, "within: 0s") || !strings.Contains(got[0].Got, "TB1306") {
		t.Errorf("the finding is at %q: %s", line, got[0])
	}
}

// TestExpectedFindings shows that the findings must be exactly those expected.
func TestExpectedFindings(t *testing.T) {
	broken := strings.NewReplacer("within: 8h", "within: 0s", "GBP 100000.00", "GBP -1.00").Replace(office)
	for _, c := range []struct {
		lines string
		want  []string
	}{
		{"expect fail contracts/desk.yaml:13 TB1306 \"not more than nothing\"\nexpect fail contracts/desk.yaml:7 TB1306\n", nil},
		{"expect fail contracts/desk.yaml:13 TB1306 \"another\"\nexpect fail contracts/desk.yaml:7 TB1306\n", []string{"no such finding", "0s is not more than nothing"}},
		{"expect fail contracts/desk.yaml:13 TB1306\n", []string{"GBP -1.00 is negative"}},
		{"expect fail contracts/desk.yaml:13 TB1306\nexpect fail contracts/desk.yaml:13 TB1306\nexpect fail contracts/desk.yaml:7 TB1306\n", []string{"no such finding"}},
	} {
		got := failures(t, script(c.lines, broken))
		if len(got) != len(c.want) {
			t.Errorf("%s got %v", c.lines, got)
			continue
		}
		for i := range got {
			if !strings.Contains(got[i].Got, c.want[i]) {
				t.Errorf("%s\n got %v\nwant %s", c.lines, got[i], c.want[i])
			}
		}
	}
}

// broken is an engine that cannot load anything.
type broken struct{}

func (broken) Load(Material) (Answers, error) { return nil, errors.New("the line is down") }

func TestAnEngineThatCannotLoad(t *testing.T) {
	got := Run(parse(t, script("at 2026-06-01\nexpect total 2026-05 GBP 1.00\n", office, log)), broken{})
	if len(got) != 1 || got[0].Got != "the line is down" {
		t.Errorf("got %v", got)
	}
}

func TestFailureShowsPlaceAndReason(t *testing.T) {
	got := failures(t, script("# May is a month with a holiday.\nat 2026-06-01\nexpect total 2026-05 GBP 1.00\n", office, log))
	want := "x.worked:3: expect total 2026-05 GBP 1.00\n\tgot expect total 2026-05 GBP 5000.00\n\twhy: May is a month with a holiday."
	if len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v\nwant %s", got, want)
	}
}

// TestUpdate rewrites what does not hold and leaves everything else alone.
func TestUpdate(t *testing.T) {
	files := strings.TrimLeft(office+log, "\n")
	before := `# Comments and blanks   stay.
at 2026-06-01
expect clock INC-1 resolve   120m of 8h  met

expect clock INC-2 resolve 1h of 8h met
expect total 2026-05 GBP 1.00
expect clock INC-9 resolve 1h of 8h met
`
	after := `# Comments and blanks   stay.
at 2026-06-01
expect clock INC-1 resolve   120m of 8h  met

expect clock INC-2 resolve 10h30m of 8h00m missed
expect total 2026-05 GBP 5000.00
expect clock INC-9 resolve 1h of 8h met
`
	got, findings := Update("x.worked", []byte(before+files), PureEngine())
	if diff := cmp.Diff(after+files, string(got)); diff != "" || len(findings) > 0 {
		t.Errorf("(-want +got):\n%s%v", diff, findings)
	}
}

// TestUpdateFindings rewrites the expected findings of documents.
func TestUpdateFindings(t *testing.T) {
	files := strings.TrimLeft(strings.NewReplacer("within: 8h", "within: 0s", "GBP 100000.00", "GBP -1.00").Replace(office), "\n")
	before := "expect fail contracts/desk.yaml:1 TB1301\n# Why.\nexpect fail contracts/desk.yaml:13 TB1306\n"
	after := "# Why.\nexpect fail contracts/desk.yaml:13 TB1306\nexpect fail contracts/desk.yaml:7 TB1306\n"
	got, _ := Update("x.worked", []byte(before+files), PureEngine())
	if diff := cmp.Diff(after+files, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, findings := Update("x.worked", []byte("expect nonsense\n"), PureEngine()); len(findings) == 0 {
		t.Error("an example that cannot be read was rewritten")
	}
}
