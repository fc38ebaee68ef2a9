package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"

	"towerbridge/access"
	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
	"towerbridge/statement"
)

// Findings of documents that are put into the record.
var (
	ruleDocumentName = fault.Declare(2421, "a document has no place in the record",
		"Name it estate.yaml, or calendars/NAME.yaml, contracts/NAME.yaml or mappings/NAME.yaml.")
	ruleDocumentTwice = fault.Declare(2422, "a document is named twice",
		"Give each document once: to be put, or to be taken away.")
	ruleNoDocument = fault.Declare(2423, "a document that is to be taken away is not there",
		"Check its name.")
	ruleManyDocuments = fault.Declare(2424, "there are more documents than a record holds",
		"Take away those of contracts that ended long ago.")
)

// MaxDocuments is the number of documents that a record holds.
const MaxDocuments = 5_000

// DocumentsPut is what a putting of documents came to.
type DocumentsPut struct {
	Documents []DocumentChange `json:"documents"` // as they were given, in the order of their names
	Receipt   store.Receipt    `json:"-"`
	Dry       bool             `json:"dry,omitempty"`
}

// Changed returns the names of those that are not the same as before.
func (d *DocumentsPut) Changed() []string {
	names := []string{}
	for _, x := range d.Documents {
		if x.Change != DocumentSame {
			names = append(names, x.Name)
		}
	}
	return names
}

// DocumentChange is what becomes of one document.
type DocumentChange struct {
	Name    string `json:"name"`
	Change  string `json:"change"`            // added, changed, removed or same
	Was     string `json:"was,omitempty"`     // digest, as sha256: and hexadecimal
	Is      string `json:"is,omitempty"`      // digest
	Version int64  `json:"version,omitempty"` // that it has now; of a dry run that it would have
}

// What becomes of a document.
const (
	DocumentAdded   = "added"
	DocumentChanged = "changed"
	DocumentRemoved = "removed"
	DocumentSame    = "same"
)

// PutDocuments puts documents into the record and takes others away. All documents are
// read together as they would stand then; where anything is wrong with them, nothing
// changes and the error is fault.Findings. So a party that would hold two roles that
// must be apart is refused here. Each document that changes is an act of the journal
// with its digest; every version is kept. One that is the same already is left alone.
// Where the request has a version, the one document must have it.
func (r *Record) PutDocuments(ctx context.Context, q Request, files []statement.Source, remove ...string) (*DocumentsPut, error) {
	for n := 1; ; n++ {
		out, err := r.putDocuments(ctx, q, files, remove)
		if n == attempts || q.Version != 0 || fault.KindOf(err) != fault.Conflict {
			return out, err
		}
	}
}

// PutFolder puts the documents of another store, such as a folder, and returns the
// names of those that changed. Findings have the places that a person knows.
func (r *Record) PutFolder(ctx context.Context, q Request, from store.Store) ([]string, error) {
	files, err := from.Documents(ctx)
	if err != nil {
		return nil, err
	}
	out, err := r.PutDocuments(ctx, q, files)
	var findings fault.Findings
	switch {
	case errors.As(err, &findings):
		return nil, placed(findings, from.Place)
	case err != nil:
		return nil, err
	}
	return out.Changed(), nil
}

// shelfState is the id of the setting that changes with every document, so that of two
// changes that were checked against the same documents only one is written.
const shelfState = "documents"

func (r *Record) putDocuments(ctx context.Context, q Request, files []statement.Source, remove []string) (*DocumentsPut, error) {
	if len(q.Digest) == 0 {
		q.Digest = digestOf([]any{"documents", files, remove})
	}
	p := shelving{files: map[string][]byte{}, there: map[string]store.Item{}}
	if err := p.given(files, remove); err != nil {
		return nil, err
	}
	for _, name := range p.names {
		if err := r.may(q.Who, access.DocumentPut, p.resource(name)); err != nil {
			return nil, err
		}
	}
	if q.Key != "" {
		if receipt, done, err := r.Ledger.Replay(ctx, q.Who.ID, q.Key, q.Digest); done || err != nil {
			return &DocumentsPut{Documents: []DocumentChange{}, Receipt: receipt}, err
		}
	}
	state, err := r.Ledger.Get(ctx, store.Settings, shelfState)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	if err := r.browse(ctx, store.Browse{Shelf: store.Documents}, func(item store.Item) error {
		p.there[item.ID] = item
		return nil
	}); err != nil {
		return nil, err
	}
	if q.Version != 0 && (len(p.names) != 1 || p.there[p.names[0]].Version != q.Version) {
		return nil, fault.New(fault.Conflict, "Read it again, then retry.", "%s is not at version %d", strings.Join(p.names, ", "), q.Version)
	}
	if err := p.plan(q); err != nil {
		return nil, err
	}
	out := &DocumentsPut{Documents: p.changes, Dry: q.Dry}
	if len(p.change.Acts) == 0 {
		return out, nil
	}
	state.Shelf, state.ID, state.Data = store.Settings, shelfState, p.digest()
	p.change.Who, p.change.Key, p.change.Request, p.change.Dry = q.Who.ID, q.Key, q.Digest, q.Dry
	p.change.Put = append(p.change.Put, state)
	out.Receipt, err = r.Ledger.Commit(ctx, &p.change)
	if err != nil {
		return nil, err
	}
	r.books.stale.Store(true)
	p.versions(out)
	return out, nil
}

