package eventlog

import (
	"strings"
	"testing"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// rich is a mapping in which every kind of translation occurs.
const rich = `
id: rich
format: csv
missing: ["-"]
columns:
  ticket: id
  happened: at
  event: action
  kind: kind
  priority: prio
  service: service
  site: site
  group: grp
  team: team
  reason: why
  related: other
  series: series
  numerator: top
  denominator: below
fields: {category: cat}
values:
  kind: {map: {Störung: incident}}
  priority: {map: {Hoch: P1, Keine: ""}, otherwise: refuse}
  service: {map: {Mail: email}, otherwise: refuse}
  group: {map: {Alias: Desk}}
states:
  columns: [state, sub]
  map:
    - {when: [Open, Waiting], status: waiting, reason: awaiting-user, event: paused}
    - {when: [Open, "*"], status: in-progress}
    - {when: [Done], status: resolved, event: resolved}
events:
  map: {made: opened, told: noted}
groups: {otherwise: keep, lines: [{ending: " 2nd", line: 2}, {ending: k, line: 1}]}
`

func TestValues(t *testing.T) {
	const columns = "id,at,action,kind,prio,service,site,grp,team,why,other,series,top,below,cat,state,sub"
	opt := Options{
		Group:        func(name string, _ span.Date) (string, string, int, bool) { return "north", "desk", 1, name == "Desk" },
		ServiceNamed: func(name string) (string, bool) { return "printing", name == "Drucker" },
	}
	for name, c := range map[string]struct {
		row, want string // the row from its action on; of the line what follows learnt
		rule      fault.Rule
	}{
		"nothing":             {row: ",,,,,,,,,,,,,,", want: `"event":"changed"`},
		"missing":             {row: "-,-,-,-,-,-,-,-,-,-,-,-,-,-,-", want: `"event":"changed"`},
		"event by map":        {row: "made,,,,,,,,,,,,,Open,x", want: `"event":"opened","status":"in-progress"`},
		"event by state":      {row: ",,,,,,,,,,,,,Done,", want: `"event":"resolved","status":"resolved"`},
		"event above state's": {row: "told,,,,,,,,,,,,,Done,", want: `"event":"noted","status":"resolved"`},
		"reason by state":     {row: ",,,,,,,,,,,,,Open,Waiting", want: `"event":"paused","status":"waiting","reason":"awaiting-user"`},
		"reason by column":    {row: ",,,,,,,parts,,,,,,Open,Waiting", want: `"event":"paused","status":"waiting","reason":"parts"`},
		"values":              {row: ",Störung,Hoch,Mail,,,,,,,,,,,", want: `"event":"changed","kind":"incident","priority":"P1","service":"email"`},
		"kept value":          {row: ",Wunsch,Keine,Drucker,,,,,,,,,,,", want: `"event":"changed","kind":"Wunsch","service":"printing"`},
		"group":               {row: ",,,,,Desk,,,,,,,,,", want: `"event":"changed","party":"north","team":"desk","line":1`},
		"group by alias":      {row: ",,,,,Alias,,,,,,,,,", want: `"event":"changed","party":"north","team":"desk","line":1`},
		"group and team":      {row: ",,,,,Desk,night,,,,,,,,", want: `"event":"changed","party":"north","team":"night","line":1`},
		"kept group":          {row: ",,,,,Other,,,,,,,,,", want: `"event":"changed","team":"Other"`},
		"line by ending":      {row: ",,,,,Other 2nd,,,,,,,,,", want: `"event":"changed","team":"Other 2nd","line":2`},
		"link and field":      {row: ",,,,,,,,B,,,,disk,,", want: `"event":"changed","related":"B","fields":{"category":"disk"}`},
		"whole measure":       {row: ",,,,,,,,,score,4,5,,,", want: `"event":"changed","series":"score","numerator":4,"denominator":5`},
		"measure alone":       {row: ",,,,,,,,,score,-4,,,,", want: `"event":"changed","series":"score","numerator":-4`},
		"decimal measure":     {row: ",,,,,,,,,score,4.25,,,,", want: `"event":"changed","series":"score","numerator":425,"denominator":100`},
		"decimals of both":    {row: ",,,,,,,,,score,4.25,0.5,,,", want: `"event":"changed","series":"score","numerator":425,"denominator":50`},
		"finer denominator":   {row: ",,,,,,,,,score,4.5,0.25,,,", want: `"event":"changed","series":"score","numerator":450,"denominator":25`},
		"series, no measure":  {row: ",,,,,,,,,score,,,,,", want: `"event":"changed"`},
		"unknown event":       {row: "boom,,,,,,,,,,,,,,", rule: unmappedEvent},
		"unknown state":       {row: ",,,,,,,,,,,,,Lost,", rule: unmappedState},
		"unknown priority":    {row: ",,Tief,,,,,,,,,,,,", rule: unmappedValue},
		"unknown service":     {row: ",,,Fax,,,,,,,,,,,", rule: unmappedValue},
		"no number":           {row: ",,,,,,,,,score,four,,,,", rule: badNumber},
		"no denominator":      {row: ",,,,,,,,,score,4,0,,,", rule: badNumber},
		"exponent":            {row: ",,,,,,,,,score,1e3,,,,", rule: badNumber},
		"19 digits":           {row: ",,,,,,,,,score,1234567890123456789,,,,", rule: badNumber},
		"product too large":   {row: ",,,,,,,,,score,999999999999999999,0.00000000000001,,,", rule: badNumber},
	} {
		t.Run(name, func(t *testing.T) {
			text := columns + "\nA,2026-05-01T10:00:00Z," + c.row + "\n"
			got := mustRead(t, mustMap(t, rich), opt, plain("log.csv", text))
			if c.rule.Number != 0 {
				if len(got.Details) != 1 || got.Details[0].Finding.Rule != c.rule {
					t.Fatalf("%s: %v", got.Summary(), got.Details)
				}
				return
			}
			if got.Entries != 1 {
				t.Fatalf("%s: %v", got.Summary(), got.Details)
			}
			_, open, _ := strings.Cut(lines(got.Journal), `"learnt":"2026-05-01T10:00:00Z",`)
			if open != c.want+"}\n" {
				t.Errorf("read %s, want %s", open, c.want)
			}
		})
	}
}

func TestOtherwise(t *testing.T) {
	text := "id,at,action,state,grp\nA,2026-05-01T10:00:00Z,boom,Lost,X\n"
	mapping := `
id: m
format: csv
columns: {ticket: id, happened: at, event: action, group: grp}
states: {columns: [state], map: [{when: [Open], status: new}], otherwise: ignore}
events: {map: {made: opened}, otherwise: ignore}
`
	got := mustRead(t, mustMap(t, mapping), Options{}, plain("log.csv", text))
	j := got.Journal
	if f := j.Fact(j.Of(0)[0]); f.Event != journal.Changed || f.Status != journal.SameStatus || j.Name(f.Team) != "X" {
		t.Errorf("read %s", lines(j))
	}
	// Without a map, the journal's own names of events are understood.
	own := strings.Replace(mapping, "events: {map: {made: opened}, otherwise: ignore}", "", 1)
	text = "id,at,action,state,grp\nA,2026-05-01T10:00:00Z,reopened,Open,X\nA,2026-05-01T10:00:00Z,boom,Open,X\n"
	got = mustRead(t, mustMap(t, own), Options{}, plain("log.csv", text))
	if j := got.Journal; got.Entries != 1 || got.Refused != 1 || j.Fact(j.Of(0)[0]).Event != journal.Reopened {
		t.Errorf("read %s: %s", got.Summary(), lines(j))
	}
}
