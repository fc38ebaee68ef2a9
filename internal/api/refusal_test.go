package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/internal/api"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

var update = flag.Bool("update", false, "write testdata/refusals.txt anew; refused where CI is set")

const refusalsHead = `What every operation answers to every caller: each role in each party that may have it, and
some people. Fennock, Ostlehythe, Brackwold, Merrowfen and Quenby are suppliers; Ostlehythe
manages the applications that Merrowfen supplies. Tarnbridge integrates for the force. A role
without parties behind it stands for all parties that have it. Whoever is not listed gets what
stands last. Requests that would write are dry runs.

`

// TestRefusalsProve sends every request as every caller; every tenth where it is not to
// be proved. The answers are those of the table; an operation of the description that the
// table does not have fails, and so does a request without a caller that is not refused.
// Nothing that comes back tells what its reader may not know.
func TestRefusalsProve(t *testing.T) {
	w := newWorld(t)
	probes, every := w.probes(), 10
	if *update || os.Getenv("TOWERBRIDGE_PROVE") != "" {
		every = 1
	}
	operations := described(t)
	for id := range operations {
		if !slices.ContainsFunc(probes, func(p probe) bool { return p.operation == id }) {
			t.Errorf("%s is not tried", id)
		}
	}
	leaks := newLeaks(t, w)
	var b strings.Builder
	b.WriteString(refusalsHead)
	cells := 0
	for i, p := range probes {
		o, ok := operations[p.operation]
		if !ok {
			t.Fatalf("there is no operation %s", p.operation)
		}
		if i%every != 0 {
			continue // make prove sends all
		}
		if o.open { // whoever shows nothing may ask, and nobody is anybody else to it
			fmt.Fprintf(&b, "%s: %s\n    %d\n\n", p.operation, p.about, w.send(o.method, p, caller{}).StatusCode)
			continue
		}
		got := map[int][]caller{}
		for _, c := range w.callers {
			a := w.send(o.method, p, c)
			got[a.StatusCode] = append(got[a.StatusCode], c)
			cells++
			leaks.look(p, c, a)
			w.sameWithout(t, o.method, p, c, a)
		}
		w.strangers(t, o.method, p)
		fmt.Fprintf(&b, "%s: %s\n%s\n", p.operation, p.about, w.row(got))
	}
	if every == 1 {
		leaks.found()
	}
	t.Logf("%d operations, %d requests, %d callers: %d cells", len(operations), len(probes), len(w.callers), cells)
	isTable(t, "testdata/refusals.txt", b.String(), every == 1)
}

// operation is an operation of the description.
type operation struct {
	method string
	open   bool // strangers may ask
}

func described(t *testing.T) map[string]operation {
	t.Helper()
	asJSON, _, err := api.Describe("test")
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Paths map[string]map[string]struct {
			OperationID string
			Security    []any
		}
	}
	if err := json.Unmarshal(asJSON, &read); err != nil {
		t.Fatal(err)
	}
	out := map[string]operation{}
	for _, item := range read.Paths {
		for method, o := range item {
			out[o.OperationID] = operation{strings.ToUpper(method), len(o.Security) == 0}
		}
	}
	return out
}

// send sends a probe as a caller.
func (w *world) send(method string, p probe, c caller) *answer {
	w.t.Helper()
	if p.stream {
		return w.head(p.path, c.secret)
	}
	headers := []string{"Idempotency-Key", fmt.Sprintf("key-%06d", w.keys.Add(1))}
	if p.kind != "" {
		headers = append(headers, "Content-Type", p.kind)
	}
	return w.ask(method, "/api/v1"+p.path, c.secret, p.body, headers...)
}

// head reads the head of an answer that does not end.
func (w *world) head(path, secret string) *answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), "GET", w.url+"/api/v1"+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if cookie, ok := strings.CutPrefix(secret, "cookie "); ok {
		r.Header.Set("Cookie", cookie)
	} else if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	got, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	got.Body.Close()
	return &answer{got, nil}
}

// sameWithout fails unless who gets not found gets the same for what was never there, but
// for its name: that a thing exists is told to nobody who may not see it.
func (w *world) sameWithout(t *testing.T, method string, p probe, c caller, a *answer) {
	t.Helper()
	if p.ghost == "" || a.StatusCode != http.StatusNotFound {
		return
	}
	ghost := p
	ghost.path = p.ghost
	none := w.send(method, ghost, c)
	name, other := differ(p.path, p.ghost)
	if got, want := bare(name, a), bare(other, none); got != want {
		t.Errorf("%s, %s, %s: that it is there is told:\n%s\nand of what is not there\n%s", p.operation, p.about, c.name, got, want)
	}
}

