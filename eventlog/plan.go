package eventlog

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"towerbridge/fault"
	"towerbridge/journal"
)

// plan is a mapping made ready for reading: every column that is read has a slot,
// a number from zero, and every role knows its slot.
type plan struct {
	m      *Mapping
	opt    *Options
	zone   *time.Location
	slots  []string // names of the columns
	simple bool     // an entry is its facts, its ticket and one stamp: nothing else can matter
	whole  bool     // all of a row's texts are needed, not only those of its facts

	ticket, happened, opened, learnt, key, order  int // slots; -1 is none
	event, group, related, numerator, denominator int
	kind, priority, service, site, party, team    int
	reason, series                                int
	states                                        []int
	fields                                        []fieldSlot
	facts                                         []int // the slots that say what an entry's facts are
	withheld                                      []withheldSlot
	events                                        map[string]journal.Event
	rules                                         []stateRule
}

type fieldSlot struct {
	name string
	slot int
}

type withheldSlot struct {
	name string // person or text
	slot int
}

type stateRule struct {
	when   []string
	status journal.Status
	event  journal.Event
	reason string
}

// newPlan makes a mapping ready. The only finding is that of an unknown zone.
func newPlan(m *Mapping, opt *Options) (*plan, fault.Findings) {
	p := &plan{m: m, opt: opt}
	c := &m.Columns
	for _, role := range []struct {
		slot   *int
		column string
		fact   bool
	}{
		{&p.ticket, c.Ticket, false},
		{&p.happened, c.Happened, false},
		{&p.opened, c.Opened, false},
		{&p.learnt, c.Learnt, false},
		{&p.key, c.Key, false},
		{&p.order, c.Order, false},
		{&p.event, c.Event, true},
		{&p.kind, c.Kind, true},
		{&p.priority, c.Priority, true},
		{&p.service, c.Service, true},
		{&p.site, c.Site, true},
		{&p.group, c.Group, true},
		{&p.party, c.Party, true},
		{&p.team, c.Team, true},
		{&p.reason, c.Reason, true},
		{&p.related, c.Related, true},
		{&p.series, c.Series, true},
		{&p.numerator, c.Numerator, true},
		{&p.denominator, c.Denominator, true},
	} {
		*role.slot = -1
		if role.column != "" {
			*role.slot = p.slot(role.column)
			if role.fact {
				p.fact(*role.slot)
			}
		}
	}
	for _, column := range m.States.Columns {
		p.states = append(p.states, p.fact(p.slot(column)))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		p.fields = append(p.fields, fieldSlot{name, p.fact(p.slot(m.Fields[name]))})
	}
	if len(opt.Salt) > 0 {
		for _, column := range m.People {
			p.withheld = append(p.withheld, withheldSlot{"person", p.slot(column)})
		}
		for _, column := range m.Text {
			p.withheld = append(p.withheld, withheldSlot{"text", p.slot(column)})
		}
	}
	slices.Sort(p.facts)
	p.whole = p.key >= 0 || len(p.withheld) > 0 || p.order >= 0 || p.opened >= 0
	p.simple = !p.whole && p.learnt < 0 && !m.Learnt.Fixed && len(m.Missing) == 0
	p.names()
	return p, p.findZone()
}

// slot returns the slot of a column, giving it one if it has none.
func (p *plan) slot(column string) int {
	if at := slices.Index(p.slots, column); at >= 0 {
		return at
	}
	p.slots = append(p.slots, column)
	return len(p.slots) - 1
}

// fact counts a slot among those that say what an entry's facts are.
func (p *plan) fact(slot int) int {
	if !slices.Contains(p.facts, slot) {
		p.facts = append(p.facts, slot)
	}
	return slot
}

// names turns the names of states and events into the journal's.
func (p *plan) names() {
	p.events = make(map[string]journal.Event, len(p.m.Events.Map))
	for text, name := range p.m.Events.Map {
		p.events[text], _ = journal.ParseEvent(string(name))
	}
	if len(p.m.Events.Map) == 0 {
		for _, name := range journal.EventNames() {
			p.events[name], _ = journal.ParseEvent(name)
		}
	}
	for _, r := range p.m.States.Map {
		rule := stateRule{when: r.When, reason: r.Reason}
		rule.status, _ = journal.ParseStatus(string(r.Status))
		rule.event, _ = journal.ParseEvent(string(r.Event))
		p.rules = append(p.rules, rule)
	}
}

func (p *plan) findZone() fault.Findings {
	if p.m.Zone == "" {
		return nil
	}
	if p.opt.Location == nil {
		return fault.Findings{p.m.where.Finding(unknownZone, "zone", "no time zones are at hand to find %q in", p.m.Zone)}
	}
	zone, err := p.opt.Location(p.m.Zone)
	if err != nil {
		return fault.Findings{p.m.where.Finding(unknownZone, "zone", "%q is not known: %v", p.m.Zone, err)}
	}
	p.zone = zone
	return nil
}

// refusal says why a row is refused.
type refusal struct {
	rule    fault.Rule
	field   string
	message string
}

// meaning is what one combination of the log's values says.
type meaning struct {
	event       journal.Event
	status      journal.Status
	text        [len(textRoles)]string // by role
	group       string
	fields      map[string]string
	numerator   int64
	denominator int64
}

// The roles of meaning.text.
const (
	kindText = iota
	priorityText
	serviceText
	siteText
	partyText
	teamText
	reasonText
	relatedText
	seriesText
)

var textRoles = [...]string{"kind", "priority", "service", "site", "party", "team", "reason", "related", "series"}

// value returns the text in a slot, empty if it is one of those that mean nothing.
func (p *plan) value(values [][]byte, slot int) string {
	if slot < 0 {
		return ""
	}
	text := string(values[slot])
	if slices.Contains(p.m.Missing, text) {
		return ""
	}
	return text
}

