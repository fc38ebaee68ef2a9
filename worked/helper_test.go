package worked

import (
	"strings"
	"testing"
)

// office is a small example's documents: eight hours in an office of Mondays to
// Fridays, with a pause, a measure and a credit.
const office = `
-- contracts/desk.yaml --
id: desk
customer: force
supplier: desk-co
zone: Europe/London
currency: GBP
term: {start: 2026-01-01, end: 2027-01-01}
charges: [{amount: GBP 100000.00}]
pauseCauses:
  - {reason: awaiting-customer, cause: customer}
clocks:
  - {id: resolve, stop: resolved, calendar: office, pauses: [awaiting-customer]}
targets:
  - {clock: resolve, within: 8h}
measures:
  - id: M1
    share: {clock: resolve}
    bands:
      - {name: target, atLeast: 95%, met: true}
      - {name: short, below: 95%, points: 6}
credits:
  - {id: sc, pointsRate: {rate: 1%}, caps: [{percentOfCharges: 5%}], rounding: half-up}
-- calendars/office.yaml --
id: office
zone: Europe/London
versions:
  - week:
      monday: [09:00-17:30]
      tuesday: [09:00-17:30]
      wednesday: [09:00-17:30]
      thursday: [09:00-17:30]
      friday: [09:00-17:30]
    holidays: {sets: [england-and-wales]}
`

// log is two tickets: one in time over a bank holiday, one paused and late.
const log = `-- events.txt --
INC-1  P2  opened 2026-05-01T16:30  resolved 2026-05-05T10:00
INC-2  P2  opened 2026-05-05T16:30
       paused awaiting-customer 2026-05-06T12:00  resumed 2026-05-07T12:00
       resolved 2026-05-08T10:00
`

// script puts a script above files.
func script(lines string, files ...string) []byte {
	return []byte(strings.TrimLeft(lines, "\n") + strings.TrimLeft(strings.Join(files, ""), "\n"))
}

// parse reads an example that must be readable.
func parse(t *testing.T, data []byte) *Script {
	t.Helper()
	s, findings := Parse("x.worked", data)
	if err := findings.Err(); err != nil {
		t.Fatalf("%v\nin:\n%s", err, data)
	}
	return s
}

// failures runs an example on the pure chain and returns what does not hold, each
// as line: got.
func failures(t *testing.T, data []byte) []Failure {
	t.Helper()
	return Run(parse(t, data), PureEngine())
}
