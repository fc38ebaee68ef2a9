package app

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/ticket"
)

// Source is the name under which the record's own acts stand in the journal.
const Source = "towerbridge"

// Limits of what an act may hold, in bytes.
const (
	MaxSummary = 300
	MaxText    = 64 << 10
	MaxFields  = 50  // further fields of a ticket
	MaxWord    = 200 // a name, reason or value
)

// Findings of acts on tickets.
var (
	ruleNeeded = fault.Declare(2401, "an act lacks what it is about",
		"Give the field that the message names.")
	ruleNeedless = fault.Declare(2402, "an act has a field that it does not read",
		"Leave the field out, or do the act that it belongs to.")
	ruleUnknownName = fault.Declare(2403, "an act names something that the estate does not have",
		"Give one of the ids of the estate on this day.")
	ruleTooMuch = fault.Declare(2404, "a part of an act is too long or not a plain word",
		"Shorten it, or put long texts into text.")
	ruleBadMoment = fault.Declare(2405, "an act cannot have happened then",
		"Give an instant that is not in the future and not before the ticket was opened.")
	ruleBadLink = fault.Declare(2406, "a ticket cannot be linked so",
		"Link to another ticket that you may see, as parent, caused-by, duplicate-of, merged-into or related.")
	ruleUnknownReason = fault.Declare(2407, "no contract knows the reason for a pause",
		"Give one of the reasons that the message lists.")
)

// reads says which fields each act reads beside text and happened.
var reads = map[ticket.Act][]string{
	ticket.Open:   {"kind", "priority", "service", "site", "fields", "party", "team", "reporter", "summary"},
	ticket.Change: {"kind", "priority", "service", "site", "fields", "summary"},
	ticket.Note:   {}, ticket.Accept: {}, ticket.Respond: {}, ticket.Resolve: {}, ticket.Reopen: {}, ticket.Close: {},
	ticket.Assign: {"party", "team"}, ticket.Reject: {"reason"}, ticket.Pause: {"reason"}, ticket.Resume: {"reason"},
	ticket.Cancel: {"reason"}, ticket.Link: {"reason", "related"},
}

// needs says which of them an act cannot be without.
var needs = map[ticket.Act][]string{
	ticket.Open: {"kind", "priority", "service", "summary"}, ticket.Note: {"text"}, ticket.Assign: {"party"},
	ticket.Reject: {"reason"}, ticket.Pause: {"reason"}, ticket.Cancel: {"reason"}, ticket.Link: {"reason", "related"},
}

var events = map[ticket.Act]journal.Event{
	ticket.Open: journal.Opened, ticket.Change: journal.Changed, ticket.Note: journal.Noted, ticket.Assign: journal.Assigned,
	ticket.Accept: journal.Accepted, ticket.Reject: journal.Rejected, ticket.Respond: journal.Responded,
	ticket.Pause: journal.Paused, ticket.Resume: journal.Resumed, ticket.Resolve: journal.Resolved,
	ticket.Reopen: journal.Reopened, ticket.Close: journal.Closed, ticket.Cancel: journal.Cancelled, ticket.Link: journal.Linked,
}

// word is what a name, a kind or a reason may be.
var word = regexp.MustCompile(`^[\pL\pN][\pL\pN ._:/&'()+-]*$`)

// links are the kinds of link between tickets.
var links = []string{"parent", "caused-by", "duplicate-of", "merged-into", "related"}

// entry writes the act down, or returns everything that is wrong with it.
func (d *deed) entry(ctx context.Context, r *Record) (store.Entry, error) {
	a := d.act
	var f fault.Findings
	event, ok := events[a.Act]
	if !ok {
		return store.Entry{}, fault.Findings{ruleNeeded.At(fault.Position{}, "act", "there is no act %q, only %s", a.Act, strings.Join(acts(), ", "))}
	}
	f = append(f, a.shape()...)
	line, names := d.names()
	f = append(f, names...)
	f = append(f, d.reason()...)
	f = append(f, d.moment()...)
	f = append(f, d.link(ctx, r)...)
	if len(f) > 0 {
		return store.Entry{}, f
	}
	out := store.Entry{Draft: journal.Draft{
		Source: Source, Ticket: a.Ticket, Happened: d.now, Event: event, Kind: a.Kind, Priority: a.Priority, Service: a.Service,
		Site: a.Site, Party: a.Party, Team: a.Team, Line: line, Reason: a.Reason, Related: a.Related, Fields: d.fields(), By: d.who.Party,
	}}
	if a.Happened != nil && *a.Happened < d.now {
		out.Happened, out.Backdated = *a.Happened, true
	}
	if a.Text != "" {
		out.Visibility = a.visibility()
	}
	for _, c := range []store.Clear{{Name: "person", Value: d.who.ID}, {Name: store.SummaryName, Value: a.Summary}, {Name: "text", Value: a.Text}} {
		if c.Value != "" {
			out.Clear = append(out.Clear, c)
		}
	}
	if a.Act == ticket.Open {
		out.Clear = append(out.Clear, store.Clear{Name: store.ReporterName, Value: d.reporter()})
	}
	return out, nil
}

