package document

import (
	"fmt"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"towerbridge/fault"
)

// kind is what a value of a document is, before anything is known of its type.
type kind uint8

const (
	scalarKind   kind = iota
	nullKind          // null, ~ or nothing at all
	mappingKind       // keys with values
	sequenceKind      // a list
	unknownKind       // not readable; already a finding, so nothing more is said of it
)

// node is one value of a document.
type node struct {
	kind     kind
	path     string
	place    fault.Position
	text     string  // of a scalar: as written, or what quotes and block style stand for
	plain    bool    // a scalar without quotes, which YAML may take for a number or a truth value
	entries  []entry // of a mapping, in the order written
	items    []*node // of a sequence
	partial  bool    // a mapping with an entry that could not be read
	lastLine int     // of a scalar in quotes, the line where it ends
}

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	place fault.Position
	value *node
}

// tree turns the YAML library's tree into nodes, and notes their places. The
// depth is bounded by reader.shallow; it is checked again because the library
// decides what nests in what.
func (r *reader) tree(n ast.Node, path string, depth int) *node {
	out := &node{kind: unknownKind, path: path, place: r.nodePlace(n)}
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, *ast.AnchorNode:
		if depth > MaxDepth {
			r.add(TooDeep.At(out.place, path, "lists and mappings are nested more than %d deep", MaxDepth))
			return out
		}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		r.mapping(out, n.Values, n.IsFlowStyle, depth)
	case *ast.MappingValueNode:
		r.mapping(out, []*ast.MappingValueNode{n}, false, depth)
	case *ast.SequenceNode:
		out.kind = sequenceKind
		for i, v := range n.Values {
			item := r.tree(v, fmt.Sprintf("%s[%d]", path, i), depth+1)
			if !n.IsFlowStyle {
				r.indented(r.tokenPlace(n.Entries[i].Start), item, false)
			}
			r.where.places[item.path] = item.place
			out.items = append(out.items, item)
		}
	case *ast.AnchorNode: // a finding since reader.plain
		out = r.tree(n.Value, path, depth+1)
	case *ast.AliasNode, *ast.TagNode: // findings since reader.plain
	case *ast.NullNode:
		out.kind = nullKind
	case *ast.LiteralNode:
		out.kind, out.text = scalarKind, n.Value.Value
		r.checkCharacters(out)
	case ast.ScalarNode:
		t := n.GetToken()
		out.kind, out.text = scalarKind, t.Value
		out.plain = t.Type != token.SingleQuoteType && t.Type != token.DoubleQuoteType
		if !out.plain {
			out.lastLine = lastLine(t)
		}
		if t.Type == token.DoubleQuoteType {
			r.checkEscapes(out)
		}
		r.checkCharacters(out)
	default:
		r.add(Syntax.At(out.place, path, "the value cannot be read"))
	}
	return out
}

// mapping fills a node with the entries of a mapping.
func (r *reader) mapping(out *node, values []*ast.MappingValueNode, flow bool, depth int) {
	out.kind = mappingKind
	seen := make(map[string]int, len(values))
	for i, v := range values {
		at := r.nodePlace(v.Key)
		if i == 0 && !flow {
			out.place = at
		}
		scalar, ok := v.Key.(ast.ScalarNode)
		if _, merge := v.Key.(*ast.MergeKeyNode); !ok || merge || refused(v.Key) {
			out.partial = true
			continue
		}
		key := scalar.GetToken().Value
		path := under(out.path, key)
		if line, twice := seen[key]; twice {
			r.add(DuplicateKey.At(at, path, "the key %s is already given on line %d", shown(key), line))
			continue
		}
		seen[key] = at.Line
		value := r.tree(v.Value, path, depth+1)
		if !flow {
			r.indented(at, value, blockList(v.Value))
		}
		if value.kind == nullKind { // it may have no text of its own
			value.place = at
			r.where.nulls[path] = true
		}
		r.where.places[path] = value.place
		if value.place.Line != at.Line {
			r.where.places[path] = at
		}
		out.entries = append(out.entries, entry{key: key, place: at, value: value})
	}
}

// refused reports whether a key carries an anchor, alias or tag.
func refused(key ast.Node) bool {
	switch key.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MappingKeyNode:
		return true
	}
	return false
}

// checkCharacters adds a finding when an escape has put a character in a scalar
// that a text cannot hold.
func (r *reader) checkCharacters(n *node) {
	for _, c := range n.text {
		if control(c) || c == unicode.ReplacementChar && n.plain {
			r.add(BadValue.At(n.place, n.path, "the text holds the control character U+%04X", c))
			n.kind = unknownKind
			return
		}
	}
}

// checkEscapes adds a finding for \x, \u and \U escapes that lack hexadecimal
// digits, which the YAML library reads as some other character.
func (r *reader) checkEscapes(n *node) {
	line, column := n.place.Line, n.place.Column
	next := func() rune { // the next character of the source, zero at its end
		for line <= len(r.lines) {
			if line != r.split {
				r.split, r.characters = line, []rune(r.lines[line-1])
			}
			if column++; column <= len(r.characters) {
				return r.characters[column-1]
			}
			line, column = line+1, 0
		}
		return 0
	}
	for c := next(); c != '"' && c != 0; c = next() {
		if c != '\\' {
			continue
		}
		escape := next()
		for digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[escape]; digits > 0; digits-- {
			if !unicode.Is(unicode.ASCII_Hex_Digit, next()) {
				r.add(Syntax.At(n.place, n.path, `the escape \%c lacks hexadecimal digits`, escape))
				n.kind = unknownKind
				return
			}
		}
	}
}

// nodePlace returns the place where a value starts. The YAML library gives a
// mapping the place of its first colon; reader.mapping puts that right.
func (r *reader) nodePlace(n ast.Node) fault.Position {
	if t := n.GetToken(); t != nil {
		return r.tokenPlace(t)
	}
	return r.place(1, 1)
}

func (r *reader) tokenPlace(t *token.Token) fault.Position {
	if t == nil || t.Position == nil {
		return r.place(1, 1)
	}
	return r.place(max(1, t.Position.Line), max(1, t.Position.Column))
}

func (r *reader) place(line, column int) fault.Position {
	return fault.Position{File: r.where.file, Line: line, Column: column}
}
