package statement_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/calendar"
	"towerbridge/eventlog"
	"towerbridge/examples"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/ticket"
)

// needed reports whether a need holds a ticket, by what an index would know of it.
func needed(n statement.Need, j *journal.Journal, position int) bool {
	entries := j.Of(position)
	first, last, party := entries[0].Happened, span.Earliest, n.Party == ""
	for _, e := range entries {
		first, last = min(first, e.Happened), max(last, e.Happened, e.Learnt)
		f := j.Fact(e)
		party = party || f.Event != journal.Noted && j.Name(f.Party) == n.Party
	}
	var h ticket.History
	open := ticket.Read(j, position, last, &h) && !h.Last().Status.Done()
	return party && first < n.Before && (open || last >= n.Since)
}

// part is the journal of the tickets that the orders need, as a store reads it back
// from its lines, and their number.
func part(t fataler, b *statement.Book, j *journal.Journal, orders []statement.Order) (*journal.Journal, int) {
	needs, err := statement.Needs(b, orders, j.LastLearnt())
	if err != nil {
		t.Fatalf("%v", err)
	}
	lines, n := eventlog.NewLines(j.LastLearnt()), 0
	for position := range j.Tickets() {
		if !slices.ContainsFunc(needs, func(n statement.Need) bool { return needed(n, j, position) }) {
			continue
		}
		n++
		for _, e := range j.Of(position) {
			if err := lines.Add(j.AppendLine(nil, e)); err != nil {
				t.Fatalf("%v", err)
			}
		}
	}
	out, findings := journal.Merge([]*journal.Builder{lines.Builder()}, []uint32{0})
	if len(findings) > 0 {
		t.Fatalf("%v", findings)
	}
	return out, n
}

// sameFromPart draws the orders from a journal and from the part of it that they need;
// each statement must be the same to the byte. It returns how many tickets they needed.
func sameFromPart(t fataler, b *statement.Book, j *journal.Journal, orders []statement.Order) int {
	want, err := statement.Draw(b, j, orders, 2)
	if err != nil {
		t.Fatalf("%v", err)
	}
	some, n := part(t, b, j, orders)
	got, err := statement.Draw(b, some, orders, 2)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for i := range want {
		if !bytes.Equal(statement.Encode(got[i]), statement.Encode(want[i])) {
			t.Fatalf("%s of %s from %d tickets of %d:\n%s\nwant\n%s", want[i].Contract, want[i].Period, n, j.Tickets(), statement.Encode(got[i]), statement.Encode(want[i]))
		}
	}
	return n
}

// holders is measures that look at no ticket that the supplier never had.
const holders = `
  - {id: M-1, mean: {clock: resolve}}
  - {id: M-2, percentile: {clock: resolve, share: 90%}, attribution: any-holder}
  - {id: M-4, backlog: {calendar: office}}
  - {id: M-6, firstTimeFix: {}, attribution: first-holder}
  - {id: M-7, reopenRate: {within: 24h}}
  - {id: M-11, share: {clock: resolve}, countsIn: breach}
  - {id: M-12, share: {clock: resolve}, countsIn: breach-and-resolution, attribution: holder-at-breach}
  - {id: M-15, count: {of: rejected}}
  - {id: M-17, count: {of: closed}}
  - {id: M-19, share: {clock: resolve}, period: quarter, countsIn: opening}
`

// needBooks are contracts that need more and more.
func needBooks(t testing.TB) map[string]*statement.Book {
	return map[string]*statement.Book{
		"one clock": book(t),
		"holders":   book(t, "credits:\n", strings.TrimPrefix(holders, "\n")+"credits:\n"),
		"survey":    book(t, "credits:\n", "  - {id: M-10, survey: {series: csat}}\ncredits:\n"),
		"tower":     book(t, "credits:\n", "  - {id: M-14, share: {clock: resolve}, attribution: service-tower}\ncredits:\n"),
		"on and on": book(t, "  - {id: resolve, stop: resolved,", "  - {id: resolve, stop: responded, stopBy: supplier,"),
		"all kinds": wide(t),
	}
}

// TestNeeds draws from random journals, with entries learnt late and corrected, as known
// at any instant: the tickets that are needed give the same statements as all.
func TestNeeds(t *testing.T) {
	for name, b := range needBooks(t) {
		t.Run(name, func(t *testing.T) {
			tickets, taken := 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				j := journalOf(rt, happenings(rt, rapid.IntRange(1, 12).Draw(rt, "tickets")), wholly)
				orders := three(0)
				for i := range orders {
					orders[i].AsOf = nil
					if rapid.Bool().Draw(rt, "as of") {
						asOf := aprilStart + span.Instant(rapid.IntRange(-40, 90).Draw(rt, "day")*86400)
						orders[i].AsOf = &asOf
					}
				}
				from := rapid.IntRange(0, len(orders)-1).Draw(rt, "from")
				orders = orders[from : 1+rapid.IntRange(from, len(orders)-1).Draw(rt, "to")]
				tickets += j.Tickets()
				taken += sameFromPart(rt, b, j, orders)
			})
			t.Logf("%d of %d tickets are needed", taken, tickets)
			if taken == tickets {
				t.Error("everything is needed")
			}
		})
	}
}

