package app

import (
	"context"
	"strconv"

	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// AnyPlan is given instead of a plan's digest by who applies it unseen: a nightly
// import that nobody watches. The share of leavers is still looked at.
const AnyPlan = "any"

// directoryBatch is the number of rows that are written together: few enough that a
// ticket is never kept waiting for long.
const directoryBatch = 1000

// peopleState is the id of the setting that changes whenever people do, as far as who
// has which address or account: each must be one person's.
const peopleState = "people"

// ApplyDirectory writes what the plan of a file says, if it is still the plan of the
// digest; otherwise the error is of kind Conflict and nothing is written. People and
// assets are written in batches, each whole and with an act of the journal. Where it was
// broken off, the same file leads to a plan of what remains; the file again to one
// without a change, which is no error.
func (r *Record) ApplyDirectory(ctx context.Context, q Request, f DirectoryFile, digest string, progress store.Progress) (*DirectoryPlan, error) {
	i, err := r.planDirectory(ctx, q, &f)
	if err != nil {
		return nil, err
	}
	out := i.plan()
	switch {
	case out.Counts.Adds+out.Counts.Changes+out.Counts.Leavers == 0:
		out.Applied = true
		return out, nil
	case digest != AnyPlan && digest != out.Digest:
		return nil, fault.New(fault.Conflict, "Look at the plan as it is now, and apply that.",
			"the plan is not the one that was shown: %s", out.Summary)
	case q.Dry:
		return out, nil
	}
	if err := i.write(ctx, r, q, &f, out, progress); err != nil {
		return out, err
	}
	out.Applied = true
	return out, nil
}

// shelfImport is an import of people or assets.
type shelfImport[T any] struct {
	*directory.Plan[T]
	versions map[string]int64 // of the rows that are there
	state    *store.Item      // that changes with the rows; nil for none
	item     func(*T) store.Item
	id, name func(*T) string
}

func (i *shelfImport[T]) plan() *DirectoryPlan { return planOf(i.Plan, i.id, i.name) }

// planOf shows a plan.
func planOf[T any](p *directory.Plan[T], id, name func(*T) string) *DirectoryPlan {
	out := &DirectoryPlan{
		Kind: p.Kind, Source: p.Source, Digest: p.Digest(), Counts: p.Counts(), Summary: p.Summary(),
		Adds: []DirectoryRow{}, Changes: []DirectoryRow{}, Leavers: []DirectoryRow{},
	}
	for k := range p.Adds[:min(len(p.Adds), ShownRows)] {
		out.Adds = append(out.Adds, DirectoryRow{ID: id(&p.Adds[k]), Name: name(&p.Adds[k])})
	}
	show := func(list []directory.Change[T]) []DirectoryRow {
		rows := []DirectoryRow{}
		for k := range list[:min(len(list), ShownRows)] {
			rows = append(rows, DirectoryRow{ID: list[k].ID, Name: name(&list[k].Was), Fields: list[k].Fields})
		}
		return rows
	}
	out.Changes, out.Leavers = show(p.Changes), show(p.Leavers)
	out.More = len(p.Adds) + len(p.Changes) + len(p.Leavers) - len(out.Adds) - len(out.Changes) - len(out.Leavers)
	return out
}

// directoryPart is some rows of a plan, which are written together.
type directoryPart[T any] struct {
	rows   []T
	counts directory.Counts
}

// parts cuts a plan into batches.
func (i *shelfImport[T]) parts() []directoryPart[T] {
	var out []directoryPart[T]
	add := func(row T, count func(*directory.Counts)) {
		if n := len(out); n == 0 || len(out[n-1].rows) == directoryBatch {
			out = append(out, directoryPart[T]{})
		}
		last := &out[len(out)-1]
		last.rows = append(last.rows, row)
		count(&last.counts)
	}
	for k := range i.Leavers { // first, so that an address is free before it is another's
		add(i.Leavers[k].Is, func(c *directory.Counts) { c.Leavers++ })
	}
	for k := range i.Changes {
		add(i.Changes[k].Is, func(c *directory.Counts) { c.Changes++ })
	}
	for k := range i.Adds {
		add(i.Adds[k], func(c *directory.Counts) { c.Adds++ })
	}
	return out
}

func (i *shelfImport[T]) write(ctx context.Context, r *Record, q Request, f *DirectoryFile, out *DirectoryPlan, progress store.Progress) error {
	parts := i.parts()
	file := journal.DigestLine(f.Data)
	total := int64(len(i.Leavers) + len(i.Changes) + len(i.Adds))
	done := int64(0)
	for n := range parts {
		part := &parts[n]
		change := &store.Change{Who: q.Who.ID, Acts: []store.Act{{
			ActDraft: journal.ActDraft{
				Source: Source, Act: "directory.import", By: q.Who.Party, Subject: i.Kind, Digest: file,
				Fields: map[string]string{
					"source": f.Source, "plan": out.Digest, "part": strconv.Itoa(n+1) + "/" + strconv.Itoa(len(parts)),
					"adds": strconv.Itoa(part.counts.Adds), "changes": strconv.Itoa(part.counts.Changes), "leavers": strconv.Itoa(part.counts.Leavers),
				},
			},
			Clear: []store.Clear{{Name: "person", Value: q.Who.ID}},
		}}}
		for k := range part.rows {
			item := i.item(&part.rows[k])
			item.Version = i.versions[item.ID]
			change.Put = append(change.Put, item)
		}
		if i.state != nil {
			change.Put = append(change.Put, *i.state)
		}
		receipt, err := r.Ledger.Commit(ctx, change)
		if err != nil {
			return fault.Wrap(fault.KindOf(err), err, "the import stopped after %d of %d %s; import the file again for the rest", done, total, i.Kind)
		}
		if i.state != nil {
			i.state.Version = receipt.Versions[len(receipt.Versions)-1]
		}
		out.Parts = append(out.Parts, receipt)
		out.Written.Adds += part.counts.Adds
		out.Written.Changes += part.counts.Changes
		out.Written.Leavers += part.counts.Leavers
		if done += int64(len(part.rows)); progress != nil {
			progress(done, total)
		}
	}
	return nil
}