func acts() []string {
	var out []string
	for a := range events {
		out = append(out, string(a))
	}
	slices.Sort(out)
	return out
}

// given returns the act's fields that hold something, by name.
func (a *TicketAct) given() map[string]string {
	out := map[string]string{
		"kind": a.Kind, "priority": a.Priority, "service": a.Service, "site": a.Site, "party": a.Party, "team": a.Team,
		"reason": a.Reason, "related": a.Related, "reporter": a.Reporter, "summary": a.Summary, "text": a.Text,
	}
	if len(a.Fields) > 0 {
		out["fields"] = "given"
	}
	maps.DeleteFunc(out, func(_, value string) bool { return value == "" })
	return out
}

// shape checks what can be said of the act alone.
func (a *TicketAct) shape() fault.Findings {
	var f fault.Findings
	given := a.given()
	for _, name := range needs[a.Act] {
		if given[name] == "" {
			f = append(f, ruleNeeded.At(fault.Position{}, name, "to %s a ticket, %s must be given", a.Act, name))
		}
	}
	if a.Act == ticket.Change && len(given) == 0 {
		f = append(f, ruleNeeded.At(fault.Position{}, "", "a change changes at least one of %s", strings.Join(reads[a.Act], ", ")))
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name != "text" && !slices.Contains(reads[a.Act], name) {
			f = append(f, ruleNeedless.At(fault.Position{}, name, "to %s a ticket reads no %s", a.Act, name))
		}
		switch name {
		case "summary":
			f = append(f, within(name, a.Summary, MaxSummary)...)
		case "text":
			f = append(f, within(name, a.Text, MaxText)...)
		case "fields":
			f = append(f, a.furtherFields()...)
		case "reporter", "related":
			f = append(f, within(name, given[name], MaxWord)...)
		default:
			f = append(f, plainWord(name, given[name])...)
		}
	}
	return f
}

func within(name, value string, most int) fault.Findings {
	if len(value) > most {
		return fault.Findings{ruleTooMuch.At(fault.Position{}, name, "%s is %d bytes long, and may be %d", name, len(value), most)}
	}
	if strings.ContainsRune(value, 0) || !strings.Contains(name, "text") && strings.ContainsAny(value, "\r\n") {
		return fault.Findings{ruleTooMuch.At(fault.Position{}, name, "%s holds a character that it may not", name)}
	}
	return nil
}

func plainWord(name, value string) fault.Findings {
	if f := within(name, value, MaxWord); f != nil {
		return f
	}
	if !word.MatchString(value) {
		return fault.Findings{ruleTooMuch.At(fault.Position{}, name, "%s %q is not a plain word", name, value)}
	}
	return nil
}

func (a *TicketAct) furtherFields() fault.Findings {
	var f fault.Findings
	if len(a.Fields) > MaxFields {
		f = append(f, ruleTooMuch.At(fault.Position{}, "fields", "there are %d further fields, and may be %d", len(a.Fields), MaxFields))
	}
	for _, name := range slices.Sorted(maps.Keys(a.Fields)) {
		f = append(f, plainWord("fields", name)...)
		f = append(f, within("fields."+name, a.Fields[name], MaxWord)...)
	}
	return f
}

// fields returns the ticket's further fields as they are after the act, or none where
// the act does not change them: an entry that has some has all.
func (d *deed) fields() map[string]string {
	if len(d.act.Fields) == 0 {
		return nil
	}
	out := map[string]string{}
	if d.before != nil {
		for _, x := range d.before.Fields(d.state().Extra) {
			out[d.before.Name(x.Name)] = d.before.Name(x.Value)
		}
	}
	maps.Copy(out, d.act.Fields)
	return out
}