// TestNeedsOfExamples draws every contract of the example force, and of the public log
// where it is at hand, for several months: from a part, and the same to the byte.
func TestNeedsOfExamples(t *testing.T) {
	for _, c := range []struct {
		name   string
		read   func(t *testing.T) (*statement.Book, *journal.Journal)
		months []string
		most   map[string]int // of a hundred tickets, by contract; the others look back to their start
	}{
		{"constabulary", constabulary, []string{"2019-01", "2019-03", "2019-08", "2019-12"}, map[string]int{"applications": 30, "network": 12, "hosting": 12, "service-desk": 12}},
		{"vinst", vinst, []string{"2012-03", "2012-04", "2012-05"}, map[string]int{"org-a2": 25, "org-b": 10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, j := c.read(t)
			var all []statement.Order
			for _, month := range c.months {
				for _, id := range b.IDs() {
					order := statement.Order{Contract: id, Period: period(month)}
					if order.Period != b.Contracts[id].ServicePeriod(order.Period.From) {
						continue
					}
					n := sameFromPart(t, b, j, []statement.Order{order})
					t.Logf("%s %s needs %d of %d tickets", id, month, n, j.Tickets())
					if most, ok := c.most[id]; ok && n*100 > most*j.Tickets() {
						t.Errorf("%s %s needs %d of %d tickets", id, month, n, j.Tickets())
					}
					all = append(all, order)
				}
			}
			sameFromPart(t, b, j, all[:min(len(all), 2*len(b.IDs()))])
		})
	}
}

// documents reads the documents of a folder, which have no findings.
func documents(t *testing.T, folder fs.FS) *statement.Book {
	t.Helper()
	var sources []statement.Source
	for _, pattern := range []string{"estate.yaml", "calendars/*.yaml", "contracts/*.yaml"} {
		names, err := fs.Glob(folder, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			sources = append(sources, statement.Source{Name: name, Data: must(fs.ReadFile(folder, name))})
		}
	}
	b, findings := statement.ReadBook(sources, calendar.Shipped())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return b
}

func constabulary(t *testing.T) (*statement.Book, *journal.Journal) {
	var log bytes.Buffer
	if err := examples.Log(&log); err != nil {
		t.Fatal(err)
	}
	b := documents(t, examples.Constabulary())
	return b, logOf(t, b, eventlog.Input{Name: "log.ndjson", Reader: &log}, nil)
}

