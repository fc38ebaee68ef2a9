package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"towerbridge/access"
	"towerbridge/internal/serve"
)

// log is a log of so many tickets in the open form.
func log(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"source":"old","key":"%d","ticket":"OLD-%d","happened":"2019-03-01T10:00:00Z","learnt":"2019-03-01T10:00:00Z","event":"opened","status":"new","kind":"incident","priority":"P3","service":"laptops","site":"harbour"}`+"\n", i, i)
	}
	return b.String()
}

type imported struct {
	Import, Phase        string
	Entries, Added, Done int64
	Problem              *problem
}

// ended reads an import until it has ended.
func (h *house) ended(t testing.TB, token, path string) (x imported) {
	t.Helper()
	for range 500 {
		h.ask("GET", path, token, "").is(t, http.StatusOK).into(t, &x)
		if x.Phase == "finished" || x.Phase == "failed" || x.Phase == "stopped" {
			return x
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the import does not end: %+v", x)
	return x
}

// TestImport sends a log, the same again, one that has grown, and one that is wrong.
func TestImport(t *testing.T) {
	h := force(t)
	admin := h.as("force", access.Administrator)
	send := func(body, query string) imported {
		t.Helper()
		a := h.ask("POST", "/api/v1/imports"+query, admin, body, "Content-Type", "application/octet-stream").is(t, http.StatusAccepted)
		return h.ended(t, admin, a.Header.Get("Location"))
	}
	if x := send(log(300), ""); x.Phase != "finished" || x.Entries != 300 || x.Added != 300 {
		t.Errorf("%+v", x)
	}
	if x := send(log(300), ""); x.Phase != "finished" || x.Added != 300 { // what that import came to
		t.Errorf("the same again: %+v", x)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(log(310))); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if x := send(b.String(), "?name=log.ndjson.gz"); x.Phase != "finished" || x.Entries != 310 || x.Added != 10 {
		t.Errorf("grown: %+v", x)
	}
	x := send(strings.Replace(log(1), "opened", "shouted", 1), "?name=odd.ndjson")
	if x.Phase != "failed" || x.Problem == nil || len(x.Problem.Findings) != 1 || x.Problem.Findings[0].File != "odd.ndjson" || x.Problem.Findings[0].Line != 1 {
		t.Errorf("wrong: %+v %+v", x, x.Problem)
	}
	if x := send(strings.Replace(log(1), "P3", "P1", 1), ""); x.Phase != "failed" || x.Problem.Type != serve.TypeInvalid.URI() {
		t.Errorf("contradicting: %+v", x)
	}
	var count struct{ Count int }
	h.get("/tickets/count", h.as("tarnbridge", access.Analyst)).into(t, &count)
	if count.Count != 310 {
		t.Errorf("there are %d tickets", count.Count)
	}
	if left, err := os.ReadDir(h.uploads); err != nil || len(left) != 0 {
		t.Errorf("uploads are left behind: %v, %v", left, err)
	}
}

func TestImportRefusals(t *testing.T) {
	h := force(t)
	admin := h.as("force", access.Administrator)
	raw := []string{"Content-Type", "application/octet-stream"}
	h.ask("POST", "/api/v1/imports", h.as("brackwold", access.Manager), log(1), raw...).refused(t, serve.TypeDenied)
	h.ask("POST", "/api/v1/imports?name=../x.ndjson", admin, log(1), raw...).refused(t, serve.TypeInvalid)
	h.ask("POST", "/api/v1/imports?mapping=mappings/none.yaml&name=x.csv", admin, "a,b\n", raw...).refused(t, serve.TypeNotFound)
	h.get("/imports/sha256:none", admin).refused(t, serve.TypeNotFound)
	h.get("/imports/sha256:none", h.as("brackwold", access.Manager)).refused(t, serve.TypeDenied)
	h.get("/imports/sha256:none/events", admin).refused(t, serve.TypeNotFound)
	if left, err := os.ReadDir(h.uploads); err != nil || len(left) != 0 {
		t.Errorf("uploads are left behind: %v, %v", left, err)
	}
}

// TestImportIsFollowed reads the events of an import to its end.
func TestImportIsFollowed(t *testing.T) {
	h := force(t)
	admin := h.as("force", access.Administrator)
	a := h.ask("POST", "/api/v1/imports", admin, log(2000), "Content-Type", "application/octet-stream").is(t, http.StatusAccepted)
	events := h.ask("GET", a.Header.Get("Location")+"/events", admin, "").is(t, http.StatusOK) // it ends by itself
	last := ""
	for s := bufio.NewScanner(bytes.NewReader(events.body)); s.Scan(); {
		if strings.HasPrefix(s.Text(), "data: ") {
			last = s.Text()
		}
	}
	if !strings.Contains(last, `"phase":"finished"`) || !strings.Contains(last, `"added":2000`) {
		t.Errorf("the last event is %s", last)
	}
}

// TestImportIsBrokenOff stops a server in the middle, and asks the next one for the rest.
func TestImportIsBrokenOff(t *testing.T) {
	h := force(t)
	admin := h.as("force", access.Administrator)
	a := h.ask("POST", "/api/v1/imports", admin, log(20_000), "Content-Type", "application/octet-stream").is(t, http.StatusAccepted)
	h.api.Close()
	x := h.ended(t, admin, a.Header.Get("Location"))
	if x.Phase != "stopped" && x.Phase != "finished" {
		t.Errorf("%+v", x)
	}
	h.ask("POST", "/api/v1/imports", admin, log(1), "Content-Type", "application/octet-stream").refused(t, serve.TypeUnavailable)
}
