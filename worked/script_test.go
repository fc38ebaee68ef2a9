package worked

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLinesThatAreWrong has one wrong line each, and what is said of it and where.
func TestLinesThatAreWrong(t *testing.T) {
	for _, c := range []struct{ line, code, column, says string }{
		{"expct clock INC-1 resolve 2h of 8h met", "TB1701", "1", `"expct" is not at, expect or #`},
		{" expect total 2026-05 GBP 1.00", "TB1701", "1", "begins with a blank"},
		{"expect colck INC-1", "TB1701", "8", `"colck" is not something to expect`},
		{"expect", "TB1702", "7", "what is expected is missing"},
		{"at", "TB1702", "3", "an instant such as 2026-05-05T16:00 is missing"},
		{"at noon", "TB1703", "4", "is not an instant"},
		{"at 2026-06-01 12:00", "TB1701", "15", `"12:00" is not expected here`},
		{"at 2026-03-29T01:30", "TB1703", "4", "does not exist in Europe/London"},
		{"at 2026-10-25T01:30", "TB1703", "4", "occurs twice in Europe/London, as 2026-10-25T01:30:00+01:00 and 2026-10-25T01:30:00Z"},
		{"expect clock INC-1 resolve 2h", "TB1702", "30", "the word of is missing"},
		{"expect clock INC-1 resolve 2h off 8h met", "TB1701", "31", `"off" stands where "of" is expected`},
		{"expect clock INC-1 resolve two of 8h met", "TB1702", "28", `"two" is not a length of time`},
		{"expect clock INC-1 resolve 2h of 8h late", "TB1701", "37", `"late" is not a verdict; there are not-started, no-target, running, met, missed, unknown`},
		{"expect clock INC-1 resolve 2h of 8h met life 0", "TB1702", "1", "counted from one"},
		{"expect clock INC-1 resolve 2h of 8h met contract other", "TB1708", "1", `there is no contract "other"`},
		{"expect pause INC-1 2026-05-01 2026-05-02 x", "TB1701", "31", `"2026-05-02" stands where "to" is expected`},
		{"expect leg INC-1 2026-05-01 to 2026-05-02 nobody", "TB1701", "43", `"nobody" is none of supplier`},
		{"expect legs INC-1", "TB1701", "13", `"tile" is expected`},
		{"expect measure M1 May 1 of 2 50.00%", "TB1702", "19", `"May" is not a period`},
		{"expect measure M1 2026-05 one of 2 50.00%", "TB1702", "27", "neither a whole number nor a length of time"},
		{"expect measure M1 2026-05 1 of 2 50.00% bnad short", "TB1701", "41", `"bnad" is not expected here`},
		{"expect points M1 2026-05 many", "TB1702", "26", `"many" is not the points, a whole number`},
		{"expect total 2026-05 GBP 1,000.00", "TB1702", "22", "GBP 1,000.00 is not a sum"},
		{"expect total 2026-05 PND 1.00", "TB1702", "22", "PND 1.00 is not a sum"},
		{"expect cap sc 2026-05 GBP 1.00 maybe", "TB1701", "32", `"reached" is expected`},
		{"expect open nights 2026-05-01 to 2026-05-02 8h", "TB1702", "13", `there is no calendar "nights"`},
		{`expect excluded M1 2026-05 INC-1 "power`, "TB1702", "34", "a text in quotes does not end"},
		{"expect fail desk.yaml TB1301", "TB1702", "13", "is not a place such as"},
		{"expect fail contracts/desk.yaml:3 TB9999", "TB1701", "35", `there is no finding "TB9999"`},
		{"expect refused 3 TB9999", "TB1701", "18", `there is no finding "TB9999"`},
		{"expect rows 1 entries 2", "TB1702", "24", "the word held is missing"},
	} {
		_, findings := Parse("x.worked", script("at 2026-06-01\n"+c.line+"\n", office, log))
		want := fmt.Sprintf("x.worked:2:%s: %s: ", c.column, c.code)
		if len(findings) != 1 || !strings.HasPrefix(findings[0].Error(), want) || !strings.Contains(findings[0].Error(), c.says) {
			t.Errorf("%s\n got %v\nwant %s...%s", c.line, findings, want, c.says)
		}
	}
}

// TestAllFindingsAtOnce shows that one wrong line does not hide another.
func TestAllFindingsAtOnce(t *testing.T) {
	_, findings := Parse("x.worked", script(`
expect total 2026-05 GBP 1.00
expect clokc INC-1
at someday
`, office, "-- events.txt --\nINC-1 opend 2026-05-01T10:00\n", "-- notes.txt --\n"))
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%d %s", f.Position.Line, f.Rule.Code()))
	}
	want := []string{"1 TB1705", "2 TB1701", "3 TB1703", "38 TB1701", "39 TB1706"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s%v", diff, findings)
	}
}

