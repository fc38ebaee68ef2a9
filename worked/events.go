package worked

import (
	"slices"
	"strconv"
	"strings"

	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// eventSource is the name of the log that events.txt stands for.
const eventSource = "worked"

// happening is one event of one ticket in events.txt.
type happening struct {
	line     int
	event    journal.Event
	at       span.Instant
	learnt   span.Instant
	said     map[string]string // facts by their names in the open form
	fields   map[string]string
	values   [2]int64 // of a measured value
	key      string
	corrects string
}

// mentioned is what a log mentions, for the estate that is made where none is given.
type mentioned struct{ parties, services, sites []string }

func (m *mentioned) add(facts map[string]string) {
	m.parties = appendNew(m.parties, facts["party"])
	m.services = appendNew(m.services, facts["service"])
	m.sites = appendNew(m.sites, facts["site"])
}

func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// events reads events.txt and gives the script its log in the journal's open form.
func (p *parser) events(file text) {
	log := map[string][]happening{}
	var order []string
	count, last := 0, ""
	for i, line := range strings.Split(string(file.data), "\n") {
		number := file.start + i
		line = strings.TrimSuffix(line, "\r")
		if len(line) > MaxLine {
			p.add(tooMuch, number, 0, "the line has %d bytes, more than the %d allowed", len(line), MaxLine)
			continue
		}
		w := split(line)
		if len(w.list) == 0 || strings.HasPrefix(w.list[0].text, "#") && !w.list[0].quoted {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' { // the ticket of the line above goes on
			if last == "" {
				w.fail(incomplete, 1, "the first line begins with a blank, and no ticket")
			}
		} else {
			last = w.next("a ticket").text
		}
		more := p.ticket(w, number, len(log[last]) == 0)
		p.keep(number, w)
		if count += len(more); count > MaxEvents {
			p.add(tooMuch, number, 0, "more than %d events", MaxEvents)
			return
		}
		if len(log[last]) == 0 && len(more) > 0 {
			order = append(order, last)
		}
		log[last] = append(log[last], more...)
	}
	p.holders(log)
	p.check(log, order)
	if len(p.findings) == 0 {
		p.script.Material.Log = statement.Source{Name: "events.ndjson", Data: inOpenForm(log, order)}
	}
}

// ticket reads the events of a line; first says that the ticket has none yet.
func (p *parser) ticket(w *words, number int, first bool) []happening {
	said, fields := map[string]string{}, map[string]string{}
	for first && w.more() {
		x := w.peek()
		switch _, isEvent := eventWords[x]; {
		case x == "kind" || x == "service" || x == "site" || x == "team":
			w.at++
			said[x] = w.next("the " + x).text
			continue
		case x == "field":
			w.at++
			pair := w.next("a field such as impact=high")
			name, value, ok := strings.Cut(pair.text, "=")
			if !ok || name == "" {
				w.fail(incomplete, pair.column, "%q is not a field such as impact=high", pair.text)
			}
			fields[name] = value
			continue
		case !isEvent && said["priority"] == "" && len(said)+len(fields) == 0:
			said["priority"] = w.next("the priority").text
			continue
		}
		break
	}
	var out []happening
	for w.more() {
		h := p.event(w)
		h.line = number
		if first && len(out) == 0 {
			for name, value := range said {
				if h.said[name] == "" {
					h.said[name] = value
				}
			}
			h.fields = fields
		}
		p.named.add(h.said)
		out = append(out, h)
	}
	if w.bad != "" {
		return nil
	}
	return out
}

// eventWord is how an event is written: its words before the stamp.
type eventWord struct {
	event    journal.Event
	fact     string // fact that the next word gives; empty for none
	optional bool   // the fact may be left out
}

var eventWords = map[string]eventWord{
	"opened": {journal.Opened, "", false}, "accepted": {journal.Accepted, "", false}, "responded": {journal.Responded, "", false},
	"resolved": {journal.Resolved, "", false}, "reopened": {journal.Reopened, "", false}, "closed": {journal.Closed, "", false},
	"disputed": {journal.Disputed, "", false}, "settled": {journal.Settled, "", false}, "noted": {journal.Noted, "", false},
	"assigned": {journal.Assigned, "party", false}, "paused": {journal.Paused, "reason", false}, "excused": {journal.Excused, "reason", false},
	"rejected": {journal.Rejected, "reason", true}, "cancelled": {journal.Cancelled, "reason", true}, "resumed": {journal.Resumed, "reason", true},
	"priority": {journal.Changed, "priority", false}, "service": {journal.Changed, "service", false}, "site": {journal.Changed, "site", false},
	"kind": {journal.Changed, "kind", false}, "linked": {journal.Linked, "reason", false}, "measured": {journal.Measured, "series", false},
	"void": {journal.Voided, "", false},
}

// event reads one event with its stamp and what follows it.
func (p *parser) event(w *words) happening {
	x := w.next("an event")
	e, ok := eventWords[x.text]
	if !ok || x.quoted {
		w.fail(unknownWord, x.column, "%q is not an event; there are %s", x.text, strings.Join(sortedKeys(eventWords), ", "))
	}
	h := happening{event: e.event, said: map[string]string{}}
	if e.fact != "" && !(e.optional && looksLikeStamp(w.peek())) {
		h.said[e.fact] = w.next("the " + e.fact).text
	}
	switch e.event {
	case journal.Voided:
		h.corrects = w.next("the key of the event that is void").text
	case journal.Linked:
		h.said["related"] = w.next("the other ticket").text
	case journal.Assigned:
		h.assigned(w)
	case journal.Measured:
		value := w.next("a value such as 9/10").text
		above, below, _ := strings.Cut(value, "/")
		h.values = [2]int64{w.whole(above), w.whole(or(below, "0"))}
	}
	h.at = w.stamp(p.local)
	h.learnt = h.at
	for w.more() {
		switch {
		case w.take("learnt"):
			h.learnt = w.stamp(p.local)
		case w.take("key"):
			h.key = w.next("a key").text
		case w.take("corrects"):
			h.corrects = w.next("the key of the event that was wrong").text
		default:
			return h
		}
	}
	return h
}

// whole reads a number that is part of a word.
func (w *words) whole(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		w.fail(incomplete, w.list[w.at-1].column, "%q is not a value such as 9/10", s)
	}
	return n
}

