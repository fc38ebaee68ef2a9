package api

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"towerbridge/money"
)

// schemas are the named schemas of the description.
func schemas() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", schemaName)
	r.RegisterTypeAlias(reflect.TypeFor[money.Amount](), reflect.TypeFor[amount]())
	return r
}

// amount is a sum of money as JSON has it.
type amount struct {
	Currency string `json:"currency" doc:"ISO 4217 code." example:"GBP"`
	Value    string `json:"value" doc:"Exact decimal." example:"1250.00"`
}

// schemaName names the schema of a type. Nouns of the line have their package before
// them: a promise of the estate is not one that a ticket's reader is told.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch from := path.Base(t.PkgPath()); from {
	case ".", "api", "app", "serve":
		return name
	default:
		return strings.ToUpper(from[:1]) + from[1:] + name
	}
}
