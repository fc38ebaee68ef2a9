package estate_test

import (
	"fmt"
	"os"
	"time"

	"towerbridge/estate"
	"towerbridge/span"
)

// On 2026-04-01 six towers become two. The document says so in one change; the
// estate is asked about the day before and the day itself.
func Example() {
	data, err := os.ReadFile("testdata/after.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	e, findings := estate.Read("after.yaml", data)
	if err := findings.Err(); err != nil {
		fmt.Println(err)
		return
	}
	merge := span.DateOf(2026, time.April, 1)
	for _, day := range []span.Date{merge - 1, merge} {
		fmt.Println(day)
		for _, s := range e.On(day).Supplies {
			fmt.Printf("  %-6s runs %s\n", s.Supplier, s.Tower)
		}
	}
	party, team, line, _ := e.Group("G97", merge)
	fmt.Println("G97 is", party, team, "line", line)
	// Output:
	// 2026-03-31
	//   elm    runs applications
	//   cedar  runs end-user
	//   birch  runs hosting
	//   alder  runs network
	//   cedar  runs service-desk
	//   alder  runs telephony
	// 2026-04-01
	//   birch  runs infrastructure
	//   cedar  runs workplace
	// G97 is alder network-operations line 2
}
