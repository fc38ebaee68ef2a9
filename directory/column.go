package directory

import (
	"regexp"
	"slices"
	"strings"

	"towerbridge/span"
)

// table is what a file of one kind of rows may hold.
type table[T any] struct {
	one, many string // person, people
	columns   []column[T]
	id        func(*T) string
	state     func(*T) state
}

// state is where a row keeps how it stands.
type state struct {
	source           *string
	active, disabled *bool
	dated            *span.Dated
}

// Column is a column that a file may have.
type Column struct {
	Name   string
	About  string // what its values mean and how they look
	Needed bool   // the file must have it, and each row a value
}

// column is one value of a row, as text. What set takes get gives back.
type column[T any] struct {
	name   string
	about  string
	needed bool
	get    func(*T) string
	set    func(*T, string) (wrong string) // what is wrong with the value, after it in a sentence
}

// list returns the columns.
func (t *table[T]) list() []Column {
	out := make([]Column, len(t.columns))
	for i, c := range t.columns {
		out[i] = Column{c.name, c.about, c.needed}
	}
	return out
}

// column returns the position of a column by its name, or -1.
func (t *table[T]) column(name string) int {
	return slices.IndexFunc(t.columns, func(c column[T]) bool { return c.name == name })
}

func text[T any](name, about string, at func(*T) *string) column[T] {
	return column[T]{name: name, about: about, get: func(r *T) string { return *at(r) }, set: func(r *T, s string) string {
		*at(r) = s
		return ""
	}}
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$`)

// plain is a column of ids.
func plain[T any](name, about string, at func(*T) *string) column[T] {
	c := text(name, about, at)
	c.set = func(r *T, s string) string {
		*at(r) = s
		if s != "" && !idForm.MatchString(s) {
			return "is not an id: up to 64 letters, digits and . _ @ + - after a letter or digit"
		}
		return ""
	}
	return c
}

func (c column[T]) need() column[T] {
	c.needed = true
	return c
}

// list is a column of several values with semicolons between them. A sorted one has
// each value once, in order.
func list[T any](name, about string, sorted bool, at func(*T) *[]string, wrong func(string) string) column[T] {
	return column[T]{
		name: name, about: about,
		get: func(r *T) string { return joinList(*at(r)) },
		set: func(r *T, s string) string {
			values := splitList(s)
			if sorted {
				slices.Sort(values)
				values = slices.Compact(values)
			}
			*at(r) = values
			for _, v := range values {
				if wrong == nil {
					break
				}
				if w := wrong(v); w != "" {
					return w
				}
			}
			return ""
		},
	}
}

// date is a column of a day.
func date[T any](name, about string, at func(*T) **span.Date) column[T] {
	return column[T]{
		name: name, about: about,
		get: func(r *T) string {
			if d := *at(r); d != nil {
				return d.String()
			}
			return ""
		},
		set: func(r *T, s string) string {
			*at(r) = nil
			if s == "" {
				return ""
			}
			d, err := span.ParseDate(s)
			if err != nil {
				return "is not a date such as 2026-03-29"
			}
			*at(r) = &d
			return ""
		},
	}
}

// yes is a column that says yes, or nothing.
func yes[T any](name, about string, at func(*T) *bool) column[T] {
	return column[T]{
		name: name, about: about,
		get: func(r *T) string {
			if *at(r) {
				return "yes"
			}
			return ""
		},
		set: func(r *T, s string) string {
			*at(r) = s == "yes"
			if s != "" && s != "yes" && s != "no" {
				return "is neither yes nor no"
			}
			return ""
		},
	}
}

// joinList writes values with semicolons between them; a semicolon or backslash within
// a value has a backslash before it.
func joinList(values []string) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(';')
		}
		for j := range len(v) {
			if v[j] == ';' || v[j] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(v[j])
		}
	}
	return b.String()
}

// splitList reads what joinList writes. Spaces around a value and empty values are
// left out; nil where there is none.
func splitList(s string) []string {
	if s == "" {
		return nil
	}
	var values []string
	var value []byte
	add := func() {
		if v := strings.TrimSpace(string(value)); v != "" {
			values = append(values, v)
		}
		value = value[:0]
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			value = append(value, s[i])
		case s[i] == ';':
			add()
		default:
			value = append(value, s[i])
		}
	}
	add()
	return values
}
