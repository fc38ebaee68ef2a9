package cli

import (
	"strings"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
)

type directoryCommand struct {
	Import directoryImport `cmd:"" help:"Take people, sites or assets from a CSV file, with the plan shown first."`
	Export directoryExport `cmd:"" help:"Print people, sites or assets as CSV."`
}

type directoryImport struct {
	Kind string `arg:"" enum:"people,sites,assets" placeholder:"KIND" help:"What is in the file: people, sites or assets."`
	File string `arg:"" placeholder:"FILE" help:"CSV with a heading."`
	recordFlag
	Source string `placeholder:"NAME" help:"Name under which the rows are kept, such as payroll: who is of another source is left alone. import if left out."`
	Party  string `placeholder:"ID" help:"The file speaks of people of this party only; of those in it if left out."`
	Apply  string `placeholder:"DIGEST" help:"Write what the plan of this digest says, as it was shown; any writes whatever it is. Left out: the plan is shown and nothing is written."`
	Leave  bool   `name:"many-leavers" help:"Let a large share of what is there leave."`
	Adopt  bool   `name:"take-over" help:"Take over rows that another source keeps."`
}

// maxDirectoryFile is the size of the largest file of the directory, in bytes.
const maxDirectoryFile = 64 << 20

// Help is shown below the command's summary.
func (directoryImport) Help() string {
	return `The plan says who comes, what changes and who leaves. It is written only under its digest, by --apply, so that what is written is what was shown. The same file a second time changes nothing.

Example:

    towerbridge directory import people people.csv --store towerbridge.db
`
}

// Run shows a plan, or writes it.
func (c *directoryImport) Run(s *session) error {
	data, err := store.ReadFile("the file", c.File, maxDirectoryFile)
	if err != nil {
		return err
	}
	r, who, err := s.record(c.Store, false, access.Administrator)
	if err != nil {
		return err
	}
	f := app.DirectoryFile{Kind: c.Kind, Name: c.File, Data: data, Source: c.Source, Party: c.Party, Leave: c.Leave, Adopt: c.Adopt}
	var plan *app.DirectoryPlan
	if c.Apply == "" {
		plan, err = r.PlanDirectory(s.ctx, app.Request{Who: who}, f)
	} else {
		progress, done := s.progressOf("writing "+c.Kind, false)
		plan, err = r.ApplyDirectory(s.ctx, app.Request{Who: who}, f, c.Apply, progress)
		done()
	}
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, plan)
	}
	s.printPlan(plan)
	return nil
}

// mostPlanned is how many rows of each list of a plan are printed.
const mostPlanned = 20

func (s *session) printPlan(p *app.DirectoryPlan) {
	var t table
	t.row("", "id", "name", "what differs")
	left := p.More
	for _, list := range []struct {
		word string
		rows []app.DirectoryRow
	}{{"add", p.Adds}, {"change", p.Changes}, {"leave", p.Leavers}} {
		for i, row := range list.rows {
			if i == mostPlanned {
				left += len(list.rows) - i
				break
			}
			t.row(list.word, row.ID, row.Name, differing(list.word, row.Fields))
		}
	}
	if len(t.rows) > 1 {
		t.write(s.Stdout, "")
	}
	if left > 0 {
		s.print("and %d more\n", left)
	}
	s.print("%s\n", plain(p.Summary))
	if p.Applied {
		s.print("written\n")
		return
	}
	s.print("nothing was written; to write it: --apply %s\n", p.Digest)
}

// differing writes what a change changes.
func differing(word string, fields []directory.Field) string {
	if word != "change" {
		return ""
	}
	var out []string
	for _, f := range fields {
		out = append(out, f.Name+": "+f.Was+" -> "+f.Is)
	}
	return strings.Join(out, "; ")
}

type directoryExport struct {
	Kind string `arg:"" enum:"people,sites,assets" placeholder:"KIND" help:"What is printed: people, sites or assets."`
	recordFlag
}

// Help is shown below the command's summary.
func (directoryExport) Help() string {
	return `The CSV can be imported again. A value that a spreadsheet would take for a formula is written with an apostrophe before it.

Example:

    towerbridge directory export people --store towerbridge.db > people.csv
`
}

// Run prints rows as CSV.
func (c *directoryExport) Run(s *session) error {
	r, who, err := s.record(c.Store, false, access.Administrator)
	if err != nil {
		return err
	}
	_, err = r.ExportDirectory(s.ctx, app.Request{Who: who}, c.Kind, s.Stdout)
	return err
}
