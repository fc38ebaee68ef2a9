package calendar_test

import (
	"fmt"

	"towerbridge/calendar"
	"towerbridge/span"
)

// A priority 2 incident of Friday afternoon before the May bank holiday: eight
// open hours end on Tuesday.
func ExampleCalendar_Due() {
	doc, findings := calendar.Read("desk.yaml", []byte(`
id: desk
zone: Europe/London
versions:
  - week:
      monday: [ "09:00-17:30" ]
      tuesday: [ "09:00-17:30" ]
      wednesday: [ "09:00-17:30" ]
      thursday: [ "09:00-17:30" ]
      friday: [ "09:00-17:30" ]
    holidays: { sets: [ england-and-wales ] }
`))
	desk, more := calendar.Compile(doc, calendar.Shipped())
	if err := append(findings, more...).Err(); err != nil {
		fmt.Println(err)
		return
	}
	opened, _ := span.ParseInstant("2026-05-01T16:30:00+01:00")
	due, known := desk.Due(opened, 8*3600)
	fmt.Println(due.In(desk.Zone()), known)
	fmt.Println(span.Seconds(desk.OpenSeconds(opened, due)))
	// Output:
	// 2026-05-05T16:00:00+01:00 true
	// 8h00m
}
