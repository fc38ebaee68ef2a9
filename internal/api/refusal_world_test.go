package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/app"
)

// suppliers of the example force's towers, each with the service that its tickets are
// about, and the contract under which it works.
var suppliers = []struct{ party, service, contract string }{
	{"fennock", "telephony", "network"},
	{"ostlehythe", "data-centre", "hosting"}, // manages applications
	{"brackwold", "laptops", "end-user"},
	{"merrowfen", "crime-records", "applications"},
	{"quenby", "email", "service-desk"},
}

// caller is somebody who asks, as the table calls him.
type caller struct {
	name   string // role@party, or who it is
	party  string
	role   access.Role
	secret string // token or session
}

// world is a record in which every supplier has tickets in every state, with notes of
// all visibilities, figures and issued statements, and everybody who could ask for them.
// What each has written holds a word that nothing else holds.
type world struct {
	*house
	callers []caller
	tickets map[string]*app.Ticket // by what the table calls them
	version map[string]int64       // of lines, by what they are about
	imports string                 // address of an import
	person  string                 // id of somebody who does nothing
	after   string                 // cursor of the analyst's list
	sums    map[string][]string    // of money, by contract, that no other contract has
	notes   map[string]bool        // texts of notes
}

// newWorld makes the world. Everything in it was written over HTTP.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{house: force(t), tickets: map[string]*app.Ticket{}, version: map[string]int64{}, sums: map[string][]string{}, notes: map[string]bool{}}
	w.plantSums()
	w.people()
	for _, s := range suppliers {
		w.worked(s.party, s.service)
	}
	w.states()
	w.restricted()
	w.imported()
	w.house.after(39 * 24 * time.Hour) // it is the 20th of April
	w.signInAgain()
	for _, c := range []string{"end-user", "network"} {
		w.post("/statements", w.as("force", access.Commercial), `{"contract": "`+c+`", "period": "2019-03"}`).is(t, http.StatusCreated)
	}
	w.figures()
	w.everybody()
	return w
}

// plantSums changes every sum of money in the contracts to one that is nowhere else.
func (w *world) plantSums() {
	w.t.Helper()
	body := struct {
		Put []map[string]string `json:"put"`
	}{}
	n := 0
	for _, d := range documents(w.t) {
		contract, ok := strings.CutPrefix(d.Name, "contracts/")
		if !ok {
			continue
		}
		contract = strings.TrimSuffix(contract, ".yaml")
		text := sum.ReplaceAllStringFunc(string(d.Data), func(was string) string {
			n++
			is := fmt.Sprintf("%s%03d.71", was[len("GBP "):len(was)-len("000.00")], 100+n)
			w.sums[contract] = append(w.sums[contract], is)
			return "GBP " + is
		})
		body.Put = append(body.Put, map[string]string{"name": d.Name, "text": text})
	}
	w.post("/documents", w.admin(), written(w.t, body)).is(w.t, http.StatusOK)
}

// sum is a sum of thousands in a contract.
var sum = regexp.MustCompile(`GBP [0-9]+000\.00`)

// figures adds the sums that the statements of the contracts came to.
func (w *world) figures() {
	w.t.Helper()
	of := map[string]string{}
	for contract := range w.sums {
		a := w.get("/statements/"+contract+"/2019-03", w.as("force", access.Commercial)).is(w.t, http.StatusOK)
		for _, m := range figure.FindAllStringSubmatch(string(a.body), -1) {
			if of[m[1]] == "" {
				of[m[1]] = contract
			} else if of[m[1]] != contract {
				of[m[1]] = "several"
			}
		}
	}
	for text, contract := range of {
		if contract != "several" && !slices.Contains(w.sums[contract], text) {
			w.sums[contract] = append(w.sums[contract], text)
		}
	}
}

// figure is a sum in a statement that is long enough to be taken for no other.
var figure = regexp.MustCompile(`"value":"-?([0-9]{4,}\.[0-9]{2})"`)

