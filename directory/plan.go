package directory

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"towerbridge/access"
	"towerbridge/span"
)

// Plan is the difference between what is there and what is wanted: what is to be
// written, and nothing else. Its lists are in the order of ids.
type Plan[T any] struct {
	Kind    string      `json:"kind"`             // people, assets or sites
	Source  string      `json:"source,omitempty"` // that the rows come from
	On      span.Date   `json:"on"`               // first day on which it holds
	Adds    []T         `json:"adds"`
	Changes []Change[T] `json:"changes"`
	Leavers []Change[T] `json:"leavers"` // no longer in the file; from On they are gone
	Same    int         `json:"same"`    // rows of the file that are there already, just so
}

// Change is a row that is there and becomes another.
type Change[T any] struct {
	ID     string  `json:"id"`
	Was    T       `json:"-"`
	Is     T       `json:"-"`
	Fields []Field `json:"fields"` // those that differ
}

// Field is a value that differs, as in a file.
type Field struct {
	Name string `json:"name"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// Counts is how large a plan is.
type Counts struct {
	Adds    int `json:"adds"`
	Changes int `json:"changes"`
	Leavers int `json:"leavers"`
	Same    int `json:"same"`
}

// Counts returns how large the plan is.
func (p *Plan[T]) Counts() Counts {
	return Counts{len(p.Adds), len(p.Changes), len(p.Leavers), p.Same}
}

// Empty reports whether there is nothing to be written.
func (p *Plan[T]) Empty() bool { return len(p.Adds)+len(p.Changes)+len(p.Leavers) == 0 }

// Summary says in a sentence what the plan does.
func (p *Plan[T]) Summary() string {
	if p.Empty() {
		return fmt.Sprintf("nothing changes: all %d %s are there already", p.Same, p.Kind)
	}
	return fmt.Sprintf("of the %s %d are added, %d change, %d leave and %d stay as they are",
		p.Kind, len(p.Adds), len(p.Changes), len(p.Leavers), p.Same)
}

// Rows returns every row as it is to be written: those added, then those that change,
// then the leavers.
func (p *Plan[T]) Rows() []T {
	rows := slices.Clone(p.Adds)
	for _, list := range [2][]Change[T]{p.Changes, p.Leavers} {
		for i := range list {
			rows = append(rows, list[i].Is)
		}
	}
	return rows
}

// Digest returns the digest of the plan, as sha256: and hexadecimal: of what is written
// and of what it replaces. Two plans with one digest do the same to the same.
func (p *Plan[T]) Digest() string {
	sum := sha256.New()
	out := json.NewEncoder(sum) // a hash never fails to be written to
	must := func(v any) {
		if err := out.Encode(v); err != nil {
			panic("directory: " + err.Error())
		}
	}
	must([]string{"towerbridge-plan/1", p.Kind, p.Source, p.On.String()})
	must(len(p.Adds))
	for i := range p.Adds {
		must(&p.Adds[i])
	}
	for _, list := range [2][]Change[T]{p.Changes, p.Leavers} {
		must(len(list))
		for i := range list {
			must(&list[i].Was)
			must(&list[i].Is)
		}
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// difference returns the values in which two rows differ.
func (t *table[T]) difference(was, is *T) []Field {
	var out []Field
	note := func(name, a, b string) {
		if a != b {
			out = append(out, Field{name, a, b})
		}
	}
	for i := range t.columns {
		c := &t.columns[i]
		note(c.name, c.get(was), c.get(is))
	}
	a, b := t.state(was), t.state(is)
	note("source", *a.source, *b.source)
	note("active", fmt.Sprint(*a.active), fmt.Sprint(*b.active))
	return out
}

func (p *Plan[T]) sort(id func(*T) string) {
	slices.SortFunc(p.Adds, func(a, b T) int { return cmp.Compare(id(&a), id(&b)) })
	for _, list := range [2][]Change[T]{p.Changes, p.Leavers} {
		slices.SortFunc(list, func(a, b Change[T]) int { return cmp.Compare(a.ID, b.ID) })
	}
}

func sortedRoles(list []access.Role) []access.Role {
	slices.Sort(list)
	return slices.Compact(list)
}
