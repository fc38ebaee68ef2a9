package eventlog

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"towerbridge/fault"
)

// named is a setting of the mapping with the path at which it stands.
type named struct{ path, text string }

// used lists the columns that are in use, by role.
func (c *Columns) used() []named {
	all := []named{
		{"columns.ticket", c.Ticket},
		{"columns.happened", c.Happened},
		{"columns.opened", c.Opened},
		{"columns.learnt", c.Learnt},
		{"columns.key", c.Key},
		{"columns.order", c.Order},
		{"columns.event", c.Event},
		{"columns.kind", c.Kind},
		{"columns.priority", c.Priority},
		{"columns.service", c.Service},
		{"columns.site", c.Site},
		{"columns.group", c.Group},
		{"columns.party", c.Party},
		{"columns.team", c.Team},
		{"columns.reason", c.Reason},
		{"columns.related", c.Related},
		{"columns.series", c.Series},
		{"columns.numerator", c.Numerator},
		{"columns.denominator", c.Denominator},
	}
	return slices.DeleteFunc(all, func(n named) bool { return n.text == "" })
}

// check reports what the document's reader cannot see: settings that contradict
// each other, and rules that do not fit.
func (m *Mapping) check() fault.Findings {
	var f fault.Findings
	add := func(rule fault.Rule, path, format string, args ...any) {
		f = append(f, m.where.Finding(rule, path, format, args...))
	}
	if m.Format == NDJSON {
		for _, n := range m.settings() {
			add(contradiction, n.path, "the journal's own form is read without a mapping of %s", n.text)
		}
		return f
	}
	if m.Columns.Ticket == "" {
		add(columnMissing, "columns.ticket", "no column holds the ticket")
	}
	if m.Columns.Happened == "" {
		add(columnMissing, "columns.happened", "no column says when a row happened")
	}
	if m.Format == XES && m.Delimiter != "," {
		add(contradiction, "delimiter", "XES has no delimiter")
	}
	if len(m.Delimiter) != 1 || m.Delimiter[0] >= 0x80 || m.Delimiter == `"` || m.Delimiter == "\n" || m.Delimiter == "\r" || m.Delimiter == "\x00" {
		add(badDelimiter, "delimiter", "%q cannot part columns", m.Delimiter)
	}
	if m.Columns.Learnt != "" && m.Learnt.Fixed {
		add(contradiction, "learnt", "the column %q says when rows were learnt", m.Columns.Learnt)
	}
	if m.Columns.Opened != "" && m.Shape != SnapshotRows {
		add(contradiction, "columns.opened", "only snapshots have a stamp of opening beside that of the row")
	}
	m.checkUses(add)
	m.checkConstants(add)
	m.checkStates(add)
	if len(m.Events.Map) > 0 && m.Columns.Event == "" {
		add(contradiction, "events.map", "no column holds the event; name it under columns.event")
	}
	if (m.Groups.Otherwise != "" || len(m.Groups.Lines) > 0) && m.Columns.Group == "" {
		add(contradiction, "groups", "no column holds a group; name it under columns.group")
	}
	m.checkLines(add)
	return f
}

// checkLines reports support lines that there cannot be, and rules that can never
// apply.
func (m *Mapping) checkLines(add adder) {
	for i, x := range m.Groups.Lines {
		path := fmt.Sprintf("groups.lines[%d]", i)
		if x.Line < 1 || x.Line > math.MaxUint8 {
			add(badLineNumber, path+".line", "%d is not a support line", x.Line)
		}
		for k := range i {
			if strings.HasSuffix(x.Ending, m.Groups.Lines[k].Ending) {
				add(unreachable, path, "groups.lines[%d] fits whenever this rule does", k)
				break
			}
		}
	}
}

type adder func(rule fault.Rule, path, format string, args ...any)

// settings lists what a mapping of the journal's own form must not have.
func (m *Mapping) settings() []named {
	var out []named
	if used := m.Columns.used(); len(used) > 0 {
		out = append(out, named{used[0].path, "columns"})
	}
	if len(m.Fields) > 0 {
		out = append(out, named{"fields", "fields"})
	}
	if len(m.States.Columns) > 0 || len(m.States.Map) > 0 {
		out = append(out, named{"states", "states"})
	}
	if len(m.Events.Map) > 0 {
		out = append(out, named{"events", "events"})
	}
	return out
}

