package document

import (
	"encoding/json"
	"strconv"
	"strings"

	"towerbridge/fault"
)

// maxExponent is the greatest power of ten in a number that ToJSON returns; a
// program that computes with numbers exactly is not made to write out more zeros.
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
	value := r.json(root)
	if len(r.findings) > 0 {
		return nil, r.sorted()
	}
	return value, nil
}

func (r *reader) json(n *node) any {
	switch n.kind {
	case mappingKind:
		out := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			out[e.key] = r.json(e.value)
		}
		return out
	case sequenceKind:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = r.json(item)
		}
		return out
	case scalarKind:
		if n.plain {
			return r.jsonPlain(n)
		}
		return n.text
	}
	return nil
}

// jsonPlain returns a scalar without quotes as what YAML takes it for.
func (r *reader) jsonPlain(n *node) any {
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
			r.add(BadValue.At(n.place, n.path, "the exponent of %s is beyond %d", shown(n.text), maxExponent))
			return nil
		}
	}
	return json.Number(text)
}