// names checks what the act names of the estate today, and returns the support line of
// the team.
func (d *deed) names() (line uint8, f fault.Findings) {
	a, view := d.act, d.book.view(d.book.today(d.now))
	unknown := func(field, id, among string) {
		f = append(f, ruleUnknownName.At(fault.Position{}, field, "there is no %s %q today%s", field, id, among))
	}
	if a.Service != "" && !slices.ContainsFunc(view.Services, func(s estate.ServiceView) bool { return s.ID == a.Service }) {
		unknown("service", a.Service, "")
	}
	if a.Site != "" && !slices.ContainsFunc(view.Sites, func(s estate.SiteView) bool { return s.ID == a.Site }) {
		unknown("site", a.Site, "")
	}
	if a.Priority != "" {
		if known := d.book.priorities(); len(known) > 0 && !slices.Contains(known, a.Priority) {
			unknown("priority", a.Priority, ", only "+strings.Join(known, ", "))
		}
	}
	if a.Party == "" {
		if a.Team != "" {
			f = append(f, ruleNeeded.At(fault.Position{}, "party", "a team is one of a party, which must be given"))
		}
		return 0, f
	}
	at := slices.IndexFunc(view.Parties, func(p estate.PartyView) bool { return p.ID == a.Party })
	if at < 0 {
		unknown("party", a.Party, "")
		return 0, f
	}
	if a.Team == "" {
		return 0, f
	}
	teams := view.Parties[at].Teams
	if n := slices.IndexFunc(teams, func(t estate.TeamView) bool { return t.ID == a.Team }); n >= 0 {
		return uint8(teams[n].Line), f
	}
	unknown("team", a.Team, " in party "+a.Party)
	return 0, f
}

// priorities lists those that a contract or a promise speaks of; none where all leave
// them open.
func (b *Book) priorities() []string {
	var out []string
	for _, c := range b.Contracts {
		for i := range c.Targets {
			out = append(out, c.Targets[i].Priorities...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// reason checks a reason for a pause against the contracts'.
func (d *deed) reason() fault.Findings {
	if d.act.Act != ticket.Pause || d.act.Reason == "" {
		return nil
	}
	var known []string
	for _, c := range d.book.Contracts {
		for i := range c.PauseCauses {
			known = append(known, c.PauseCauses[i].Reason)
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	if len(known) == 0 || slices.Contains(known, d.act.Reason) {
		return nil
	}
	return fault.Findings{ruleUnknownReason.At(fault.Position{}, "reason", "no contract knows the reason %q, only %s", d.act.Reason, strings.Join(known, ", "))}
}

// moment checks when the act is said to have happened.
func (d *deed) moment() fault.Findings {
	at := d.act.Happened
	switch {
	case at == nil:
		return nil
	case *at > d.now:
		return fault.Findings{ruleBadMoment.At(fault.Position{}, "happened", "%s is later than now, %s", at, d.now)}
	case d.before != nil && *at < d.history.Opened():
		return fault.Findings{ruleBadMoment.At(fault.Position{}, "happened", "%s is before the ticket was opened, %s", at, d.history.Opened())}
	}
	return nil
}

// link checks the other ticket of a link.
func (d *deed) link(ctx context.Context, r *Record) fault.Findings {
	a := d.act
	if a.Act != ticket.Link || a.Related == "" || a.Reason == "" {
		return nil
	}
	var f fault.Findings
	if !slices.Contains(links, a.Reason) {
		f = append(f, ruleBadLink.At(fault.Position{}, "reason", "there is no link %q, only %s", a.Reason, strings.Join(links, ", ")))
	}
	other, err := r.visible(ctx, d.book, d.who, a.Related)
	switch {
	case a.Related == a.Ticket:
		f = append(f, ruleBadLink.At(fault.Position{}, "related", "a ticket cannot be linked to itself"))
	case err != nil:
		f = append(f, ruleBadLink.At(fault.Position{}, "related", "%s", fmt.Sprint(err)))
	case other.Parent == a.Ticket && a.Reason != "related" && a.Reason != "caused-by":
		f = append(f, ruleBadLink.At(fault.Position{}, "related", "ticket %s already belongs to %s", a.Related, a.Ticket))
	}
	return f
}
