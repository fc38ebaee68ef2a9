package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/span"
	"towerbridge/statement"
)

// Frame is the tickets that a sample is drawn from: all that a measure counted in a
// period, sorted by their names. It does not depend on the order of the log.
type Frame struct {
	Contract  string      `json:"contract"`
	Measure   string      `json:"measure"`
	Period    span.Period `json:"period"`    // the measurement period
	Statement string      `json:"statement"` // digest of the statement
	Good      int64       `json:"good"`      // items whose recorded verdict speaks for the supplier
	Items     []Item      `json:"items"`
	Digest    string      `json:"digest"` // SHA-256 over contract, measure, period and every item's ticket, life and verdict
	result    *measure.Result
	statement *statement.Statement
	book      *statement.Book
	index     map[itemKey]int
}

// Item is one counted life of one ticket.
type Item struct {
	Ticket         string `json:"ticket"`
	Life           int    `json:"life"`           // 0 is the first; later ones begin with a reopening
	Recorded       string `json:"recorded"`       // met or missed, as the measure counts
	ElapsedSeconds int64  `json:"elapsedSeconds"` // open seconds counted
	TargetSeconds  int64  `json:"targetSeconds"`  // open seconds allowed; zero without a target
	Due            string `json:"due,omitempty"`  // local time with offset
}

type itemKey struct {
	ticket string
	life   int
}

// NewFrame returns the frame of a measure of a statement that was drawn (not read from a
// record) by the book and the journal. The error says that the statement has no such
// measure, or one that does not count tickets one by one as met or missed.
func NewFrame(book *statement.Book, j *journal.Journal, s *statement.Statement, id string) (*Frame, error) {
	r, err := resultOf(s, id)
	if err != nil {
		return nil, err
	}
	c := book.Contracts[s.Contract]
	f := &Frame{
		Contract: s.Contract, Measure: id, Period: r.Period, Statement: s.Digest, Items: make([]Item, 0, len(r.Evidence)),
		result: r, statement: s, book: book, index: make(map[itemKey]int, len(r.Evidence)),
	}
	for i := range r.Evidence {
		e := &r.Evidence[i]
		item := Item{
			Ticket: j.TicketID(int(e.Ticket)), Life: int(e.Episode), Recorded: e.Verdict.String(),
			ElapsedSeconds: e.Elapsed, TargetSeconds: e.Target,
		}
		if e.Due > 0 && e.Due < span.Never {
			item.Due = e.Due.In(c.Location)
		}
		if item.good(f) {
			f.Good++
		}
		f.Items = append(f.Items, item)
	}
	slices.SortFunc(f.Items, func(a, b Item) int {
		return cmp.Or(strings.Compare(a.Ticket, b.Ticket), cmp.Compare(a.Life, b.Life))
	})
	h := sha256.New()
	fmt.Fprintf(h, "%s%q %q %s %d\n", frameForm, f.Contract, f.Measure, f.Period, len(f.Items))
	for i, x := range f.Items {
		f.index[itemKey{x.Ticket, x.Life}] = i
		fmt.Fprintf(h, "%q %d %s\n", x.Ticket, x.Life, x.Recorded)
	}
	f.Digest = "sha256:" + hex.EncodeToString(h.Sum(nil))
	return f, nil
}

// resultOf returns the result of a measure that counts tickets one by one.
func resultOf(s *statement.Statement, id string) (*measure.Result, error) {
	results := s.Results()
	var can, all []string
	for i := range results {
		r := &results[i]
		one := slices.Contains([]string{"share", "firstTimeFix", "reopenRate"}, r.Measure.Kind()) ||
			r.Measure.Backlog != nil && r.Measure.Backlog.OlderThan != nil
		if r.Measure.ID == id && one && len(r.Evidence) > 0 {
			return r, nil
		}
		all = append(all, r.Measure.ID)
		if one && len(r.Evidence) > 0 {
			can = append(can, r.Measure.ID)
		}
	}
	remedy := "Give one of these measures: " + strings.Join(can, ", ") + "."
	if len(can) == 0 {
		remedy = "Give another statement: none of its measures can be sampled."
	}
	if slices.Contains(all, id) {
		return nil, fault.New(fault.Invalid, remedy, "measure %s of %s %s counts no ticket as met or missed, so there is nothing to sample", id, s.Contract, s.Period)
	}
	return nil, fault.New(fault.NotFound, remedy, "the statement of %s %s has no measure %q", s.Contract, s.Period, id)
}

// good reports whether the recorded verdict speaks for the supplier: met, unless the
// measure counts what should not have been.
func (x *Item) good(f *Frame) bool {
	return (x.Recorded == measure.Met.String()) != f.result.Measure.CountsBad()
}

// Draw is a drawn sample.
type Draw struct {
	Contract    string      `json:"contract"`
	Measure     string      `json:"measure"`
	Period      span.Period `json:"period"`
	Frame       string      `json:"frame"` // its digest
	Of          int         `json:"of"`    // items in the frame
	Commitments []string    `json:"commitments"`
	Items       []Item      `json:"items"` // in the order of the draw
}

// MaxSample is the number of items that a sample may have.
const MaxSample = 10_000

// DrawSample draws n items of a frame without replacement, every set of n equally
// likely, by the seeds in their order. The same frame, seeds and number give the same
// items in the same order on every machine; a smaller n gives the first of them.
func DrawSample(f *Frame, seeds []Seed, n int) (*Draw, error) {
	if len(seeds) == 0 || len(seeds) > MaxSeeds {
		return nil, fault.New(fault.Invalid, "Give the seed of each party.", "a sample is drawn by 1 to %d seeds, not %d", MaxSeeds, len(seeds))
	}
	if n < 1 || n > len(f.Items) || n > MaxSample {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Give a number from 1 to %d.", min(len(f.Items), MaxSample)),
			"%d tickets cannot be drawn from %d", n, len(f.Items))
	}
	d := &Draw{Contract: f.Contract, Measure: f.Measure, Period: f.Period, Frame: f.Digest, Of: len(f.Items)}
	for _, s := range seeds {
		d.Commitments = append(d.Commitments, Commit(s, f))
	}
	for _, i := range choose(dice(f.Digest, seeds), len(f.Items), n) {
		d.Items = append(d.Items, f.Items[i])
	}
	return d, nil
}
