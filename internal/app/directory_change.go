package app

import (
	"context"
	"maps"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// PersonChange is a change of somebody by hand.
type PersonChange struct {
	ID     string            `json:"id"`
	Values map[string]string `json:"values,omitempty"` // by the names of [directory.PeopleColumns]; an empty one takes the value away
	Grant  []access.Role     `json:"grant,omitempty"`
	Revoke []access.Role     `json:"revoke,omitempty"`
}

// PersonEntry is somebody in the directory.
type PersonEntry struct {
	directory.Person
	Version int64 `json:"version"`
}

// AddPerson takes somebody into the directory by hand: of the values he must have id,
// name and party. The error is Conflict where there is a person of the id.
func (r *Record) AddPerson(ctx context.Context, q Request, values map[string]string) (*PersonEntry, error) {
	return r.handle(ctx, q, PersonChange{ID: values["id"], Values: values}, true)
}

// ChangePerson changes somebody by hand. Roles that one person may not have together,
// a value that is not of its form, an address that is another's and a reference to
// nothing are refused as findings. Whoever ends, or is disabled, is a stranger within a
// second: see [Door]. The error is NotFound where there is nobody of the id, or nobody
// that the one who asks may see.
func (r *Record) ChangePerson(ctx context.Context, q Request, c PersonChange) (*PersonEntry, error) {
	return r.handle(ctx, q, c, false)
}

func (r *Record) handle(ctx context.Context, q Request, c PersonChange, fresh bool) (*PersonEntry, error) {
	if len(q.Digest) == 0 {
		q.Digest = digestOf([]any{"person", c, fresh})
	}
	for n := 1; ; n++ {
		if q.Key != "" {
			if _, done, err := r.Ledger.Replay(ctx, q.Who.ID, q.Key, q.Digest); err != nil {
				return nil, err
			} else if done {
				return r.ReadPerson(ctx, q.Who, c.ID)
			}
		}
		h, err := r.handling(ctx, q, &c, fresh)
		if err != nil || h.change == nil {
			return h.is, err
		}
		receipt, err := r.Ledger.Commit(ctx, h.change)
		switch {
		case err == nil && receipt.Replayed:
			return r.ReadPerson(ctx, q.Who, c.ID)
		case err == nil:
			h.is.Version = receipt.Versions[0]
			return h.is, nil
		case n == attempts || q.Version != 0 || fault.KindOf(err) != fault.Conflict:
			return nil, err
		}
	}
}

// handling is a change of somebody by hand that is ready to be written.
type handling struct {
	is     *PersonEntry
	change *store.Change // nil where nothing changes
}

// handling prepares a change. It writes nothing.
func (r *Record) handling(ctx context.Context, q Request, c *PersonChange, fresh bool) (h handling, err error) {
	book, err := r.Book(ctx)
	if err != nil {
		return h, err
	}
	state, err := r.peopleState(ctx)
	if err != nil {
		return h, err
	}
	was := &PersonEntry{}
	if fresh {
		was.Person = directory.Person{ID: c.ID, Party: c.Values["party"]}
	} else if was, err = r.ReadPerson(ctx, q.Who, c.ID); err != nil {
		return h, err
	}
	if q.Version != 0 && q.Version != was.Version {
		return h, fault.New(fault.Conflict, "Read it again, then retry.", "the person %s has changed: it is at version %d, not %d", c.ID, was.Version, q.Version)
	}
	is, err := r.changed(ctx, book, was.Person, c, fresh)
	if err != nil {
		return h, err
	}
	before := &was.Person
	if fresh {
		before = nil
	}
	if err := r.granting(book, q.Who).person(before, is); err != nil {
		return h, err
	}
	h.is = &PersonEntry{Person: *is, Version: was.Version}
	item := personItem(is)
	item.Version = was.Version
	if !fresh && slices.Equal(item.Data, was.Encode()) {
		return h, nil
	}
	h.change = &store.Change{Who: q.Who.ID, Key: q.Key, Request: q.Digest, Dry: q.Dry, Put: []store.Item{item}, Acts: []store.Act{personAct(q, &was.Person, is, fresh)}}
	if claims(&was.Person, is) {
		h.change.Put = append(h.change.Put, *state)
	}
	return h, nil
}

// changed returns somebody as he is to be, or what is wrong with that.
func (r *Record) changed(ctx context.Context, book *Book, p directory.Person, c *PersonChange, fresh bool) (*directory.Person, error) {
	on := book.today(r.Now())
	was := p
	is, findings := p.With(c.Values, on)
	for _, role := range c.Grant {
		is = is.Grant(role)
	}
	for _, role := range c.Revoke {
		is = is.Revoke(role)
	}
	if len(findings) == 0 {
		findings = is.Check(book.Estate, on)
	}
	if len(findings) == 0 && claims(&was, &is) {
		others, err := load(ctx, r, store.People, directory.DecodePerson)
		if err != nil {
			return nil, err
		}
		findings = directory.Claimed(others.rows, &is)
		if fresh && slices.ContainsFunc(others.rows, func(o directory.Person) bool { return strings.EqualFold(o.ID, is.ID) }) {
			return nil, fault.New(fault.Conflict, "Choose another id, or change the one who is there.", "there is a person %s already", is.ID)
		}
	}
	return &is, findings.Err()
}

// claims reports whether somebody now has an address or account that he did not have,
// or whether what he has counts again.
func claims(was, is *directory.Person) bool {
	return is.Active && (!was.Active || !strings.EqualFold(was.Email, is.Email) || !slices.Equal(was.Subjects, is.Subjects))
}

// Values of a person that stand in no line: they would tell who it is.
var personalValues = []string{"id", "name", "email", "subjects"}

// personAct is the act of a change by hand: which values changed and, unless they are
// personal, to what.
func personAct(q Request, was, is *directory.Person, fresh bool) store.Act {
	before, after := was.Values(), is.Values()
	if fresh {
		before = nil
	}
	fields := map[string]string{}
	var changed []string
	for _, column := range directory.PeopleColumns() {
		name := column.Name
		if before[name] == after[name] {
			continue
		}
		changed = append(changed, name)
		if !slices.Contains(personalValues, name) {
			fields[name] = after[name]
		}
	}
	fields["changed"] = strings.Join(changed, " ")
	maps.DeleteFunc(fields, func(_, value string) bool { return value == "" })
	act := "person.change"
	if fresh {
		act = "person.add"
	}
	return store.Act{
		ActDraft: journal.ActDraft{Source: Source, Act: act, By: q.Who.Party, Fields: fields},
		Clear:    []store.Clear{{Name: "person", Value: q.Who.ID}, {Name: "subject", Value: is.ID}},
	}
}
