package api_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
	"towerbridge/statement"
)

// overdue has a laptop fail its targets in March, and lets the month pass.
func (h *house) overdue() *app.Ticket {
	h.t.Helper()
	x := h.laptop()
	agent := h.as("brackwold", access.Agent)
	h.post("/tickets/"+x.ID+"/assignments", h.as("tarnbridge", access.Analyst), `{"party": "brackwold"}`).is(h.t, http.StatusOK)
	h.after(10 * 24 * time.Hour)
	h.post("/tickets/"+x.ID+"/resolution", agent, `{}`).is(h.t, http.StatusOK)
	h.after(29 * 24 * time.Hour)
	return x
}

// TestDrawStatement draws a statement: its body is what its digest is of.
func TestDrawStatement(t *testing.T) {
	h := force(t)
	x := h.overdue()
	commercial := h.as("brackwold", access.Commercial)
	a := h.get("/statements/end-user/2019-03", commercial).is(t, http.StatusOK)
	s, err := statement.Decode(a.body)
	if err != nil || !bytes.Equal(statement.Encode(s), a.body) || !strings.Contains(string(a.body), x.ID) || s.Total.IsZero() {
		t.Fatalf("%v: %.300s", err, a.body)
	}
	// The digest is checked without this program too: SHA-256 over the body without it.
	bare := bytes.Replace(a.body, []byte(`,"digest":"`+s.Digest+`"`), nil, 1)
	if sum := sha256.Sum256(bare); "sha256:"+hex.EncodeToString(sum[:]) != s.Digest || a.Header.Get("ETag") != `"`+s.Digest+`"` {
		t.Errorf("the digest %s is not that of the body, ETag %s", s.Digest, a.Header.Get("ETag"))
	}
	if again := h.get("/statements/end-user/2019-03", commercial, "If-None-Match", a.Header.Get("ETag")).is(t, http.StatusNotModified); len(again.body) != 0 {
		t.Errorf("%s", again.body)
	}
	early := h.get("/statements/end-user/2019-03?asOf=2019-03-12T10:30:00Z", commercial).is(t, http.StatusOK)
	if bytes.Equal(early.body, a.body) || !strings.Contains(string(early.body), `"asOf":"2019-03-12T10:30:00Z"`) {
		t.Errorf("%.300s", early.body)
	}
	for path, want := range map[string]serve.Type{
		"/statements/end-user/2019-Q1": serve.TypeInvalid, "/statements/end-user/2019-13": serve.TypeInvalid, "/statements/end-user/2031-03": serve.TypeInvalid,
		"/statements/never-was/2019-03": serve.TypeNotFound, "/statements/end-user/2019-03/poster": serve.TypeInvalid,
		"/statements/end-user/2019-03/issued/1": serve.TypeNotFound, "/statements/end-user/2019-03/issued/0": serve.TypeInvalid,
	} {
		h.get(path, commercial).refused(t, want)
	}
}

// TestStatementFiles takes a drawn statement away in each form.
func TestStatementFiles(t *testing.T) {
	h := force(t)
	x := h.overdue()
	commercial := h.as("force", access.Commercial)
	for form, c := range map[string]struct{ kind, ending, part string }{
		"bundle":   {"application/zip", ".zip", ""},
		"page":     {"text/html; charset=utf-8", ".html", "<!doctype html>"},
		"table":    {"text/csv; charset=utf-8", ".csv", x.ID},
		"workbook": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", ""},
	} {
		a := h.get("/statements/end-user/2019-03/"+form, commercial).is(t, http.StatusOK)
		if a.Header.Get("Content-Type") != c.kind || a.Header.Get("Content-Disposition") != `attachment; filename="end-user-2019-03`+c.ending+`"` || !bytes.Contains(bytes.ToLower(a.body), bytes.ToLower([]byte(c.part))) {
			t.Errorf("%s: %v %.100q", form, a.Header, a.body)
		}
		if form == "workbook" {
			if _, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body))); err != nil {
				t.Error(err)
			}
		}
		if form == "bundle" {
			h.verifies(a.body)
		}
	}
}

// verifies fails unless a bundle agrees with itself, and the record has signed it.
func (h *house) verifies(data []byte) *statement.Statement {
	h.t.Helper()
	bundle, err := statement.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		h.t.Fatal(err)
	}
	var head struct{ Key string }
	h.get("/journal/head", h.as("brackwold", access.Officer)).is(h.t, http.StatusOK).into(h.t, &head)
	keys, err := statement.NewVerifiers(head.Key)
	if err != nil {
		h.t.Fatal(err)
	}
	report, err := statement.Verify(bundle, keys, 1)
	if err != nil || !report.Agrees || report.Signed == "" {
		h.t.Errorf("%+v, %v", report, err)
	}
	return bundle.Statement
}

type issued struct {
	Contract, Digest, Supersedes, Period string
	Version                              int64
	Changes                              []statement.Change
}

