package api_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// probe is one request that everybody sends.
type probe struct {
	operation string // its id in the description
	about     string // of what, in words
	path      string
	body      string
	kind      string // of the body; empty: JSON
	ghost     string // the same path about something that is not there; empty: there is no such
	stream    bool   // the answer does not end
}

// probes lists a request for every operation, and for those on tickets one for each kind
// of ticket. What could change anything is a dry run.
func (w *world) probes() []probe {
	var out []probe
	out = append(out, w.ticketProbes()...)
	out = append(out, w.actProbes()...)
	out = append(out, w.figureProbes()...)
	out = append(out, w.contentProbes()...)
	return append(out, w.houseProbes()...)
}

const ghostTicket, ghostContract = "INC9999999", "never-was"

// seen are the tickets that reading is tried on.
var seen = []string{"fennock", "ostlehythe", "brackwold", "merrowfen", "quenby", "new", "passed on", "restricted"}

// named are the tickets that an operation is tried on.
func (w *world) named(operation string) []string {
	if operation == "list-ticket-entries" { // all: that is where texts are
		return slices.Sorted(maps.Keys(w.tickets))
	}
	return seen
}

func (w *world) ticketProbes() []probe {
	var out []probe
	for _, r := range []struct{ operation, suffix string }{
		{"read-ticket", ""},
		{"read-ticket-life", "/life"},
		{"list-ticket-entries", "/entries"},
		{"read-clock", "/clocks/resolve?contract=end-user"},
		{"read-legs", "/legs?contract=end-user"},
	} {
		for _, name := range w.named(r.operation) {
			if strings.Contains(r.suffix, "contract") && name != "brackwold" && name != "passed on" && name != "fennock" {
				continue
			}
			out = append(out, probe{
				operation: r.operation, about: "ticket " + name, path: "/tickets/" + w.tickets[name].ID + r.suffix, ghost: "/tickets/" + ghostTicket + r.suffix,
			})
		}
	}
	analysts := "/tickets?limit=2&after=" + w.after
	return append(out,
		probe{operation: "list-tickets", about: "all", path: "/tickets?count=true&limit=1000"},
		probe{operation: "list-tickets", about: "by an analyst's cursor", path: analysts},
		probe{operation: "count-tickets", about: "all", path: "/tickets/count"},
		probe{operation: "follow-tickets", about: "from the first line", path: "/tickets/events", stream: true},
	)
}

func (w *world) actProbes() []probe {
	var out []probe
	act := func(operation, ticket, noun, body string) {
		out = append(out, probe{
			operation: operation, about: "ticket " + ticket, path: "/tickets/" + w.tickets[ticket].ID + "/" + noun + "?dry=true",
			ghost: "/tickets/" + ghostTicket + "/" + noun + "?dry=true", body: body,
		})
	}
	out = append(out,
		probe{operation: "open-ticket", about: "one's own", path: "/tickets?dry=true", body: laptop},
		probe{operation: "open-ticket", about: "another person's", path: "/tickets?dry=true", body: strings.Replace(laptop, `"summary"`, `"reporter": "p-reporter", "summary"`, 1)},
		probe{operation: "open-ticket", about: "of a restricted class, another person's", path: "/tickets?dry=true", body: strings.NewReplacer("laptops", "custody", `"summary"`, `"reporter": "p-reporter", "summary"`).Replace(laptop)},
	)
	for _, name := range []string{"brackwold", "merrowfen", "restricted"} {
		act("change-ticket", name, "changes", `{"priority": "P2"}`)
		act("assign-ticket", name, "assignments", `{"party": "quenby"}`)
		act("respond-ticket", name, "response", `{"text": "soon"}`)
		act("pause-ticket", name, "pauses", `{"reason": "user"}`)
		act("resolve-ticket", name, "resolution", `{}`)
		act("cancel-ticket", name, "cancellation", `{"reason": "test"}`)
		act("link-ticket", name, "links", `{"reason": "related", "related": "`+w.tickets["late-merrowfen"].ID+`"}`)
		for _, visibility := range []string{"own", "shared", "public"} {
			act("note-ticket", name, "notes", `{"text": "x", "visibility": "`+visibility+`"}`)
			out[len(out)-1].about += ", " + visibility
		}
	}
	act("note-ticket", "passed on", "notes", `{"text": "x", "visibility": "shared"}`)
	act("resolve-ticket", "passed on", "resolution", `{}`)
	act("accept-ticket", "offered", "acceptance", `{}`)
	act("reject-ticket", "offered", "rejection", `{"reason": "not-network"}`)
	act("resume-ticket", "waiting", "resumption", `{}`)
	act("reopen-ticket", "resolved", "reopening", `{}`)
	act("close-ticket", "resolved", "closure", `{}`)
	return out
}

