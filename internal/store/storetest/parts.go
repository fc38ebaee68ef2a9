package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

var partPromises = []promise{
	{"a part of the journal is the tickets that are needed, each whole", partsAreFilters},
	{"the part of all that is needed is the whole journal", wholePart},
}

// needed is what a need asks for, in plain words.
func needed(n *statement.Need, r *store.TicketRow) bool {
	return (n.Party == "" || slices.Contains(r.Parties, n.Party)) && r.Opened < n.Before && (r.Open() || r.Changed >= n.Since)
}

func partsAreFilters(s *stand) {
	m := s.sample(120)
	learnt := s.head().Learnt
	ctx := context.Background()
	rapid.Check(s.T, func(t *rapid.T) {
		needs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) statement.Need {
			at := func(name string) span.Instant {
				return rapid.SampledFrom([]span.Instant{span.Earliest, Start - 100*3600, Start - 20*3600, Start - 3600, Start, Start + 3600, span.Latest}).Draw(t, name)
			}
			return statement.Need{Party: rapid.SampledFrom([]string{"", "desk", "apps", "desk two", "none"}).Draw(t, "party"), Before: at("before"), Since: at("since")}
		}), 1, 3).Draw(t, "needs")
		var last, total int64
		j, err := s.ledger.Part(ctx, needs, func(done, all int64) { last, total = done, all })
		if err != nil {
			t.Fatal(err)
		}
		var want model
		for _, f := range m {
			if slices.ContainsFunc(needs, func(n statement.Need) bool { return needed(&n, &f.TicketRow) }) {
				want = append(want, f)
			}
		}
		if diff := compare(j, want); diff != "" {
			t.Fatalf("%+v: %s", needs, diff)
		}
		if len(want) > 0 && j.LastLearnt() != learnt {
			t.Fatalf("the part was learnt until %s, the whole until %s", j.LastLearnt(), learnt)
		}
		if total != 0 && last > total {
			t.Fatalf("%d of %d are done", last, total)
		}
	})
}

// compare says how a journal differs from tickets.
func compare(j *journal.Journal, want model) string {
	if j.Tickets() != len(want) {
		return fmt.Sprintf("%d tickets, want %d", j.Tickets(), len(want))
	}
	for i := range want {
		if j.TicketID(i) != want[i].ID {
			return fmt.Sprintf("ticket %d is %s, want %s", i, j.TicketID(i), want[i].ID)
		}
		var got [][]byte
		for _, e := range j.Of(i) {
			got = append(got, j.AppendLine(nil, e))
		}
		lines := slices.Clone(want[i].Lines.Line)
		slices.SortFunc(got, bytes.Compare)
		slices.SortFunc(lines, bytes.Compare)
		if !slices.EqualFunc(got, lines, bytes.Equal) {
			return fmt.Sprintf("ticket %s has the lines\n%s\nwant\n%s", want[i].ID, bytes.Join(got, []byte("\n")), bytes.Join(lines, []byte("\n")))
		}
	}
	return ""
}

func wholePart(s *stand) {
	m := s.sample(40)
	s.commit(act("anna", "ticket.read", "x"))
	j, err := s.ledger.Part(s.Context(), []statement.Need{{Before: span.Latest, Since: span.Earliest}}, nil)
	if err != nil {
		s.Fatal(err)
	}
	if diff := compare(j, m); diff != "" {
		s.Error(diff)
	}
	all, err := s.ledger.Journal(s.Context(), nil, nil)
	if err != nil {
		s.Fatal(err)
	}
	if all.Journal.Tickets() != j.Tickets() || all.Journal.Len() != j.Len() || all.Journal.LastLearnt() != j.LastLearnt() {
		s.Errorf("the journal has %d tickets and %d entries, its part of all %d and %d", all.Journal.Tickets(), all.Journal.Len(), j.Tickets(), j.Len())
	}
	for i := range all.Journal.Tickets() {
		at, ok := j.Find(all.Journal.TicketID(i))
		if !ok {
			s.Fatalf("ticket %s is not in the part of all", all.Journal.TicketID(i))
		}
		for n, e := range all.Journal.Of(i) {
			if a, b := all.Journal.AppendLine(nil, e), j.AppendLine(nil, j.Of(at)[n]); !bytes.Equal(a, b) {
				s.Errorf("the journal has %s, its part of all %s", a, b)
			}
		}
	}
}

var appendPromises = []promise{
	{"a log is appended batch by batch and its tickets can be worked on", appending},
	{"a batch of which a ticket has moved on is refused whole", appendExpects},
	{"a log that was broken off goes on where its last batch ended", appendResumes},
	{"a log's lines keep when they were learnt, and new ones go on from the ledger's own clock", appendLearnt},
	{"a log is appended while others write", appendWhileWriting},
	{"what a log withholds is kept and can be read", appendWithholds},
}

