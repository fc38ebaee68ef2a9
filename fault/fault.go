// Package fault says what went wrong, once, in a form that every edge can show.
//
// It owns two things. A [Finding] is one thing wrong with something a person
// wrote or sent (a document, a log, a bundle): it names the file, line, column
// and field, carries a stable public number and says how to put it right. Many
// findings are reported together, never only the first. An [Error] is one
// operation that did not succeed, with a [Kind] that each edge translates once:
// the command line into an exit status, the API into an RFC 9457 problem.
//
// Numbers are declared next to the code that reports them with [Declare], are
// never reused, and the reference of all findings is printed from [Rules]:
//
//	document 1000   calendar 1100   estate 1200   contract 1300-1499
//	mapping and logs 1500   journal 1600   worked examples 1700   bundles 1800
//	commands 1900
//
// The package knows nothing of HTTP, SQL or exit codes, and reads nothing.
package fault

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind is the class of an error, by what the caller can do about it.
type Kind uint8

// The kinds of error, each with the one thing its reader should do.
const (
	Internal    Kind = iota // a defect of the program: report it
	Invalid                 // the input is wrong: mend it and try again
	NotFound                // what was asked for does not exist: check its name
	Denied                  // the caller lacks the right: ask for it
	Conflict                // the state has moved on: read again, then retry
	Disagrees               // a recomputation gave another result than the record
	Unavailable             // something outside did not answer: try later
)

var kindNames = [...]string{"internal", "invalid", "not-found", "denied", "conflict", "disagrees", "unavailable"}

// String returns the kind's stable name, as it appears in JSON.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Error is an operation that failed: what, why in a sentence, and the remedy.
type Error struct {
	Kind    Kind
	Message string // one sentence that names the thing, without a final full stop
	Remedy  string // what the reader should do; may be empty
	Cause   error  // the error below, if any
}

// Error returns the message, the cause and the remedy in one line.
func (e *Error) Error() string {
	s := e.Message
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	if e.Remedy != "" {
		s += ". " + e.Remedy
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New returns an error of a kind. The format's arguments are as in [fmt.Sprintf].
func New(kind Kind, remedy, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Remedy: remedy}
}

// Wrap returns an error of a kind that keeps its cause.
func Wrap(kind Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// KindOf returns the kind of the first [Error] in err's chain, [Invalid] for
// findings, and [Internal] for anything else.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var f Findings
	if errors.As(err, &f) {
		return Invalid
	}
	return Internal
}

// Rule is a kind of finding: its stable public number, what it means and how it
// is put right in general.
type Rule struct {
	Number int    // four digits, never reused
	Title  string // what is wrong, as a short sentence without a full stop
	Remedy string // what to do about it
}

// Code returns the rule's public name, such as "TB1301".
func (r Rule) Code() string { return fmt.Sprintf("TB%04d", r.Number) }

var declared = map[int]Rule{}

// Declare registers a rule and returns it. It is called from package variables
// only and panics when a number is used twice, so that a clash cannot ship.
func Declare(number int, title, remedy string) Rule {
	if other, taken := declared[number]; taken {
		panic(fmt.Sprintf("fault: number %d is declared twice: %q and %q", number, other.Title, title))
	}
	r := Rule{Number: number, Title: title, Remedy: remedy}
	declared[number] = r
	return r
}

// Rules returns every declared rule in the order of their numbers.
func Rules() []Rule {
	out := make([]Rule, 0, len(declared))
	for _, r := range declared {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Rule) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// Position is a place in a file. Line and Column count from one; zero is unknown.
type Position struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String returns "file:line:column", leaving out what is unknown.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Finding is one thing wrong at one place.
type Finding struct {
	Rule     Rule
	Position Position
	Field    string // path of the field, such as measures[2].bands[0].points; may be empty
	Message  string // what is wrong here, one sentence without a full stop
	Remedy   string // what to do here; empty means the rule's own remedy
}

// Error returns the finding in one line: place, number, field, message, remedy.
func (f Finding) Error() string {
	var b strings.Builder
	if p := f.Position.String(); p != "" {
		b.WriteString(p + ": ")
	}
	b.WriteString(f.Rule.Code() + ": ")
	if f.Field != "" {
		b.WriteString(f.Field + ": ")
	}
	b.WriteString(f.Message)
	if r := f.Fix(); r != "" {
		b.WriteString(". " + r)
	}
	return b.String()
}

// Fix returns the finding's remedy, or its rule's where it has none of its own.
func (f Finding) Fix() string {
	if f.Remedy != "" {
		return f.Remedy
	}
	return f.Rule.Remedy
}

// At returns a finding of the rule at a place.
func (r Rule) At(p Position, field, format string, args ...any) Finding {
	return Finding{Rule: r, Position: p, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Findings is everything found wrong; it is an error when it is not empty.
type Findings []Finding

// Error returns all findings, one a line.
func (f Findings) Error() string {
	lines := make([]string, len(f))
	for i, x := range f {
		lines[i] = x.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns the findings as an error, or nil when there are none. Use it
// instead of assigning Findings to an error, which would never be nil.
func (f Findings) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Sort orders findings by file, line, column and number, so that two runs agree.
func (f Findings) Sort() {
	slices.SortStableFunc(f, func(a, b Finding) int {
		return cmp.Or(
			strings.Compare(a.Position.File, b.Position.File),
			cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column),
			cmp.Compare(a.Rule.Number, b.Rule.Number),
		)
	})
}
