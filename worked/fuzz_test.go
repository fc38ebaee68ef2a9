package worked

import (
	"strings"
	"testing"
)

// FuzzParse reads arbitrary scripts over real documents. A script that is read has
// one way of writing each expectation, which is read back as the same one.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"at 2026-06-01\nexpect clock INC-1 resolve 2h of 8h met due 2026-05-05T16:00 start never life 2 because \"x\"",
		"at 2026-06-01\nexpect pause INC-1 2026-05-01 to 2026-05-02 a+b open 1h clock resolve contract desk",
		"at 2026-06-01\nexpect leg INC-1 2026-05-01 to 2026-05-02 supplier \"reason\" reason r\nexpect time INC-1 customer 2h",
		"at 2026-06-01\nexpect measure M1 2026-Q2 1h of 2 \"3 s\" band b rating Good points 2 missed",
		"at 2026-06-01\nexpect excluded M1 2026-05 \"contract\" \"a \\\" b\" rule r clause c",
		"at 2026-06-01\nexpect cap sc 2026-05 GBP 1 not reached\nexpect total 2026-05 GBP -1.5",
		"expect fail contracts/desk.yaml:3 TB1301 \"part\"\nexpect held 3\nexpect refused 4 TB1301\nexpect rows 1 entries 1 held 0 refused 0",
		"expect open office 2026-10-25T01:30Z to 2026-10-26 1h\nexpect due office 2026-05-01 8h 2026-05-02\nexpect cut-off 2026-05 2026-06-01",
	} {
		f.Add(seed, "INC-1 P1 kind k field a=b opened 2026-05-01T10:00 learnt 2026-05-02 key k paused r 2026-05-02T10:00")
	}
	f.Fuzz(func(t *testing.T, lines, events string) {
		if strings.Contains(lines, "-- ") || strings.Contains(events, "-- ") {
			return // another file begins
		}
		data := script(lines+"\n", office, "-- events.txt --\n", events, "\n")
		s, findings := Parse("x.worked", data)
		if len(findings) > 0 {
			return
		}
		rows := strings.Split(string(data), "\n")
		for _, x := range s.Expectations {
			rows[x.Line-1] = x.String()
		}
		for _, x := range s.Fails {
			rows[x.Line-1] = x.String()
		}
		again, findings := Parse("x.worked", []byte(strings.Join(rows, "\n")))
		if len(findings) > 0 {
			t.Fatalf("the canonical lines cannot be read: %v", findings)
		}
		for i, x := range s.Expectations {
			if got := again.Expectations[i].String(); got != x.String() {
				t.Fatalf("%s\nis read back as\n%s", x, got)
			}
		}
	})
}

// FuzzFiles reads arbitrary archives: nothing may panic, whatever the documents are.
func FuzzFiles(f *testing.F) {
	f.Add([]byte("expect total 2026-05 GBP 1.00\n" + office + log))
	f.Add([]byte("expect open x 2026-05-01 to 2026-05-02 8h\n-- calendar.yaml --\nid: x\nzone: UTC\n-- contract.yaml --\nid: [\n-- log.csv --\na,b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, findings := Parse("x.worked", data)
		if len(findings) > 0 || len(data) > 20_000 {
			return
		}
		Run(s, PureEngine())
	})
}
