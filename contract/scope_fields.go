package contract

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// fieldsValue is a ticket's further fields in an expression: a map in which a name
// that is missing is the empty text, though has and in can tell the two apart.
type fieldsValue struct{ fieldsMap }

// fieldsMap is what a map in CEL can do, without the look-up that fails for a
// missing key.
type fieldsMap interface {
	ref.Val
	traits.Container
	traits.Iterable
	traits.Sizer
}

func newFieldsValue(fields map[string]string) ref.Val {
	return fieldsValue{types.NewStringStringMap(types.DefaultTypeAdapter, fields)}
}

// Get returns the field of a name, or the empty text.
func (f fieldsValue) Get(name ref.Val) ref.Val {
	if f.Contains(name) == types.True {
		return f.fieldsMap.(traits.Indexer).Get(name)
	}
	return types.String("")
}

// IsSet reports whether there is a field of the name, for the macro has.
func (f fieldsValue) IsSet(name ref.Val) ref.Val { return f.Contains(name) }
