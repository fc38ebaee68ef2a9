package cli

import (
	"encoding/json"
	"io"

	"towerbridge/internal/app"
)

type schemaCommand struct {
	Kind string `arg:"" optional:"" enum:"estate,calendar,contract,mapping,audit,reconcile,simulate," default:"" help:"Kind of document: estate, calendar, contract, mapping, audit (thresholds), reconcile (a supplier's figures) or simulate (profile); all of them if left out."`
	Out  string `placeholder:"DIR" help:"Folder that receives KIND.schema.json."`
}

// Help is shown below the command's summary.
func (schemaCommand) Help() string {
	return `Editors that know JSON Schema complete and check documents while they are written. A line at the top of a document names its schema:

    # yaml-language-server: $schema=../schema/contract.schema.json

Example:

    towerbridge schema --out schema
`
}

// Run prints or writes the schemas.
func (c *schemaCommand) Run(s *session) error {
	schemas, err := app.Schemas()
	if err != nil {
		return err
	}
	all := map[string]json.RawMessage{}
	out := app.NewOutput(c.Out)
	defer out.Discard()
	for _, x := range schemas {
		if c.Kind != "" && c.Kind != x.Kind {
			continue
		}
		all[x.Kind] = x.Text
		if c.Out == "" {
			continue
		}
		err := out.Add(x.File(), func(w io.Writer) error {
			_, err := w.Write(x.Text)
			return err
		})
		if err != nil {
			return err
		}
	}
	names := out.Names()
	if err := out.Commit(); err != nil {
		return err
	}
	switch {
	case c.Out != "" && s.json:
		return writeJSON(s.Stdout, map[string][]string{"written": names})
	case c.Out != "":
		for _, name := range names {
			s.print("wrote %s\n", plain(name))
		}
		return nil
	case c.Kind != "":
		return writeJSON(s.Stdout, all[c.Kind])
	}
	return writeJSON(s.Stdout, all)
}
