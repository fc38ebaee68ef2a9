package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strconv"

	"towerbridge/access"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// Findings of imports.
var (
	ruleOtherEntry = fault.Declare(2451, "the record holds another entry under the same key",
		"Correct an entry by a later one that names it; an entry of the record is never replaced.")
	ruleRowsAgain = fault.Declare(2452, "the log numbers its rows as an earlier log of the same source did",
		"Import the files of a source as one log, or let the mapping take the key from a column.")
)

// batchEntries is about how many entries are written together.
const batchEntries = 64 << 10

// maxConflicts is how many conflicting entries an import reports.
const maxConflicts = 100

// Import is a log to be taken into the record.
type Import struct {
	From     store.Store // its documents are not read; names mean what the record's estate says
	Digest   string      // of the log's files and of how they are read: the same import has the same
	Progress store.Progress
	Reading  store.Progress // of the log's bytes, before the first entry is written
}

// Imported is how far an import has come, or came.
type Imported struct {
	Digest   string       `json:"digest"`
	Rows     int64        `json:"rows"` // rows == entries + held + refused + acts
	Entries  int64        `json:"entries"`
	Held     int64        `json:"held"`
	Refused  int64        `json:"refused"`
	Acts     int64        `json:"acts,omitempty"` // of another record, whose journal the log is: they stay there
	Tickets  int64        `json:"tickets"`
	Done     int64        `json:"done"`  // tickets that are written
	Added    int64        `json:"added"` // entries that the record did not have before
	Finished bool         `json:"finished"`
	At       span.Instant `json:"at"`
	Before   bool         `json:"-"` // it had been finished before; nothing was written now

	Log *eventlog.Result `json:"-"`
}

// ImportLog takes a log into the record: every entry that it does not have yet, in
// batches, each whole. Where an import was broken off, the same import goes on where
// it stopped; the same import again writes nothing. A log that has grown adds what is
// new. Nothing is written where an entry contradicts the record.
func (r *Record) ImportLog(ctx context.Context, q Request, m Import) (*Imported, error) {
	if err := r.may(q.Who, access.LogImport, access.Record{}); err != nil {
		return nil, err
	}
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	log, err := m.From.Journal(ctx, book.Book, m.Reading)
	if err != nil {
		return nil, err
	}
	w := &importer{record: r, book: book, journal: log.Journal, who: q.Who, now: r.Now(), progress: m.Progress}
	w.state = Imported{
		Digest: m.Digest, Rows: log.Rows, Entries: log.Entries, Held: int64(len(log.Held)), Refused: log.Refused, Acts: log.Acts,
		Tickets: int64(log.Journal.Tickets()), At: w.now,
	}
	if err := w.resume(ctx); err != nil {
		return nil, err
	}
	w.state.Log = log
	if w.state.Finished {
		w.state.Before = true
		return &w.state, nil
	}
	if err := w.compare(ctx); err != nil {
		return nil, err
	}
	if q.Dry {
		return &w.state, nil
	}
	return &w.state, w.write(ctx)
}

// ImportState returns how far an import has come; NotFound where it never began.
func (r *Record) ImportState(ctx context.Context, who access.Principal, digest string) (*Imported, error) {
	if err := r.may(who, access.LogImport, access.Record{}); err != nil {
		return nil, err
	}
	item, err := r.Ledger.Get(ctx, store.Imports, digest)
	if err != nil {
		return nil, err
	}
	out := &Imported{}
	if err := json.Unmarshal(item.Data, out); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the state of import %s cannot be read", digest)
	}
	return out, nil
}

// importer is one import being done.
type importer struct {
	record   *Record
	book     *Book
	journal  *journal.Journal
	who      access.Principal
	now      span.Instant
	progress store.Progress
	state    Imported
	empty    bool             // the record has no ticket yet: nothing to compare with
	last     map[string]int64 // highest row number of earlier imports, by source
}