// read works out what a row's values mean, its group left unresolved.
func (p *plan) read(values [][]byte) (meaning, *refusal) {
	var out meaning
	if bad := p.readState(values, &out); bad != nil {
		return out, bad
	}
	if bad := p.readEvent(values, &out); bad != nil {
		return out, bad
	}
	v, k := &p.m.Values, &p.m.Constants
	for _, x := range []struct {
		role, slot int
		t          *Translation
		constant   string
		estate     func(string) (string, bool)
	}{
		{kindText, p.kind, &v.Kind, k.Kind, nil},
		{priorityText, p.priority, &v.Priority, k.Priority, nil},
		{serviceText, p.service, &v.Service, k.Service, p.opt.ServiceNamed},
		{siteText, p.site, &v.Site, k.Site, p.opt.SiteNamed},
		{partyText, p.party, &v.Party, k.Party, nil},
		{teamText, p.team, &v.Team, k.Team, nil},
		{reasonText, p.reason, &v.Reason, out.text[reasonText], nil},
		{relatedText, p.related, &Translation{}, "", nil},
		{seriesText, p.series, &Translation{}, k.Series, nil},
	} {
		text, bad := x.t.apply(p.value(values, x.slot), textRoles[x.role], x.estate)
		if bad != nil {
			return out, bad
		}
		if text == "" {
			text = x.constant
		}
		out.text[x.role] = text
	}
	group, bad := v.Group.apply(p.value(values, p.group), "group", nil)
	if bad != nil {
		return out, bad
	}
	out.group = group
	for _, f := range p.fields {
		if text := p.value(values, f.slot); text != "" {
			if out.fields == nil {
				out.fields = map[string]string{}
			}
			out.fields[f.name] = text
		}
	}
	return out, p.readNumber(values, &out)
}

// apply translates a text; estate, where given, knows names that the map does not.
func (t *Translation) apply(text, field string, estate func(string) (string, bool)) (string, *refusal) {
	if text == "" {
		return "", nil
	}
	if to, ok := t.Map[text]; ok {
		return to, nil
	}
	if estate != nil {
		if id, ok := estate(text); ok {
			return id, nil
		}
	}
	if t.Otherwise == "refuse" {
		return "", &refusal{unmappedValue, field, quote(text) + " is not mapped"}
	}
	return text, nil
}

func (p *plan) readState(values [][]byte, out *meaning) *refusal {
	if len(p.states) == 0 {
		return nil
	}
	texts := make([]string, len(p.states))
	for i, slot := range p.states {
		texts[i] = p.value(values, slot)
	}
	for i := range p.rules {
		if r := &p.rules[i]; covers(r.when, texts) {
			out.status, out.event, out.text[reasonText] = r.status, r.event, r.reason
			return nil
		}
	}
	if strings.Join(texts, "") == "" || p.m.States.Otherwise == "ignore" {
		return nil
	}
	for i := range texts {
		texts[i] = quote(texts[i])
	}
	return &refusal{unmappedState, "states", strings.Join(texts, ", ") + " is not mapped"}
}

func (p *plan) readEvent(values [][]byte, out *meaning) *refusal {
	text := p.value(values, p.event)
	if event, ok := p.events[text]; ok {
		out.event = event
	} else if text != "" && p.m.Events.Otherwise != "ignore" {
		return &refusal{unmappedEvent, "event", quote(text) + " is not mapped"}
	}
	if out.event == journal.NoEvent {
		out.event = journal.Changed
	}
	return nil
}

// readNumber reads a measured value: decimals are made whole by the denominator.
func (p *plan) readNumber(values [][]byte, out *meaning) *refusal {
	text := p.value(values, p.numerator)
	if text == "" || out.text[seriesText] == "" {
		out.text[seriesText] = ""
		return nil
	}
	n, scale, ok := decimal(text)
	if !ok {
		return &refusal{badNumber, "numerator", quote(text) + " is not a number"}
	}
	d, unit := int64(0), int64(1)
	if below := p.value(values, p.denominator); below != "" {
		if d, unit, ok = decimal(below); !ok || d <= 0 {
			return &refusal{badNumber, "denominator", quote(below) + " is not a number above zero"}
		}
	} else if scale > 1 {
		d = 1
	}
	common := min(scale, unit) // n/scale over d/unit is (n*unit)/(d*scale)
	out.numerator, ok = times(n, unit/common)
	if ok {
		out.denominator, ok = times(d, scale/common)
	}
	if !ok {
		return &refusal{badNumber, "numerator", quote(text) + " has too many digits"}
	}
	return nil
}

// decimal reads a number of at most 18 digits as a whole number over a power of ten.
func decimal(text string) (n, scale int64, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	digits := strings.TrimPrefix(whole, "-") + fraction
	if len(digits) > 18 || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, 0, false
	}
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	scale = 1
	for range fraction {
		scale *= 10
	}
	return n, scale, err == nil
}

func times(a, b int64) (int64, bool) {
	c := a * b
	return c, b == 0 || c/b == a
}

// quote shows a text of a log in a message, cut to a readable length and harmless.
func quote(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}

// joined appends the texts that say what an entry's facts are, parted by bytes
// that no text holds, so that different texts have different keys.
func (p *plan) joined(b []byte, values [][]byte) []byte {
	for _, slot := range p.facts {
		b = append(append(b, 0), values[slot]...)
	}
	return b
}

// isMissing reports whether a text means that there is no value.
func (p *plan) isMissing(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	for _, m := range p.m.Missing {
		if bytes.Equal(b, []byte(m)) {
			return true
		}
	}
	return false
}
