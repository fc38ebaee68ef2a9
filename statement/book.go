package statement

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/measure"
	"towerbridge/span"
)

var (
	noEstate = fault.Declare(1801, "the folder has no estate",
		"Write estate.yaml: the parties, towers and services, and who supplies what.")
	NoContract = fault.Declare(1802, "the folder has no contract",
		"Write at least one contract under contracts/.")
	sameDocument = fault.Declare(1803, "two documents have the same id",
		"Give each calendar and each contract an id of its own.")
)

var unready = fault.Declare(1804, "the contract cannot be made ready for use",
	"Mend what the message names.")

// Source is a document as it was written.
type Source struct {
	Name string // path in its folder, with strokes: contracts/eus.yaml
	Data []byte
}

// Digest returns the digest of the document's bytes.
func (s Source) Digest() string { return digest(s.Data) }

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Book is the documents that statements are drawn by, checked against each other.
type Book struct {
	Estate    *estate.Estate
	Calendars contract.Calendars
	Contracts map[string]*contract.Contract
	Zones     calendar.Zones
	sources   map[string]Source // by kind and id: contract/eus, calendar/office, estate
	holidays  calendar.Sets
}

// ReadBook reads the documents of a folder: estate.yaml, calendars/*.yaml and
// contracts/*.yaml; other files are left alone. Every finding is reported.
func ReadBook(files []Source, zones calendar.Zones) (*Book, fault.Findings) {
	return readBook(files, zones, calendar.HolidaySet, calendar.Read)
}

// ReadBookWith is [ReadBook] with bank holidays of the caller's, as a bundle brings them.
// Only they and the zones given are asked, never those that the program ships.
func ReadBookWith(files []Source, zones calendar.Zones, holidays calendar.Sets) (*Book, fault.Findings) {
	return readBook(files, zones, holidays, func(file string, data []byte) (calendar.Document, fault.Findings) {
		d, _, findings := document.Read[calendar.Document](file, data)
		return d, findings // CompileWith checks the rest
	})
}

// calendarReader reads the document of a calendar.
type calendarReader func(file string, data []byte) (calendar.Document, fault.Findings)

func readBook(files []Source, zones calendar.Zones, holidays calendar.Sets, read calendarReader) (*Book, fault.Findings) {
	r := bookReader{readCalendar: read, book: &Book{
		Calendars: contract.Calendars{}, Contracts: map[string]*contract.Contract{}, Zones: zones,
		sources: map[string]Source{}, holidays: holidays,
	}}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b Source) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range files {
		switch folder, name := path.Split(f.Name); {
		case folder == "" && name == "estate.yaml":
			r.estate(f)
		case folder == "calendars/" && path.Ext(name) == ".yaml":
			r.calendar(f)
		}
	}
	if r.book.Estate == nil && len(r.findings) == 0 {
		r.findings = append(r.findings, noEstate.At(fault.Position{File: "estate.yaml"}, "", "there is no estate.yaml"))
	}
	n := 0
	for _, f := range files {
		if folder, name := path.Split(f.Name); folder == "contracts/" && path.Ext(name) == ".yaml" {
			r.contract(f)
			n++
		}
	}
	if n == 0 {
		r.findings = append(r.findings, NoContract.At(fault.Position{File: "contracts"}, "", "there is no contract"))
	}
	r.findings.Sort()
	return r.book, r.findings
}

type bookReader struct {
	book         *Book
	readCalendar calendarReader
	unread       bool // a calendar has findings, so that it is not in the book
	findings     fault.Findings
}

func (r *bookReader) keep(kind, id string, f Source) bool {
	key := kind
	if id != "" {
		key += "/" + id
	}
	if other, taken := r.book.sources[key]; taken {
		r.findings = append(r.findings, sameDocument.At(fault.Position{File: f.Name, Line: 1, Column: 1}, "id", "%s has the id of %s", f.Name, other.Name))
		return false
	}
	r.book.sources[key] = f
	return true
}

func (r *bookReader) estate(f Source) {
	e, findings := estate.Read(f.Name, f.Data)
	r.findings = append(r.findings, findings...)
	if e != nil && r.keep("estate", "", f) {
		r.book.Estate = e
	}
}

func (r *bookReader) calendar(f Source) {
	d, findings := r.readCalendar(f.Name, f.Data)
	r.findings = append(r.findings, findings...)
	if len(findings) > 0 {
		r.unread = true
		return
	}
	c, findings := calendar.CompileWith(d, r.book.Zones, r.book.holidays)
	r.findings = append(r.findings, findings...)
	r.unread = r.unread || len(findings) > 0
	if len(findings) == 0 && r.keep("calendar", d.ID, f) {
		r.book.Calendars[d.ID] = c
	}
}

func (r *bookReader) contract(f Source) {
	d, where, findings := contract.Read(f.Name, f.Data)
	if len(findings) == 0 && r.book.Estate != nil {
		findings = d.Check(where, contract.World{Estate: r.book.Estate, Calendars: r.book.Calendars, Zones: r.book.Zones})
	}
	for _, x := range findings {
		if r.unread && x.Rule.Number == contract.RuleUnknownCalendar.Number {
			continue // it may be the calendar that has findings of its own
		}
		r.findings = append(r.findings, x)
	}
	if len(findings) > 0 || !r.keep("contract", d.ID, f) {
		return
	}
	c, err := contract.Compile(d, r.book.Calendars, r.book.Zones)
	if err != nil {
		r.findings = append(r.findings, unready.At(fault.Position{File: f.Name, Line: 1, Column: 1}, "", "%v", err))
		return
	}
	r.book.Contracts[d.ID] = c
}

// IDs returns the ids of the contracts, in order.
func (b *Book) IDs() []string {
	ids := make([]string, 0, len(b.Contracts))
	for id := range b.Contracts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// World answers for the estate what measures ask of it.
func (b *Book) World() measure.World {
	return measure.World{
		KindOf: func(party string) contract.LegKind {
			switch b.Estate.PartyKind(party) {
			case estate.Customer:
				return contract.CustomerLeg
			case estate.Integrator:
				return contract.IntegratorLeg
			}
			return contract.SupplierLeg
		},
		TowerOf: func(service string, on span.Date) string {
			t, _ := b.Estate.TowerOf(service, on)
			return t
		},
		SupplierOf: func(tower string, on span.Date) string {
			p, _ := b.Estate.SupplierOf(tower, on)
			return p
		},
	}
}
