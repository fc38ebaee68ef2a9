package eventlog

import (
	"os"
	"testing"
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