func vinst(t *testing.T) (*statement.Book, *journal.Journal) {
	folder := os.Getenv("TOWERBRIDGE_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(folder, "bpic2013", "VINST-incidents.csv.gz"))
	if err != nil {
		t.Skip("the public log is not here; set TOWERBRIDGE_DATA to the folder that holds it")
	}
	defer file.Close()
	documentsOf := os.DirFS(filepath.Join("..", "examples", "vinst"))
	m, findings := eventlog.ReadMapping("csv.yaml", must(fs.ReadFile(documentsOf, "mappings/csv.yaml")))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	b := documents(t, documentsOf)
	return b, logOf(t, b, eventlog.Input{Name: "log", Reader: file}, m)
}

func logOf(t *testing.T, b *statement.Book, in eventlog.Input, m *eventlog.Mapping) *journal.Journal {
	t.Helper()
	result, err := eventlog.Read([]eventlog.Input{in}, m, eventlog.Options{Group: b.Estate.Group, Location: b.Zones.Location, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return result.Journal
}

// TestNeedsMissNothing shows tickets that an index could easily leave out, and that the
// statement would be another without them.
func TestNeedsMissNothing(t *testing.T) {
	opened := func(l *log) journal.Facts {
		return journal.Facts{Event: journal.Opened, Status: journal.InProgress, Kind: l.Name("incident"), Priority: l.Name("P3"), Service: l.Name("mail"), Party: l.Name("atlas")}
	}
	resolved := journal.Facts{Event: journal.Resolved, Status: journal.ResolvedStatus}
	b := needBooks(t)["holders"]
	for name, write := range map[string]func(l *log){
		"open for months": func(l *log) {
			l.add("X", "2025-11-05T10:00Z", opened(l))
		},
		"resolved before the period, learnt after the instant": func(l *log) {
			l.add("X", "2025-11-05T10:00Z", opened(l))
			l.add("X", "2025-11-06T10:00Z", resolved, "2026-06-01T10:00Z")
		},
		"opened earlier than was said later": func(l *log) {
			l.add("X", "2026-04-10T10:00Z", opened(l))
			l.correct("2026-05-10T10:00Z", "2026-06-01T10:00Z", opened(l), "e1")
		},
		"reopened, which was taken back": func(l *log) {
			l.add("X", "2025-11-05T10:00Z", opened(l))
			l.add("X", "2025-11-06T10:00Z", resolved)
			l.add("X", "2026-04-06T10:00Z", journal.Facts{Event: journal.Reopened, Status: journal.InProgress})
			l.correct("2026-04-06T10:00Z", "2026-06-01T10:00Z", journal.Facts{Event: journal.Voided}, "e3")
		},
		"taken back as a whole": func(l *log) {
			l.add("X", "2026-04-10T10:00Z", opened(l))
			l.correct("2026-06-10T10:00Z", "2026-06-10T10:00Z", journal.Facts{Event: journal.Voided}, "e1")
		},
		"handed on before the period, which was learnt late": func(l *log) {
			l.add("X", "2025-11-05T10:00Z", opened(l))
			l.add("X", "2025-11-06T10:00Z", journal.Facts{Event: journal.Assigned, Party: l.Name("other")}, "2026-06-01T10:00Z")
			l.add("X", "2025-11-07T10:00Z", resolved, "2026-06-01T10:00Z")
		},
		"rejected by who was never offered it": func(l *log) {
			l.add("X", "2026-04-05T10:00Z", journal.Facts{Event: journal.Opened, Kind: l.Name("incident"), Service: l.Name("mail")})
			l.add("X", "2026-04-06T10:00Z", journal.Facts{Event: journal.Rejected, Party: l.Name("atlas")})
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog()
			write(l)
			j := l.april2026().journal(t)
			orders := []statement.Order{{Contract: "tower-a", Period: april, AsOf: &early}}
			some, _ := part(t, b, j, orders)
			if _, ok := some.Find("X"); !ok {
				t.Error("the ticket is not needed")
			}
			sameFromPart(t, b, j, orders)
			if digests(t, b, j, orders, 1)[0] == digests(t, b, newLog().april2026().journal(t), orders, 1)[0] {
				t.Error("without the ticket the statement is the same")
			}
		})
	}
}

// correct adds an entry of ticket X that corrects another of it.
func (l *log) correct(happened, learnt string, f journal.Facts, key string) {
	e := l.put("X", must(span.ParseInstant(happened)), must(span.ParseInstant(learnt)), f, journal.Corrects)
	l.Correct(e, key)
}

// TestNeedsSay pins what needs say: whose tickets, and of which time.
func TestNeedsSay(t *testing.T) {
	learnt := early
	order := func(month string) statement.Order {
		return statement.Order{Contract: "tower-a", Period: period(month), AsOf: &learnt}
	}
	at := func(s string) span.Instant { return must(span.ParseInstant(s)) }
	books := needBooks(t)
	for _, c := range []struct {
		book   string
		orders []statement.Order
		want   []statement.Need
	}{
		{"one clock", []statement.Order{order("2026-03")}, []statement.Need{{"atlas", at("2026-04-01T00:00+01:00"), at("2026-03-01T00:00Z")}}},
		{"one clock", []statement.Order{order("2026-05")}, []statement.Need{{"atlas", at("2026-06-01T00:00+01:00"), at("2026-03-01T00:00Z")}}}, // failures repeat
		{"one clock", []statement.Order{order("2026-09")}, []statement.Need{{"atlas", at("2026-10-01T00:00+01:00"), at("2026-05-08T16:00Z")}}}, // not known yet
		{"survey", []statement.Order{order("2026-03")}, []statement.Need{{"", at("2026-04-01T00:00+01:00"), at("2026-03-01T00:00Z")}}},
		{"on and on", []statement.Order{order("2026-03")}, []statement.Need{{"atlas", at("2026-04-01T00:00+01:00"), span.Earliest}}},
		{"one clock", []statement.Order{order("2026-04"), order("2026-04")}, []statement.Need{{"atlas", at("2026-05-01T00:00+01:00"), at("2026-03-01T00:00Z")}}},
		{"one clock", []statement.Order{order("2026-03"), {Contract: "tower-a", Period: april}}, []statement.Need{{"atlas", at("2026-05-01T00:00+01:00"), at("2026-03-01T00:00Z")}}}, // the first is within
		{"one clock", []statement.Order{{Contract: "tower-a", Period: april}, order("2026-03")}, []statement.Need{{"atlas", at("2026-05-01T00:00+01:00"), at("2026-03-01T00:00Z")}}},
		{"one clock", nil, nil},
	} {
		got, err := statement.Needs(books[c.book], c.orders, learnt)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s, %v: needs %v, want %v (%v)", c.book, c.orders, got, c.want, err)
		}
	}
	if _, err := statement.Needs(books["one clock"], []statement.Order{{Contract: "none", Period: april}}, learnt); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the needs of no contract: %v", err)
	}
}
