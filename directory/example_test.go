package directory_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"towerbridge/directory"
	"towerbridge/estate"
	"towerbridge/span"
)

func Example() {
	file := []byte("id,name,party\nada,Ada Finch,force\nbo,Bo Lark,force\n")
	sheet, findings := directory.ReadPeople("people.csv", file)
	if len(findings) > 0 {
		fmt.Println(findings)
		return
	}
	now := []directory.Person{
		{ID: "ada", Name: "Ada Lark", Party: "force", Source: "hr", Active: true},
		{ID: "cy", Name: "Cy Rook", Party: "force", Source: "hr", Active: true},
	}
	plan, _ := directory.ComparePeople(now, sheet, directory.Options{Source: "hr", On: span.DateOf(2019, time.March, 1)})
	fmt.Println(plan.Summary())
	for _, c := range plan.Changes {
		fmt.Println(c.ID, c.Fields)
	}
	for _, c := range plan.Leavers {
		fmt.Println(c.ID, "leaves on", c.Is.To)
	}
	// Output:
	// of the people 1 are added, 1 change, 1 leave and 0 stay as they are
	// ada [{name Ada Lark Ada Finch}]
	// cy leaves on 2019-03-01
}

// The files of the example force are right, and its estate has just their sites.
func TestConstabulary(t *testing.T) {
	on := span.DateOf(2019, time.March, 1)
	read := func(name string) []byte {
		data, err := os.ReadFile("../examples/constabulary/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	e, findings := estate.Read("estate.yaml", read("estate.yaml"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	people, findings := directory.ReadPeople("people.csv", read("people.csv"))
	findings = append(findings, directory.CheckPeople(people, e, on)...)
	plan, more := directory.ComparePeople(nil, people, directory.Options{Source: "hr", On: on})
	findings = append(findings, more...)
	known := map[string]bool{}
	present := 0
	for _, p := range plan.Adds {
		known[p.ID] = true
		if p.Present(on) {
			present++
		}
	}
	assets, more := directory.ReadAssets("assets.csv", read("assets.csv"))
	findings = append(findings, more...)
	findings = append(findings, directory.CheckAssets(assets, e, on, func(id string) bool { return known[id] })...)
	sites, more := directory.ReadSites("sites.csv", read("sites.csv"))
	findings = append(findings, more...)
	same, more := directory.CompareSites(e.Document().Sites, sites, directory.Options{On: on})
	if findings = append(findings, more...); len(findings) > 0 {
		t.Fatal(findings)
	}
	if !same.Empty() || same.Same != 6 {
		t.Errorf("the sites: %s", same.Summary())
	}
	if len(plan.Adds) != 18 || present != 17 || len(assets.Rows) != 5 {
		t.Errorf("%d people, of whom %d present, and %d assets", len(plan.Adds), present, len(assets.Rows))
	}
}