// resume reads how far the same import has come before, and what others have brought.
func (w *importer) resume(ctx context.Context) error {
	l := w.record.Ledger
	if before, err := w.record.ImportState(ctx, w.who, w.state.Digest); err == nil {
		w.state.Done, w.state.Added, w.state.Finished = before.Done, before.Added, before.Finished
	} else if fault.KindOf(err) != fault.NotFound {
		return err
	}
	n, err := l.Count(ctx, &store.Query{Sight: store.Sight{All: true}, Limit: 1}, 1)
	if err != nil {
		return err
	}
	w.empty, w.last = n == 0, map[string]int64{}
	for _, source := range w.journal.Sources() {
		item, err := l.Get(ctx, store.Settings, rowsOf(source))
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		if w.last[source], err = strconv.ParseInt(string(item.Data), 10, 64); err != nil {
			return fault.Wrap(fault.Internal, err, "the number of rows of source %q cannot be read", source)
		}
	}
	return nil
}

// rowsOf is the setting that holds the highest row number of a source.
func rowsOf(source string) string { return "rows/" + source }

// compare looks for entries that contradict the record before anything is written.
func (w *importer) compare(ctx context.Context) error {
	if w.empty {
		return nil
	}
	var f fault.Findings
	same, again := map[string]int{}, map[string]journal.Entry{}
	for from := int(w.state.Done); from < w.journal.Tickets() && len(f) < maxConflicts; from += store.MaxPage {
		to := min(from+store.MaxPage, w.journal.Tickets())
		found, err := w.existing(ctx, from, to)
		if err != nil {
			return err
		}
		for t := from; t < to; t++ {
			held := keysOf(found[w.journal.TicketID(t)])
			for _, e := range w.journal.Of(t) {
				source := w.journal.Sources()[e.Source]
				line := w.journal.AppendLine(nil, e)
				before, ok := held[w.name(e)]
				switch {
				case ok && !bytes.Equal(before, line):
					f = append(f, ruleOtherEntry.At(fault.Position{}, "key", "entry %q of source %q about ticket %s differs from the record's",
						w.journal.KeyText(e.Key()), source, w.journal.TicketID(t)))
				case ok:
					same[source]++
				case e.Marks&journal.Keyed == 0 && int64(e.Row) <= w.last[source]:
					again[source] = e
				}
			}
		}
	}
	for source, e := range again {
		if same[source] == 0 && w.state.Done == 0 {
			f = append(f, ruleRowsAgain.At(fault.Position{}, "key", "row %s of source %q is about ticket %s, and the record has other entries of that source up to row %d",
				w.journal.KeyText(e.Key()), source, w.journal.TicketID(int(e.Ticket)), w.last[source]))
		}
	}
	return f.Err()
}

// existing returns those of a stretch of the log's tickets that the record has.
func (w *importer) existing(ctx context.Context, from, to int) (map[string]*store.Found, error) {
	if w.empty {
		return nil, nil
	}
	ids := make([]string, 0, to-from)
	for t := from; t < to; t++ {
		ids = append(ids, w.journal.TicketID(t))
	}
	return w.record.Ledger.Tickets(ctx, ids)
}

// entryName is an entry's source and key.
type entryName struct{ source, key string }

func (w *importer) name(e journal.Entry) entryName {
	return entryName{w.journal.Sources()[e.Source], w.journal.KeyText(e.Key())}
}

// keysOf returns a ticket's lines by the names of their entries.
func keysOf(found *store.Found) map[entryName][]byte {
	if found == nil {
		return nil
	}
	out := make(map[entryName][]byte, len(found.Lines.Line))
	for _, line := range found.Lines.Line {
		var x struct{ Source, Key string }
		if json.Unmarshal(line, &x) == nil {
			out[entryName{x.Source, x.Key}] = line
		}
	}
	return out
}