// assigned takes PARTY, PARTY/TEAM or PARTY/TEAM/LINE apart.
func (h *happening) assigned(w *words) {
	parts := strings.Split(h.said["party"], "/")
	h.said["party"] = parts[0]
	if len(parts) > 1 {
		h.said["team"] = parts[1]
	}
	if len(parts) > 2 {
		h.said["line"] = parts[2]
		if n, err := strconv.ParseUint(parts[2], 10, 8); err != nil || n == 0 {
			w.fail(incomplete, w.list[w.at-1].column, "%q is not a support line such as 1", parts[2])
		}
	}
}

func looksLikeStamp(s string) bool { return len(s) >= 10 && s[4] == '-' && s[7] == '-' }

// holders gives each ticket that is never assigned to the only supplier, from its
// first event. What is only measured is nobody's.
func (p *parser) holders(log map[string][]happening) {
	var suppliers []string
	for i := range p.contracts {
		suppliers = appendNew(suppliers, p.contracts[i].Supplier)
	}
	if len(suppliers) != 1 {
		return
	}
	for _, list := range log {
		assigned := slices.ContainsFunc(list, func(h happening) bool { return h.event == journal.Assigned })
		opened := slices.ContainsFunc(list, func(h happening) bool { return h.event != journal.Measured })
		if !assigned && opened {
			list[0].said["party"] = suppliers[0]
		}
	}
}

// check looks at each ticket's events together.
func (p *parser) check(log map[string][]happening, order []string) {
	keys := map[string]bool{}
	for _, ticket := range order {
		before := span.Earliest
		for _, h := range log[ticket] {
			switch {
			case h.at < before && h.corrects == "":
				p.add(badEvent, h.line, 0, "%s of %s is earlier than the event before it", h.event, ticket)
			case h.learnt < h.at:
				p.add(badEvent, h.line, 0, "%s of %s is learnt before it happened", h.event, ticket)
			case h.key != "" && keys[h.key]:
				p.add(badEvent, h.line, 0, "the key %q is given twice", h.key)
			}
			if keys[h.key] = true; h.corrects == "" {
				before = h.at
			}
		}
	}
}

// inOpenForm writes events in the journal's open form, one line each.
func inOpenForm(log map[string][]happening, order []string) []byte {
	b := journal.NewBuilder(eventSource)
	row := uint32(0)
	for _, ticket := range order {
		for i := range log[ticket] {
			row++
			log[ticket][i].enter(b, ticket, row)
		}
	}
	j, _ := journal.Merge([]*journal.Builder{b}, []uint32{0})
	var out []byte
	for t := range j.Tickets() {
		for _, e := range j.Of(t) {
			out = append(j.AppendLine(out, e), '\n')
		}
	}
	return out
}

// enter adds the event to a builder.
func (h *happening) enter(b *journal.Builder, ticket string, row uint32) {
	f := journal.Facts{Event: h.event, Numerator: h.values[0], Denominator: h.values[1], Extra: b.Extra(h.fields)}
	for _, x := range []struct {
		name string
		to   *journal.Symbol
	}{
		{"kind", &f.Kind},
		{"priority", &f.Priority},
		{"service", &f.Service},
		{"site", &f.Site},
		{"party", &f.Party},
		{"team", &f.Team},
		{"reason", &f.Reason},
		{"related", &f.Related},
		{"series", &f.Series},
	} {
		if s := h.said[x.name]; s != "" {
			*x.to = b.Name(s)
		}
	}
	if n, err := strconv.ParseUint(h.said["line"], 10, 8); err == nil {
		f.Line = uint8(n)
	}
	e := journal.Entry{Happened: h.at, Learnt: h.learnt, Ticket: b.Ticket([]byte(ticket)), Facts: b.Facts(f), Row: row}
	if h.key != "" {
		e.Row, e.Marks = uint32(b.Name(h.key)), journal.Keyed
	}
	if h.corrects != "" {
		e.Marks |= journal.Corrects
		b.Add(e)
		b.Correct(e, h.corrects)
		return
	}
	b.Add(e)
}
