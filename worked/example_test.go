package worked_test

import (
	"fmt"

	"towerbridge/worked"
)

// A worked example is a script and its files. What does not hold is a failure, with
// its line, what was expected, what came out, and the comment above it.
func Example() {
	data := []byte(`# A quarter of an hour over the target is late.
at 2026-06-01
expect clock INC-1 resolve 8h15m of 8h missed due 2026-05-06T10:00
expect clock INC-2 resolve 8h15m of 8h missed
-- contracts/desk.yaml --
id: desk
customer: force
supplier: desk-co
zone: Europe/London
currency: GBP
term: {start: 2026-01-01, end: 2027-01-01}
clocks:
  - {id: resolve, stop: resolved, calendar: office}
targets:
  - {clock: resolve, within: 8h}
-- calendars/office.yaml --
id: office
zone: Europe/London
versions:
  - week:
      tuesday: [09:00-17:00]
      wednesday: [09:00-17:00]
-- events.txt --
INC-1  opened 2026-05-05T10:00  resolved 2026-05-06T10:15
INC-2  opened 2026-05-05T10:00  resolved 2026-05-06T10:00
`)
	script, findings := worked.Parse("desk.worked", data)
	if len(findings) > 0 {
		fmt.Println(findings)
		return
	}
	for _, failure := range worked.Run(script, worked.PureEngine()) {
		fmt.Println(failure)
	}
	// Output:
	// desk.worked:4: expect clock INC-2 resolve 8h15m of 8h00m missed
	// 	got expect clock INC-2 resolve 8h00m of 8h00m met
	// 	why: A quarter of an hour over the target is late.
}
