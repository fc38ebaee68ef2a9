package api

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemas are the named schemas of the description.
func schemas() huma.Registry { return huma.NewMapRegistry("#/components/schemas/", schemaName) }

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
