package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// standIn names the variable under which this test's program stands in for others.
const standIn = "TOWERBRIDGE_STAND_IN"

func TestMain(m *testing.M) {
	if os.Getenv(standIn) != "" {
		os.Exit(stand(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// stand does as the product does, or a rival: it serves, and prints what each of the
// commands prints that are spoken of here.
func stand(args []string) int {
	value := func(name string) string {
		if i := slices.Index(args, name); i >= 0 && i+1 < len(args) {
			return args[i+1]
		}
		return ""
	}
	switch args[0] {
	case "import":
		fmt.Println(`{"documents":[],"log":{"added":5000}}`)
	case "token":
		fmt.Println("tb_" + value("--role"))
	case "statement":
		fmt.Print(`{"contract":"sup1","met":7}`)
		if strings.Contains(os.Getenv(standIn), "lies") && value("--store") != "" {
			fmt.Print(" ")
		}
	case "serve":
		return standServing(value("--listen"))
	default:
		fmt.Fprintln(os.Stderr, "nobody knows the command", args[0])
		return 2
	}
	return 0
}

func standServing(listen string) int {
	if strings.Contains(os.Getenv(standIn), "dies") {
		fmt.Println("the address is taken")
		return 1
	}
	var opened atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /api/v1/tickets", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer tb_agent" || r.Header.Get("Idempotency-Key") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"id":"INC-%d"}`, opened.Add(1))
	})
	mux.HandleFunc("GET /api/v1/tickets/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "7" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprintf(w, `{"id":%q}`, r.PathValue("id"))
	})
	mux.HandleFunc("GET /api/v1/tickets", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer tb_analyst" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"tickets":[],"next":"x"}`)
	})
	s := &http.Server{Addr: listen, Handler: mux}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		<-ended.Done()
		s.Close()
	}()
	s.ListenAndServe() //nolint:errcheck // it ends when it is told to
	return 0
}

// standOptions are options by which this program stands in for the product, and for a
// rival where one is wanted; the client is the real one.
func standOptions(t *testing.T, how, rival string) *options {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the rivals' scripts need a shell")
	}
	t.Setenv(standIn, how)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	load := filepath.Join(folder, "load")
	if out, err := exec.Command("go", "build", "-o", load, "../load").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Mkdir(filepath.Join(folder, "rivals"), 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\ncase $1 in\nabsent) echo 'it is not installed';;\nesac\n"
	if rival != "" {
		script = "#!/bin/sh\ncase $1 in\nprepare) mkdir -p $2;;\nserve) exec " + rival + "$3;;\nheaders) echo 'Cookie: session={i}';;\nesac\n"
	}
	for _, r := range rivals {
		if err := os.WriteFile(filepath.Join(folder, "rivals", r.script), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return &options{towerbridge: self, load: load, bench: folder, data: folder, rounds: 2, lasts: 50 * time.Millisecond}
}

// shortly makes the waits of the contest short.
func shortly(t *testing.T) {
	t.Helper()
	beforeWarm, beforeIdle := warm, idle
	warm, idle = 10*time.Millisecond, 10*time.Millisecond
	t.Cleanup(func() { warm, idle = beforeWarm, beforeIdle })
}

// sqlite is a place whose records are files.
func sqlite(folder string) *place {
	return &place{name: "SQLite", new: func(_ context.Context, name string) (string, error) {
		return filepath.Join(folder, name+".db"), nil
	}}
}

// The contest runs against a stand-in, with the rivals away: each part prints its
// figures, and what could not be measured is said.
func TestParts(t *testing.T) {
	o := standOptions(t, "fair", "")
	shortly(t)
	o.only = "open,import,month,start,read,list"
	var said bytes.Buffer
	w := &report{out: &said, right: true}
	places := []*place{sqlite(o.data), {name: "PostgreSQL", absent: "its programs are not here"}}
	if err := o.open(t.Context(), w, o.data, places); err != nil {
		t.Fatal(err)
	}
	if err := o.year(t.Context(), w, places); err != nil {
		t.Fatal(err)
	}
	if !w.right {
		t.Error("right answers were taken for wrong ones")
	}
	for _, want := range []string{
		"Request Tracker            left out: it is not installed\n",
		"towerbridge, PostgreSQL    left out: its programs are not here\n",
		"towerbridge, SQLite / better rival, 32 clients" + strings.Repeat(" ", 20) + " not measured: no rival is on this machine\n",
		"towerbridge, SQLite, p99 at 32 clients",
		"PostgreSQL is left out: its programs are not here\n",
		"import, SQLite",
		"2025-11 of sup1, SQLite",
		"the statements of files and records are equal: SHA-256 ",
		"serve until it is ready, SQLite",
		"serve, idle, SQLite",
		"a ticket read, SQLite, p99 at 32 clients",
		"50 of 100,000 open tickets by when they are due, SQLite, p99 at 8 clients",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("said\n%s\nwant %q", said.String(), want)
		}
	}
}

