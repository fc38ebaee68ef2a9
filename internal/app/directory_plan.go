package app

import (
	"context"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/store"
)

// The kinds of rows in the directory.
const (
	PeopleFile = "people"
	SitesFile  = "sites"
	AssetsFile = "assets"
)

// DirectoryFile is a file of people, sites or assets, and how it is meant.
type DirectoryFile struct {
	Kind   string // PeopleFile, SitesFile or AssetsFile
	Name   string // for messages
	Data   []byte // CSV; see package directory
	Source string // name under which the rows are kept; DefaultSource if empty
	Party  string // people of this party only; of those that are in the file if empty
	Leave  bool   // leave to end a large share of what is there
	Adopt  bool   // leave to take over rows of another source
}

// DefaultSource is the name of a source that was given none.
const DefaultSource = "import"

// DirectoryPlan is what an import of a file would do, or has done.
type DirectoryPlan struct {
	Kind    string           `json:"kind"`
	Source  string           `json:"source"`
	Digest  string           `json:"digest"` // of the plan; it is applied only under it
	Counts  directory.Counts `json:"counts"`
	Summary string           `json:"summary"` // in a sentence
	Adds    []DirectoryRow   `json:"adds"`
	Changes []DirectoryRow   `json:"changes"`
	Leavers []DirectoryRow   `json:"leavers"`
	More    int              `json:"more,omitempty"` // rows that the three lists leave out
	Applied bool             `json:"applied"`
	Written directory.Counts `json:"written"`          // of this call
	Parts   []store.Receipt  `json:"-"`                // of what was written
	Estate  *DocumentChange  `json:"estate,omitempty"` // of sites: what became of the estate's document
}

// DirectoryRow is a row of a plan, as a person looks at it.
type DirectoryRow struct {
	ID     string            `json:"id"`
	Name   string            `json:"name,omitempty"`
	Fields []directory.Field `json:"fields,omitempty"` // of a change: what differs
}

// ShownRows is the number of rows of each list that a plan shows.
const ShownRows = 1000

// PlanDirectory says what an import of a file would do. Nothing changes. The error is
// fault.Findings where the file is at fault, with line and column; Denied where the
// reader may not do all of it.
func (r *Record) PlanDirectory(ctx context.Context, q Request, f DirectoryFile) (*DirectoryPlan, error) {
	i, err := r.planDirectory(ctx, q, &f)
	if err != nil {
		return nil, err
	}
	return i.plan(), nil
}

// directoryImport is an import that is ready to be written.
type directoryImport interface {
	plan() *DirectoryPlan
	write(ctx context.Context, r *Record, q Request, f *DirectoryFile, shown *DirectoryPlan, progress store.Progress) error
}

func (r *Record) planDirectory(ctx context.Context, q Request, f *DirectoryFile) (directoryImport, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	if f.Source == "" {
		f.Source = DefaultSource
	}
	o := directory.Options{Source: f.Source, Party: f.Party, On: book.today(r.Now()), Leave: f.Leave, Adopt: f.Adopt}
	switch f.Kind {
	case PeopleFile:
		return r.planPeople(ctx, q, book, f, o)
	case AssetsFile:
		return r.planAssets(ctx, q, book, f, o)
	case SitesFile:
		return r.planSites(ctx, q, book, f, o)
	}
	return nil, fault.New(fault.Invalid, "Say people, sites or assets.", "there is no file of %.80q", f.Kind)
}

// shelved is the rows of a shelf, with the versions that they have.
type shelved[T any] struct {
	rows     []T
	versions map[string]int64
}

// load reads a whole shelf.
func load[T any](ctx context.Context, r *Record, shelf store.Shelf, decode func([]byte) (T, error)) (*shelved[T], error) {
	out := &shelved[T]{versions: map[string]int64{}}
	err := r.browse(ctx, store.Browse{Shelf: shelf}, func(item store.Item) error {
		row, err := decode(item.Data)
		out.rows = append(out.rows, row)
		out.versions[item.ID] = item.Version
		return err
	})
	return out, err
}

