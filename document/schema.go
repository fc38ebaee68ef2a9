package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Dialect is the JSON Schema dialect of the schemas that [Schema] returns.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

// Schema returns the JSON Schema of documents of type T, indented, with a line end
// at its end; the same type gives the same bytes. The schema checks what a YAML or
// JSON tool can see: what it refuses, [Read] refuses too. [Read] refuses more, for
// instance a thirtieth of February.
//
// A scalar type adds to its schema by methods on its value or pointer:
//
//	SchemaPattern() string    the form of its text, a regular expression that is
//	                          the same in Go and ECMAScript
//	SchemaEnum() []string     the only texts allowed
//	SchemaNumber() bool       whether a number without quotes, such as 99.50, is
//	                          accepted; if missing, the pattern is tried on some
//
// It returns an error when T, or a type within it, is not one that documents can
// have.
func Schema[T any](id, title string) ([]byte, error) {
	p, err := planOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	w := &schemaWriter{names: map[reflect.Type]string{}, taken: map[string]bool{}}
	root := w.schema(p)
	for i := 0; i < len(w.queue); i++ { // describing one record may queue others
		w.defs = append(w.defs, member{w.names[w.queue[i].typ], w.record(w.queue[i])})
	}
	out := object{{"$schema", Dialect}, {"$id", id}, {"title", title}}
	out = append(out, root...)
	if len(w.defs) > 0 {
		slices.SortFunc(w.defs, func(a, b member) int { return strings.Compare(a.key, b.key) })
		out = append(out, member{"$defs", w.defs})
	}
	var compact, indented bytes.Buffer
	encoder := json.NewEncoder(&compact)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		return nil, fmt.Errorf("writing the schema of %s: %w", reflect.TypeFor[T](), err)
	}
	if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
		return nil, fmt.Errorf("indenting the schema of %s: %w", reflect.TypeFor[T](), err)
	}
	return indented.Bytes(), nil
}

// object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encoder.Encode(m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encoder.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// schemaWriter collects the definitions of named structs.
type schemaWriter struct {
	names map[reflect.Type]string
	taken map[string]bool
	queue []*plan
	defs  object
}

// schema returns the schema of one type.
func (w *schemaWriter) schema(p *plan) object {
	switch p.shape {
	case wholeShape:
		low, high := limits(p.typ)
		return object{{"type", "integer"}, {"minimum", json.Number(low)}, {"maximum", json.Number(high)}}
	case truthShape:
		return object{{"type", "boolean"}}
	case listShape:
		return object{{"type", "array"}, {"items", w.schema(p.elem)}}
	case tableShape:
		return object{{"type", "object"}, {"additionalProperties", w.schema(p.elem)}}
	case recordShape:
		if p.typ.Name() == "" {
			return w.record(p)
		}
		return object{{"$ref", "#/$defs/" + w.name(p)}}
	}
	return w.text(p)
}

func (w *schemaWriter) text(p *plan) object {
	var out object
	if len(p.enum) > 0 {
		out = object{{"enum", alternatives(p.enum)}}
	} else {
		types := []string{"string"}
		if p.numbers {
			types = append(types, "number")
		}
		if p.truths {
			types = append(types, "boolean")
		}
		out = object{{"type", types}}
	}
	if p.pattern != nil {
		out = append(out, member{"pattern", p.pattern.String()})
	}
	return out
}

// alternatives returns the values of an enumeration: each text, and what YAML
// makes of it without quotes where that is another value.
func alternatives(enum []string) []any {
	var out []any
	for _, text := range enum {
		out = append(out, text)
		n := &node{kind: scalarKind, text: text, plain: true}
		if v := jsonPlain(n); v != nil && v != text {
			out = append(out, v)
		}
	}
	return out
}

// name returns the name of a named struct's definition and queues the definition.
func (w *schemaWriter) name(p *plan) string {
	if name, known := w.names[p.typ]; known {
		return name
	}
	clean := func(r rune) rune {
		if r == '.' || r == '-' || plainKey(string(r)) {
			return r
		}
		return '-'
	}
	name := strings.Map(clean, p.typ.Name())
	if w.taken[name] {
		name = strings.Map(clean, p.typ.String()) // with its package
	}
	for base, i := name, 2; w.taken[name]; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	w.names[p.typ], w.taken[name] = name, true
	w.queue = append(w.queue, p)
	return name
}

// record returns the schema of a struct's fields.
func (w *schemaWriter) record(p *plan) object {
	properties, required := object{}, []string{}
	for _, f := range p.fields {
		s := w.schema(f.plan)
		if f.min > 0 {
			s = append(s, member{map[shape]string{listShape: "minItems", tableShape: "minProperties"}[f.plan.shape], f.min})
		}
		if f.required {
			required = append(required, f.name)
		} else {
			s = nullable(s)
		}
		if f.about != "" {
			s = append(object{{"description", f.about}}, s...)
		}
		properties = append(properties, member{f.name, s})
	}
	out := object{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
	if len(required) > 0 {
		out = append(out, member{"required", required})
	}
	var groups []object
	for _, c := range p.choices {
		var one []object
		for _, name := range c.names {
			given := object{{name, object{{"not", object{{"type", "null"}}}}}}
			one = append(one, object{{"required", []string{name}}, {"properties", given}})
		}
		groups = append(groups, object{{"oneOf", one}})
	}
	switch len(groups) {
	case 0:
	case 1:
		out = append(out, groups[0]...)
	default:
		out = append(out, member{"allOf", groups})
	}
	return out
}

// nullable returns a schema that accepts null too, for a key with nothing after
// its colon is a key that is not there.
func nullable(s object) object {
	s = slices.Clone(s)
	for i, m := range s {
		switch v := m.value.(type) {
		case string:
			if m.key == "type" {
				s[i].value = []string{v, "null"}
				return s
			}
		case []string:
			if m.key == "type" {
				s[i].value = append(slices.Clone(v), "null")
				return s
			}
		case []any:
			if m.key == "enum" {
				s[i].value = append(slices.Clone(v), nil)
				return s
			}
		}
	}
	return object{{"anyOf", []object{s, {{"type", "null"}}}}}
}
