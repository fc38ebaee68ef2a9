package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"towerbridge/calendar"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/worked"
)

// TestWorkedExamplesProve runs the worked examples of the project over HTTP: of the
// stated number, which is all, every third where it is not to be proved.
func TestWorkedExamplesProve(t *testing.T) {
	every := 3
	if os.Getenv("TOWERBRIDGE_PROVE") != "" {
		every = 1
	}
	scripts, run := 0, 0
	for _, name := range workedFiles(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			if scripts++; scripts%every != 0 {
				t.SkipNow() // make prove runs all
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			script, findings := worked.Parse(name, data)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			for _, x := range app.NotApplicable {
				if x.Holds(script) {
					t.Logf("%d expectations are not applicable: %s", len(script.Expectations), x.Why)
					script.Expectations = nil
				}
			}
			run += len(script.Expectations) + len(script.Fails)
			for _, f := range worked.Run(script, &overHTTP{t}) {
				t.Error(f.String())
			}
		})
	}
	if run < 350/every {
		t.Errorf("only %d expectations were asked for", run)
	}
}

func workedFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join("..", "..", "examples"), func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(name, ".worked") {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// overHTTP answers worked examples as anybody's program would: by requests to a server
// over a record that was empty. The first administrator comes in by his link and puts the
// documents, a token of his imports the log, and whoever asks was invited by him.
type overHTTP struct{ t *testing.T }

// Load puts an example's documents and imports its log.
func (e *overHTTP) Load(m worked.Material) (worked.Answers, error) {
	h := open(e.t, nil)
	h.now.Store(1_800_000_000)
	documents := app.CompleteExample(m.Documents)
	party, classes := customer(documents)
	h.tokens["admin"] = h.firstOf(party)
	a := &answers{house: h, findings: fault.Findings{}}
	body := struct {
		Put []map[string]string `json:"put"`
	}{}
	for _, d := range documents {
		body.Put = append(body.Put, map[string]string{"name": d.Name, "text": string(d.Data)})
	}
	put := h.post("/documents", h.admin(), written(e.t, body))
	if put.StatusCode == http.StatusUnprocessableEntity {
		var p problem
		put.into(e.t, &p)
		a.findings = found(p)
		return a, nil
	}
	put.is(e.t, http.StatusOK)
	a.reader = h.invited(party, "analyst; commercial", strings.Join(classes, "; "))
	if m.Log.Name != "" {
		a.take(m, h.issued(party, "administrator"))
	}
	return a, nil
}

// customer returns the first customer of an estate, and its data classes.
func customer(documents []statement.Source) (party string, classes []string) {
	book, _ := statement.ReadBook(documents, calendar.Shipped())
	if book.Estate == nil {
		return "customer", nil
	}
	d := book.Estate.Document()
	for _, p := range d.Parties {
		if p.Kind == estate.Customer && party == "" {
			party = p.ID
		}
	}
	for _, c := range d.DataClasses {
		classes = append(classes, c.ID)
	}
	return party, classes
}

func written(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// firstOf makes the first administrator, of a party, by the link that the program prints.
func (h *house) firstOf(party string) string {
	h.t.Helper()
	link, made, err := h.door.FirstAdministrator(h.t.Context())
	if err != nil || !made {
		h.t.Fatal(made, err)
	}
	return "cookie " + cookieOf(h.t, h.form("/welcome", url.Values{
		"link": {link.Reveal()}, "name": {"Ada Mercer"}, "party": {party}, "signIn": {"ada@example.org"}, "password": {password},
	}).is(h.t, http.StatusSeeOther))
}

// invited returns the session of somebody whom the administrator has added and invited.
func (h *house) invited(party, roles, classes string) string {
	h.t.Helper()
	id := "p-" + strconv.FormatInt(h.keys.Add(1), 10)
	values := map[string]string{"id": id, "name": "Somebody of " + party, "email": id + "@example.org", "party": party, "roles": roles, "clearances": classes}
	h.post("/people", h.admin(), written(h.t, map[string]any{"values": values})).is(h.t, http.StatusCreated)
	var link struct{ Path string }
	h.post("/people/"+id+"/invitations", h.admin(), "").is(h.t, http.StatusCreated).into(h.t, &link)
	_, secret, _ := strings.Cut(link.Path, "link=")
	return "cookie " + cookieOf(h.t, h.form("/welcome", url.Values{"link": {secret}, "password": {password}}).is(h.t, http.StatusSeeOther))
}

// issued returns a token that the administrator has issued over the API.
func (h *house) issued(party string, roles ...string) string {
	h.t.Helper()
	body := map[string]any{"account": "program", "name": "test", "party": party, "roles": roles}
	var out struct{ Token string }
	h.post("/tokens", h.admin(), written(h.t, body)).is(h.t, http.StatusCreated).into(h.t, &out)
	return out.Token
}

// found returns a problem's findings as documents have them.
func found(p problem) fault.Findings {
	var out fault.Findings
	for _, f := range p.Findings {
		number, err := strconv.Atoi(strings.TrimPrefix(f.Code, "TB"))
		if err != nil {
			number = -1
		}
		out = append(out, fault.Finding{
			Rule: fault.Rule{Number: number, Remedy: f.Remedy}, Field: f.Field, Message: f.Message,
			Position: fault.Position{File: f.File, Line: f.Line, Column: f.Column},
		})
	}
	return out
}

// answers is one example in a record of its own.
type answers struct {
	*house
	reader   string // session of whoever asks
	findings fault.Findings
	log      worked.Log
}

// take imports the log, by its mapping if it has one.
func (a *answers) take(m worked.Material, token string) {
	a.t.Helper()
	query := url.Values{"name": {path.Base(m.Log.Name)}, "acceptRefused": {"true"}}
	if m.Mapping != nil {
		name := "mappings/" + path.Base(m.Mapping.Name)
		put := a.ask("PUT", "/api/v1/documents/"+name, a.admin(), string(m.Mapping.Data), "Content-Type", "application/yaml")
		if put.StatusCode == http.StatusUnprocessableEntity {
			var p problem
			put.into(a.t, &p)
			a.findings = found(p)
			return
		}
		put.is(a.t, http.StatusOK)
		query.Set("mapping", name)
		token = a.admin() // who may read mappings
	}
	sent := a.ask("POST", "/api/v1/imports?"+query.Encode(), token, string(m.Log.Data), "Content-Type", "application/octet-stream").is(a.t, http.StatusAccepted)
	a.ended(a.t, token, sent.Header.Get("Location"))
	var x struct {
		Phase         string
		Rows, Entries int64
		HeldRows      []int64
		RefusedRows   []struct {
			Row     int64
			Finding struct{ Code string }
		}
		Problem *problem
	}
	a.ask("GET", sent.Header.Get("Location"), token, "").is(a.t, http.StatusOK).into(a.t, &x)
	if x.Phase != "finished" {
		if x.Problem == nil || len(x.Problem.Findings) == 0 {
			a.t.Fatalf("the import: %+v %+v", x, x.Problem)
		}
		a.findings = found(*x.Problem)
		return
	}
	a.log = worked.Log{Rows: x.Rows, Entries: x.Entries, Held: x.HeldRows, Refused: map[int64]string{}}
	for _, r := range x.RefusedRows {
		a.log.Refused[r.Row] = r.Finding.Code
	}
}

// Findings is what is wrong with the documents; then nothing was put.
func (a *answers) Findings() fault.Findings { return a.findings }

// Log is what became of the log's rows.
func (a *answers) Log() worked.Log { return a.log }

// read asks a question.
func (a *answers) read(v any, query url.Values, format string, args ...any) error {
	if len(a.findings) > 0 {
		return errors.New(app.NotApplicable[0].Why)
	}
	for i := range args {
		if s, ok := args[i].(string); ok {
			args[i] = url.PathEscape(s)
		}
	}
	got := a.get(fmt.Sprintf(format, args...)+"?"+query.Encode(), a.reader)
	if got.StatusCode != http.StatusOK {
		return fmt.Errorf("%d: %s", got.StatusCode, got.body)
	}
	if s, ok := v.(**statement.Statement); ok { // its digest is checked against its bytes
		var err error
		*s, err = statement.Decode(got.body)
		return err
	}
	return json.Unmarshal(got.body, v)
}

// Clock reads a clock of a ticket.
func (a *answers) Clock(contract, ticket, clock string, life int, at span.Instant) (worked.Clock, error) {
	var x struct {
		Verdict, Problem string
		ElapsedSeconds   int64
		TargetSeconds    *int64
		Due, Start, Stop *span.Instant
		Pauses           []struct {
			From        span.Instant
			To          *span.Instant
			Reasons     []string
			OpenSeconds int64
		}
	}
	query := url.Values{"contract": {contract}, "asOf": {at.String()}, "life": {strconv.Itoa(life)}}
	if err := a.read(&x, query, "/tickets/%s/clocks/%s", ticket, clock); err != nil {
		return worked.Clock{}, err
	}
	out := worked.Clock{Verdict: x.Verdict, Elapsed: x.ElapsedSeconds, Due: never(x.Due), Stop: never(x.Stop), Problem: x.Problem}
	if x.TargetSeconds != nil {
		out.Target, out.HasTarget = *x.TargetSeconds, true
	}
	if x.Start != nil {
		out.Start = *x.Start
	}
	for _, p := range x.Pauses {
		out.Pauses = append(out.Pauses, worked.Pause{Span: span.Span{From: p.From, To: never(p.To)}, Reasons: p.Reasons, Open: p.OpenSeconds})
	}
	return out, nil
}

// never returns an instant that an answer may leave out.
func never(at *span.Instant) span.Instant {
	if at == nil {
		return span.Never
	}
	return *at
}

// Legs shares out the elapsed time of a ticket.
func (a *answers) Legs(contract, ticket string, at span.Instant) (worked.Legs, error) {
	var x struct {
		Opened span.Instant
		End    *span.Instant
		Legs   []struct {
			From                span.Instant
			To                  *span.Instant
			Kind, Party, Reason string
		}
	}
	if err := a.read(&x, url.Values{"contract": {contract}, "asOf": {at.String()}}, "/tickets/%s/legs", ticket); err != nil {
		return worked.Legs{}, err
	}
	out := worked.Legs{Opened: x.Opened, End: never(x.End)}
	for _, l := range x.Legs {
		out.Legs = append(out.Legs, worked.Leg{Span: span.Span{From: l.From, To: never(l.To)}, Kind: l.Kind, Party: l.Party, Reason: l.Reason})
	}
	return out, nil
}

// Statement draws a service period of a contract.
func (a *answers) Statement(contract string, period span.Period, at span.Instant) (*statement.Statement, error) {
	var out *statement.Statement
	err := a.read(&out, url.Values{"asOf": {at.String()}}, "/statements/%s/%s", contract, period.String())
	return out, err
}

// Open returns the open seconds of a calendar between two instants.
func (a *answers) Open(calendar string, from, to span.Instant) (int64, error) {
	var x struct{ Seconds int64 }
	err := a.read(&x, url.Values{"from": {from.String()}, "to": {to.String()}}, "/calendars/%s/open", calendar)
	return x.Seconds, err
}

// Due returns the instant at which so many open seconds have run in a calendar.
func (a *answers) Due(calendar string, from span.Instant, seconds int64) (span.Instant, error) {
	var x struct{ Due span.Instant }
	err := a.read(&x, url.Values{"from": {from.String()}, "seconds": {strconv.FormatInt(seconds, 10)}}, "/calendars/%s/due", calendar)
	return x.Due, err
}
