package document

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// shape is what a Go type wants of a document.
type shape uint8

const (
	textShape   shape = iota // a scalar, taken as text
	wholeShape               // a whole number
	truthShape               // true or false
	listShape                // a slice
	tableShape               // a map with strings as keys
	recordShape              // a struct
)

// plan is how values of one Go type are read. The reader and the schema are both
// made from it, so that they cannot disagree about a type.
type plan struct {
	shape   shape
	typ     reflect.Type // never a pointer
	pattern *regexp.Regexp
	enum    []string
	numbers bool // text: a YAML number is accepted and taken as its text
	truths  bool // text: so is a YAML truth value
	elem    *plan
	fields  []field
	choices []choice
}

// field is one key of a record.
type field struct {
	name     string
	about    string
	index    []int // as in reflect.Value.FieldByIndex; no pointers on the way
	required bool
	choice   string
	min      int
	plan     *plan
}

// choice is a group of keys of which exactly one must be given.
type choice struct {
	group string
	names []string
}

var unmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// planOf returns the plan of a type, or why documents cannot have it.
func planOf(t reflect.Type) (*plan, error) {
	return planner{}.plan(t)
}

// planner holds the plans made so far, so that a type may contain itself.
type planner map[reflect.Type]*plan

func (m planner) plan(t reflect.Type) (*plan, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p, known := m[t]; known {
		return p, nil
	}
	p := &plan{typ: t}
	m[t] = p
	var err error
	switch k := t.Kind(); {
	case reflect.PointerTo(t).Implements(unmarshaler), k == reflect.String:
		p.shape, err = textShape, p.scalar()
	case k == reflect.Bool:
		p.shape = truthShape
	case k >= reflect.Int && k <= reflect.Int64, k >= reflect.Uint && k <= reflect.Uint64:
		p.shape = wholeShape
	case k == reflect.Slice:
		p.shape = listShape
		p.elem, err = m.plan(t.Elem())
	case k == reflect.Map && t.Key().Kind() == reflect.String && !reflect.PointerTo(t.Key()).Implements(unmarshaler):
		p.shape = tableShape
		p.elem, err = m.plan(t.Elem())
	case k == reflect.Struct:
		p.shape = recordShape
		if err = m.record(p, t, nil); err == nil {
			err = p.group()
		}
	default:
		err = fmt.Errorf("documents cannot have values of type %s", t)
	}
	return p, err
}

// scalar takes what a text type says of itself.
func (p *plan) scalar() error {
	zero := reflect.New(p.typ).Interface()
	if x, ok := zero.(interface{ SchemaEnum() []string }); ok {
		p.enum = x.SchemaEnum()
	}
	p.numbers, p.truths = true, true
	if x, ok := zero.(interface{ SchemaPattern() string }); ok {
		pattern, err := regexp.Compile(x.SchemaPattern())
		if err != nil {
			return fmt.Errorf("the pattern of %s: %w", p.typ, err)
		}
		p.pattern = pattern
		p.numbers = slices.ContainsFunc(sampleNumbers, pattern.MatchString)
		p.truths = slices.ContainsFunc(truthValues, pattern.MatchString)
	}
	if x, ok := zero.(interface{ SchemaNumber() bool }); ok {
		p.numbers = x.SchemaNumber()
	}
	return nil
}

// sampleNumbers are YAML numbers that tell whether a pattern may match a number.
var sampleNumbers = []string{
	"0", "1", "7", "12", "95", "100", "2012", "201204", "20120401", "0.5", "1.5", "99.5", "99.50", "-1", "-0.5", "1e3",
}

// record adds the fields of a struct, of those inline too, to a plan.
func (m planner) record(p *plan, t reflect.Type, index []int) error {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("doc")
		if !tagged {
			continue
		}
		if !f.IsExported() {
			return fmt.Errorf("the field %s.%s is not exported", t, f.Name)
		}
		at := slices.Concat(index, []int{i})
		if tag == ",inline" {
			if f.Type.Kind() != reflect.Struct {
				return fmt.Errorf("the field %s.%s is inline but not a struct", t, f.Name)
			}
			if err := m.record(p, f.Type, at); err != nil {
				return err
			}
			continue
		}
		x := field{index: at, about: f.Tag.Get("about")}
		if err := x.tag(tag); err != nil {
			return fmt.Errorf("the tag of %s.%s: %w", t, f.Name, err)
		}
		if slices.ContainsFunc(p.fields, func(o field) bool { return o.name == x.name }) {
			return fmt.Errorf("two fields of %s have the key %s", p.typ, x.name)
		}
		var err error
		if x.plan, err = m.plan(f.Type); err != nil {
			return fmt.Errorf("%w (field %s.%s)", err, t, f.Name)
		}
		if x.min > 0 && x.plan.shape != listShape && x.plan.shape != tableShape {
			return fmt.Errorf("the tag of %s.%s: min is for lists and mappings", t, f.Name)
		}
		p.fields = append(p.fields, x)
	}
	return nil
}

// tag reads the tag of a field that is not inline.
func (x *field) tag(tag string) error {
	words := strings.Split(tag, ",")
	if x.name = words[0]; x.name == "" {
		return fmt.Errorf("the key has no name")
	}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		switch n, err := strconv.Atoi(value); {
		case w == "required":
			x.required = true
		case name == "choice" && value != "":
			x.choice = value
		case name == "min" && err == nil && n > 0:
			x.min = n
		default:
			return fmt.Errorf("the word %q is not known", w)
		}
	}
	if x.required && x.choice != "" {
		return fmt.Errorf("a key of a choice cannot be required too")
	}
	return nil
}

// group collects the choices of a record, in the order of their first keys.
func (p *plan) group() error {
	for _, f := range p.fields {
		if f.choice == "" {
			continue
		}
		i := slices.IndexFunc(p.choices, func(c choice) bool { return c.group == f.choice })
		if i < 0 {
			i, p.choices = len(p.choices), append(p.choices, choice{group: f.choice})
		}
		p.choices[i].names = append(p.choices[i].names, f.name)
	}
	for _, c := range p.choices {
		if len(c.names) < 2 {
			return fmt.Errorf("the choice %s of %s has only one key", c.group, p.typ)
		}
	}
	return nil
}

// wanted says in words what a plan reads, for messages.
func (p *plan) wanted() string {
	switch p.shape {
	case wholeShape:
		return "a whole number"
	case truthShape:
		return "true or false"
	case listShape:
		return "a list"
	case tableShape, recordShape:
		return "a mapping of keys to values"
	}
	return "a single value"
}