// shelving is one putting of documents.
type shelving struct {
	names   []string              // of all that were given, in order
	files   map[string][]byte     // to be put
	there   map[string]store.Item // on the shelf
	changes []DocumentChange
	change  store.Change
}

// given takes what was given, and says what is wrong with its names.
func (p *shelving) given(files []statement.Source, remove []string) error {
	var findings fault.Findings
	take := func(name string) bool {
		at := fault.Position{File: name}
		if folder, inner := split(name); folder != "." || inner != name || len(name) > 200 {
			findings = append(findings, ruleDocumentName.At(at, "", "there is no place for %.200q", name))
			return false
		}
		if slices.Contains(p.names, name) {
			findings = append(findings, ruleDocumentTwice.At(at, "", "%s is named twice", name))
			return false
		}
		p.names = append(p.names, name)
		return true
	}
	for _, f := range files {
		if take(f.Name) {
			p.files[f.Name] = f.Data
		}
	}
	for _, name := range remove {
		take(name)
	}
	slices.Sort(p.names)
	return findings.Err()
}

// resource is a document as far as rights go: a contract with its sides.
func (p *shelving) resource(name string) access.Document {
	out := access.Document{ID: name, Kind: strings.TrimSuffix(path.Dir(name), "s")}
	switch {
	case name == "estate.yaml":
		out.Kind = "estate"
	case out.Kind == "contract" && p.files[name] != nil:
		d, _, _ := contract.Read(name, p.files[name])
		out.Supplier, out.Customer, out.Integrator = d.Supplier, d.Customer, d.Integrator
	}
	return out
}

// plan says what becomes of each document, and checks all as they would stand then.
func (p *shelving) plan(q Request) error {
	for _, name := range p.names {
		is, put := p.files[name]
		was, there := p.there[name]
		c := DocumentChange{Name: name, Version: was.Version}
		if there {
			c.Was = journal.DigestLine(was.Data)
		}
		act := journal.ActDraft{Source: Source, Act: "document.put", By: q.Who.Party, Subject: name}
		item := store.Item{Shelf: store.Documents, ID: name, Sort: name, Version: was.Version, Data: is}
		switch {
		case put && there && bytes.Equal(was.Data, is):
			c.Change, c.Is = DocumentSame, c.Was
		case put:
			c.Change, c.Is = DocumentAdded, journal.DigestLine(is)
			if there {
				c.Change = DocumentChanged
			}
			act.Digest = c.Is
			p.change.Put = append(p.change.Put, item)
		case there:
			c.Change, act.Act = DocumentRemoved, "document.remove"
			p.change.Drop = append(p.change.Drop, item)
		default:
			return fault.Findings{ruleNoDocument.At(fault.Position{File: name}, "", "the record has no %s", name)}
		}
		p.changes = append(p.changes, c)
		if c.Change != DocumentSame {
			p.change.Acts = append(p.change.Acts, store.Act{ActDraft: act, Clear: []store.Clear{{Name: "person", Value: q.Who.ID}}})
		}
	}
	if len(p.change.Acts) == 0 {
		return nil
	}
	return p.check().Err()
}

// check reads the documents together as they would stand.
func (p *shelving) check() fault.Findings {
	after := book{}
	for name, item := range p.there {
		if !slices.Contains(p.names, name) {
			after.sources = append(after.sources, statement.Source{Name: name, Data: item.Data})
		}
	}
	for name, data := range p.files {
		after.sources = append(after.sources, statement.Source{Name: name, Data: data})
	}
	if n := len(after.sources); n > MaxDocuments {
		return fault.Findings{ruleManyDocuments.At(fault.Position{}, "", "there would be %d documents, and a record holds %d", n, MaxDocuments)}
	}
	findings := withoutContract(after.check())
	findings.Sort()
	if len(findings) > document.MaxFindings {
		findings = findings[:document.MaxFindings]
	}
	return findings
}

// withoutContract leaves out that there is no contract: a record begins with an estate,
// and terms come later.
func withoutContract(f fault.Findings) fault.Findings {
	return slices.DeleteFunc(f, func(x fault.Finding) bool { return x.Rule.Number == statement.NoContract.Number })
}

// digest stands for the documents as they would be.
func (p *shelving) digest() []byte {
	digests := map[string]string{}
	for name, item := range p.there {
		digests[name] = journal.DigestLine(item.Data)
	}
	for _, c := range p.changes {
		digests[c.Name] = c.Is
		if c.Is == "" {
			delete(digests, c.Name)
		}
	}
	data, err := json.Marshal(digests)
	if err != nil {
		panic(err) // texts are always written
	}
	return data
}

// versions takes the versions that the ledger gave.
func (p *shelving) versions(out *DocumentsPut) {
	for i, item := range p.change.Put {
		at := slices.IndexFunc(out.Documents, func(c DocumentChange) bool { return c.Name == item.ID })
		if at >= 0 && i < len(out.Receipt.Versions) && item.Shelf == store.Documents {
			out.Documents[at].Version = out.Receipt.Versions[i]
		}
	}
}