func (w *world) figureProbes() []probe {
	var out []probe
	for _, c := range slices.Sorted(maps.Keys(w.sums)) {
		each := func(operation, format, suffix string) {
			out = append(out, probe{operation: operation, about: "contract " + c, path: fmt.Sprintf(format, c) + suffix, ghost: fmt.Sprintf(format, ghostContract) + suffix})
		}
		each("read-contract", "/contracts/%s", "")
		each("read-measures", "/measures/%s/2019-03", "")
		each("draw-statement", "/statements/%s/2019-03", "")
		each("read-statement-history", "/statements/%s/2019-03", "/issued")
		each("list-statements", "/statements?contract=%s", "")
		body := `{"contract": %q, "period": "2019-02"}`
		out = append(out, probe{operation: "issue-statement", about: "contract " + c, path: "/statements?dry=true", body: fmt.Sprintf(body, c)})
	}
	for _, form := range []string{"bundle", "page", "table", "workbook"} {
		out = append(out,
			probe{operation: "draw-statement-file", about: form + " of contract end-user", path: "/statements/end-user/2019-03/" + form, ghost: "/statements/" + ghostContract + "/2019-03/" + form},
			probe{operation: "read-statement-file", about: form + " of contract end-user", path: "/statements/end-user/2019-03/issued/1/" + form, ghost: "/statements/" + ghostContract + "/2019-03/issued/1/" + form})
	}
	return append(out,
		probe{operation: "read-statement", about: "contract end-user", path: "/statements/end-user/2019-03/issued/1", ghost: "/statements/" + ghostContract + "/2019-03/issued/1"},
		probe{operation: "read-statement", about: "contract applications, which has none", path: "/statements/applications/2019-03/issued/1"},
		probe{operation: "list-statements", about: "all", path: "/statements"},
		probe{operation: "list-contracts", about: "all", path: "/contracts"},
		probe{operation: "read-estate", about: "today", path: "/estate"},
		probe{operation: "list-calendars", about: "all", path: "/calendars"},
		probe{operation: "read-calendar", about: "office", path: "/calendars/office"},
		probe{operation: "count-open-seconds", about: "office", path: "/calendars/office/open?from=2019-03-01T00:00:00Z&to=2019-03-02T00:00:00Z"},
		probe{operation: "find-due-instant", about: "office", path: "/calendars/office/due?from=2019-03-01T00:00:00Z&seconds=3600"},
	)
}

func (w *world) contentProbes() []probe {
	line := func(what string) probe {
		return probe{
			operation: "prove-entry", about: what, path: fmt.Sprintf("/journal/entries/%d/proof", w.version[what]), ghost: "/journal/entries/999999/proof",
		}
	}
	out := []probe{
		line("opened brackwold"), line("own note of brackwold"), line("shared note of brackwold"), line("public note of brackwold"),
		line("opened fennock"), line("opened merrowfen"), line("own note of merrowfen"), line("opened restricted"), line("link of brackwold"),
		{operation: "prove-entry", about: "an act of the record", path: "/journal/entries/1/proof", ghost: "/journal/entries/999999/proof"},
	}
	erase := func(ticket string) probe {
		return probe{operation: "erase-content", about: "ticket " + ticket, path: "/erasures?dry=true", body: `{"ticket": "` + w.tickets[ticket].ID + `", "why": "test"}`}
	}
	return append(out,
		erase("brackwold"), erase("restricted"),
		probe{operation: "read-journal-head", about: "now", path: "/journal/head"},
		probe{operation: "prove-consistency", about: "of two sizes", path: "/journal/consistency?from=3&to=7"},
		probe{operation: "read-journal-lines", about: "all", path: "/journal/lines"},
		probe{operation: "read-retention", about: "now", path: "/retention"},
		probe{operation: "set-retention", about: "one rule", path: "/retention?dry=true", body: `{"rules": [{"months": 24, "names": ["text"], "clause": "4.2"}]}`},
		probe{operation: "apply-retention", about: "now", path: "/retention/applications?dry=true"},
		probe{operation: "read-subject", about: "another person", path: "/subject-access?dry=true", body: `{"person": "p-reporter"}`},
		probe{operation: "read-subject", about: "nobody", path: "/subject-access?dry=true", body: `{"person": "p-nobody"}`},
		probe{operation: "import-log", about: "a log", path: "/imports?dry=true", body: log(2), kind: "application/octet-stream"},
		probe{operation: "read-import", about: "one that has ended", path: w.imports, ghost: "/imports/sha256:none"},
		probe{operation: "follow-import", about: "one that has ended", path: w.imports + "/events", ghost: "/imports/sha256:none/events"},
	)
}

