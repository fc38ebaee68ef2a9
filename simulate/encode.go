package simulate

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Encode writes a profile as a document that [Read] reads: what it leaves out stays
// left out. Each list of the document has a line for each of its items.
func Encode(p Profile) []byte {
	var b []byte
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		name, ok := keyOf(v.Type().Field(i))
		field := v.Field(i)
		if !ok || field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0 {
			continue
		}
		b = append(append(b, name...), ':')
		if field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct {
			for j := range field.Len() {
				b = appendFlow(append(b, "\n  - "...), field.Index(j))
			}
			b = append(b, '\n')
			continue
		}
		b = append(appendFlow(append(b, ' '), field), '\n')
	}
	return b
}

// keyOf returns the key of a field in a document; none for fields that are no keys.
func keyOf(f reflect.StructField) (string, bool) {
	name, _, _ := strings.Cut(f.Tag.Get("doc"), ",")
	return name, name != ""
}

// appendFlow appends a value in YAML's flow form, on one line.
func appendFlow(b []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Pointer {
		return appendFlow(b, v.Elem())
	}
	if text, ok := v.Interface().(encoding.TextMarshaler); ok {
		t, err := text.MarshalText()
		if err != nil {
			panic(fmt.Sprintf("simulate: %v", err)) // shares, lengths and percentages always have a text
		}
		return append(b, t...)
	}
	switch v.Kind() {
	case reflect.Struct:
		b = append(b, '{')
		b = appendMembers(b, v)
		return append(b, '}')
	case reflect.Slice:
		b = append(b, '[')
		for i := range v.Len() {
			b = appendFlow(separate(b), v.Index(i))
		}
		return append(b, ']')
	case reflect.Int:
		return strconv.AppendInt(b, v.Int(), 10)
	}
	return appendText(b, v.String())
}

func appendMembers(b []byte, v reflect.Value) []byte {
	for i := range v.NumField() {
		f, field := v.Type().Field(i), v.Field(i)
		name, ok := keyOf(f)
		if f.Anonymous {
			b = appendMembers(b, field)
			continue
		}
		required := strings.Contains(f.Tag.Get("doc"), ",required")
		if !ok || field.IsZero() && !required || field.Kind() == reflect.Slice && field.Len() == 0 {
			continue
		}
		b = append(append(separate(b), name...), ": "...)
		b = appendFlow(b, field)
	}
	return b
}

// separate appends a comma, unless a bracket has just been opened.
func separate(b []byte) []byte {
	if last := b[len(b)-1]; last == '{' || last == '[' {
		return b
	}
	return append(b, ", "...)
}
