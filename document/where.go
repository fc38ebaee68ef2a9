package document

import (
	"fmt"
	"strings"

	"towerbridge/fault"
)

// Where knows the place of every field of a document that was read, so that a
// package that checks its meaning can point at the line. A nil Where knows no
// place and no file, and is safe to use.
type Where struct {
	file   string
	places map[string]fault.Position
	nulls  map[string]bool // fields with nothing after their colon
}

// File returns the name of the file as it was given to [Read].
func (w *Where) File() string {
	if w == nil {
		return ""
	}
	return w.file
}

// At returns the place of a field, such as measures[2].bands[0].points: that of
// its value, or that of its key where the value starts on a later line. Where the
// field is absent it is the place of the nearest parent that is present, in the
// end the start of the document. The empty path is the document itself.
//
// A key that holds anything but letters, digits, - and _ is written in brackets
// and quotes: limits["a.b"].
func (w *Where) At(path string) fault.Position {
	if w == nil {
		return fault.Position{}
	}
	for {
		if p, known := w.places[path]; known {
			return p
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	if p, known := w.places[""]; known {
		return p
	}
	return fault.Position{File: w.file}
}

// Has reports whether a field is present. One with nothing after its colon is not.
func (w *Where) Has(path string) bool {
	if w == nil {
		return false
	}
	_, known := w.places[path]
	return known && !w.nulls[path]
}

// Finding returns a finding of the rule at the place of a field. The format's
// arguments are as in [fmt.Sprintf].
func (w *Where) Finding(rule fault.Rule, path, format string, args ...any) fault.Finding {
	return rule.At(w.At(path), path, format, args...)
}

// under returns the path of a key of the mapping at a path.
func under(path, key string) string {
	switch {
	case !plainKey(key):
		return fmt.Sprintf("%s[%q]", path, key)
	case path == "":
		return key
	}
	return path + "." + key
}

func plainKey(key string) bool {
	for _, r := range key {
		if r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return key != ""
}