// people adds those who have to be persons.
func (w *world) people() {
	w.tokens["reporter"] = w.invitedAs("p-reporter", "force", "officer", "")
	w.tokens["cleared analyst"] = w.invitedAs("p-cleared-analyst", "tarnbridge", "analyst", "detained-people")
	w.tokens["cleared agent"] = w.invitedAs("p-cleared-agent", "merrowfen", "agent", "detained-people")
	w.person = "p-idle"
	w.invitedAs(w.person, "quenby", "agent", "")
}

// invitedAs returns the session of somebody of an id whom the administrator has invited.
func (w *world) invitedAs(id, party, roles, classes string) string {
	w.t.Helper()
	values := map[string]string{"id": id, "name": "Person " + id, "email": id + "@example.org", "party": party, "roles": roles, "clearances": classes}
	w.post("/people", w.admin(), written(w.t, map[string]any{"values": values})).is(w.t, http.StatusCreated)
	var link struct{ Path string }
	w.post("/people/"+id+"/invitations", w.admin(), "").is(w.t, http.StatusCreated).into(w.t, &link)
	_, secret, _ := strings.Cut(link.Path, "link=")
	return "cookie " + cookieOf(w.t, w.form("/welcome", url.Values{"link": {secret}, "password": {password}}).is(w.t, http.StatusSeeOther))
}

// signInAgain begins new sessions: those of March have ended.
func (w *world) signInAgain() {
	w.t.Helper()
	for name, address := range map[string]string{
		"admin": "ada", "reporter": "p-reporter", "cleared analyst": "p-cleared-analyst", "cleared agent": "p-cleared-agent",
	} {
		in := w.form("/sign-in", url.Values{"name": {address + "@example.org"}, "password": {password}}).is(w.t, http.StatusSeeOther)
		w.tokens[name] = "cookie " + cookieOf(w.t, in)
	}
}

// do does an act that must succeed, and returns the ticket after it.
func (w *world) do(who, path, body string) *app.Ticket {
	w.t.Helper()
	w.house.after(time.Minute)
	a := w.post("/tickets"+path, who, body)
	if a.StatusCode != http.StatusOK && a.StatusCode != http.StatusCreated {
		w.t.Fatalf("%s: %d %s", path, a.StatusCode, a.body)
	}
	out := &app.Ticket{}
	a.into(w.t, out)
	return out
}

// opened opens a ticket of the reporter, whose words have a name in them.
func (w *world) opened(name, service string) *app.Ticket {
	w.t.Helper()
	return w.do(w.tokens["reporter"], "", fmt.Sprintf(
		`{"kind": "incident", "priority": "P3", "service": %q, "site": "harbour", "summary": "Summary-%s", "text": "Report-%[2]s"}`, service, name))
}

// worked has a supplier work on a ticket, with notes, and resolve another one late.
func (w *world) worked(party, service string) {
	w.t.Helper()
	analyst, agent := w.as("tarnbridge", access.Analyst), w.as(party, access.Agent)
	for _, name := range []string{party, "late-" + party} {
		x := w.opened(name, service)
		w.version["opened "+name] = x.Version
		w.do(analyst, "/"+x.ID+"/assignments", `{"party": "`+party+`"}`)
		w.do(agent, "/"+x.ID+"/acceptance", `{}`)
		for _, visibility := range []string{"own", "shared", "public"} {
			x = w.note(agent, x, visibility, "Note-"+visibility+"-"+name)
			w.version[visibility+" note of "+name] = x.Version
		}
		w.tickets[name] = x
	}
	w.tickets[party] = w.note(analyst, w.tickets[party], "own", "Analysts-"+party)
}

// note writes a note.
func (w *world) note(who string, x *app.Ticket, visibility, text string) *app.Ticket {
	w.t.Helper()
	w.notes[text] = true
	return w.do(who, "/"+x.ID+"/notes", fmt.Sprintf(`{"text": %q, "visibility": %q}`, text, visibility))
}

