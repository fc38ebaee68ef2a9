package app

import (
	"context"
	"io"
	"strconv"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

// DirectoryQuery asks for a page of the directory.
type DirectoryQuery struct {
	Group string      // people: the party; assets: the site; all if empty
	Match string      // part of what they are listed by, whatever the case
	After *store.Item // the last of the page before; only Sort and ID are read
	Limit int         // at most store.MaxPage, which zero means
}

// Page is a page of a list.
type Page[T any] struct {
	Rows []T
	Next *store.Item // where the next page begins; nil where there is none
}

// ReadPerson returns somebody of the directory. The error is NotFound where there is
// nobody of the id, or nobody that the reader may see.
func (r *Record) ReadPerson(ctx context.Context, who access.Principal, id string) (*PersonEntry, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	item, err := r.Ledger.Get(ctx, store.People, id)
	if err != nil {
		return nil, err
	}
	p, err := directory.DecodePerson(item.Data)
	if err != nil {
		return nil, err
	}
	if r.may(who, access.DirectoryRead, book.entry(&p)) != nil {
		return nil, fault.New(fault.NotFound, "Check its name.", "there is no %s %s", store.People, id)
	}
	return &PersonEntry{Person: p, Version: item.Version}, nil
}

// entry is somebody's place in the directory as far as rights go.
func (b *Book) entry(p *directory.Person) access.Person {
	return access.Person{ID: p.ID, Party: p.Party, Kind: b.Estate.PartyKind(p.Party)}
}

// ListPeople returns a page of the people that the reader may see, by name. A page may
// be shorter than its limit and still have a next one.
func (r *Record) ListPeople(ctx context.Context, who access.Principal, q DirectoryQuery) (*Page[PersonEntry], error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	if q.Group == "" && book.Estate.PartyKind(who.Party) == estate.Supplier {
		q.Group = who.Party // nobody of a supplier sees people of other parties: they need not be read
	}
	asker := r.Policies.As(who)
	return pageOf(ctx, r, store.People, q, directory.DecodePerson, func(p *directory.Person, version int64) (PersonEntry, bool) {
		return PersonEntry{*p, version}, asker.May(access.DirectoryRead, book.entry(p)).Allowed
	})
}

// AssetEntry is an asset in the directory.
type AssetEntry struct {
	directory.Asset
	Version int64 `json:"version"`
}

// ListAssets returns a page of the assets that the reader may see, by type and name.
func (r *Record) ListAssets(ctx context.Context, who access.Principal, q DirectoryQuery) (*Page[AssetEntry], error) {
	asker := r.Policies.As(who)
	return pageOf(ctx, r, store.Assets, q, directory.DecodeAsset, func(a *directory.Asset, version int64) (AssetEntry, bool) {
		return AssetEntry{*a, version}, asker.May(access.DirectoryRead, access.Asset{ID: a.ID, User: a.User}).Allowed
	})
}

// pageOf reads a page of a shelf and keeps what may be seen.
func pageOf[T, E any](ctx context.Context, r *Record, shelf store.Shelf, q DirectoryQuery, decode func([]byte) (T, error), see func(*T, int64) (E, bool)) (*Page[E], error) {
	b := store.Browse{Shelf: shelf, Match: q.Match, After: q.After, Limit: q.Limit}
	if b.Limit <= 0 || b.Limit > store.MaxPage {
		b.Limit = store.MaxPage
	}
	if q.Group != "" {
		b.Group = &q.Group
	}
	items, err := r.Ledger.Browse(ctx, b)
	if err != nil {
		return nil, err
	}
	out := &Page[E]{Rows: []E{}}
	for i := range items {
		row, err := decode(items[i].Data)
		if err != nil {
			return nil, err
		}
		if e, visible := see(&row, items[i].Version); visible {
			out.Rows = append(out.Rows, e)
		}
	}
	if len(items) == b.Limit {
		last := items[len(items)-1]
		out.Next = &store.Item{Sort: last.Sort, ID: last.ID}
	}
	return out, nil
}

// ExportDirectory writes the rows of a kind that the reader may see as a CSV file that
// can be imported again, and returns how many there were. That people were exported is
// an act of the journal.
func (r *Record) ExportDirectory(ctx context.Context, q Request, kind string, w io.Writer) (int, error) {
	rows := 0
	var err error
	switch kind {
	case PeopleFile:
		write := func(yield func(*directory.Person) bool) {
			err = everyPage(func(next DirectoryQuery) (*Page[PersonEntry], error) { return r.ListPeople(ctx, q.Who, next) }, func(e *PersonEntry) bool {
				rows++
				return yield(&e.Person)
			})
		}
		if failed := directory.WritePeople(w, write); failed != nil {
			return 0, fault.Wrap(fault.Unavailable, failed, "the people cannot be written")
		}
	case AssetsFile:
		write := func(yield func(*directory.Asset) bool) {
			err = everyPage(func(next DirectoryQuery) (*Page[AssetEntry], error) { return r.ListAssets(ctx, q.Who, next) }, func(e *AssetEntry) bool {
				rows++
				return yield(&e.Asset)
			})
		}
		if failed := directory.WriteAssets(w, write); failed != nil {
			return 0, fault.Wrap(fault.Unavailable, failed, "the assets cannot be written")
		}
	case SitesFile:
		return r.exportSites(ctx, q.Who, w)
	default:
		return 0, fault.New(fault.Invalid, "Say people, sites or assets.", "there is no file of %.80q", kind)
	}
	if err != nil || kind != PeopleFile {
		return rows, err
	}
	_, err = r.Ledger.Commit(ctx, &store.Change{Who: q.Who.ID, Acts: []store.Act{{
		ActDraft: journal.ActDraft{Source: Source, Act: "directory.export", By: q.Who.Party, Subject: kind, Fields: map[string]string{"rows": strconv.Itoa(rows)}},
		Clear:    []store.Clear{{Name: "person", Value: q.Who.ID}},
	}}})
	return rows, err
}

// everyPage calls f with each row of each page, until it returns false.
func everyPage[E any](page func(DirectoryQuery) (*Page[E], error), f func(*E) bool) error {
	q := DirectoryQuery{}
	for {
		p, err := page(q)
		if err != nil {
			return err
		}
		for i := range p.Rows {
			if !f(&p.Rows[i]) {
				return nil
			}
		}
		if p.Next == nil {
			return nil
		}
		q.After = p.Next
	}
}

func (r *Record) exportSites(ctx context.Context, who access.Principal, w io.Writer) (int, error) {
	if err := r.may(who, access.EstateRead, access.Estate{}); err != nil {
		return 0, err
	}
	book, err := r.Book(ctx)
	if err != nil {
		return 0, err
	}
	sites := book.Estate.Document().Sites
	err = directory.WriteSites(w, func(yield func(*estate.Site) bool) {
		for i := range sites {
			if !yield(&sites[i]) {
				return
			}
		}
	})
	if err != nil {
		return 0, fault.Wrap(fault.Unavailable, err, "the sites cannot be written")
	}
	return len(sites), nil
}
