package eventlog

import (
	"fmt"
	"strings"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// Mapping says how the columns, states and names of one tool's log become
// entries of the journal. It is a document that people write; see [ReadMapping].
type Mapping struct {
	ID           string            `doc:"id,required" about:"Plain name of the mapping."`
	Source       string            `doc:"source" about:"Name of the tool that the log comes from; part of each entry's digest. The id if left out."`
	Format       Format            `doc:"format,required" about:"csv, xes, or ndjson (the journal's own open form, which needs nothing else)."`
	Shape        Shape             `doc:"shape" about:"events: a row is an action (default). snapshots: a row is the state of the record after an update."`
	Delimiter    string            `doc:"delimiter" about:"What parts the columns of a CSV file; a comma if left out."`
	Zone         string            `doc:"zone" about:"IANA name of the zone whose wall clock stamps without an offset show."`
	StampFormats []Pattern         `doc:"stampFormats,min=1" about:"How stamps are written, tried in order; RFC 3339 if left out."`
	Missing      []string          `doc:"missing" about:"Texts that mean that there is no value, such as ?."`
	Columns      Columns           `doc:"columns" about:"Which column holds what. In XES the key of an event's attribute, or case: and the key of a trace's."`
	Fields       map[string]string `doc:"fields" about:"Further fields that scopes read: name, and the column it comes from."`
	People       []string          `doc:"people" about:"Columns that name people: withheld, kept as salted digests at most."`
	Text         []string          `doc:"text" about:"Columns of free text: withheld, kept as salted digests at most."`
	Constants    Constants         `doc:"constants" about:"Values that hold for every row of the log."`
	Values       Values            `doc:"values" about:"Translations of the log's values into the contract's."`
	States       States            `doc:"states" about:"How the log's states become the journal's."`
	Events       Events            `doc:"events" about:"How the log's actions become the journal's events."`
	Groups       Groups            `doc:"groups" about:"What to do with groups that the estate does not know, and which support line they are."`
	Learnt       Learnt            `doc:"learnt" about:"When the record learnt of a row: happened (default), or the instant at which the log was delivered."`

	where *document.Where
}

// Columns names the column of each thing that an entry says. An empty name says
// that the log has no such column.
type Columns struct {
	Ticket      string `doc:"ticket" about:"The ticket's own number."`
	Happened    string `doc:"happened" about:"Stamp at which the row happened."`
	Opened      string `doc:"opened" about:"Snapshots: stamp at which the ticket was opened, used for its first row."`
	Learnt      string `doc:"learnt" about:"Stamp at which the record learnt of the row."`
	Key         string `doc:"key" about:"The row's own key; its number in the log if left out."`
	Order       string `doc:"order" about:"Whole number that orders rows of a ticket with the same stamp."`
	Event       string `doc:"event" about:"The action; see events."`
	Kind        string `doc:"kind" about:"Incident, request and so on."`
	Priority    string `doc:"priority" about:"Priority."`
	Service     string `doc:"service" about:"Service, by its id or a name that the estate knows."`
	Site        string `doc:"site" about:"Site, by its id or a name that the estate knows."`
	Group       string `doc:"group" about:"The tool's group, which the estate turns into party, team and line."`
	Party       string `doc:"party" about:"Party, by its id; stands above the group's."`
	Team        string `doc:"team" about:"Team; stands above the group's."`
	Reason      string `doc:"reason" about:"Why the ticket waits, was rejected or cancelled; stands above the state's."`
	Related     string `doc:"related" about:"The other ticket of a link."`
	Series      string `doc:"series" about:"Name of the series that a measured value belongs to."`
	Numerator   string `doc:"numerator" about:"Measured value, whole or decimal."`
	Denominator string `doc:"denominator" about:"What the measured value is out of."`
}

// Constants holds values for every row; see the columns of the same names.
type Constants struct {
	Kind     string `doc:"kind" about:"Incident, request and so on."`
	Priority string `doc:"priority" about:"Priority."`
	Service  string `doc:"service" about:"Id of the service."`
	Site     string `doc:"site" about:"Id of the site."`
	Party    string `doc:"party" about:"Id of the party."`
	Team     string `doc:"team" about:"Team."`
	Series   string `doc:"series" about:"Name of the series."`
}

// Values translates the log's values, field by field.
type Values struct {
	Kind     Translation `doc:"kind"`
	Priority Translation `doc:"priority"`
	Service  Translation `doc:"service" about:"A value that is not in the map is looked up in the estate."`
	Site     Translation `doc:"site" about:"A value that is not in the map is looked up in the estate."`
	Group    Translation `doc:"group" about:"Applied before the estate is asked."`
	Party    Translation `doc:"party"`
	Team     Translation `doc:"team"`
	Reason   Translation `doc:"reason"`
}

// Translation turns values of the log into values of the contract.
type Translation struct {
	Map       map[string]string `doc:"map" about:"The log's value: the contract's. An empty text says that there is no value."`
	Otherwise KeepOrRefuse      `doc:"otherwise" about:"What to do with other values: keep (default) or refuse the row."`
}

// States maps the texts of one or more columns to the journal's states.
type States struct {
	Columns   []string       `doc:"columns" about:"The columns that make up the log's state."`
	Map       []StateRule    `doc:"map" about:"Rules, of which the first that fits applies."`
	Otherwise RefuseOrIgnore `doc:"otherwise" about:"What to do with other states: refuse the row (default), or ignore the state."`
}

// StateRule maps one combination of texts to a state.
type StateRule struct {
	When   []string   `doc:"when,required,min=1" about:"Texts in the order of states.columns; * or a missing one fits any."`
	Status StatusName `doc:"status,required" about:"The journal's state."`
	Reason string     `doc:"reason" about:"Why the ticket waits, was rejected or cancelled."`
	Event  EventName  `doc:"event" about:"What happened, where the log has no column that says it."`
}

// Events maps the texts of columns.event to the journal's events.
type Events struct {
	Map       map[string]EventName `doc:"map" about:"The log's action: the journal's event."`
	Otherwise RefuseOrIgnore       `doc:"otherwise" about:"What to do with other actions: refuse the row (default), or ignore the action."`
}

// Groups says what to do with a group that the estate does not know, or of which it
// does not know the support line.
type Groups struct {
	Otherwise RefuseOrKeep `doc:"otherwise" about:"refuse the row (default), or keep the name as a team of no party."`
	Lines     []GroupLine  `doc:"lines,min=1" about:"Support lines of groups for which the estate names none: rules, of which the first that fits applies."`
}

// GroupLine says which support line groups belong to whose names end alike.
type GroupLine struct {
	Ending string `doc:"ending" about:"How the group's name ends, such as ' 2nd'; left out, any name fits."`
	Line   int    `doc:"line,required" about:"The support line: 1 for the first, up to 255."`
}

// lineOf returns the support line of a group by the rules; zero where none fits.
func (g *Groups) lineOf(group string) int {
	for i := range g.Lines {
		if strings.HasSuffix(group, g.Lines[i].Ending) {
			return g.Lines[i].Line
		}
	}
	return 0
}

// Format is the form in which a log is written.
type Format string

// The formats.
const (
	CSV    Format = "csv"
	XES    Format = "xes"
	NDJSON Format = "ndjson"
)

// SchemaEnum lists the formats.
func (Format) SchemaEnum() []string { return []string{string(CSV), string(XES), string(NDJSON)} }

// Shape says what one row of a log is.
type Shape string

// The shapes.
const (
	EventRows    Shape = "events"
	SnapshotRows Shape = "snapshots"
)

// SchemaEnum lists the shapes.
func (Shape) SchemaEnum() []string { return []string{string(EventRows), string(SnapshotRows)} }

// KeepOrRefuse says what becomes of an unmapped value; empty means keep.
type KeepOrRefuse string

// SchemaEnum lists the choices.
func (KeepOrRefuse) SchemaEnum() []string { return []string{"keep", "refuse"} }

// RefuseOrKeep says what becomes of an unknown group; empty means refuse.
type RefuseOrKeep string

// SchemaEnum lists the choices.
func (RefuseOrKeep) SchemaEnum() []string { return []string{"refuse", "keep"} }

// RefuseOrIgnore says what becomes of an unmapped state or action; empty means refuse.
type RefuseOrIgnore string

// SchemaEnum lists the choices.
func (RefuseOrIgnore) SchemaEnum() []string { return []string{"refuse", "ignore"} }

// StatusName is the name of a state of the journal.
type StatusName string

// SchemaEnum lists the states.
func (StatusName) SchemaEnum() []string { return journal.StatusNames() }

// EventName is the name of an event of the journal.
type EventName string

// SchemaEnum lists the events.
func (EventName) SchemaEnum() []string { return journal.EventNames() }

// Learnt says when the record learnt of rows without a stamp of their own for it.
type Learnt struct {
	Fixed   bool         // true: at an instant, such as that of the log's delivery
	Instant span.Instant // meaningful where Fixed
}

// UnmarshalText reads the word happened, or an instant in RFC 3339.
func (l *Learnt) UnmarshalText(b []byte) error {
	if string(b) == "happened" {
		*l = Learnt{}
		return nil
	}
	i, err := span.ParseInstant(string(b))
	if err != nil {
		return fmt.Errorf("%q is neither the word happened nor an instant such as 2026-03-29T01:30:00+01:00", b)
	}
	*l = Learnt{true, i}
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (l Learnt) MarshalText() ([]byte, error) {
	if !l.Fixed {
		return []byte("happened"), nil
	}
	return l.Instant.MarshalText()
}

// SchemaPattern is the pattern of the text in a document.
func (Learnt) SchemaPattern() string {
	return `^(happened|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))$`
}

// ReadMapping reads a mapping document and reports everything wrong with it. The
// file's name is used for places alone. The mapping is usable only when there are
// no findings.
func ReadMapping(file string, data []byte) (*Mapping, fault.Findings) {
	m, where, findings := document.Read[Mapping](file, data)
	m.where = where
	if m.Source == "" {
		m.Source = m.ID
	}
	if m.Shape == "" {
		m.Shape = EventRows
	}
	if m.Delimiter == "" {
		m.Delimiter = ","
	}
	if where.At("").Line > 0 { // otherwise nothing could be read
		findings = append(findings, m.check()...)
	}
	findings.Sort()
	return &m, findings
}
