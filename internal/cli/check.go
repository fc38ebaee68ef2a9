package cli

import (
	"io"
	"os"
	"path/filepath"

	"towerbridge/fault"
	"towerbridge/internal/app"
)

type checkCommand struct {
	Dir    string `arg:"" placeholder:"DIR" help:"Folder below which documents and worked examples are checked."`
	Update bool   `help:"Rewrite expectations that do not hold to what was computed. Refused where CI is set."`
}

// Help is shown below the command's summary.
func (checkCommand) Help() string {
	return `Every folder with an estate.yaml is checked together with its calendars, contracts and mappings; all findings are reported, each with file, line, column, field, number and remedy. Every *.worked file is run.

Example:

    towerbridge check examples
`
}

// Run checks.
func (c *checkCommand) Run(s *session) error {
	if c.Update && s.Getenv("CI") != "" {
		return usage("--update is refused where CI is set: expectations are changed by people, who look at the difference")
	}
	place := func(name string) string { return filepath.Join(c.Dir, filepath.FromSlash(name)) }
	found, err := app.Check(s.ctx, os.DirFS(c.Dir), place, c.Update)
	if err != nil {
		return err
	}
	if err := rewrite(found); err != nil {
		return err
	}
	if s.json {
		if err := writeJSON(s.Stdout, checkedJSON(found)); err != nil {
			return err
		}
	} else {
		s.printChecked(found)
	}
	if len(found.Findings) > 0 || len(found.Examples.Failures) > 0 {
		return errTold
	}
	return nil
}

// rewrite writes the worked examples whose expectations were updated.
func rewrite(found *app.Checked) error {
	out := app.NewOutput(".")
	defer out.Discard()
	for _, x := range found.Examples.Updated {
		err := out.AddAt(x.Name, func(w io.Writer) error {
			_, err := w.Write(x.Data)
			return err
		})
		if err != nil {
			return err
		}
	}
	return out.Commit()
}

func (s *session) printChecked(found *app.Checked) {
	for _, f := range found.Findings {
		s.print("%s\n", plain(f.Error()))
	}
	x := &found.Examples
	for _, f := range x.Failures {
		s.print("%s\n", f)
	}
	for _, f := range x.Updated {
		s.print("%s: expectations rewritten\n", plain(f.Name))
	}
	s.print("%s in %s: %s\n", counted(found.Documents, "document", "documents"), counted(found.Books, "estate", "estates"), counted(len(found.Findings), "finding", "findings"))
	if x.Scripts > 0 {
		s.print("%s: %d of %s hold\n", counted(x.Scripts, "worked example", "worked examples"), x.Passed, counted(x.Expected, "expectation", "expectations"))
	}
}

// findingJSON is a finding for programs.
type findingJSON struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Code    string `json:"code"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

func findingsJSON(findings fault.Findings) []findingJSON {
	out := []findingJSON{}
	for _, f := range findings {
		p := f.Position
		out = append(out, findingJSON{p.File, p.Line, p.Column, f.Rule.Code(), f.Field, f.Message, f.Fix()})
	}
	return out
}

type failureJSON struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Want string `json:"want"`
	Got  string `json:"got"`
	Why  string `json:"why,omitempty"`
}

func checkedJSON(found *app.Checked) any {
	failures := []failureJSON{}
	for _, f := range found.Examples.Failures {
		failures = append(failures, failureJSON{f.File, f.Line, f.Want, f.Got, f.Why})
	}
	updated := []string{}
	for _, x := range found.Examples.Updated {
		updated = append(updated, x.Name)
	}
	return struct {
		Estates      int           `json:"estates"`
		Documents    int           `json:"documents"`
		Findings     []findingJSON `json:"findings"`
		Examples     int           `json:"examples"`
		Expectations int           `json:"expectations"`
		Passed       int           `json:"passed"`
		Failures     []failureJSON `json:"failures"`
		Updated      []string      `json:"updated"`
	}{found.Books, found.Documents, findingsJSON(found.Findings), found.Examples.Scripts, found.Examples.Expected, found.Examples.Passed, failures, updated}
}
