package eventlog

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"towerbridge/journal"
)

// benchMapping reads the log that bench/gen writes.
const benchMapping = `
id: bench
format: csv
columns: {ticket: ticket, happened: ts, event: event, priority: priority, party: supplier, team: team}
constants: {kind: incident}
states:
  columns: [status]
  map:
    - {when: [new], status: new}
    - {when: [assigned], status: assigned}
    - {when: [in_progress], status: in-progress}
    - {when: [pending_user], status: waiting, reason: awaiting-user}
    - {when: [resolved], status: resolved}
    - {when: [closed], status: closed}
events:
  map: {created: opened, assigned: assigned, status: changed, note: noted, resolved: resolved, closed: closed, reopened: reopened}
`

// BenchmarkReadFile reads the file that TOWERBRIDGE_BENCH_LOG names, as written by
// bench/gen.
func BenchmarkReadFile(b *testing.B) {
	name := os.Getenv("TOWERBRIDGE_BENCH_LOG")
	if name == "" {
		b.Skip("TOWERBRIDGE_BENCH_LOG names no file; write one with bench/gen")
	}
	m, findings := ReadMapping("bench.yaml", []byte(benchMapping))
	if len(findings) > 0 {
		b.Fatal(findings)
	}
	file, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	info, _ := file.Stat()
	for _, workers := range []int{1, 2} {
		b.Run(map[int]string{1: "one worker", 2: "two workers"}[workers], func(b *testing.B) {
			b.SetBytes(info.Size())
			for b.Loop() {
				got, err := Read([]Input{{Name: "events.csv", ReaderAt: file, Size: info.Size()}}, m, Options{Workers: workers})
				if err != nil {
					b.Fatal(err)
				}
				if got.Rows != got.Entries || got.Journal.Len() != int(got.Rows) {
					b.Fatal(got.Summary())
				}
			}
		})
	}
}

// benchForm reads a log of one form, over and over.
func benchForm(b *testing.B, m *Mapping, text string) {
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		got, err := Read([]Input{anywhere("log", text)}, m, Options{Workers: 2, stretch: 4 << 20})
		if err != nil || got.Refused > 0 || got.Entries == 0 {
			b.Fatal(err, got)
		}
	}
}

func BenchmarkXES(b *testing.B) {
	var text strings.Builder
	text.WriteString("<log>")
	for i := range 5000 {
		text.WriteString(trace(fmt.Sprintf("INC%07d", i), strings.Repeat(event(`<string key="org:group" value="team"/><string key="org:resource" value="somebody"/><string key="impact" value="High"/>`), 8)))
	}
	text.WriteString("</log>")
	benchForm(b, mustMap(b, xesMapping), text.String())
}

func BenchmarkNDJSON(b *testing.B) {
	var text strings.Builder
	for i := range 40_000 {
		line := fmt.Sprintf(`{"source":"tool","key":"%d","ticket":"INC%07d","happened":"2026-05-%02dT10:00:00Z","learnt":"2026-05-%02dT10:00:00Z",`+
			`"event":"changed","status":"waiting","kind":"incident","priority":"P%d","service":"mail","party":"north","team":"desk %d","reason":"awaiting-user"}`,
			i+1, i/8, i%28+1, i%28+1, i%4+1, i%50)
		text.WriteString(strings.TrimSuffix(line, "}") + `,"digest":"` + journal.DigestLine([]byte(line)) + "\"}\n")
	}
	benchForm(b, nil, text.String())
}

func BenchmarkQuotedCSV(b *testing.B) {
	benchForm(b, mustMap(b, simple), simpleHead+strings.Repeat("INC0000001,2026-05-01T10:00:00Z,\"P1\",\"team, of one\"\n", 50_000))
}
