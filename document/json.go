package document

import (
	"encoding/json"
	"strconv"
	"strings"

	"towerbridge/fault"
)

// maxExponent is the greatest power of ten in a number that ToJSON returns as one;
// beyond it the text stays a text, lest a program that computes with numbers
// exactly writes out a billion zeros.
const maxExponent = 400

// ToJSON returns a document as the value that a JSON parser would return for it:
// map[string]any, []any, string, [json.Number], bool or nil. It is for programs
// that check a document against its [Schema] independently of [Read], and it keeps
// the same limits. With findings the value is nil.
func ToJSON(file string, data []byte) (any, fault.Findings) {
	r := newReader(file)
	root := r.root(data)
	if root == nil {
		return nil, r.sorted()
	}
	if len(r.findings) > 0 {
		return nil, r.sorted()
	}
	return toJSON(root), nil
}

func toJSON(n *node) any {
	switch n.kind {
	case mappingKind:
		out := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			out[e.key] = toJSON(e.value)
		}
		return out
	case sequenceKind:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = toJSON(item)
		}
		return out
	case scalarKind:
		if n.plain {
			return jsonPlain(n)
		}
		return n.text
	}
	return nil
}

// jsonPlain returns a scalar without quotes as what YAML takes it for.
func jsonPlain(n *node) any {
	switch n.text {
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	}
	form, text := number(n.text)
	if form == notNumber {
		return n.text
	}
	if _, power, found := strings.Cut(text, "e"); found {
		if e, err := strconv.Atoi(power); err != nil || e > maxExponent || e < -maxExponent {
			return n.text
		}
	}
	return json.Number(text)
}