// TestIssueStatement issues a statement, again under its key, and one that supersedes it.
func TestIssueStatement(t *testing.T) {
	h := force(t)
	x := h.overdue()
	commercial, supplier := h.as("force", access.Commercial), h.as("brackwold", access.Commercial)
	const body = `{"contract": "end-user", "period": "2019-03"}`
	if dry := h.post("/statements?dry=true", commercial, body).is(t, http.StatusCreated); dry.Header.Get("Dry-Run") != "true" || dry.Header.Get("Location") != "" {
		t.Errorf("%v", dry.Header)
	}
	var first, again, second issued
	a := h.post("/statements", commercial, body, "Idempotency-Key", "the-first").is(t, http.StatusCreated)
	a.into(t, &first)
	location := "/api/v1/statements/end-user/2019-03/issued/1"
	b := h.post("/statements", commercial, body, "Idempotency-Key", "the-first").is(t, http.StatusCreated)
	b.into(t, &again)
	if a.Header.Get("Location") != location || b.Header.Get("Location") != location || b.Header.Get("Idempotent-Replayed") != "true" || first.Version != 1 || again.Digest != first.Digest {
		t.Errorf("%+v %v, then %+v %v", first, a.Header, again, b.Header)
	}
	if p := h.post("/statements", commercial, body).refused(t, serve.TypeConflict); len(p.Findings) != 1 || p.Findings[0].Code != "TB2473" || !strings.Contains(p.Findings[0].Message, first.Digest) {
		t.Errorf("%+v", p)
	}
	h.post("/statements", commercial, `{"contract": "end-user", "period": "2019-04"}`).refused(t, serve.TypeInvalid) // not over

	h.post("/tickets/"+x.ID+"/reopening", h.as("force", access.Officer), `{"text": "again"}`).is(t, http.StatusOK)
	h.after(time.Minute)
	superseding := fmt.Sprintf(`{"contract": "end-user", "period": "2019-03", "supersedes": %q}`, first.Digest)
	h.post("/statements", commercial, superseding).is(t, http.StatusCreated).into(t, &second)
	if second.Version != 2 || second.Supersedes != first.Digest || len(second.Changes) == 0 {
		t.Errorf("%+v", second)
	}
	h.post("/statements", commercial, superseding).refused(t, serve.TypeConflict)
	h.history(supplier, second, first)
	for _, who := range []string{supplier, h.as("tarnbridge", access.Analyst), h.as("force", access.Assurance)} {
		h.post("/statements", who, body).refused(t, serve.TypeDenied)
	}
	h.post("/statements", h.as("fennock", access.Commercial), body).refused(t, serve.TypeNotFound)
}

// history reads the issued statements of the period, the last first.
func (h *house) history(who string, want ...issued) {
	h.t.Helper()
	var list struct{ Issued []issued }
	h.get("/statements/end-user/2019-03/issued", who).is(h.t, http.StatusOK).into(h.t, &list)
	for i, x := range list.Issued {
		if x.Digest != want[i].Digest || x.Version != want[i].Version || !slices.Equal(x.Changes, want[i].Changes) {
			h.t.Errorf("%+v, want %+v", x, want[i])
		}
		a := h.get(fmt.Sprintf("/statements/end-user/2019-03/issued/%d", x.Version), who).is(h.t, http.StatusOK)
		if s, err := statement.Decode(a.body); err != nil || s.Digest != x.Digest {
			h.t.Errorf("version %d is %v, %v", x.Version, s, err)
		}
		bundle := h.get(fmt.Sprintf("/statements/end-user/2019-03/issued/%d/bundle", x.Version), who).is(h.t, http.StatusOK)
		if s := h.verifies(bundle.body); s.Digest != x.Digest {
			h.t.Errorf("the bundle of version %d is of %s", x.Version, s.Digest)
		}
	}
	var standing struct{ Statements []issued }
	h.get("/statements", who).is(h.t, http.StatusOK).into(h.t, &standing)
	if len(list.Issued) != len(want) || len(standing.Statements) != 1 || standing.Statements[0].Digest != want[0].Digest || standing.Statements[0].Period != "2019-03" {
		h.t.Errorf("%+v, %+v", list, standing)
	}
	h.get("/statements", h.as("fennock", access.Commercial)).is(h.t, http.StatusOK).into(h.t, &standing)
	if len(standing.Statements) != 0 {
		h.t.Errorf("another supplier sees %+v", standing)
	}
}

// TestMeasuresAreNoMoney reads what was measured as a manager: it is the statement's, and
// none of its members is of money or points.
func TestMeasuresAreNoMoney(t *testing.T) {
	h := force(t)
	x := h.overdue()
	a := h.get("/measures/end-user/2019-03", h.as("brackwold", access.Manager)).is(t, http.StatusOK)
	for _, member := range []string{
		"points", "basePoints", "pointsWhy", "band", "bandClause", "multiplier", "repeat", "suppressedBy", "charges", "credits", "schemes", "cap", "total", "currency",
	} {
		if strings.Contains(string(a.body), `"`+member+`"`) {
			t.Errorf("a manager is told %s: %s", member, a.body)
		}
	}
	var got struct {
		Contract, Period string
		Measures         []struct {
			ID, Display, Evidence string
			Met, Counted          int64
			Failed                bool
			Missed                []struct{ Ticket string }
		}
	}
	a.into(t, &got)
	s, err := statement.Decode(h.get("/statements/end-user/2019-03", h.as("brackwold", access.Commercial)).is(t, http.StatusOK).body)
	if err != nil || len(got.Measures) != len(s.Measures) || got.Contract != "end-user" || got.Period != "2019-03" {
		t.Fatalf("%+v, %v", got, err)
	}
	failed := false
	for i, m := range got.Measures {
		w := s.Measures[i]
		if m.ID != w.ID || m.Display != w.Display || m.Met != w.Met || m.Counted != w.Counted || m.Failed != w.Failed || m.Evidence != w.Evidence {
			t.Errorf("%+v, and in the statement %+v", m, w)
		}
		failed = failed || m.Failed && len(m.Missed) == 1 && m.Missed[0].Ticket == x.ID
	}
	if !failed {
		t.Errorf("nothing was missed: %s", a.body)
	}
}
