package app

import (
	"towerbridge/audit"
	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/estate"
	"towerbridge/eventlog"
	"towerbridge/reconcile"
	"towerbridge/simulate"
)

// Schema is the JSON Schema of one kind of document that people write.
type Schema struct {
	Kind string // audit, calendar, contract, estate, mapping, reconcile or simulate
	Text []byte // with a line end
}

// File returns the name of the schema's file.
func (s Schema) File() string { return s.Kind + ".schema.json" }

// Schemas returns the schemas of all documents, by kind. They are made from the same
// Go types that read the documents.
func Schemas() ([]Schema, error) {
	var out []Schema
	for _, k := range []struct {
		kind, title string
		schema      func(id, title string) ([]byte, error)
	}{
		{"audit", "Thresholds of an audit", document.Schema[audit.Thresholds]},
		{"calendar", "Calendar", document.Schema[calendar.Document]},
		{"contract", "Contract", document.Schema[contract.Document]},
		{"estate", "Estate", document.Schema[estate.Document]},
		{"mapping", "Mapping of a log", document.Schema[eventlog.Mapping]},
		{"reconcile", "Mapping of a supplier's figures", document.Schema[reconcile.Mapping]},
		{"simulate", "Profile of a simulation", document.Schema[simulate.Profile]},
	} {
		text, err := k.schema("towerbridge:"+k.kind, k.title)
		if err != nil {
			return nil, err
		}
		out = append(out, Schema{k.kind, text})
	}
	return out, nil
}
