package cli

import (
	"os"
	"path/filepath"
	"runtime"

	"towerbridge/internal/app"
	"towerbridge/span"
	"towerbridge/statement"
)

type supersedeCommand struct {
	Bundle string `arg:"" placeholder:"BUNDLE.zip" help:"Bundle of the statement that was issued."`
	source
	Log     list          `placeholder:"FILE ..." help:"Log files as they are now, in order; .gz is read too. Needed, unless there is a --store."`
	AsOf    *span.Instant `placeholder:"INSTANT" help:"Read nothing that was learnt later; the last instant at which the log learnt anything if left out."`
	Out     string        `placeholder:"DIR" help:"Folder that receives the new statement's bundle, HTML, CSV and XLSX, where anything changed."`
	KeyFile string        `name:"key" placeholder:"FILE" help:"Private key that signs the new bundle; see key new."`
}

// Help is shown below the command's summary.
func (supersedeCommand) Help() string {
	return `A statement is never changed. It is corrected by another that names its digest, drawn with what was learnt since; every line that differs is printed, and no other. Earlier results are those that the old statement was drawn with.

Example:

    towerbridge supersede out/org-c-2012-04.zip --estate examples/vinst --mapping examples/vinst/mappings/xes.yaml --log BPIC2013_incidents.xes.gz --out later
`
}

// Run draws the statement again.
func (c *supersedeCommand) Run(s *session) error {
	from, err := c.logged(s, c.Log)
	if err != nil {
		return err
	}
	if c.Out == "" && c.KeyFile != "" {
		return usage("--key signs a bundle, and without --out none is written")
	}
	signer, err := signer(c.KeyFile)
	if err != nil {
		return err
	}
	progress, done := s.progress("reading the log")
	x, err := app.Supersede(s.ctx, c.Bundle, from, c.AsOf, runtime.GOMAXPROCS(0), progress)
	done()
	if err != nil {
		return err
	}
	var names []string
	if c.Out != "" && x.Changed() {
		out := app.NewOutput(c.Out)
		defer out.Discard()
		drawn := &app.Drawn{Book: x.Book, Log: x.Log, Statements: []*statement.Statement{x.Statement}}
		if err := addStatement(out, c.name(x.Statement), drawn, x.Statement, signer); err != nil {
			return err
		}
		names = out.Names()
		if err := out.Commit(); err != nil {
			return err
		}
	}
	if err := s.showSuperseded(x, names); err != nil {
		return err
	}
	if s.json && (x.Log.Refused > 0 || len(x.Log.Held) > 0) {
		s.tellRows(s.Stderr, x.Log)
	}
	s.tellRefused(x.Log)
	return nil
}

// name returns the name of the new statement's files: the usual one, unless that is
// the old bundle's.
func (c *supersedeCommand) name(x *statement.Statement) string {
	name := statementName(x)
	old, err1 := os.Stat(c.Bundle)
	there, err2 := os.Stat(filepath.Join(c.Out, name+".zip"))
	if err1 == nil && err2 == nil && os.SameFile(old, there) {
		return name + "-superseding"
	}
	return name
}

func (s *session) showSuperseded(x *app.Superseded, names []string) error {
	if s.json {
		changes := x.Changes
		if changes == nil {
			changes = []statement.Change{}
		}
		return writeJSON(s.Stdout, struct {
			Contract   string             `json:"contract"`
			Period     span.Period        `json:"period"`
			Supersedes string             `json:"supersedes"`
			Digest     string             `json:"digest"`
			AsOf       span.Instant       `json:"asOf"`
			Changed    bool               `json:"changed"`
			Changes    []statement.Change `json:"changes"`
		}{x.Old.Contract, x.Old.Period, x.Old.Digest, x.Statement.Digest, x.Statement.AsOf, x.Changed(), changes})
	}
	s.print("%s %s as of %s, before as of %s\n", plain(x.Old.Contract), x.Old.Period, x.Statement.AsOf, x.Old.AsOf)
	for _, c := range x.Changes {
		s.print("%s\n", plain(c.String()))
	}
	switch {
	case !x.Changed():
		s.print("nothing changed: the statement is still %s\n", x.Old.Digest)
	case len(x.Changes) == 0:
		s.print("no line changed, only the instant it is read at\n")
	}
	if x.Changed() {
		s.print("supersedes %s\ndigest     %s\n", x.Old.Digest, x.Statement.Digest)
	}
	s.tellRows(s.Stdout, x.Log)
	for _, name := range names {
		s.print("wrote %s\n", plain(name))
	}
	return nil
}
