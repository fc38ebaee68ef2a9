package statement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/fault"
)

// Report is what [Verify] found.
type Report struct {
	Agrees    bool        // recomputed, the statement is the recorded one to the last byte
	Signed    string      // name of the key whose signature was checked; empty if none was
	Claims    []string    // names of the keys that the bundle says signed it; proof of nothing
	Statement *Statement  // as recorded
	Entries   int         // entries that it was recomputed from
	First     *Difference // the first line that does not agree; nil if all do
}

// Seal says in words how far the bundle is signed.
func (r Report) Seal() string {
	switch {
	case r.Signed != "":
		return "signed by " + r.Signed
	case len(r.Claims) > 0:
		return fmt.Sprintf("says it is signed by %s, not checked: no public key was given", r.Claims[0])
	}
	return "unsigned"
}

// Trusted says in words, one a line, which results of earlier periods the statement
// was computed with. They are taken as recorded: their own bundles prove them.
func (r Report) Trusted() []string {
	out := make([]string, len(r.Statement.Earlier))
	for i, e := range r.Statement.Earlier {
		out[i] = e.Period.String() + ": drawn, not issued"
		if e.Issued {
			out[i] = e.Period.String() + ": statement " + e.Digest
		}
	}
	return out
}

// Difference is one thing that a record says otherwise than the recomputation.
type Difference struct {
	Where      string // such as measure KPI-1 met
	Recorded   string // nothing, where the record does not have it
	Recomputed string // nothing, where the recomputation does not have it
}

// String writes the difference in a line, such as measure KPI-1 met: recorded 13,
// recomputed 12.
func (d Difference) String() string {
	return fmt.Sprintf("%s: recorded %s, recomputed %s", d.Where, d.Recorded, d.Recomputed)
}

// Verify recomputes a bundle's statement from what the bundle carries and nothing
// else, by so many workers (0: one for each processor).
//
// With keys, a missing signature or one of another key is an error of kind
// [fault.Disagrees], before anything is computed; without, none is asked for. A
// result that differs is no error but a report that says where.
func Verify(b *Bundle, keys note.Verifiers, workers int) (Report, error) {
	r := Report{Statement: b.Statement, Entries: b.Entries, Claims: claims(b.files[noteName])}
	if keys != nil {
		name, err := checkSignature(b.files[noteName], b.files[manifestName], keys)
		if err != nil {
			return r, err
		}
		r.Signed = name
	}
	book, err := b.Book()
	if err != nil {
		return r, fault.Wrap(fault.Invalid, err, "the documents of the bundle cannot be read")
	}
	drawn, err := Draw(book, b.Journal, []Order{b.Order()}, workers)
	if err != nil {
		return r, fault.Wrap(fault.Invalid, err, "the statement of the bundle cannot be recomputed")
	}
	r.First = firstDifference(Encode(b.Statement), Encode(drawn[0]))
	r.Agrees = r.First == nil
	return r, nil
}

// firstDifference compares two records value by value, in their order.
func firstDifference(recorded, recomputed []byte) *Difference {
	if bytes.Equal(recorded, recomputed) {
		return nil
	}
	a, b := leaves(recorded), leaves(recomputed)
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return &Difference{b[i].where, "nothing", b[i].value}
		case i >= len(b):
			return &Difference{a[i].where, a[i].value, "nothing"}
		case a[i] == b[i]:
			continue
		case a[i].where == b[i].where:
			return &Difference{a[i].where, a[i].value, b[i].value}
		case has(b[i:], a[i].where):
			return &Difference{b[i].where, "nothing", b[i].value}
		default:
			return &Difference{a[i].where, a[i].value, "nothing"}
		}
	}
	return &Difference{"how the record is written", "", ""}
}

func has(list []leaf, where string) bool {
	for _, x := range list {
		if x.where == where {
			return true
		}
	}
	return false
}

// leaf is one value of a record and the words for its place in it.
type leaf struct{ where, value string }

// leaves takes a record apart, in the order in which it is written.
func leaves(record []byte) []leaf {
	w := walker{in: json.NewDecoder(bytes.NewReader(record))}
	w.in.UseNumber()
	w.value("")
	return w.out
}

type walker struct {
	in  *json.Decoder
	out []leaf
}

// value takes in one value. The record is the program's own and known to be JSON.
func (w *walker) value(where string) {
	token, err := w.in.Token()
	if err != nil {
		return
	}
	switch token {
	case json.Delim('{'):
		for w.in.More() {
			key, _ := w.in.Token()
			w.value(join(where, fmt.Sprint(key)))
		}
		w.in.Token()
	case json.Delim('['):
		for n := 1; w.in.More(); n++ {
			w.item(where, n)
		}
		w.in.Token()
	default:
		w.out = append(w.out, leaf{where, fmt.Sprint(token)})
	}
}

// item takes in one item of a list, which is called by its name if it has one.
func (w *walker) item(where string, n int) {
	start := len(w.out)
	w.value("\x00")
	name := strconv.Itoa(n)
naming:
	for _, member := range [...]string{"id", "ticket", "scheme", "name", "period", "reason"} {
		for _, x := range w.out[start:] {
			if x.where == join("\x00", member) {
				name = x.value
				break naming
			}
		}
	}
	for i := start; i < len(w.out); i++ {
		w.out[i].where = join(where, name) + w.out[i].where[1:]
	}
}

// singular are the words for one item of a list.
var singular = map[string]string{
	"measures": "measure", "credits": "credit", "schemes": "scheme", "documents": "document", "caps": "cap",
	"earlier": "earlier period", "notes": "note", "setAside": "set aside", "periods": "period",
}

func join(where, word string) string {
	if one, ok := singular[word]; ok {
		word = one
	}
	if where == "" {
		return word
	}
	return where + " " + word
}
