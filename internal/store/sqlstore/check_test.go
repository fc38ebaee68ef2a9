package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// meddle changes a database as somebody would who does not go through the program.
type meddle func(statement string, args ...any)

// direct returns what meddles with a ledger for good.
func direct(t testing.TB, s *Store) meddle {
	return func(statement string, args ...any) {
		t.Helper()
		tx, err := s.engine.begin(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.rollback()
		var b batch
		b.exec(statement, args...)
		if err := tx.finish(context.Background(), &b); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// checked returns what a check finds after somebody has meddled with a ledger. On
// PostgreSQL the ledger is as it was afterwards: both take place in a transaction that
// is undone. On SQLite, whose readers cannot write, it is a new one.
func checked(t testing.TB, s *Store, data []byte, change func(t testing.TB, s *Store, do meddle)) fault.Findings {
	t.Helper()
	ctx := context.Background()
	if _, ok := s.engine.(*sqliteEngine); ok {
		s = sqlitePlace(t).open(t)
		must[store.Head](t)(s.Restore(ctx, bytes.NewReader(data), nil))
		change(t, s, direct(t, s))
		return must[fault.Findings](t)(s.Check(ctx, nil))
	}
	tx := must[*sql.Tx](t)(s.engine.readers().BeginTx(ctx, nil))
	defer tx.Rollback() //nolint:errcheck // that is its purpose
	change(t, s, func(statement string, args ...any) {
		t.Helper()
		must[sql.Result](t)(tx.ExecContext(ctx, statement, args...))
	})
	c := &checking{sealer: &s.sealer}
	if err := c.all(&view{ctx, tx, s.texts}); err != nil {
		t.Fatal(err)
	}
	return c.findings
}

// tamper changes the line with a number, and its leaf where asked.
func tamper(t testing.TB, s *Store, do meddle, seq int64, from, to string, leafToo bool) {
	t.Helper()
	var g chained
	err := s.read(context.Background(), func(v *view) error {
		return v.query(func(scan func(...any) error) error { return scan(&g.first, &g.count, &g.coding, &g.lines, &g.leaves) },
			"SELECT first, count, coding, lines, leaves FROM segment WHERE first <= $1 ORDER BY first DESC LIMIT 1", seq)
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := must[[][]byte](t)(g.text())
	at := seq - g.first
	changed := bytes.Replace(lines[at], []byte(from), []byte(to), 1)
	if bytes.Equal(changed, lines[at]) {
		t.Fatalf("line %d does not hold %q: %s", seq, from, lines[at])
	}
	lines[at] = changed
	if leafToo {
		leaf := tlog.RecordHash(changed)
		copy(g.leaves[at*tlog.HashSize:], leaf[:])
	}
	do("UPDATE segment SET coding = $1, lines = $2, leaves = $3 WHERE first = $4", int64(plain), joinLines(lines), g.leaves, g.first)
}

// meddling is what somebody does to a ledger who does not go through the program.
type meddling = func(t testing.TB, s *Store, do meddle)

// run runs a statement.
func run(statement string, args ...any) meddling {
	return func(_ testing.TB, _ *Store, do meddle) { do(statement, args...) }
}

// lineWith changes a line, and its leaf where asked.
func lineWith(seq int64, from, to string, leafToo bool) meddling {
	return func(t testing.TB, s *Store, do meddle) { tamper(t, s, do, seq, from, to, leafToo) }
}

// meddlings are what may be done to the ledger that [fill] has filled, with the numbers of
// the findings, each once, and what they name.
var meddlings = map[string]struct {
	change meddling
	rules  []int    // of the findings, each once
	named  []string // what the findings name
}{
	"a line of a log":             {lineWith(50, `"status":"assigned"`, `"status":"closed"`, false), []int{2351, 2357}, []string{"journal:50", "key 49", "source tool", "LOG-00016"}},
	"a line of a commit":          {lineWith(183, `"P2"`, `"P1"`, false), []int{2351, 2357}, []string{"journal:183", "key 183", "source towerbridge", "INC0000002"}},
	"a line and its leaf":         {lineWith(183, `"P2"`, `"P1"`, true), []int{2353, 2354, 2355, 2357}, []string{"from line 182 to line 183", "INC0000002"}},
	"the ticket of a line":        {lineWith(183, `"INC0000002"`, `"INC0000003"`, false), []int{2351, 2356, 2357}, []string{"INC0000002", "INC0000003"}},
	"a line that is none":         {lineWith(184, `{`, `[`, false), []int{2352}, []string{"journal:184"}},
	"a digest in a line":          {lineWith(181, `sha256:`, `sha256;`, false), []int{2351, 2356, 2357}, []string{"journal:181", "reporter"}},
	"an act":                      {lineWith(205, `estate.yaml`, `estate.yamm`, false), []int{2351}, []string{"journal:205", "document.put"}},
	"a segment that is gone":      {run("DELETE FROM segment WHERE first = 183"), []int{2352}, []string{"the lines 183 to 183 are not there"}},
	"the last segment":            {run("DELETE FROM segment WHERE first = 328"), []int{2354}, []string{"has 327 lines"}},
	"a segment that is damaged":   {run("UPDATE segment SET lines = $1 WHERE first = 1", []byte("noise")), []int{2352}, []string{"journal:1", "the lines 1 to 180 cannot be read"}},
	"a chain":                     {run("UPDATE segment SET chain = $1 WHERE first = 183", make([]byte, 32)), []int{2353}, []string{"from line 182 to line 183"}},
	"the head's chain":            {run("UPDATE head SET chain = $1", make([]byte, 32)), []int{2354}, []string{"head"}},
	"the head's size":             {run("UPDATE head SET size = size - 1"), []int{2354}, []string{"328 lines"}},
	"the head's tree":             {run("UPDATE head SET edge = $1", make([]byte, 96)), []int{2354}, []string{"root"}},
	"a subtree":                   {run("UPDATE subtree SET hash = $1", make([]byte, 32)), []int{2355}, []string{"subtree 0 of height 8"}},
	"a subtree that is gone":      {run("DELETE FROM subtree"), []int{2355}, []string{"not stored"}},
	"a subtree too many":          {run("INSERT INTO subtree (height, n, hash) VALUES (8, 7, $1)", make([]byte, 32)), []int{2355}, []string{"subtree 7"}},
	"sealed content":              {run("UPDATE withheld SET sealed = $1 WHERE seq = 181 AND place = 1", make([]byte, 60)), []int{2356}, []string{"journal:181", "summary", "INC0000001"}},
	"a shard":                     {run("UPDATE withheld SET shard = $1 WHERE seq = 182", make([]byte, 32)), []int{2356}, []string{"journal:182", "text"}},
	"half an erasure":             {run("UPDATE withheld SET shard = NULL WHERE seq = 182"), []int{2356}, []string{"journal:182", "text"}},
	"content of another line":     {run("UPDATE withheld SET seq = 184, place = 7 WHERE seq = 182"), []int{2356}, []string{"journal:184", "does not withhold the text"}},
	"content of another name":     {run("UPDATE withheld SET name = 'reason' WHERE seq = 182"), []int{2356}, []string{"journal:182", "reason"}},
	"content of another ticket":   {run("UPDATE withheld SET ticket = 'INC0000009' WHERE seq = 182"), []int{2356}, []string{"journal:182"}},
	"content of a line to come":   {run("UPDATE withheld SET seq = 999 WHERE seq = 182"), []int{2356}, []string{"journal:999", "ends at 328"}},
	"a ticket's version":          {run("UPDATE ticket SET version = 181 WHERE id = 'INC0000001'"), []int{2357}, []string{"INC0000001", "181", "182"}},
	"a ticket's last chunk":       {run("UPDATE ticket SET chunk = 7 WHERE id = 'INC0000001'"), []int{2357}, []string{"INC0000001"}},
	"a ticket's state":            {run("UPDATE ticket SET open = 0 WHERE id = 'INC0000001'"), []int{2357}, []string{"INC0000001", "assigned"}},
	"a state unknown":             {run("UPDATE ticket SET status = 'asleep' WHERE id = 'INC0000001'"), []int{2357}, []string{"INC0000001", "asleep"}},
	"a ticket's id":               {run("UPDATE ticket SET id = 'INC0000077' WHERE id = 'INC0000001'"), []int{2357, 2359}, []string{"INC0000001", "INC0000077", "key open-0 of ada"}},
	"a ticket's summary":          {run("UPDATE ticket SET summary = 183 WHERE id = 'INC0000001'"), []int{2357}, []string{"INC0000001", "summary", "183"}},
	"a ticket's reporter":         {run("UPDATE ticket SET reporter = 'p-9' WHERE id = 'INC0000001'"), []int{2357}, []string{"INC0000001", "reporter"}},
	"an erased reporter":          {run("UPDATE ticket SET reporter = 'p-1' WHERE id = 'INC0000002'"), []int{2357}, []string{"INC0000002", "reporter"}},
	"who a ticket's reporter was": {run("UPDATE ticket SET reported = 0 WHERE id = 'INC0000001'"), []int{2357}, []string{"INC0000001", "reporter"}},
	"a ticket that is gone":       {run("DELETE FROM ticket WHERE id = 'LOG-00016'"), []int{2357}, []string{"LOG-00016", "is not among the ticket's lines", "ticket_lines"}},
	"a ticket too many": {
		run("INSERT INTO ticket SELECT 999, 'INC0000999', version, chunk, kind, priority, service, site, party, team, status, '', 0, 0, parent, '', opened, changed, due, open FROM ticket WHERE no = 1"),
		[]int{2357},
		[]string{"INC0000999", "it has no lines", "counter INC", "number 999"},
	},
	"a ticket's lines":           {run("UPDATE ticket_lines SET coding = 0, lines = $1 WHERE ticket = 61", []byte("{}\n{}")), []int{2357}, []string{"INC0000001", "stands otherwise"}},
	"lines that are gone":        {run("DELETE FROM ticket_lines WHERE ticket = 61"), []int{2357}, []string{"INC0000001", "it has no lines", "journal:181", "journal:182"}},
	"lines that are damaged":     {run("UPDATE ticket_lines SET lines = $1, coding = 1 WHERE ticket = 61", []byte("noise")), []int{2357}, []string{"INC0000001", "cannot be read"}},
	"lines of no ticket":         {run("INSERT INTO ticket_lines SELECT 999, first, seqs, coding, lines FROM ticket_lines WHERE ticket = 61"), []int{2357}, []string{"1 rows are of tickets that are not there"}},
	"lines of other numbers":     {run("UPDATE ticket_lines SET seqs = $1 WHERE ticket = 61", []byte{2}), []int{2357}, []string{"INC0000001", "journal:182", "journal:183"}},
	"a party":                    {run("DELETE FROM ticket_party WHERE ticket = 61 AND party = 'south'"), []int{2357}, []string{"INC0000001", `["north"]`}},
	"a party too many":           {run("INSERT INTO ticket_party SELECT 'spy', ticket, opened, changed, due, open FROM ticket_party WHERE ticket = 61 AND party = 'south'"), []int{2357}, []string{"INC0000001", "spy"}},
	"a party of no ticket":       {run("UPDATE ticket_party SET ticket = 999 WHERE ticket = 61 AND party = 'south'"), []int{2357}, []string{"INC0000001", "ticket_party"}},
	"when a party's ticket ends": {run("UPDATE ticket_party SET open = 0 WHERE ticket = 61 AND party = 'south'"), []int{2357}, []string{"INC0000001"}},
	"the number of new ids":      {run("UPDATE counter SET last = 3"), []int{2357}, []string{"counter INC", "number 12"}},
	"the number of tickets":      {run("UPDATE head SET tickets = 3"), []int{2357}, []string{"number 112", "head says 3"}},
	"a document":                 {run("UPDATE item SET data = $1 WHERE id = 'estate.yaml'", []byte("version: 9")), []int{2358}, []string{"document estate.yaml", "version 2 is not the one that was put"}},
	"a document's version":       {run("UPDATE item_version SET data = $1 WHERE id = 'estate.yaml' AND version = 1", []byte("version: 9")), []int{2358}, []string{"journal:205", "document estate.yaml", "version 1"}},
	"a document of no line":      {run("UPDATE item_version SET seq = 0 WHERE id = 'contracts/mail.yaml'"), []int{2358}, []string{"document contracts/mail.yaml"}},
	"a key of a ticket":          {run("UPDATE replay SET receipt = $1 WHERE key = 'open-3'", `{"First":1,"Last":1,"Ticket":"INC7"}`), []int{2359}, []string{"key open-3 of ada", "INC7"}},
	"a key of lines":             {run("UPDATE replay SET receipt = $1 WHERE key = 'open-3'", `{"First":900,"Last":901}`), []int{2359}, []string{"key open-3 of ada", "900 to 901"}},
	"a key that is damaged":      {run("UPDATE replay SET receipt = 'x' WHERE key = 'open-3'"), []int{2359}, []string{"key open-3 of ada"}},
}

// Whatever is changed beside the program is found, and what is named is what was changed.
func TestCheckFinds(t *testing.T) {
	filled := sqlitePlace(t).open(t)
	fill(t, filled)
	data := backup(t, filled)
	onBoth(t, func(t *testing.T, p place) {
		filled := p.open(t)
		must[store.Head](t)(filled.Restore(context.Background(), bytes.NewReader(data), nil))
		for what, c := range meddlings {
			t.Run(what, func(t *testing.T) {
				findings := checked(t, filled, data, c.change)
				var rules []int
				for _, f := range findings {
					rules = append(rules, f.Rule.Number)
				}
				slices.Sort(rules)
				want := slices.Sorted(slices.Values(c.rules))
				if !slices.Equal(slices.Compact(rules), want) {
					t.Errorf("found are %d, want %d", rules, want)
				}
				for _, name := range c.named {
					if !strings.Contains(findings.Error(), name) {
						t.Errorf("nothing names %q", name)
					}
				}
				if t.Failed() {
					t.Log(findings.Error())
				}
			})
		}
	})
}

// More than can be listed is said to be more.
func TestCheckListsSome(t *testing.T) {
	s := sqlitePlace(t).open(t)
	must[store.Receipt](t)(s.Append(context.Background(), logOf(0, 1500)))
	direct(t, s)("DELETE FROM ticket_party")
	findings, err := s.Check(context.Background(), nil)
	if err != nil || len(findings) != maxFindings+1 || findings[maxFindings].Rule.Number != 2360 {
		t.Errorf("%d findings (%v), the last %v", len(findings), err, findings[len(findings)-1])
	}
	direct(t, s)("DELETE FROM ticket_lines")
	if findings, err = s.Check(context.Background(), nil); err != nil || !strings.Contains(fmt.Sprint(findings), "2360") {
		t.Errorf("%d findings (%v)", len(findings), err)
	}
}
