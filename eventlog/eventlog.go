// Package eventlog turns the logs people have into entries of the journal.
//
// A log is one or more files: CSV with any columns, XES, or NDJSON, which is the
// journal's own open form; each may be compressed with gzip. A [Mapping] says how
// the log's columns, states and names become the journal's.
//
//	          ┌────────────▶ entry: one line of the journal
//	row ──────┼─ stamp? ───▶ held: a wall clock showed its stamp twice, or never;
//	          │              a person decides, and the entry names the decision
//	          └────────────▶ refused: cannot be read; reported and counted
//
// A row is a record of CSV, an event of XES or a line of NDJSON. Nothing is
// dropped silently: rows = entries + held + refused, always; of a record that was
// exported as NDJSON, also + acts: lines about the record itself and no ticket. What
// makes a whole file unreadable is an error instead, and then there is no journal.
//
// The package reads from an [io.Reader] or [io.ReaderAt] and knows no files, no
// clock and no zones: the zone of stamps without an offset comes from the mapping,
// its rules from [Options.Location]. No moment of reading and no file name enters
// an entry, so that both parties read the same journal from the same log. How a
// log is cut among workers does not change the journal either.
//
// The work is bounded whatever a file holds: see the constants whose names begin
// with Max.
package eventlog

import (
	"cmp"
	"io"
	"slices"
	"time"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// maxRows is the number of rows that one log may have: a journal numbers them in
// 32 bits.
const maxRows = 1<<32 - 1

// Input is one file of a log. Exactly one of Reader and ReaderAt is set; with
// ReaderAt a plain CSV file is read by several workers at once.
type Input struct {
	Name     string // for findings only; enters no entry
	Reader   io.Reader
	ReaderAt io.ReaderAt
	Size     int64 // bytes; needed with ReaderAt, and otherwise for progress, zero if unknown
}

// Options are what reading a log needs to know beside the mapping. Its functions
// must be safe for use by several goroutines.
type Options struct {
	// Group resolves the tool's name of a group on a date to the party and team
	// that the estate knows it as, and its support line (zero if it has none). Where
	// it is nil every group is kept as a team of no party.
	Group func(name string, on span.Date) (party, team string, line int, ok bool)

	// GroupsDated says that Group's answer depends on the date: that of the row, in
	// the mapping's zone, else in UTC. Otherwise Group is asked about date zero.
	GroupsDated bool

	// Location returns a zone by its IANA name; needed by mappings with a zone.
	Location func(name string) (*time.Location, error)

	// ServiceNamed and SiteNamed return the estate's id of what a log calls a
	// service or site, and false if it knows none. Where nil, names are kept.
	ServiceNamed func(name string) (id string, ok bool)
	SiteNamed    func(name string) (id string, ok bool)

	// Salt is a secret from which the salts of people and text are derived. Without
	// it these columns are not read.
	Salt []byte

	// Decisions releases held rows.
	Decisions *Decisions

	// Workers is how many stretches are read at once; less than one means one.
	Workers int

	// Progress, where not nil, is told now and then how many bytes have been read
	// and how many there are; zero if unknown. Its calls do not overlap.
	Progress func(done, total int64)

	stretch int64 // for tests: bytes of a stretch; zero means stretchSize
}

// Read reads a log into a journal. The files follow on one another in the order
// given, and rows are numbered through all of them. A nil mapping means NDJSON.
//
// The error is [fault.Findings] where a file or the mapping is at fault, and a
// [fault.Error] of kind Unavailable where an input could not be read.
func Read(in []Input, m *Mapping, opt Options) (*Result, error) {
	if m == nil {
		m = &Mapping{Format: NDJSON}
	}
	p, findings := newPlan(m, &opt)
	if len(findings) > 0 {
		return nil, findings
	}
	r := &run{p: p, in: in, progress: newProgress(in, opt.Progress), ordered: p.ordered(in)}
	got, err := r.result()
	if err == errOrder {
		r.ordered = true
		got, err = r.result()
	}
	if err != nil {
		return nil, err
	}
	return got, nil
}

// run is one reading of a log.
type run struct {
	p        *plan
	in       []Input
	progress *progress
	ordered  bool         // one worker reads everything in order
	files    [][]*stretch // of each input
}

// stretch is a part of a file that is read in order by one worker.
type stretch struct {
	sink  *sink
	read  func() error
	lines func() int64 // passed, when it has been read
	err   error
}

// result reads the log and merges what the stretches have read.
func (r *run) result() (*Result, error) {
	if err := r.read(); err != nil {
		return nil, err
	}
	out := &Result{}
	t := totals{absent: map[string]int{}, decided: map[int64]bool{}}
	var last *sink
	for i, file := range r.files {
		out.Files = append(out.Files, r.in[i].Name)
		var lines int64
		for _, st := range file {
			if st.sink == last { // one sink has taken several files
				continue
			}
			last = st.sink
			if out.Rows+last.rows > maxRows {
				return nil, fault.Findings{tooManyRows.At(fault.Position{File: last.file}, "", "more than %d rows", int64(maxRows))}
			}
			last.finish()
			last.shift(out.Rows, lines)
			lines += st.lines()
			t.add(out, last)
		}
	}
	if needless := r.p.opt.Decisions.needless(t.decided); len(needless) > 0 {
		return nil, needless
	}
	if len(t.wrong) > 0 {
		return nil, t.wrong[:min(len(t.wrong), maxDigests)]
	}
	t.complete(out)
	var findings fault.Findings
	out.Journal, findings = journal.Merge(t.builders, t.first)
	if r.p.m.Format == NDJSON && !r.ordered && (len(out.Journal.Sources()) > journal.MaxSources || twice(out.Journal)) {
		return nil, errOrder
	}
	if len(findings) > 0 {
		return nil, findings
	}
	return out, nil
}

// totals gathers what the sinks of a log have.
type totals struct {
	builders []*journal.Builder
	first    []uint32
	refused  refusals
	absent   map[string]int
	decided  map[int64]bool
	wrong    fault.Findings
}

// add adds a sink's rows to the result, as those that follow on.
func (t *totals) add(out *Result, s *sink) {
	t.builders = append(t.builders, s.b)
	if s.p.m.Format == NDJSON {
		t.first = append(t.first, 0) // its rows have their numbers
	} else {
		t.first = append(t.first, uint32(out.Rows))
	}
	out.Rows += s.rows
	out.Entries += s.entries
	out.Acts += s.acts
	out.Held = append(out.Held, s.held...)
	t.refused.join(s.refused)
	t.wrong = append(t.wrong, s.wrong...)
	for row := range s.decided {
		t.decided[row] = true
	}
	for _, column := range s.absent() {
		t.absent[column]++
	}
}

// complete puts what was gathered in order and into the result.
func (t *totals) complete(out *Result) {
	out.Refused, out.Reasons, out.Details = t.refused.total, t.refused.reasons(), t.refused.details
	for column, n := range t.absent {
		if n == len(t.builders) {
			out.Absent = append(out.Absent, column)
		}
	}
	slices.Sort(out.Absent)
	slices.SortStableFunc(out.Held, func(a, b HeldRow) int { return cmp.Compare(a.Row, b.Row) })
	slices.SortStableFunc(out.Details, func(a, b RefusedRow) int { return cmp.Compare(a.Row, b.Row) })
}