// logged returns a ticket as it comes from a log. Its first line says what its row says.
func logged(row store.TicketRow, key int64) store.BatchTicket {
	d := journal.Draft{
		Source: "tool", Key: fmt.Sprint(key), Ticket: row.ID, Happened: row.Opened, Learnt: row.Opened, Event: journal.Opened, Status: row.Status,
		Kind: row.Kind, Priority: row.Priority, Service: row.Service, Site: row.Site, Party: row.Party, Team: row.Team,
	}
	t := store.BatchTicket{Row: row}
	if row.Reporter != "" {
		w := journal.Salted(store.ReporterName, fmt.Sprintf("%032x", key), row.Reporter)
		d.Withheld = []journal.Withheld{{Name: w.Name, Digest: w.Digest}}
		t.Clear = []store.Sealed{{Line: 0, Withheld: w}}
	}
	t.Lines = [][]byte{d.Append(nil)}
	return t
}

// log returns a batch of new tickets, each with two lines.
func log(from, n int) *store.Batch {
	b := &store.Batch{}
	for i := range n {
		row := sampleRow(from + i)
		row.ID = fmt.Sprintf("LOG-%05d", from+i)
		t := logged(row, int64(2*(from+i)))
		d := journal.Draft{Source: "tool", Key: fmt.Sprint(2*(from+i) + 1), Ticket: row.ID, Happened: row.Changed, Learnt: row.Changed, Event: journal.Noted}
		t.Lines = append(t.Lines, d.Append(nil))
		b.Tickets = append(b.Tickets, t)
	}
	return b
}

// add appends a batch that must be taken.
func (s *stand) add(b *store.Batch) store.Receipt {
	s.Helper()
	r, err := s.ledger.Append(s.Context(), b)
	if err != nil {
		s.Fatalf("append: %v", err)
	}
	return r
}

func appending(s *stand) {
	first := s.add(log(0, 300))
	b := log(300, 10)
	b.Acts = act("anna", "log.import", "x").Acts
	second := s.add(b)
	if first.First != 1 || first.Last != 600 || second.First != 601 || second.Last != 621 {
		s.Errorf("numbers %d to %d and %d to %d, want 1 to 600 and 601 to 621", first.First, first.Last, second.First, second.Last)
	}
	CheckHead(s.T, s.head(), s.lines(1))
	for _, i := range []int{0, 299, 305} {
		want := sampleRow(i)
		want.ID = fmt.Sprintf("LOG-%05d", i)
		f := s.found(want.ID)
		want.Version = f.Lines.Seq[1]
		if want.Version != f.Version || len(f.Lines.Line) != 2 || fmt.Sprintf("%+v", f.TicketRow) != fmt.Sprintf("%+v", want) {
			s.Errorf("ticket %s is\n%+v, want\n%+v", want.ID, f.TicketRow, want)
		}
		r := s.commit(Noting("petra", "", f.TicketRow))
		more := log(i, 1).Tickets[0]
		more.Row.Version, more.Lines = r.Last, more.Lines[1:]
		more.Clear = nil
		s.add(&store.Batch{Tickets: []store.BatchTicket{more}})
		if f = s.found(want.ID); len(f.Lines.Line) != 4 || f.Version != r.Last+1 || !slices.IsSorted(f.Lines.Seq) {
			s.Errorf("after a note and a line from the log, ticket %s has lines %v", want.ID, f.Lines.Seq)
		}
	}
	CheckHead(s.T, s.head(), s.lines(1))
}

func appendExpects(s *stand) {
	s.add(log(0, 3))
	before := s.head()
	for what, version := range map[string]int64{"a ticket that is there already": 0, "an old version": 1, "a version to come": 99} {
		b := log(10, 2)
		old := log(1, 1).Tickets[0]
		old.Row.Version = version
		b.Tickets = append(b.Tickets, old)
		b.Put = []store.Item{{Shelf: store.Imports, ID: "x", Version: store.AnyVersion, Data: []byte("x")}}
		_, err := s.ledger.Append(s.Context(), b)
		s.refused(err, fault.Conflict, what)
	}
	missing := log(20, 1)
	missing.Tickets[0].Row.Version = 5
	if _, err := s.ledger.Append(s.Context(), missing); err == nil {
		s.Error("lines were added to a ticket that is not there")
	}
	if s.head() != before {
		s.Errorf("refused batches have moved the head from %+v to %+v", before, s.head())
	}
	s.noItem(store.Imports, "x")
	if _, err := s.ledger.Ticket(s.Context(), "LOG-00010"); fault.KindOf(err) != fault.NotFound {
		s.Errorf("a refused batch has left a ticket (%v)", err)
	}
}

