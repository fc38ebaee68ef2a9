package eventlog

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"towerbridge/document"
	"towerbridge/fault"
)

func TestMappingFindings(t *testing.T) {
	const head = "id: m\nformat: csv\n"
	for name, c := range map[string]struct {
		text string
		want []int
		at   string // place of the first
	}{
		"no columns":            {head, []int{1502, 1502}, "mapping.yaml:1:1"},
		"no ticket":             {head + "columns: {happened: at}\n", []int{1502}, "mapping.yaml:3:10"},
		"column twice":          {head + "columns: {ticket: id, happened: at, learnt: at}\n", []int{1503}, "mapping.yaml:3:45"},
		"field without column":  {head + "columns: {ticket: id, happened: at}\nfields: {x: ''}\n", []int{1502}, "mapping.yaml:4:13"},
		"state column twice":    {head + "columns: {ticket: id, happened: at}\nstates: {columns: [s, s], map: [{when: [x], status: new}]}\n", []int{1503}, "mapping.yaml:4:23"},
		"withheld and read":     {head + "columns: {ticket: id, happened: at, team: who}\npeople: [who]\n", []int{1501}, "mapping.yaml:4:10"},
		"withheld and a field":  {head + "columns: {ticket: id, happened: at}\nfields: {note: text}\ntext: [text]\n", []int{1501}, "mapping.yaml:5:8"},
		"person and text":       {head + "columns: {ticket: id, happened: at}\npeople: [who]\ntext: [who]\n", []int{1503}, "mapping.yaml:5:8"},
		"constant and column":   {head + "columns: {ticket: id, happened: at, kind: k}\nconstants: {kind: incident}\n", []int{1501}, "mapping.yaml:4:19"},
		"number, no series":     {head + "columns: {ticket: id, happened: at, numerator: n}\n", []int{1501}, "mapping.yaml:3:48"},
		"denominator alone":     {head + "columns: {ticket: id, happened: at, denominator: n}\n", []int{1501}, "mapping.yaml:3:50"},
		"values, no column":     {head + "columns: {ticket: id, happened: at}\nvalues: {priority: {map: {a: P1}}}\n", []int{1501}, "mapping.yaml:4:20"},
		"events, no column":     {head + "columns: {ticket: id, happened: at}\nevents: {map: {a: opened}}\n", []int{1501}, "mapping.yaml:4:15"},
		"lines, no column":      {head + "columns: {ticket: id, happened: at}\ngroups: {lines: [{line: 1}]}\n", []int{1501}, "mapping.yaml:4:9"},
		"no such line":          {head + "columns: {ticket: id, happened: at, group: g}\ngroups: {lines: [{ending: x, line: 0}, {ending: y, line: 256}]}\n", []int{1509, 1509}, "mapping.yaml:4:36"},
		"line never reached":    {head + "columns: {ticket: id, happened: at, group: g}\ngroups: {lines: [{ending: nd, line: 2}, {ending: 2nd, line: 3}, {line: 1}]}\n", []int{1506}, "mapping.yaml:4:41"},
		"groups, no column":     {head + "columns: {ticket: id, happened: at}\ngroups: {otherwise: keep}\n", []int{1501}, "mapping.yaml:4:9"},
		"learnt twice":          {head + "columns: {ticket: id, happened: at, learnt: l}\nlearnt: 2026-01-01T00:00:00Z\n", []int{1501}, "mapping.yaml:4:9"},
		"opened of events":      {head + "columns: {ticket: id, happened: at, opened: o}\n", []int{1501}, "mapping.yaml:3:45"},
		"state rules, no state": {head + "columns: {ticket: id, happened: at}\nstates: {map: [{when: [x], status: new}]}\n", []int{1501}, "mapping.yaml:4:15"},
		"states, no rule":       {head + "columns: {ticket: id, happened: at}\nstates: {columns: [s]}\n", []int{1501}, "mapping.yaml:4:19"},
		"rule too long":         {head + "columns: {ticket: id, happened: at}\nstates: {columns: [s], map: [{when: [x, y], status: new}]}\n", []int{1505}, "mapping.yaml:4:37"},
		"rule never reached":    {head + "columns: {ticket: id, happened: at}\nstates: {columns: [s, u], map: [{when: [x], status: new}, {when: [x, y], status: closed}]}\n", []int{1506}, "mapping.yaml:4:59"},
		"delimiter":             {head + "delimiter: ab\ncolumns: {ticket: id, happened: at}\n", []int{1508}, "mapping.yaml:3:12"},
		"delimiter of XES":      {"id: m\nformat: xes\ndelimiter: ;\ncolumns: {ticket: id, happened: at}\n", []int{1501}, "mapping.yaml:3:12"},
		"ndjson with columns":   {"id: m\nformat: ndjson\ncolumns: {ticket: id}\nfields: {a: b}\n", []int{1501, 1501}, "mapping.yaml:3:19"},
		"ndjson":                {"id: m\nformat: ndjson\n", nil, ""},
		"two at once":           {head + "columns: {happened: at, opened: o}\n", []int{1502, 1501}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := ReadMapping("mapping.yaml", []byte(c.text))
			got := numbers(findings)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Fatalf("findings %v, want %v:\n%v", got, c.want, findings)
			}
			if c.at != "" && findings[0].Position.String() != c.at {
				t.Errorf("at %s, want %s: %v", findings[0].Position, c.at, findings)
			}
		})
	}
}