func TestExamplesThatCannotBe(t *testing.T) {
	two := strings.NewReplacer("desk.yaml", "other.yaml", "id: desk", "id: other").Replace(office[:strings.Index(office, "-- calendars")])
	for _, c := range []struct {
		name string
		data []byte
		code string
		says string
	}{
		{"nothing expected", script("# only a comment\n", office), "TB1709", "no line that begins with expect"},
		{"two files of a name", script("expect open office 2026-05-01 to 2026-05-02 8h30m\n", office, "-- calendars/office.yaml --\nid: x\n"), "TB1707", "two files calendars/office.yaml"},
		{"two logs", script("expect rows 0 entries 0 held 0 refused 0\n", office, log, "-- log.csv --\n"), "TB1707", "log.csv is a second log"},
		{"a file in a folder of folders", script("expect cut-off 2026-05 2026-06-01\n", office, "-- contracts/a/b.yaml --\n"), "TB1706", "contracts/a/b.yaml"},
		{"two contracts have the clock", script("at 2026-06-01\nexpect clock INC-1 resolve 2h of 8h met\n", office, two, log), "TB1708", "2 contracts have the clock"},
		{"no contract", script("at 2026-06-01\nexpect total 2026-05 GBP 1.00\n"), "TB1703", "needs an offset"},
		{"a contract that is not YAML", script("at 2026-06-01\nexpect total 2026-05 GBP 1.00\n", "-- contracts/desk.yaml --\nid: [\n"), "TB1003", ""},
		{"too many files", script("expect cut-off 2026-05 2026-06-01\n", office, strings.Repeat("-- x --\n", MaxFiles)), "TB1704", "more than the 64 allowed"},
		{"too long a line", script("# "+strings.Repeat("x", MaxLine)+"\n", office), "TB1704", "4098 bytes"},
		{"too many expectations", script(strings.Repeat("expect open office 2026-05-01 to 2026-05-02 8h30m\n", MaxExpectations+1), office), "TB1704", "more than 2000 expectations"},
		{"too many events", script("at 2026-06-01\nexpect total 2026-05 GBP 1.00\n", office, "-- events.txt --\n", strings.Repeat("X noted 2026-05-01T09:00\n", MaxEvents+1)), "TB1704", "more than 20000 events"},
		{"too large", make([]byte, MaxBytes+1), "TB1704", "more than the 1048576 allowed"},
	} {
		_, findings := Parse("x.worked", c.data)
		found := false
		for _, f := range findings {
			found = found || f.Rule.Code() == c.code && strings.Contains(f.Message, c.says)
		}
		if !found {
			t.Errorf("%s: got %v, want %s %s", c.name, findings, c.code, c.says)
		}
	}
}

// TestWhy shows which comment belongs to which line: the one above its group, up to
// an empty line or the next comment.
func TestWhy(t *testing.T) {
	s := parse(t, script(`
# About the whole example.

# First reason,
# in two lines.
at 2026-06-01
expect total 2026-05 GBP 1.00
expect credit sc 2026-05 GBP 1.00
# Second reason.
expect points M1 2026-05 1

expect points M1 2026-05 2
`, office, log))
	var got []string
	for _, x := range s.Expectations {
		got = append(got, fmt.Sprintf("%d %s", x.Line, x.Why))
	}
	want := []string{"6 First reason, in two lines.", "7 First reason, in two lines.", "9 Second reason.", "11 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

// TestOneWayOfWriting shows the canonical form of lines written in other ways.
func TestOneWayOfWriting(t *testing.T) {
	for _, c := range []struct{ written, canonical string }{
		{"expect clock   INC-1 resolve 120m of 8h met", "expect clock INC-1 resolve 2h00m of 8h00m met"},
		{"expect clock INC-1 resolve 2h of - no-target due never", "expect clock INC-1 resolve 2h00m of - no-target due never"},
		{"expect clock INC-1 resolve 2h of 8h met due 2026-05-05T15:00Z", "expect clock INC-1 resolve 2h00m of 8h00m met due 2026-05-05T16:00"},
		{"expect clock INC-1 resolve 2h of 8h met due 2026-10-25T01:30+01:00", "expect clock INC-1 resolve 2h00m of 8h00m met due 2026-10-25T01:30+01:00"},
		{"expect clock INC-1 resolve 2h of 8h met due 2026-10-25T01:30:05Z", "expect clock INC-1 resolve 2h00m of 8h00m met due 2026-10-25T01:30:05Z"},
		{`expect pause "INC 1" 2026-05-01 to 2026-05-02 r contract desk`, `expect pause "INC 1" 2026-05-01T00:00 to 2026-05-02T00:00 r contract desk`},
		{"expect measure M1 2026-05 not measured", "expect measure M1 2026-05 not measured"},
		{"expect measure M1 2026-Q2 1h of 2 50.00% rating Good points 1 band b missed", "expect measure M1 2026-Q2 1h00m of 2 50.00% band b points 1 missed rating Good"},
		{"expect cap sc 2026-05 GBP 5000 not reached", "expect cap sc 2026-05 GBP 5000.00 not reached"},
		{`expect excluded M1 2026-05 INC-1 "say \"no\"" clause 1.2`, `expect excluded M1 2026-05 INC-1 "say \"no\"" clause 1.2`},
		{"expect due office 2026-05-01T16:30 8h 2026-05-05T14:00", "expect due office 2026-05-01T16:30 8h00m 2026-05-05T14:00"},
	} {
		s := parse(t, script("at 2026-06-01\n"+c.written+"\n", office, log))
		if got := s.Expectations[0].String(); got != c.canonical {
			t.Errorf("%s\n got %s\nwant %s", c.written, got, c.canonical)
		}
	}
}
