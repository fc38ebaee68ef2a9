package document

import (
	"math/big"
	"regexp"
	"strings"
)

// truthValues are the scalars that YAML 1.2 takes for truth values. The words yes,
// no, on and off of older YAML are texts.
var truthValues = []string{"true", "false", "True", "False", "TRUE", "FALSE"}

// form is how a scalar is written as a number.
type form uint8

const (
	notNumber     form = iota
	decimalNumber      // 12, -7
	otherNumber        // 1.5, 1e3, 0x1F, 0o17
)

var (
	decimalForm = regexp.MustCompile(`^[-+]?[0-9]+$`)
	basedForm   = regexp.MustCompile(`^0(?:o[0-7]+|x[0-9a-fA-F]+)$`)
	pointForm   = regexp.MustCompile(`^([-+]?)(\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?$`)
)

// number reports whether a scalar without quotes is a number in YAML 1.2 and how
// JSON writes it. Infinity and not-a-number, which JSON lacks, are texts.
func number(s string) (form, string) {
	if s == "" || !strings.ContainsRune("+-.0123456789", rune(s[0])) {
		return notNumber, ""
	}
	if basedForm.MatchString(s) {
		n, _ := new(big.Int).SetString(s, 0)
		return otherNumber, n.String()
	}
	m := pointForm.FindStringSubmatch(s)
	if m == nil {
		return notNumber, ""
	}
	whole, fraction, _ := strings.Cut(m[2], ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	out := strings.TrimPrefix(m[1], "+") + whole
	if fraction != "" {
		out += "." + fraction
	}
	if m[3] != "" {
		out += "e" + m[3]
	}
	if decimalForm.MatchString(s) {
		return decimalNumber, out
	}
	return otherNumber, out
}

// listed joins names as in "a, b and c".
func listed(names []string, and string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " " + and + " " + names[n-1]
	}
}

// nearest returns the name that a person most likely meant by a text, or nothing
// when none is near: one slip for every three letters of the name, and at least one.
func nearest(text string, names []string) string {
	const longest = 64
	if len(text) > longest {
		return ""
	}
	fold := strings.NewReplacer("_", "-", " ", "-")
	best, name := len(text), ""
	for _, candidate := range names {
		if len(candidate) > longest {
			continue
		}
		slips := distance(fold.Replace(strings.ToLower(text)), fold.Replace(strings.ToLower(candidate)))
		if slips <= max(1, len(candidate)/3) && slips < best {
			best, name = slips, candidate
		}
	}
	return name
}

// distance returns how many letters must be added, removed, replaced or swapped
// with their neighbour to turn one word into the other.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