// states makes tickets of Brackwold in the states that acts need, and ends the late ones.
func (w *world) states() {
	w.t.Helper()
	analyst, agent := w.as("tarnbridge", access.Analyst), w.as("brackwold", access.Agent)
	w.tickets["new"] = w.opened("new", "laptops")
	for _, name := range []string{"offered", "waiting", "resolved", "passed on"} {
		plain := strings.ReplaceAll(name, " ", "-")
		x := w.opened(plain, "laptops")
		if name == "passed on" { // from Fennock, which held it
			w.do(analyst, "/"+x.ID+"/assignments", `{"party": "fennock"}`)
			w.do(w.as("fennock", access.Agent), "/"+x.ID+"/acceptance", `{}`)
		}
		w.tickets[name] = w.do(analyst, "/"+x.ID+"/assignments", `{"party": "brackwold"}`)
		if name != "offered" {
			w.tickets[name] = w.do(agent, "/"+x.ID+"/acceptance", `{}`)
		}
		w.note(agent, x, "own", "Note-own-"+plain)
	}
	w.tickets["waiting"] = w.do(agent, "/"+w.tickets["waiting"].ID+"/pauses", `{"reason": "user"}`)
	w.tickets["resolved"] = w.do(agent, "/"+w.tickets["resolved"].ID+"/resolution", `{}`)
	// Brackwold's ticket came of one that Fennock has, and one of Fennock's belongs to it.
	w.do(analyst, "/"+w.tickets["brackwold"].ID+"/links", `{"reason": "caused-by", "related": "`+w.tickets["fennock"].ID+`"}`)
	w.tickets["brackwold"] = w.do(analyst, "/"+w.tickets["brackwold"].ID+"/links", `{"reason": "parent", "related": "`+w.tickets["late-fennock"].ID+`"}`)
	w.version["link of brackwold"] = w.tickets["brackwold"].Version
	w.house.after(10 * 24 * time.Hour)
	for _, s := range suppliers {
		w.do(w.as(s.party, access.Agent), "/"+w.tickets["late-"+s.party].ID+"/resolution", `{}`)
	}
}

// restricted makes a ticket of a restricted class, which Merrowfen's cleared people work
// on.
func (w *world) restricted() {
	w.t.Helper()
	w.signInAgain()
	x := w.opened("restricted", "custody")
	w.do(w.tokens["cleared analyst"], "/"+x.ID+"/assignments", `{"party": "merrowfen"}`)
	w.do(w.tokens["cleared agent"], "/"+x.ID+"/acceptance", `{}`)
	w.tickets["restricted"] = w.note(w.tokens["cleared agent"], x, "shared", "Note-shared-restricted")
	w.version["opened restricted"] = x.Version
}

// imported imports a log of one ticket.
func (w *world) imported() {
	w.t.Helper()
	admin := w.as("force", access.Administrator)
	sent := w.ask("POST", "/api/v1/imports", admin, log(1), "Content-Type", "application/octet-stream").is(w.t, http.StatusAccepted)
	w.imports = strings.TrimPrefix(sent.Header.Get("Location"), "/api/v1")
	w.ended(w.t, admin, sent.Header.Get("Location"))
	var page struct{ Next string }
	w.get("/tickets?limit=2", w.as("tarnbridge", access.Analyst)).is(w.t, http.StatusOK).into(w.t, &page)
	w.after = page.Next
}

// everybody lists the callers: each role in each party that may have it, and the people.
func (w *world) everybody() {
	w.t.Helper()
	parties := []string{"force", "tarnbridge"}
	for _, s := range suppliers {
		parties = append(parties, s.party)
	}
	for _, role := range access.Roles() {
		for i, party := range parties {
			if i > 1 && (role == access.Analyst || role == access.Assurance) {
				continue // nobody of a supplier comes in with these
			}
			w.callers = append(w.callers, caller{string(role) + "@" + party, party, role, w.as(party, role)})
		}
	}
	for _, who := range []struct {
		name, party string
		role        access.Role
	}{
		{"reporter", "force", access.Officer},
		{"cleared analyst", "tarnbridge", access.Analyst},
		{"cleared agent", "merrowfen", access.Agent},
		{"admin", "force", access.Administrator},
	} {
		w.callers = append(w.callers, caller{who.name, who.party, who.role, w.tokens[who.name]})
	}
}

// caller returns a caller by his name.
func (w *world) caller(name string) caller {
	w.t.Helper()
	at := slices.IndexFunc(w.callers, func(c caller) bool { return c.name == name })
	if at < 0 {
		w.t.Fatalf("there is no %s", name)
	}
	return w.callers[at]
}
