// Package document reads the documents people write: strict YAML into Go values,
// with the place of every field and all findings at once, and the JSON Schema of
// the same Go types for editors and other programs.
//
// A document is a Go struct with tags. The tag doc names the key and says what
// must be there; the tag about says what it means and ends up in the schema:
//
//	type Week struct {
//	    Name  string          `doc:"name,required" about:"Plain name of the week."`
//	    Days  []Day           `doc:"days,min=1"    about:"Working days, in any order."`
//	    Lunch *span.Seconds   `doc:"lunch,choice=break"`
//	    Tea   *span.Seconds   `doc:"tea,choice=break"`
//	    span.Dated            `doc:",inline"`
//	}
//
//	week, where, findings := document.Read[Week]("week.yaml", data)
//	if lunchTooLong(week) {
//	    findings = append(findings, where.Finding(LunchRule, "lunch", "the lunch is too long"))
//	}
//
// The tag's words, after the name and separated by commas:
//
//	required    the key must be present and not null
//	choice=G    exactly one of the keys of the group G must be present and not null
//	min=N       a list or mapping that is present holds at least N items
//	inline      the fields of this struct are keys of the one around it (no name)
//
// A field without the tag is ignored. Fields are strings, booleans, whole
// numbers, types that implement [encoding.TextUnmarshaler], structs, slices of
// these, maps from strings to these, and pointers to these. There are no floating
// point numbers: an exact type takes the scalar as text, just as it is written,
// so that 99.50 stays 99.50, and 2012-04 and 1e3 stay what they are. A scalar
// type may add SchemaPattern, SchemaEnum and SchemaNumber (see [Schema]); reader
// and schema both keep to them.
//
// Strict means that an unknown key, a key given twice, a value of the wrong kind,
// an anchor, an alias, a merge key, a tag or a second document is a finding and
// never passes silently; so is a text that YAML programs read in different ways,
// such as a dash that is indented wrongly. A null is a key that is not there. A
// text that is not YAML at all mostly has one finding, for the YAML parser stops
// at its first.
//
// Lines and columns count from one; a column counts characters, not bytes.
//
// The work is bounded whatever the text holds: see the constants. The package
// does not know what any document means, opens no file and never panics over a
// text; it panics over a Go type that it cannot read, which a test of the type
// shows at once.
package document

import (
	"fmt"
	"reflect"
	"strings"

	"towerbridge/fault"
)

// Limits of a document. Each one that is passed is a finding.
const (
	MaxBytes    = 4 << 20 // bytes in a file
	MaxDepth    = 32      // lists and mappings within each other
	MaxNodes    = 200_000 // values, keys and lines, counted generously before parsing
	MaxKeys     = 2_000   // keys of one mapping
	MaxLine     = 10_000  // characters in a line
	MaxBlank    = 40      // blank lines in a row
	MaxTabs     = 10_000  // tabs and < signs together, which the YAML scanner is slow at
	MaxFindings = 1_000   // findings of one reading; one more says how many were left out
)

// Read reads a document of type T and reports everything wrong with it, in the
// order of the lines. The value holds what could be read, also when there are
// findings; it is complete and correct only when there are none. The file name is
// used for places alone; no file is opened. A byte-order mark and CRLF line ends
// are accepted.
//
// Read panics when T, or a type within it, is not one that documents can have.
func Read[T any](file string, data []byte) (T, *Where, fault.Findings) {
	var value T
	p, err := planOf(reflect.TypeFor[T]())
	if err != nil {
		panic("document: " + err.Error())
	}
	r := newReader(file)
	if root := r.root(data); root != nil {
		r.value(p, root, reflect.ValueOf(&value).Elem())
	}
	return value, r.where, r.sorted()
}

// reader holds the state of one reading.
type reader struct {
	where    *Where
	findings fault.Findings
	lines    []string // of the text, for a closer look

	characters []rune // of the line numbered split
	split      int
}

func newReader(file string) *reader {
	return &reader{where: &Where{file: file, places: map[string]fault.Position{}, nulls: map[string]bool{}}}
}

func (r *reader) add(f fault.Finding) { r.findings = append(r.findings, f) }

// root returns the document's value, or nil when there is none.
func (r *reader) root(data []byte) *node {
	text, ok := r.text(data)
	if !ok || !r.modest(text) {
		return nil
	}
	r.lines = strings.Split(text, "\n")
	syntax := r.syntaxTree(text)
	if syntax == nil {
		return nil
	}
	root := r.tree(syntax, "", 1)
	r.where.places[""] = root.place
	if root.kind == nullKind {
		r.add(Empty.At(root.place, "", "the document holds no keys"))
		return nil
	}
	return root
}

// sorted returns the findings in the order of their places, cut to MaxFindings.
func (r *reader) sorted() fault.Findings {
	r.findings.Sort()
	if more := len(r.findings) - MaxFindings; more > 0 {
		last := r.findings[MaxFindings-1].Position
		r.findings = append(r.findings[:MaxFindings:MaxFindings],
			MoreFindings.At(last, "", "%s more findings follow", thousands(more)))
	}
	return r.findings
}

// shown returns a text as a message shows it: in quotes, and cut when it is long.
func shown(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
