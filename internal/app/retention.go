package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

var ruleBadSchedule = fault.Declare(2463, "a retention schedule cannot be kept",
	"Give each rule a clause, at least one month, and what it erases: person, reporter, summary, text, attachment.")

// Schedule is how long the record keeps withheld content of tickets on which nobody
// works any more.
type Schedule struct {
	Rules []RetentionRule `json:"rules"`

	Version  int64 `json:"-"` // zero: none was decided on yet
	Replayed bool  `json:"-"` // it was decided on under the same key before
}

// RetentionRule erases some content of tickets, so many months after their last entry.
type RetentionRule struct {
	Months int      `json:"months"`
	Names  []string `json:"names"`           // of content: person, reporter, summary, text, attachment
	Kinds  []string `json:"kinds,omitempty"` // of tickets; all if empty
	Clause string   `json:"clause"`          // of the retention policy
}

// retentionSetting is the id of the schedule on its shelf.
const retentionSetting = "retention"

// erasableNames are the names of content that a schedule may speak of.
var erasableNames = []string{"person", store.ReporterName, store.SummaryName, "text", "attachment"}

// Retention returns the schedule in force; an empty one keeps everything.
func (r *Record) Retention(ctx context.Context, who access.Principal) (*Schedule, error) {
	if err := r.may(who, access.RetentionRead, access.Record{}); err != nil {
		return nil, err
	}
	return r.schedule(ctx)
}

func (r *Record) schedule(ctx context.Context) (*Schedule, error) {
	out := &Schedule{Rules: []RetentionRule{}}
	item, err := r.Ledger.Get(ctx, store.Settings, retentionSetting)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Version = item.Version
	if err := json.Unmarshal(item.Data, out); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the schedule of retention cannot be read")
	}
	return out, nil
}

// SetRetention decides on a schedule, and returns it as it stands then. The decision is
// an act of the journal.
func (r *Record) SetRetention(ctx context.Context, q Request, s Schedule) (*Schedule, error) {
	if err := r.may(q.Who, access.RetentionDecide, access.Record{}); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	s.Rules = append([]RetentionRule{}, s.Rules...)
	data, err := json.Marshal(s)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the schedule cannot be written")
	}
	item := store.Item{Shelf: store.Settings, ID: retentionSetting, Version: store.AnyVersion, Data: data}
	if q.Version != 0 {
		item.Version = q.Version
	}
	receipt, err := r.Ledger.Commit(ctx, &store.Change{
		Who: q.Who.ID, Key: q.Key, Request: digestOf(s), Dry: q.Dry, Put: []store.Item{item},
		Acts: []store.Act{{
			ActDraft: journal.ActDraft{Source: Source, Act: "retention.decide", By: q.Who.Party, Subject: retentionSetting, Digest: journal.DigestLine(data)},
			Clear:    []store.Clear{{Name: "person", Value: q.Who.ID}},
		}},
	})
	if err != nil {
		return nil, err
	}
	if s.Replayed = receipt.Replayed; !q.Dry {
		s.Version = receipt.Versions[0]
	}
	return &s, nil
}

// check says what is wrong with a schedule.
func (s *Schedule) check() error {
	var f fault.Findings
	for i, rule := range s.Rules {
		field := fmt.Sprintf("rules[%d]", i)
		if rule.Months < 1 || rule.Months > 1200 {
			f = append(f, ruleBadSchedule.At(fault.Position{}, field+".months", "%d months is not between 1 and 1200", rule.Months))
		}
		if rule.Clause == "" {
			f = append(f, ruleBadSchedule.At(fault.Position{}, field+".clause", "a rule needs the clause that it comes from"))
		}
		if len(rule.Names) == 0 {
			f = append(f, ruleBadSchedule.At(fault.Position{}, field+".names", "a rule erases something"))
		}
		for _, name := range rule.Names {
			if !slices.Contains(erasableNames, name) {
				f = append(f, ruleBadSchedule.At(fault.Position{}, field+".names", "%q is no content that is kept", name))
			}
		}
	}
	return f.Err()
}

