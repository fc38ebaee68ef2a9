package document_test

import (
	"fmt"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
)

// Week is a document of this example.
type Week struct {
	Name  string        `doc:"name,required" about:"Plain name of the week."`
	Days  []Day         `doc:"days,required,min=1" about:"Working days, in any order."`
	Lunch *span.Seconds `doc:"lunch,choice=break" about:"Length of the one break."`
	Tea   *span.Seconds `doc:"tea,choice=break" about:"Length of each of the two breaks."`
}

// Day is one working day of a week.
type Day struct {
	Day   string       `doc:"day,required"`
	Hours span.Seconds `doc:"hours,required"`
}

// lunchTooLong stands for a rule of the package that knows what a week means.
var lunchTooLong = fault.Rule{Number: 9001, Title: "A lunch is too long", Remedy: "Shorten it."}

func Example() {
	week, where, findings := document.Read[Week]("week.yaml", []byte(`
name: usual
days:
  - day: monday
    hours: 7h30m
lunch: 5h
`))
	fmt.Println(week.Name, week.Days[0].Hours, findings.Err())
	if *week.Lunch > 3*3600 {
		fmt.Println(where.Finding(lunchTooLong, "lunch", "%s is more than 3h", week.Lunch).Error())
	}

	_, _, findings = document.Read[Week]("week.yaml", []byte(`
name: usual
days:
  - dya: monday
    hours: 7.5
lunch: 30m
tea: 15m
`))
	fmt.Println(findings)
	// Output:
	// usual 7h30m <nil>
	// week.yaml:6:8: TB9001: lunch: 5h00m is more than 3h. Shorten it.
	// week.yaml:4:5: TB1010: days[0].dya: the key "dya" is not known here; did you mean day?. Write day, or remove the key.
	// week.yaml:4:5: TB1011: days[0].day: the required key day is missing. Add the key with a value.
	// week.yaml:5:12: TB1013: days[0].hours: "7.5" is not a length of time such as 8h, 30m or 1h30m. Write the value in the form that the message shows.
	// week.yaml:7:6: TB1015: tea: lunch and tea exclude each other: give one of lunch or tea. Give one of the keys named and remove the others.
}
