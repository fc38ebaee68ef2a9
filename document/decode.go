package document

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// value reads a node into a Go value as the plan says.
func (r *reader) value(p *plan, n *node, v reflect.Value) {
	if n.kind == unknownKind {
		return
	}
	for v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch {
	case p.shape == recordShape && n.kind == mappingKind:
		r.record(p, n, v)
	case p.shape == tableShape && n.kind == mappingKind:
		v.Set(reflect.MakeMapWithSize(v.Type(), len(n.entries)))
		for _, e := range n.entries {
			item := reflect.New(v.Type().Elem()).Elem()
			r.value(p.elem, e.value, item)
			v.SetMapIndex(reflect.ValueOf(e.key).Convert(v.Type().Key()), item)
		}
	case p.shape == listShape && n.kind == sequenceKind:
		v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
		for i, item := range n.items {
			r.value(p.elem, item, v.Index(i))
		}
	case p.shape == textShape && n.kind == scalarKind:
		r.scalar(p, n, v)
	case p.shape == wholeShape && n.kind == scalarKind:
		r.whole(p, n, v)
	case p.shape == truthShape && n.kind == scalarKind && n.plain && slices.Contains(truthValues, n.text):
		v.SetBool(strings.EqualFold(n.text, "true"))
	default:
		r.add(WrongKind.At(n.place, n.path, "expected %s, found %s", p.wanted(), n.found()))
	}
}

// found says in words what a node is, for messages.
func (n *node) found() string {
	switch n.kind {
	case nullKind:
		return "nothing"
	case mappingKind:
		return "a mapping of keys to values"
	case sequenceKind:
		return "a list"
	}
	if form, _ := number(n.text); n.plain && form != notNumber {
		return "the number " + n.text
	}
	return "the text " + shown(n.text)
}

// record reads a mapping into a struct.
func (r *reader) record(p *plan, n *node, v reflect.Value) {
	given := map[string]bool{}
	for _, e := range n.entries {
		i := slices.IndexFunc(p.fields, func(f field) bool { return f.name == e.key })
		if i < 0 {
			r.unknownKey(p, n, e)
			continue
		}
		f := p.fields[i]
		if e.value.kind == nullKind {
			if f.required {
				r.add(MissingKey.At(e.place, e.value.path, "the required key %s has no value", f.name))
				given[f.name] = true
			}
			continue
		}
		given[f.name] = true
		r.value(f.plan, e.value, v.FieldByIndex(f.index))
		if have := len(e.value.items) + len(e.value.entries); have < f.min && !e.value.partial &&
			(f.plan.shape == listShape && e.value.kind == sequenceKind || f.plan.shape == tableShape && e.value.kind == mappingKind) {
			r.add(TooFew.At(r.where.At(e.value.path), e.value.path, "%d given, at least %d needed", have, f.min))
		}
	}
	if n.partial { // what seems to be missing may stand in the part not read
		return
	}
	for _, f := range p.fields {
		if path := under(n.path, f.name); f.required && !given[f.name] {
			r.add(r.where.Finding(MissingKey, path, "the required key %s is missing", f.name))
		}
	}
	for _, c := range p.choices {
		r.choice(c, n, given)
	}
}

// choice adds a finding unless exactly one key of a group is given: for none at
// the mapping, for several at each but the first.
func (r *reader) choice(c choice, n *node, given map[string]bool) {
	var have []string
	for _, e := range n.entries {
		if given[e.key] && slices.Contains(c.names, e.key) {
			have = append(have, e.key)
		}
	}
	if len(have) == 0 {
		r.add(Choice.At(r.where.At(n.path), n.path, "none of the keys %s is given", listed(c.names, "and")))
		return
	}
	for _, name := range have[1:] {
		path := under(n.path, name)
		r.add(r.where.Finding(Choice, path, "%s and %s exclude each other: give one of %s", have[0], name, listed(c.names, "or")))
	}
}

// unknownKey adds the finding of a key that no field has.
func (r *reader) unknownKey(p *plan, n *node, e entry) {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	f := UnknownKey.At(e.place, under(n.path, e.key), "the key %s is not known here", shown(e.key))
	if name := nearest(e.key, names); name != "" {
		f.Message += fmt.Sprintf("; did you mean %s?", name)
		f.Remedy = fmt.Sprintf("Write %s, or remove the key.", name)
	} else if len(names) > 0 {
		f.Remedy = fmt.Sprintf("Use one of the keys known here: %s.", strings.Join(names, ", "))
	}
	r.add(f)
}

// scalar reads a scalar into a value that takes text.
func (r *reader) scalar(p *plan, n *node, v reflect.Value) {
	if len(p.enum) > 0 && !slices.Contains(p.enum, n.text) {
		f := NotAllowed.At(n.place, n.path, "%s is not one of %s", shown(n.text), listed(p.enum, "and"))
		if name := nearest(n.text, p.enum); name != "" {
			f.Remedy = fmt.Sprintf("Perhaps %s is meant.", name)
		}
		r.add(f)
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(n.text)); err != nil {
			r.add(BadValue.At(n.place, n.path, "%s", err.Error()))
			return
		}
	} else {
		v.SetString(n.text)
	}
	if p.pattern != nil && !p.pattern.MatchString(n.text) {
		r.add(BadValue.At(n.place, n.path, "%s does not have the form %s", shown(n.text), p.pattern))
		return
	}
	form, _ := number(n.text)
	if n.plain && len(p.enum) == 0 &&
		(!p.numbers && form != notNumber || !p.truths && slices.Contains(truthValues, n.text)) {
		f := WrongKind.At(n.place, n.path, "expected text, found %s without quotes", n.text)
		f.Remedy = fmt.Sprintf("Write it in quotes: %q.", n.text)
		r.add(f)
	}
}

// whole reads a scalar into a whole number.
func (r *reader) whole(p *plan, n *node, v reflect.Value) {
	form, _ := number(n.text)
	if !n.plain || form == notNumber {
		r.add(WrongKind.At(n.place, n.path, "expected a whole number, found %s", n.found()))
		return
	}
	digits := strings.TrimLeft(n.text, "+-")
	if form != decimalNumber || len(digits) > 1 && digits[0] == '0' {
		r.add(BadValue.At(n.place, n.path, "%s is not a whole number in plain decimal digits such as 12", n.text))
		return
	}
	low, high := limits(v.Type())
	if v.CanInt() {
		i, err := strconv.ParseInt(n.text, 10, v.Type().Bits())
		if err == nil {
			v.SetInt(i)
			return
		}
	} else if u, err := strconv.ParseUint(strings.TrimPrefix(n.text, "+"), 10, v.Type().Bits()); err == nil {
		v.SetUint(u)
		return
	}
	r.add(BadValue.At(n.place, n.path, "%s is not between %s and %s", n.text, low, high))
}

// limits returns the least and the greatest value of an integer type.
func limits(t reflect.Type) (low, high string) {
	if reflect.Zero(t).CanInt() {
		high := int64(math.MaxInt64) >> (64 - t.Bits())
		return strconv.FormatInt(-high-1, 10), strconv.FormatInt(high, 10)
	}
	return "0", strconv.FormatUint(uint64(math.MaxUint64)>>(64-t.Bits()), 10)
}