// checkUses reports columns with two uses that contradict each other.
func (m *Mapping) checkUses(add adder) {
	uses := map[string]string{} // column: path of its first use
	for _, n := range m.Columns.used() {
		if first, twice := uses[n.text]; twice {
			add(columnTwice, n.path, "the column %q is used by %s already", n.text, first)
			continue
		}
		uses[n.text] = n.path
	}
	readable := maps.Clone(uses)
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		path := fmt.Sprintf("fields.%s", name)
		if m.Fields[name] == "" {
			add(columnMissing, path, "the field names no column")
		}
		readable[m.Fields[name]] = path
	}
	lists := []struct {
		path    string
		columns []string
	}{{"states.columns", m.States.Columns}, {"people", m.People}, {"text", m.Text}}
	for i, list := range lists {
		for k, column := range list.columns {
			path := fmt.Sprintf("%s[%d]", list.path, k)
			if column == "" {
				add(columnMissing, path, "the column has no name")
			}
			if slices.Contains(list.columns[:k], column) {
				add(columnTwice, path, "the column %q stands twice in %s", column, list.path)
			}
			if i == 0 {
				readable[column] = path
			} else if other, seen := readable[column]; seen {
				add(contradiction, path, "the column %q is to be withheld, and read by %s", column, other)
			} else if i == 2 && slices.Contains(m.People, column) {
				add(columnTwice, path, "the column %q stands under people already", column)
			}
		}
	}
}

// checkConstants reports constants for what a column says, and numbers without a series.
func (m *Mapping) checkConstants(add adder) {
	c, k := &m.Columns, &m.Constants
	for _, pair := range []struct{ name, column, constant string }{
		{"kind", c.Kind, k.Kind},
		{"priority", c.Priority, k.Priority},
		{"service", c.Service, k.Service},
		{"site", c.Site, k.Site},
		{"party", c.Party, k.Party},
		{"team", c.Team, k.Team},
		{"series", c.Series, k.Series},
	} {
		if pair.column != "" && pair.constant != "" {
			add(contradiction, "constants."+pair.name, "the column %q says it for each row", pair.column)
		}
	}
	if c.Numerator != "" && c.Series == "" && k.Series == "" {
		add(contradiction, "columns.numerator", "a measured value needs a series, by column or constant")
	}
	if c.Denominator != "" && c.Numerator == "" {
		add(contradiction, "columns.denominator", "a denominator needs a numerator")
	}
	for _, pair := range []struct {
		name, column string
		t            *Translation
	}{
		{"kind", c.Kind, &m.Values.Kind},
		{"priority", c.Priority, &m.Values.Priority},
		{"service", c.Service, &m.Values.Service},
		{"site", c.Site, &m.Values.Site},
		{"group", c.Group, &m.Values.Group},
		{"party", c.Party, &m.Values.Party},
		{"team", c.Team, &m.Values.Team},
	} {
		if pair.column == "" && (len(pair.t.Map) > 0 || pair.t.Otherwise != "") {
			add(contradiction, "values."+pair.name, "no column holds the value; name it under columns.%s", pair.name)
		}
	}
}

// checkStates reports rules that do not fit the columns or can never apply.
func (m *Mapping) checkStates(add adder) {
	s := &m.States
	if len(s.Columns) == 0 && len(s.Map) > 0 {
		add(contradiction, "states.map", "no column holds a state; name it under states.columns")
		return
	}
	if len(s.Columns) > 0 && len(s.Map) == 0 {
		add(contradiction, "states.columns", "no rule says what the states mean; give them under states.map")
	}
	for i, r := range s.Map {
		path := fmt.Sprintf("states.map[%d]", i)
		if len(r.When) > len(s.Columns) {
			add(badStateRule, path+".when", "%d texts for %d columns", len(r.When), len(s.Columns))
			continue
		}
		for k := range i {
			if covers(s.Map[k].When, r.When) {
				add(unreachable, path, "states.map[%d] fits whenever this rule does", k)
				break
			}
		}
	}
}

// covers reports whether a rule's texts fit whenever another's do.
func covers(wide, narrow []string) bool {
	for i, w := range wide {
		if w != "*" && (i >= len(narrow) || narrow[i] != w) {
			return false
		}
	}
	return true
}
