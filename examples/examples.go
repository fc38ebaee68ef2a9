// Package examples is an estate to try the program on: the invented police force of
// the folder constabulary, with six contracts, and one year of its tickets.
//
// The documents are embedded; the tickets are made by [Log], always the same ones:
//
//	constabulary/estate.yaml            six towers, six suppliers, two towers from 2020
//	constabulary/calendars/*.yaml       around the clock, office, desk, shifts
//	constabulary/contracts/*.yaml       six contracts, each with another credit scheme
//	constabulary/*.worked               worked examples of their rules
//	Log                                 2019, in the journal's open form
//
// The folder vinst beside it holds the documents for a public log, which is not part
// of the project; the other folders hold worked examples. The package computes
// nothing that the program computes: it says what happened, not what it came to.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed constabulary/estate.yaml constabulary/calendars/*.yaml constabulary/contracts/*.yaml constabulary/*.worked
var embedded embed.FS

// Constabulary returns the documents of the invented force: estate.yaml, calendars,
// contracts and worked examples. It is read-only and always the same.
func Constabulary() fs.FS {
	folder, err := fs.Sub(embedded, "constabulary")
	if err != nil {
		panic(err) // the name is a constant
	}
	return folder
}
