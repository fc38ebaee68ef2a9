package sqlstore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/internal/store/storetest"
	"towerbridge/journal"
	"towerbridge/span"
)

// writerSetting names the setting that makes this test program a writer, which writes
// to the record at a URL until it is killed.
const writerSetting = "TOWERBRIDGE_TEST_WRITER"

func TestMain(m *testing.M) {
	if url := os.Getenv(writerSetting); url != "" {
		writeUntilKilled(url)
	}
	os.Exit(m.Run())
}

// The writers of a process: those who commit, beside one that appends a log.
const (
	killWriters = 6
	killBatch   = 25 // tickets
)

// told is a line by which a writer's process says what was acknowledged.
type told struct {
	Who, Key string // empty: a batch of the log
	Batch    int
	Receipt  store.Receipt
}

// writeUntilKilled opens a record and writes to it. It prints a line when it is ready
// and one for each thing that was acknowledged. What fails is tried again under its key.
func writeUntilKilled(url string) {
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck // it ends with the test program
		os.Exit(0)
	}()
	now := func() span.Instant { return span.Instant(time.Now().Unix()) }
	s, err := Open(context.Background(), url, Options{Secret: testSecret, Now: now})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var lock sync.Mutex
	say := func(x told) {
		text, err := json.Marshal(x)
		if err != nil {
			panic(err)
		}
		lock.Lock()
		defer lock.Unlock()
		os.Stdout.Write(append(text, '\n'))
	}
	say(told{})
	for w := range killWriters {
		go writeChanges(s, fmt.Sprintf("%d-%d", os.Getpid(), w), say)
	}
	appendLog(s, say)
}

// writeChanges opens tickets and notes on them, one after another.
func writeChanges(s *Store, who string, say func(told)) {
	commit := func(c *store.Change, key string) store.Receipt {
		c.Who, c.Key, c.Request = who, key, []byte(key)
		for {
			r, err := s.Commit(context.Background(), c)
			if err == nil {
				say(told{Who: who, Key: key, Receipt: r})
				return r
			}
			if fault.KindOf(err) != fault.Unavailable {
				fmt.Fprintf(os.Stderr, "%s %s: %v\n", who, key, err)
				os.Exit(1)
			}
			time.Sleep(time.Millisecond)
		}
	}
	for n := 0; ; n++ {
		c := change(&store.Found{}, journal.Draft{Event: journal.Opened, Status: journal.New, Kind: "incident", Party: "north"},
			store.Clear{Name: store.SummaryName, Value: strings.Repeat("x", n%200)})
		c.Put = []store.Item{{Shelf: store.Settings, ID: who, Version: store.AnyVersion, Data: fmt.Append(nil, n)}}
		r := commit(c, fmt.Sprint("open-", n))
		found := &store.Found{TicketRow: c.Rows[0]}
		found.ID, found.Version = r.Ticket, r.Last
		both := change(found, journal.Draft{Event: journal.Assigned, Status: journal.Queued, Party: "south"}, store.Clear{Name: "text", Value: "please"})
		both.Rows[0].Parties = []string{"north", "south"}
		both.Entries = append(both.Entries, both.Entries[0])
		both.Entries[1].Event = journal.Noted
		commit(both, fmt.Sprint("note-", n))
	}
}