// Retained is what applying a schedule came to.
type Retained struct {
	Tickets int `json:"tickets"` // of which something was erased
	Items   int `json:"items"`

	Replayed bool `json:"-"` // the schedule was applied under the same key before
}

// ApplyRetention erases what the schedule says is due, and writes down what it came to.
// With q.Dry it only counts. Each ticket's erasure is a decision of its own that names
// the clause. One that was broken off is applied again: what is gone is not erased twice.
func (r *Record) ApplyRetention(ctx context.Context, q Request, progress store.Progress) (*Retained, error) {
	if err := r.may(q.Who, access.ContentErase, access.Record{}); err != nil {
		return nil, err
	}
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	q.Digest = digestOf("apply retention")
	if q.Key != "" {
		receipt, done, err := r.Ledger.Replay(ctx, q.Who.ID, q.Key, q.Digest)
		if err != nil {
			return nil, err
		}
		if done {
			return r.retainedAgain(ctx, receipt)
		}
	}
	s, err := r.schedule(ctx)
	if err != nil {
		return nil, err
	}
	out := &Retained{}
	for i := range s.Rules {
		if err := r.retain(ctx, q, book, &s.Rules[i], out, progress); err != nil {
			return out, err
		}
	}
	_, err = r.Ledger.Commit(ctx, &store.Change{Who: q.Who.ID, Key: q.Key, Request: q.Digest, Dry: q.Dry, Acts: []store.Act{{
		ActDraft: journal.ActDraft{
			Source: Source, Act: "retention.apply", By: q.Who.Party, Subject: retentionSetting,
			Fields: map[string]string{"tickets": strconv.Itoa(out.Tickets), "items": strconv.Itoa(out.Items)},
		},
		Clear: []store.Clear{{Name: "person", Value: q.Who.ID}},
	}}})
	return out, err
}

// retainedAgain returns what an earlier request under the same key came to, as its act
// says it.
func (r *Record) retainedAgain(ctx context.Context, receipt store.Receipt) (*Retained, error) {
	act, err := r.actOf(ctx, receipt)
	if err != nil {
		return nil, err
	}
	out := &Retained{Replayed: true}
	var err1, err2 error
	out.Tickets, err1 = strconv.Atoi(act.Fields["tickets"])
	out.Items, err2 = strconv.Atoi(act.Fields["items"])
	if err := errors.Join(err1, err2); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "what was erased cannot be read")
	}
	return out, nil
}

// retain applies one rule to the tickets that were last changed before its time, the
// oldest first. They are listed before anything is erased, since that changes them.
func (r *Record) retain(ctx context.Context, q Request, book *Book, rule *RetentionRule, out *Retained, progress store.Progress) error {
	over := false
	zone, err := book.Zones.Location(book.Estate.Document().Zone)
	if err != nil {
		return err
	}
	before := book.today(r.Now()).AddMonths(-rule.Months).Start(zone)
	query := &store.Query{Sight: store.Sight{All: true}, Open: &over, Kinds: rule.Kinds, By: store.ByChanged, Limit: store.MaxPage}
	var due []string
	for full := true; full; {
		found, err := r.Ledger.List(ctx, query)
		if err != nil {
			return err
		}
		for i := range found {
			if found[i].Changed < before {
				due = append(due, found[i].ID)
			}
		}
		full = len(found) == query.Limit && found[len(found)-1].Changed < before
		if full {
			query.After = &store.Cursor{Value: found[len(found)-1].Changed, Number: found[len(found)-1].Number}
		}
	}
	for n, id := range due {
		done, err := r.erase(ctx, Request{Who: q.Who, Dry: q.Dry}, Erasure{Ticket: id, Names: rule.Names, Why: "retention, " + rule.Clause})
		var nothing fault.Findings
		switch {
		case err == nil:
			out.Tickets, out.Items = out.Tickets+1, out.Items+len(done.Items)
		case errors.As(err, &nothing): // it was erased before
		default:
			return err
		}
		if progress != nil {
			progress(int64(n+1), int64(len(due)))
		}
	}
	return nil
}