// write writes what is new, batch after batch. Batches are made ready by several
// workers while others are written.
func (w *importer) write(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type ready struct {
		batch *store.Batch
		to    int
		added int64
		err   error
	}
	queue := make(chan chan ready, runtime.GOMAXPROCS(0)+1)
	go func() {
		defer close(queue)
		for from := int(w.state.Done); from < w.journal.Tickets(); {
			to := w.stretch(from)
			slot := make(chan ready, 1)
			select {
			case queue <- slot:
			case <-ctx.Done():
				return
			}
			go func(from int) {
				batch, added, err := w.batch(ctx, from, to)
				slot <- ready{batch, to, added, err}
			}(from)
			from = to
		}
	}()
	for slot := range queue {
		x := <-slot
		if x.err != nil {
			return x.err
		}
		w.state.Done, w.state.Added = int64(x.to), w.state.Added+x.added
		x.batch.Put = []store.Item{w.item()}
		if _, err := w.record.Ledger.Append(ctx, x.batch); err != nil {
			return err
		}
		if w.progress != nil {
			w.progress(w.state.Done, w.state.Tickets)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.finish(ctx)
}

// stretch returns the end of a batch of tickets.
func (w *importer) stretch(from int) int {
	n, to := 0, from
	for to < w.journal.Tickets() && n < batchEntries && to-from < batchEntries/4 {
		n += len(w.journal.Of(to))
		to++
	}
	return to
}

// item is how far the import has come, for the shelf.
func (w *importer) item() store.Item {
	data, err := json.Marshal(&w.state)
	if err != nil {
		panic(err) // the type can be written
	}
	return store.Item{Shelf: store.Imports, ID: w.state.Digest, Sort: w.state.At.String(), Version: store.AnyVersion, Data: data}
}

// batch makes a stretch of tickets ready.
func (w *importer) batch(ctx context.Context, from, to int) (*store.Batch, int64, error) {
	out := &store.Batch{Tickets: make([]store.BatchTicket, 0, to-from)}
	maker := newRows(w.book.Book, w.journal)
	var added int64
	for at := from; at < to; at += store.MaxPage {
		end := min(at+store.MaxPage, to)
		found, err := w.existing(ctx, at, end)
		if err != nil {
			return nil, 0, err
		}
		for t := at; t < end; t++ {
			x, err := w.ticket(maker, t, found[w.journal.TicketID(t)])
			if err != nil {
				return nil, 0, err
			}
			if len(x.Lines) > 0 {
				added += int64(len(x.Lines))
				out.Tickets = append(out.Tickets, x)
			}
		}
	}
	return out, added, nil
}

// ticket writes a ticket's new entries down.
func (w *importer) ticket(maker *rows, t int, found *store.Found) (store.BatchTicket, error) {
	held := keysOf(found)
	var out store.BatchTicket
	entries := w.journal.Of(t)
	buffer := make([]byte, 0, 256*len(entries))
	for _, e := range entries {
		if held != nil && held[w.name(e)] != nil {
			continue
		}
		start := len(buffer)
		buffer = w.journal.AppendLine(buffer, e)
		for _, x := range w.journal.WithheldOf(e) {
			out.Clear = append(out.Clear, store.Sealed{Line: len(out.Lines), Withheld: x})
		}
		out.Lines = append(out.Lines, buffer[start:len(buffer):len(buffer)])
	}
	if found == nil {
		out.Row = maker.row(t, w.now)
		return out, nil
	}
	if len(out.Lines) == 0 {
		return out, nil
	}
	with := *found
	with.Lines.Line = slices.Concat(found.Lines.Line, out.Lines)
	j, err := journalOf(w.now, &with)
	if err != nil {
		return out, err
	}
	out.Row = newRows(w.book.Book, j).row(0, w.now)
	out.Row.Version = found.Version
	return out, nil
}

// finish writes down that the whole log was taken in.
func (w *importer) finish(ctx context.Context) error {
	w.state.Finished = true
	change := &store.Change{Who: w.who.ID, Put: []store.Item{w.item()}}
	for i, source := range w.journal.Sources() {
		last := w.last[source]
		for t := range w.journal.Tickets() {
			for _, e := range w.journal.Of(t) {
				if int(e.Source) == i && e.Marks&journal.Keyed == 0 {
					last = max(last, int64(e.Row))
				}
			}
		}
		change.Put = append(change.Put, store.Item{Shelf: store.Settings, ID: rowsOf(source), Version: store.AnyVersion, Data: strconv.AppendInt(nil, last, 10)})
	}
	change.Acts = []store.Act{{
		ActDraft: journal.ActDraft{Source: Source, Act: "log.import", By: w.who.Party, Subject: w.state.Digest, Fields: map[string]string{
			"rows": fmt.Sprint(w.state.Rows), "entries": fmt.Sprint(w.state.Entries), "held": fmt.Sprint(w.state.Held),
			"refused": fmt.Sprint(w.state.Refused), "added": fmt.Sprint(w.state.Added), "tickets": fmt.Sprint(w.state.Tickets),
		}},
		Clear: []store.Clear{{Name: "person", Value: w.who.ID}},
	}}
	_, err := w.record.Ledger.Commit(ctx, change)
	return err
}
