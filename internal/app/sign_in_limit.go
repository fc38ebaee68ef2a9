package app

import (
	"context"
	"math/bits"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/span"
)

// failures is how often a sign-in name was tried in vain. It is kept for names that
// nobody has as for others, under a keyed hash, and by all processes together; so
// nobody learns from it which names there are, and starting the program anew frees
// nobody. A day without a failure, or a sign-in, ends it.
type failures struct {
	Count int          `json:"count"`
	Until span.Instant `json:"until"` // before which the name may not be tried

	id      string
	version int64
}

// failuresLast is how long failures are kept in mind.
const failuresLast = 24 * time.Hour

// soon is the refusal of an attempt that comes too early.
func soon(after time.Duration) error {
	after = max(after.Round(time.Second), time.Second)
	return &fault.Error{
		Kind: fault.Unavailable, Message: "there were too many attempts to sign in",
		Remedy: "Try again in " + after.String() + ".", Cause: identity.TooSoon{After: after},
	}
}

// knock counts an attempt from an address.
func (d *Door) knock(v Visit) error {
	if ok, after := d.addresses.Allow(identity.AddressKey(v.Address), d.record.Now().Time()); !ok {
		return soon(after)
	}
	return nil
}

// failuresOf returns how often a folded name was tried in vain. The error says to wait
// where it may not be tried yet.
func (d *Door) failuresOf(ctx context.Context, folded string) (*failures, error) {
	now := d.record.Now()
	if ok, after := d.names.Allow(folded, now.Time()); !ok {
		return nil, soon(after)
	}
	f, err := d.readFailures(ctx, "failures/"+d.mint.Blind("failures", folded))
	if err != nil {
		return nil, err
	}
	if f.Until > now {
		return nil, soon(time.Duration(f.Until-now) * time.Second)
	}
	return f, nil
}

func (d *Door) readFailures(ctx context.Context, id string) (*failures, error) {
	f := &failures{id: id}
	item, err := d.record.Ledger.Get(ctx, store.Links, id)
	if isNotFound(err) {
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	f.version = item.Version
	return f, readItem(item, f)
}

// fail counts a failure. The journal hears of them in sum: when there have been as many
// as are let pass, and each time the number has doubled.
func (d *Door) fail(ctx context.Context, f *failures, v Visit) error {
	for n := 1; ; n++ {
		now := d.record.Now()
		f.Count++
		f.Until = now + span.Instant(identity.StandardLockout.Wait(f.Count)/time.Second)
		change := &store.Change{Put: []store.Item{{
			Shelf: store.Links, ID: f.id, Version: f.version, Until: now + span.Instant(failuresLast/time.Second), Data: writeItem(f),
		}}}
		if times, rest := f.Count/identity.StandardLockout.Free, f.Count%identity.StandardLockout.Free; rest == 0 && bits.OnesCount(uint(times)) == 1 {
			change.Acts = []store.Act{{ActDraft: journal.ActDraft{Source: Source, Act: "sign-in.refuse", Fields: map[string]string{"method": byPassword, "refused": count(f.Count)}}}}
		}
		_, err := d.record.Ledger.Commit(ctx, change)
		if err == nil {
			d.log.WarnContext(ctx, "sign-in refused", "method", byPassword, "address", v.Address.String(), "failures", f.Count)
			return nil
		}
		if fault.KindOf(err) != fault.Conflict || n == attempts {
			return err
		}
		if f, err = d.readFailures(ctx, f.id); err != nil {
			return err
		}
	}
}

// forgive takes the failures of a name away in a change, and counts them for the account.
func (f *failures) forgive(a *account, change *store.Change) {
	if f.version != 0 {
		a.Refused += f.Count
		change.Drop = append(change.Drop, store.Item{Shelf: store.Links, ID: f.id, Version: store.AnyVersion})
	}
}