func (r *Record) planPeople(ctx context.Context, q Request, book *Book, f *DirectoryFile, o directory.Options) (directoryImport, error) {
	sheet, findings := directory.ReadPeople(f.Name, f.Data)
	if len(findings) > 0 {
		return nil, findings
	}
	findings = directory.CheckPeople(sheet, book.Estate, o.On)
	state, err := r.peopleState(ctx) // before the people: whoever changes them changes it too
	if err != nil {
		return nil, err
	}
	now, err := load(ctx, r, store.People, directory.DecodePerson)
	if err != nil {
		return nil, err
	}
	plan, more := directory.ComparePeople(now.rows, sheet, o)
	if err := tooMany(append(findings, more...)); err != nil {
		return nil, err
	}
	g := r.granting(book, q.Who)
	for i := range plan.Adds {
		if err := g.person(nil, &plan.Adds[i]); err != nil {
			return nil, err
		}
	}
	for _, list := range [][]directory.Change[directory.Person]{plan.Changes, plan.Leavers} {
		for i := range list {
			if err := g.person(&list[i].Was, &list[i].Is); err != nil {
				return nil, err
			}
		}
	}
	return &shelfImport[directory.Person]{
		Plan: plan, versions: now.versions, state: state,
		item: personItem, name: func(p *directory.Person) string { return p.Name }, id: func(p *directory.Person) string { return p.ID },
	}, nil
}

func (r *Record) planAssets(ctx context.Context, q Request, book *Book, f *DirectoryFile, o directory.Options) (directoryImport, error) {
	if err := r.may(q.Who, access.DirectoryChange, access.Asset{}); err != nil {
		return nil, err
	}
	sheet, findings := directory.ReadAssets(f.Name, f.Data)
	if len(findings) > 0 {
		return nil, findings
	}
	people := map[string]bool{}
	if err := r.browse(ctx, store.Browse{Shelf: store.People, NoData: true}, func(item store.Item) error {
		people[item.ID] = true
		return nil
	}); err != nil {
		return nil, err
	}
	findings = directory.CheckAssets(sheet, book.Estate, o.On, func(id string) bool { return people[id] })
	now, err := load(ctx, r, store.Assets, directory.DecodeAsset)
	if err != nil {
		return nil, err
	}
	plan, more := directory.CompareAssets(now.rows, sheet, o)
	if err := tooMany(append(findings, more...)); err != nil {
		return nil, err
	}
	return &shelfImport[directory.Asset]{
		Plan: plan, versions: now.versions,
		item: assetItem, name: func(a *directory.Asset) string { return a.Name }, id: func(a *directory.Asset) string { return a.ID },
	}, nil
}

// tooMany returns findings as an error, the first of them.
func tooMany(findings fault.Findings) error {
	findings.Sort()
	if len(findings) > directory.MaxFindings {
		findings = findings[:directory.MaxFindings]
	}
	return findings.Err()
}

// peopleState returns the setting that changes with the people.
func (r *Record) peopleState(ctx context.Context) (*store.Item, error) {
	item, err := r.Ledger.Get(ctx, store.Settings, peopleState)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	item.Shelf, item.ID, item.Data = store.Settings, peopleState, []byte("{}")
	return &item, nil
}

// personItem is somebody as he is kept on the shelf.
func personItem(p *directory.Person) store.Item {
	return store.Item{Shelf: store.People, ID: p.ID, Group: p.Party, Sort: p.Sort(), Data: p.Encode()}
}

// assetItem is an asset as it is kept on the shelf.
func assetItem(a *directory.Asset) store.Item {
	return store.Item{Shelf: store.Assets, ID: a.ID, Group: a.Site, Sort: a.Sort(), Data: a.Encode()}
}