// A statement that differs by a byte is wrong.
func TestMonthDiffers(t *testing.T) {
	o := standOptions(t, "lies", "")
	var said bytes.Buffer
	w := &report{out: &said, right: true}
	if err := o.month(t.Context(), w, []*year{{place: sqlite(o.data), url: "year.db"}}); err != nil {
		t.Fatal(err)
	}
	if w.right || !strings.Contains(said.String(), "WRONG: the statement drawn from SQLite is not the one drawn from files") || strings.Contains(said.String(), "are equal") {
		t.Errorf("said %q", said.String())
	}
}

// A rival is prepared, started, given its headers and stopped as its script says.
func TestRival(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := standOptions(t, "fair", self+" serve --listen localhost:")
	r := rivals[0]
	r.ready = "/readyz"
	s, headers, absent, err := o.start(t.Context(), &r, o.data)
	if err != nil || absent != "" {
		t.Fatalf("%q, %v", absent, err)
	}
	if text, err := os.ReadFile(headers); err != nil || string(text) != "Cookie: session={i}\n" {
		t.Errorf("headers %q, %v", text, err)
	}
	d, err := o.drive(t.Context(), s, 0, 2, 50*time.Millisecond, asked{path: "/api/v1/tickets/INC8", flags: []string{"-want", `"id":"INC8"`}})
	if err != nil || d.Bad != 0 || d.Requests == 0 || d.PerSecond == 0 {
		t.Errorf("%+v, %v", d, err)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(s.address + "/readyz"); err == nil {
		t.Error("the rival still answers")
	}
	if _, err := o.drive(t.Context(), s, 0, 1, 50*time.Millisecond, asked{path: "/"}); err != nil && !strings.Contains(err.Error(), "answered") {
		t.Errorf("a server that is gone: %v", err)
	}
}

// What goes wrong on the way stops the contest, with what was said.
func TestFailures(t *testing.T) {
	o := standOptions(t, "dies", "")
	shortly(t)
	w := &report{out: &bytes.Buffer{}, right: true}
	places := []*place{sqlite(o.data)}
	if err := o.open(t.Context(), w, o.data, places); err == nil || !strings.Contains(err.Error(), "ended before it was ready") || !strings.Contains(err.Error(), "the address is taken") {
		t.Errorf("a server that ends at once: %v", err)
	}
	if _, err := output(o.ours(t.Context(), places[0], "nonsense")); err == nil || !strings.Contains(err.Error(), "nobody knows the command") {
		t.Errorf("a command that fails: %v", err)
	}
	strict := opening
	strict.flags = append([]string{"-H", "Authorization: Bearer tb_other"}, strict.flags...)
	t.Setenv(standIn, "fair")
	s, err := o.serve(t.Context(), places[0], "opened.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop() //nolint:errcheck // what is tested is the turn
	err = o.turn(t.Context(), &side{name: "ours", server: s, open: strict, results: map[int][]*driven{}}, 1, 1)
	if err == nil || !strings.Contains(err.Error(), "such as: 401") {
		t.Errorf("tickets that were refused: %v", err)
	}
}

// A rival that fails now and then is counted for what it did; one that fails often is not.
func TestRivalFails(t *testing.T) {
	o := standOptions(t, "fair", "")
	s, err := o.serve(t.Context(), sqlite(o.data), "opened.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop() //nolint:errcheck // what is tested is the turn
	for path, want := range map[string]string{
		"/api/v1/tickets/{r:1-50}": "",
		"/api/v1/tickets/{r:5-8}":  "answers were not tickets that were opened, such as: 500",
	} {
		r := &side{name: "rival", rival: true, server: s, results: map[int][]*driven{}, open: asked{path: path, flags: []string{"-n", "500", "-d", "1m"}}}
		err := o.turn(t.Context(), r, 1, 1)
		if want == "" && (err != nil || r.results[1][0].Bad != 10) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v; want %q", path, err, want)
		}
	}
}

func TestReportOpen(t *testing.T) {
	results := func(rates ...float64) map[int][]*driven {
		out := map[int][]*driven{}
		for _, n := range clients {
			for _, r := range rates {
				out[n] = append(out[n], &driven{PerSecond: r, P50: 5, P99: 26})
			}
		}
		return out
	}
	var said bytes.Buffer
	reportOpen(&report{out: &said}, []*side{
		{name: "Request Tracker", rival: true, results: results(10, 30, 10)},
		{name: "Redmine", rival: true, results: results(20, 20, 20)},
		{name: "towerbridge, SQLite", results: results(1000, 900, 1000)},
	}, 3)
	for _, want := range []string{
		"\nRedmine                             20.0/s p50 5.0 p99 26.0 ms",
		" 50x, at least 40x: within\n", // of 50, 30 and 50
		" 26 ms, at most 25 ms: MISSED\n",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("said\n%swant %q", said.String(), want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 3: "3", 0.25: "0.25", 9.876: "9.88", 41.26: "41.3", 123.4: "123", 100_000: "100000"} {
		if got := number(x); got != want {
			t.Errorf("%v is written %s; want %s", x, got, want)
		}
	}
	for _, c := range []struct {
		a, b []float64
		want float64
	}{{nil, nil, 0}, {[]float64{6}, []float64{2}, 3}, {[]float64{6, 8, 100}, []float64{2, 2, 1}, 4}, {[]float64{6, 8}, []float64{0, 2}, 4}} {
		if got := ratio(c.a, c.b); got != c.want {
			t.Errorf("ratio of %v and %v is %v; want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestNanos(t *testing.T) {
	got, err := nanosOf("goos: linux\nBenchmarkTokenCheck-2   \t 2564102\t       467.8 ns/op\t      64 B/op\nPASS\n")
	if err != nil || got != 467.8 {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "PASS\n", "BenchmarkTokenCheckOnceASecond-2 10 467 ns/op\n"} {
		if got, err := nanosOf(text); err == nil {
			t.Errorf("%q is %v; want an error", text, got)
		}
	}
}

// The benchmark that is asked for stands where it is looked for.
func TestTokenBenchmark(t *testing.T) {
	files, err := filepath.Glob("../../internal/app/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	found := slices.ContainsFunc(files, func(name string) bool {
		text, err := os.ReadFile(name)
		return err == nil && bytes.Contains(text, []byte("func "+tokenBenchmark+"("))
	})
	if !found {
		t.Errorf("none of %d files has %s", len(files), tokenBenchmark)
	}
}

// Bodies are JSON, whatever the number.
func TestBodies(t *testing.T) {
	for _, a := range []asked{opening, rivals[0].open, rivals[1].open} {
		i := slices.Index(a.flags, "-body")
		if i < 0 || !json.Valid([]byte(strings.ReplaceAll(a.flags[i+1], "{i}", "17"))) {
			t.Errorf("flags %q", a.flags)
		}
	}
}

func TestWants(t *testing.T) {
	o := options{only: "open,list"}
	if !o.wants("open") || !o.wants("month", "list") || o.wants("month", "start") || o.wants("lis") {
		t.Error("the wrong parts are wanted")
	}
}