// bare is an answer without the name that was asked for, and without what differs from
// request to request.
func bare(name string, a *answer) string {
	body := string(a.body)
	var p problem
	if json.Unmarshal(a.body, &p) == nil {
		body = strings.ReplaceAll(body, p.Request, "REQUEST")
	}
	body = regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).ReplaceAllString(body, "NAME")
	head := a.Header.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Content-Length"} {
		head.Del(name)
	}
	return fmt.Sprintf("%d %v\n%s", a.StatusCode, head, body)
}

// differ returns the parts in which two paths differ.
func differ(a, b string) (x, y string) {
	parts := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/?&=", r) })
	}
	of, with := parts(a), parts(b)
	for i := range of {
		if of[i] != with[i] {
			return of[i], with[i]
		}
	}
	return a, b
}

// strangers fails unless a request without a caller, or with a bad token, is refused.
func (w *world) strangers(t *testing.T, method string, p probe) {
	t.Helper()
	p.stream = false
	for _, secret := range []string{"", "tb_token_nonsense", "cookie towerbridge-session=nonsense"} {
		w.send(method, p, caller{secret: secret}).refused(t, serve.TypeStranger)
	}
}

// row writes who gets what: the most frequent answer last.
func (w *world) row(got map[int][]caller) string {
	var statuses []int
	for status := range got {
		statuses = append(statuses, status)
	}
	slices.SortFunc(statuses, func(a, b int) int {
		if n := len(got[a]) - len(got[b]); n != 0 {
			return n
		}
		return a - b
	})
	last := statuses[len(statuses)-1]
	statuses = statuses[:len(statuses)-1]
	slices.Sort(statuses)
	var b strings.Builder
	for _, status := range statuses {
		fmt.Fprintf(&b, "    %d  %s\n", status, strings.Join(w.grouped(got[status]), ", "))
	}
	fmt.Fprintf(&b, "    %d\n", last)
	return b.String()
}

// grouped names callers by their roles.
func (w *world) grouped(list []caller) []string {
	var out []string
	for _, role := range access.Roles() {
		var parties []string
		all := 0
		for _, c := range w.callers {
			if c.role == role && strings.Contains(c.name, "@") {
				all++
				if slices.ContainsFunc(list, func(x caller) bool { return x.name == c.name }) {
					parties = append(parties, c.party)
				}
			}
		}
		switch len(parties) {
		case 0:
		case all:
			out = append(out, string(role))
		default:
			out = append(out, fmt.Sprintf("%s(%s)", role, strings.Join(parties, " ")))
		}
	}
	for _, c := range list {
		if !strings.Contains(c.name, "@") {
			out = append(out, c.name)
		}
	}
	return out
}

// isTable fails unless the rows of a text are those of a file, or some of them.
func isTable(t *testing.T, name, got string, whole bool) {
	t.Helper()
	if *update {
		if os.Getenv("CI") != "" {
			t.Fatal("the table is not written where CI is set")
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(string(want), "\n\n"), strings.Split(got, "\n\n")
	for _, row := range b {
		if !slices.Contains(a, row) {
			t.Errorf("this is not in the table:\n%s", row)
		}
	}
	for _, row := range a {
		if whole && !slices.Contains(b, row) {
			t.Errorf("the table has, and the answers have not:\n%s", row)
		}
	}
}

// documentOf returns a document of the force as it was put.
func documentOf(t testing.TB, name string) []byte {
	t.Helper()
	for _, d := range documents(t) {
		if d.Name == name {
			return bytes.Clone(d.Data)
		}
	}
	t.Fatalf("there is no %s", name)
	return nil
}

// tokenID returns the id of an account's token.
func (w *world) tokenID(account string) string {
	w.t.Helper()
	w.as("quenby", access.Agent)
	var list struct{ Tokens []app.TokenView }
	w.get("/tokens", w.admin()).is(w.t, http.StatusOK).into(w.t, &list)
	for _, x := range list.Tokens {
		if x.Account == account {
			return x.ID
		}
	}
	w.t.Fatalf("there is no token of %s", account)
	return ""
}