// appendLog appends a log, batch by batch, from where it was left.
func appendLog(s *Store, say func(told)) {
	ctx := context.Background()
	for {
		next, version := 0, int64(0)
		i, err := s.Get(ctx, store.Imports, "log")
		if err == nil {
			_, err = fmt.Sscan(string(i.Data), &next)
			version = i.Version
		}
		if err == nil || fault.KindOf(err) == fault.NotFound {
			b := logOf(next*killBatch, killBatch)
			b.Put = []store.Item{{Shelf: store.Imports, ID: "log", Version: version, Data: fmt.Append(nil, next+1)}}
			var r store.Receipt
			if r, err = s.Append(ctx, b); err == nil {
				say(told{Batch: next, Receipt: r})
			}
		}
		if err != nil && fault.KindOf(err) != fault.Unavailable {
			fmt.Fprintln(os.Stderr, "log:", err)
			os.Exit(1)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// writer is a process that writes.
type writer struct {
	command *exec.Cmd
	out     *bufio.Reader
	errors  bytes.Buffer
}

// startWriter starts a process that writes to a record, and waits until it has it open.
func startWriter(t testing.TB, url string) *writer {
	t.Helper()
	w := &writer{command: exec.Command(os.Args[0], "-test.run=^$")}
	w.command.Env = append(os.Environ(), writerSetting+"="+url)
	w.command.Stderr = &w.errors
	pipe, err := w.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.command.StdinPipe(); err != nil { // closed by the system when we end, however we do
		t.Fatal(err)
	}
	if err := w.command.Start(); err != nil {
		t.Fatal(err)
	}
	w.out = bufio.NewReader(pipe)
	if _, ok := w.next(t); !ok {
		w.command.Wait() //nolint:errcheck // it is said why
		t.Fatalf("the writer has not begun: %s", &w.errors)
	}
	return w
}

// next returns the next thing that the writer was told; false when it has ended. A line
// that was cut off was not said.
func (w *writer) next(t testing.TB) (x told, ok bool) {
	t.Helper()
	text, err := w.out.ReadBytes('\n')
	if err != nil {
		if err != io.EOF {
			t.Fatal(err)
		}
		return x, false
	}
	if err := json.Unmarshal(text, &x); err != nil {
		t.Fatalf("the writer says %q: %v", text, err)
	}
	return x, true
}

// kill kills the writer and returns all that it had been told and not yet been asked for.
func (w *writer) kill(t testing.TB) (all []told) {
	t.Helper()
	if err := w.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for {
		x, ok := w.next(t)
		if !ok {
			break
		}
		all = append(all, x)
	}
	w.command.Wait() //nolint:errcheck // it was killed
	if w.errors.Len() > 0 {
		t.Errorf("the writer says: %s", &w.errors)
	}
	return all
}

// intact checks that a record holds everything that was acknowledged, no half of
// anything, and nothing twice.
func intact(t testing.TB, s *Store, all []told) {
	t.Helper()
	ctx := context.Background()
	healthy(t, s)
	lines := map[int64]mention{}
	var size int64
	err := s.Lines(ctx, 1, func(seq int64, line []byte) bool {
		var m mention
		if err := m.read(line); err != nil {
			t.Errorf("line %d is torn: %s", seq, line)
		}
		m.Withheld = nil
		lines[seq], size = m, seq
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if x.Key == "" {
			for i := range killBatch {
				id := fmt.Sprintf("LOG-%05d", x.Batch*killBatch+i)
				if got := lines[x.Receipt.First+int64(3*i)].Ticket; got != id {
					t.Fatalf("batch %d was acknowledged, and line %d is about %q, not %s", x.Batch, x.Receipt.First+int64(3*i), got, id)
				}
			}
			continue
		}
		r, ok, err := s.Replay(ctx, x.Who, x.Key, []byte(x.Key))
		if err != nil || !ok || r.First != x.Receipt.First || r.Last != x.Receipt.Last || r.Ticket != x.Receipt.Ticket {
			t.Fatalf("%s was acknowledged as %+v, and is %+v, %v (%v)", x.Key, x.Receipt, r, ok, err)
		}
		if got := lines[r.Last].Ticket; got != r.Ticket {
			t.Fatalf("%s was acknowledged as line %d about %s, which is about %q", x.Key, r.Last, r.Ticket, got)
		}
	}
	if known := accounted(t, s); known != size {
		t.Fatalf("%d lines are of a change or a batch that is there whole, and there are %d", known, size)
	}
}

// accounted returns the number of lines that the record's keys and batches account for.
func accounted(t testing.TB, s *Store) (lines int64) {
	t.Helper()
	err := s.read(context.Background(), func(v *view) error {
		err := v.query(func(scan func(...any) error) error {
			var text string
			var r store.Receipt
			if err := scan(&text); err != nil {
				return err
			}
			err := json.Unmarshal([]byte(text), &r)
			lines += r.Last - r.First + 1
			return err
		}, "SELECT receipt FROM replay")
		if err != nil {
			return err
		}
		return v.query(func(scan func(...any) error) error {
			var data []byte
			var batches int64
			if err := scan(&data); err != nil {
				return err
			}
			_, err := fmt.Sscan(string(data), &batches)
			lines += batches * killBatch * 3
			return err
		}, "SELECT data FROM item WHERE shelf = $1", string(store.Imports))
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// killRounds is the number of random points at which something is killed; a tenth of
// the stated 200 where the long tests are not asked for.
func killRounds() int {
	if os.Getenv("TOWERBRIDGE_PROVE") == "1" {
		return 200
	}
	return 20
}

// roundsEach is the number of rounds after which a new record is begun, so that looking
// through it stays quick.
const roundsEach = 10

// A process that is killed while it writes to a file of SQLite loses nothing that was
// acknowledged and leaves no half of anything.
func TestKillProveSQLite(t *testing.T) {
	var p place
	var all []told
	var acknowledged int
	for round := range killRounds() {
		if round%roundsEach == 0 {
			p, all = sqlitePlace(t), nil
		}
		w := startWriter(t, p.url)
		time.Sleep(rand.N(60 * time.Millisecond))
		all = append(all, w.kill(t)...)
		s := p.open(t)
		intact(t, s, all)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("after round %d", round)
		}
		if round%roundsEach == roundsEach-1 {
			acknowledged += len(all)
		}
	}
	t.Logf("%d acknowledged in %d rounds", acknowledged, killRounds())
	if acknowledged < killRounds() {
		t.Errorf("only %d things were acknowledged in %d rounds", acknowledged, killRounds())
	}
}

// On PostgreSQL the writing process is killed, or a process of the server that serves
// it, or the whole server at once. Nothing acknowledged is lost; where the writer lives
// on, it goes on writing when the server is back, and nothing is there twice.
func TestKillProvePostgres(t *testing.T) {
	cluster := storetest.NewCluster(t)
	var p place
	var all []told
	var acknowledged int
	for round := range killRounds() {
		if round%roundsEach == 0 {
			p, all = place{"postgres", cluster.Database(t)}, nil
		}
		w := startWriter(t, p.url)
		time.Sleep(rand.N(60 * time.Millisecond))
		switch round % 4 {
		case 1:
			cluster.KillBackend(t, p.url)
			all = append(all, goesOn(t, p, w)...)
		case 3:
			cluster.Kill(t)
			cluster.Start(t)
			all = append(all, goesOn(t, p, w)...)
		}
		all = append(all, w.kill(t)...)
		s := openSoon(t, p)
		intact(t, s, all)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("after round %d", round)
		}
		if round%roundsEach == roundsEach-1 {
			acknowledged += len(all)
		}
	}
	t.Logf("%d acknowledged in %d rounds", acknowledged, killRounds())
	if acknowledged < killRounds() {
		t.Errorf("only %d things were acknowledged in %d rounds", acknowledged, killRounds())
	}
}

// goesOn waits until a writer has written well beyond what there is now.
func goesOn(t testing.TB, p place, w *writer) (all []told) {
	t.Helper()
	s := openSoon(t, p)
	now := must[store.Head](t)(s.Head(context.Background()))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(30*time.Second, func() { w.command.Process.Kill() })
	defer late.Stop()
	for last := int64(0); last < now.Size+20; {
		x, ok := w.next(t)
		if !ok {
			t.Fatalf("the writer has not gone on: %s", &w.errors)
		}
		all, last = append(all, x), max(last, x.Receipt.Last)
	}
	return all
}

// openSoon opens a record whose server may still be recovering.
func openSoon(t testing.TB, p place) *Store {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s, err := Open(context.Background(), p.url, Options{Secret: testSecret, Now: func() span.Instant { return morning }})
		if err == nil {
			return s
		}
		if fault.KindOf(err) != fault.Unavailable || time.Now().After(end) {
			t.Fatal(err)
		}
	}
}