// appendResumes breaks an import off after each batch and begins it again from what the
// ledger says, as another process would.
func appendResumes(s *stand) {
	const batches, size = 6, 20
	state := func() (next int, version int64) {
		i, err := s.ledger.Get(s.Context(), store.Imports, "log")
		if fault.KindOf(err) == fault.NotFound {
			return 0, 0
		}
		if err != nil {
			s.Fatal(err)
		}
		if _, err := fmt.Sscan(string(i.Data), &next); err != nil {
			s.Fatal(err)
		}
		return next, i.Version
	}
	for range batches {
		s.ledger = s.open()
		next, version := state()
		b := log(next*size, size)
		b.Put = []store.Item{{Shelf: store.Imports, ID: "log", Version: version, Data: fmt.Append(nil, next+1)}}
		s.add(b)
		_, err := s.ledger.Append(s.Context(), b) // two importers of one log: one is too late
		s.refused(err, fault.Conflict, "a batch that was there already")
	}
	if next, _ := state(); next != batches || s.head().Size != 2*batches*size {
		s.Errorf("after %d batches, %d lines", next, s.head().Size)
	}
	CheckHead(s.T, s.head(), s.lines(1))
}

func appendLearnt(s *stand) {
	b := log(0, 5)
	late := b.Tickets[4]
	d := journal.Draft{Source: "tool", Key: "late", Ticket: late.Row.ID, Happened: Start, Learnt: Start + 7200, Event: journal.Noted}
	b.Tickets[4].Lines = append(late.Lines, d.Append(nil))
	s.add(b)
	if h := s.head(); h.Learnt != Start+7200 {
		s.Errorf("the head says %s, want the latest of the log, %s", h.Learnt, Start+7200)
	}
	for i, line := range s.lines(1) {
		if want := slices.Concat(b.Tickets[0].Lines, b.Tickets[1].Lines, b.Tickets[2].Lines, b.Tickets[3].Lines, b.Tickets[4].Lines)[i]; !bytes.Equal(line, want) {
			s.Errorf("line %d is %s, appended was %s", i+1, line, want)
		}
	}
	r := s.commit(Opening("petra", "", "mail", "desk"))
	if r.Learnt != Start || s.head().Acted != Start || s.head().Learnt != Start+7200 {
		s.Errorf("after a log of the future the ledger learnt at %s, and its head says %+v", r.Learnt, s.head())
	}
}

func appendWhileWriting(s *stand) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 10 {
			s.add(log(n*30, 30))
		}
	}()
	acknowledged := s.write([]store.Ledger{s.ledger, s.open()}, 4, 10)
	<-done
	lines := s.lines(1)
	CheckHead(s.T, s.head(), lines)
	if want := 600 + len(acknowledged); len(lines) != want {
		s.Errorf("%d lines, want %d", len(lines), want)
	}
	for _, x := range acknowledged {
		if l := s.parse(lines[x.First-1]); l.Ticket != x.Ticket {
			s.Errorf("%s was told ticket %s, line %d is %s", x.key, x.Ticket, x.First, lines[x.First-1])
		}
	}
	for i := range 300 {
		if f := s.found(fmt.Sprintf("LOG-%05d", i)); len(f.Lines.Line) != 2 {
			s.Errorf("ticket %s has %d lines, want 2", f.ID, len(f.Lines.Line))
		}
	}
}

func appendWithholds(s *stand) {
	b := log(0, 8)
	s.add(b)
	lines := s.lines(1)
	var seqs []int64
	for i := range lines {
		seqs = append(seqs, int64(i+1))
	}
	got, err := s.ledger.Withheld(s.Context(), seqs)
	if err != nil {
		s.Fatal(err)
	}
	var seq int64
	for _, t := range b.Tickets {
		for n := range t.Lines {
			seq++
			var want []journal.Withheld
			for _, c := range t.Clear {
				if c.Line == n {
					want = append(want, c.Withheld)
				}
			}
			if fmt.Sprintf("%+v", got[seq]) != fmt.Sprintf("%+v", want) {
				s.Errorf("line %d withholds %+v, want %+v", seq, got[seq], want)
			}
		}
	}
	wrong := log(20, 1)
	wrong.Tickets[0].Clear = []store.Sealed{{Line: 0, Withheld: journal.Salted("text", "00", "not what the line stands for")}}
	if _, err := s.ledger.Append(s.Context(), wrong); err == nil {
		s.Error("content was taken that no digest of its line stands for")
	}
}