func (w *world) houseProbes() []probe {
	person := "/people/" + w.person
	return []probe{
		{operation: "list-documents", about: "all", path: "/documents"},
		{operation: "put-documents", about: "a calendar", path: "/documents?dry=true", body: `{"put": [{"name": "calendars/spare.yaml", "text": "id: spare\nname: Spare\nzone: Etc/UTC\nversions: [{always: true}]\n"}]}`},
		{operation: "read-estate-document", about: "as it is", path: "/documents/estate.yaml"},
		{operation: "put-estate-document", about: "as it is", path: "/documents/estate.yaml?dry=true", body: string(documentOf(w.t, "estate.yaml")), kind: "application/yaml"},
		{operation: "read-document", about: "contract end-user", path: "/documents/contracts/end-user.yaml", ghost: "/documents/contracts/" + ghostContract + ".yaml"},
		{operation: "read-document", about: "a calendar", path: "/documents/calendars/office.yaml", ghost: "/documents/calendars/" + ghostContract + ".yaml"},
		{operation: "put-document", about: "contract end-user", path: "/documents/contracts/end-user.yaml?dry=true", body: string(documentOf(w.t, "contracts/end-user.yaml")), kind: "application/yaml"},
		{operation: "remove-document", about: "contract siam", path: "/documents/contracts/siam.yaml?dry=true"},
		{operation: "list-people", about: "all", path: "/people"},
		{operation: "read-person", about: "of quenby", path: person, ghost: "/people/p-nobody"},
		{operation: "read-person", about: "of the force", path: "/people/p-reporter", ghost: "/people/p-nobody"},
		{operation: "add-person", about: "of quenby", path: "/people?dry=true", body: `{"values": {"id": "p-new", "name": "New", "party": "quenby"}}`},
		{operation: "change-person", about: "of quenby", path: person + "/changes?dry=true", body: `{"values": {"site": "harbour"}}`, ghost: "/people/p-nobody/changes?dry=true"},
		{operation: "change-person", about: "of quenby, who becomes a manager", path: person + "/changes?dry=true", body: `{"grant": ["manager"]}`, ghost: "/people/p-nobody/changes?dry=true"},
		{operation: "invite-person", about: "of quenby", path: person + "/invitations?dry=true", ghost: "/people/p-nobody/invitations?dry=true"},
		{operation: "end-sessions", about: "of somebody of quenby", path: person + "/sessions", ghost: "/people/p-nobody/sessions"},
		{operation: "list-assets", about: "all", path: "/assets"},
		{operation: "plan-directory", about: "people of quenby", path: "/directory/people/plans", body: "id,name,party\np-more,More,quenby\n", kind: "text/csv"},
		{operation: "import-directory", about: "people of quenby", path: "/directory/people/imports?plan=any&dry=true", body: "id,name,party\np-more,More,quenby\n", kind: "text/csv"},
		{operation: "export-directory", about: "people", path: "/directory/people"},
		{operation: "list-tokens", about: "all", path: "/tokens"},
		{operation: "issue-token", about: "of quenby", path: "/tokens?dry=true", body: `{"account": "quenby-tool", "name": "x", "party": "quenby", "roles": ["bridge"]}`},
		{operation: "revoke-token", about: "of quenby", path: "/tokens/" + url.PathEscape(w.tokenID("quenby-agent")) + "?dry=true", ghost: "/tokens/none?dry=true"},
		{operation: "begin-passkey-sign-in", about: "of anybody", path: "/sign-in/passkey/options"},
		{operation: "sign-in-by-passkey", about: "by what was never begun", path: "/sign-in/passkey", body: `{"state": "tb_state_none", "answer": {"id": "x"}}`},
		{operation: "list-my-passkeys", about: "one's own", path: "/me/passkeys"},
		{operation: "begin-passkey", about: "of one's own", path: "/me/passkeys/options"},
		{operation: "add-passkey", about: "that was never begun", path: "/me/passkeys", body: `{"state": "tb_state_none", "answer": {"id": "x"}, "name": "Phone"}`},
		{operation: "remove-passkey", about: "that is not there", path: "/me/passkeys/none"},
		{operation: "read-me", about: "oneself", path: "/me"},
		{operation: "list-my-sessions", about: "one's own", path: "/me/sessions"},
		{operation: "end-my-session", about: "that is not there", path: "/me/sessions/none"},
		{operation: "change-my-password", about: "by a wrong old one", path: "/me/password", body: `{"old": "no such words at all", "new": "other plain words there"}`},
	}
}
