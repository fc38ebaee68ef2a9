package app

import (
	"context"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"towerbridge/access"
	"towerbridge/contract"
	"towerbridge/fault"
)

// Terms is what a contract says, as far as somebody may see it.
type Terms struct {
	ID         string          `json:"id"`
	Title      string          `json:"title,omitempty"`
	Customer   string          `json:"customer"`
	Supplier   string          `json:"supplier"`
	Integrator string          `json:"integrator,omitempty"`
	Towers     []string        `json:"towers"`          // that are run under it on any date
	From       string          `json:"from"`            // first day of the term
	To         string          `json:"to"`              // first day after it, with the extensions that were taken
	Prices     bool            `json:"prices"`          // whether prices are in the document
	Document   json.RawMessage `json:"terms,omitempty"` // see schema/contract.schema.json; not in lists
}

// priced are the members of a contract's document that say what something costs, or
// from which that could be computed. Free notes may say anything.
var priced = map[string]bool{
	"charges": true, "credits": true, "note": true,
	"measures.bands.points": true, "measures.repeatFailure": true, "relatedFailures": true,
}

// Contracts returns the contracts whose terms somebody may see, by id, without their
// documents.
func (r *Record) Contracts(ctx context.Context, who access.Principal) ([]Terms, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	out := []Terms{}
	for _, id := range book.IDs() {
		if c := book.Contracts[id]; r.may(who, access.ContractRead, book.contract(c)) == nil {
			out = append(out, r.terms(book, who, c))
		}
	}
	return out, nil
}

// Contract returns the terms of a contract, with prices for those who may see them. One
// that somebody may not see is not found.
func (r *Record) Contract(ctx context.Context, who access.Principal, id string) (*Terms, error) {
	book, err := r.Book(ctx)
	if err != nil {
		return nil, err
	}
	c := book.Contracts[id]
	if c == nil || r.may(who, access.ContractRead, book.contract(c)) != nil {
		return nil, fault.New(fault.NotFound, "List the contracts.", "there is no contract %q that you may see", id)
	}
	out := r.terms(book, who, c)
	out.Document, err = json.Marshal(written(reflect.ValueOf(c.Document), "", out.Prices))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the terms of contract %s cannot be written", id)
	}
	return &out, nil
}

func (r *Record) terms(book *Book, who access.Principal, c *contract.Contract) Terms {
	from, to := term(c)
	return Terms{
		ID: c.ID, Title: c.Title, Customer: c.Customer, Supplier: c.Supplier, Integrator: c.Integrator,
		Towers: book.towersOf(c), From: from.String(), To: to.String(),
		Prices: r.may(who, access.PriceRead, book.contract(c)) == nil,
	}
}

// written returns a value of a document as JSON has it, by the names of its keys. What is
// empty is left out, and, unless prices are asked for, what is priced.
func written(v reflect.Value, path string, prices bool) any {
	if text, ok := v.Interface().(encoding.TextMarshaler); ok {
		b, err := text.MarshalText()
		if err != nil {
			panic(err) // documents are read from text
		}
		return string(b)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return written(v.Elem(), path, prices)
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = written(v.Index(i), path, prices)
		}
		return out
	case reflect.Struct:
		out := map[string]any{}
		members(v, path, prices, out)
		return out
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int:
		return v.Int()
	}
	panic(fmt.Sprintf("app: a document has a %s", v.Type()))
}

// members adds the members of a struct.
func members(v reflect.Value, path string, prices bool, out map[string]any) {
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("doc"), ",")
		switch field := v.Field(i); {
		case strings.Contains(options, "inline"):
			members(field, path, prices, out)
		case name == "" || field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0:
		case !prices && priced[path+name]:
		default:
			out[name] = written(field, path+name+".", prices)
		}
	}
}