// Names that the journal does not know are found by the reader of documents.
func TestMappingNames(t *testing.T) {
	_, findings := ReadMapping("mapping.yaml", []byte(`
id: m
format: excel
shape: heap
stampFormats: [yyyy]
learnt: later
columns: {ticket: id, happened: at, event: e, moon: m}
states: {columns: [s], map: [{when: [x], status: sleeping, event: slept}], otherwise: drop}
events: {map: {a: woke}}
`))
	if len(findings) < 8 {
		t.Errorf("only %d findings:\n%v", len(findings), findings)
	}
	for _, f := range findings {
		if f.Position.Line == 0 || f.Position.Column == 0 || f.Fix() == "" {
			t.Errorf("a finding without place or remedy: %v", f)
		}
	}
}

func TestMappingZone(t *testing.T) {
	m := mustMap(t, local)
	_, err := Read(nil, m, Options{})
	if got := err.(fault.Findings); got[0].Rule != unknownZone || got[0].Position.Line != 4 {
		t.Errorf("without zones: %v", err)
	}
	none := func(string) (*time.Location, error) { return nil, errors.New("no such place") }
	if _, err = Read(nil, m, Options{Location: none}); err.(fault.Findings)[0].Rule != unknownZone {
		t.Errorf("with another's zones: %v", err)
	}
	got := mustRead(t, m, Options{})
	if got.Rows != 0 || got.Journal.Tickets() != 0 {
		t.Errorf("no files: %s", got.Summary())
	}
}

func TestMappingDefaults(t *testing.T) {
	m := mustMap(t, "id: m\nformat: csv\ncolumns: {ticket: id, happened: at}\n")
	if m.Source != "m" || m.Shape != EventRows || m.Delimiter != "," || m.Learnt.Fixed {
		t.Errorf("read %+v", m)
	}
	got := mustRead(t, mustMap(t, "id: m\nformat: csv\ndelimiter: ;\ncolumns: {ticket: id, happened: at}\n"),
		Options{}, plain("log.csv", "id;at\nA,1;2026-05-01T10:00:00Z\n"))
	if got.Entries != 1 || got.Journal.TicketID(0) != "A,1" {
		t.Error(got.Summary())
	}
}

// The learnt instant and stamp formats are written back as they are read.
func TestMappingTexts(t *testing.T) {
	for _, text := range []string{"happened", "2026-05-01T10:00:00Z"} {
		var l Learnt
		if err := l.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if back, _ := l.MarshalText(); string(back) != text {
			t.Errorf("%s is written as %s", text, back)
		}
	}
	m := mustMap(t, "id: m\nformat: csv\nstampFormats: [d/M/yyyy HH:mm]\ncolumns: {ticket: id, happened: at}\n")
	if back, _ := m.StampFormats[0].MarshalText(); string(back) != "d/M/yyyy HH:mm" {
		t.Errorf("written as %s", back)
	}
}

// Editors get a schema from the same types; it must be possible to write it.
func TestMappingSchema(t *testing.T) {
	schema, err := document.Schema[Mapping]("https://example.org/mapping.json", "Mapping")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"stampFormats"`, `"in-progress"`, `"snapshots"`, `"otherwise"`} {
		if !bytes.Contains(schema, []byte(want)) {
			t.Errorf("the schema lacks %s", want)
		}
	}
}
