package cli

import (
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/eventlog"
	"towerbridge/internal/app"
	"towerbridge/internal/report"
	"towerbridge/span"
	"towerbridge/statement"
)

type statementCommand struct {
	source
	Log      list          `placeholder:"FILE ..." help:"Log files, in order; .gz is read too. Needed, unless there is a --store."`
	Contract list          `xor:"which" required:"" placeholder:"ID ..." help:"Contracts, by their ids."`
	All      bool          `xor:"which" required:"" help:"All contracts of the estate, as far as they run in the periods."`
	Period   periods       `required:"" placeholder:"PERIOD" help:"A month (2012-04), a quarter (2012-Q2), or a range (2012-01..2012-12)."`
	AsOf     *span.Instant `placeholder:"INSTANT" help:"Read nothing that was learnt later, such as 2012-06-01T00:00:00Z. Left out: the end of each period's time for late entries, or the last instant at which the log learnt anything if that is earlier."`
	Earlier  list          `placeholder:"BUNDLE ..." help:"Bundles of earlier periods, for rules that look back. Left out: drawn from the same log, and marked so."`
	Held     string        `placeholder:"FILE" help:"Where rows that wait for a decision are written, if there are any; held.csv in the --out folder if left out."`
	Out      string        `placeholder:"DIR" help:"Folder that receives CONTRACT-PERIOD.zip (the bundle), .html, .csv and .xlsx. All are written, or none."`
	KeyFile  string        `name:"key" placeholder:"FILE" help:"Private key that signs the bundles; see key new."`
}

// Help is shown below the command's summary.
func (statementCommand) Help() string {
	return `A statement is what a contract's measures and credits came to in a service period, as known at an instant. Nothing of the log is dropped silently: rows = entries + held + refused. Where a row cannot be read it is listed with its line and reason, the status is 1, and nothing is shown or written, unless --accept-refused says to go on without it.

Example:

    towerbridge statement --estate examples/vinst --mapping examples/vinst/mappings/xes.yaml --log BPIC2013_incidents.xes.gz --contract org-c --period 2012-04 --out out
`
}

// Run draws, writes and shows statements.
func (c *statementCommand) Run(s *session) error {
	from, err := c.logged(s, c.Log)
	if err != nil {
		return err
	}
	if c.Out == "" && c.KeyFile != "" {
		return usage("--key signs bundles, and without --out none is written")
	}
	signer, err := signer(c.KeyFile)
	if err != nil {
		return err
	}
	earlier, err := app.EarlierBundles(c.Earlier)
	if err != nil {
		return err
	}
	progress, done := s.progress("reading the log")
	drawn, err := app.DrawStatements(s.ctx, from, app.Draw{
		Contracts: c.Contract, Periods: c.Period, AsOf: c.AsOf, Earlier: earlier, Workers: runtime.GOMAXPROCS(0),
	}, progress)
	done()
	if err != nil {
		return err
	}
	names, err := c.write(drawn, signer)
	if err != nil {
		return err
	}
	if err := s.showStatements(drawn.Statements); err != nil {
		return err
	}
	if !s.json {
		s.tellRows(s.Stdout, drawn.Log)
		for _, name := range names {
			s.print("wrote %s\n", plain(name))
		}
	} else if drawn.Log.Refused > 0 || len(drawn.Log.Held) > 0 {
		s.tellRows(s.Stderr, drawn.Log)
	}
	s.tellRefused(drawn.Log)
	return nil
}

func signer(file string) (note.Signer, error) {
	if file == "" {
		return nil, nil
	}
	return app.Signer(file)
}

// write writes the bundles, what people read, and the held rows; all or nothing.
func (c *statementCommand) write(drawn *app.Drawn, signer note.Signer) ([]string, error) {
	out := app.NewOutput(c.Out)
	defer out.Discard()
	if c.Out != "" {
		for _, x := range drawn.Statements {
			if err := addStatement(out, statementName(x), drawn, x, signer); err != nil {
				return nil, err
			}
		}
	}
	held := c.Held
	if held == "" && c.Out != "" {
		held = filepath.Join(c.Out, "held.csv")
	}
	if held != "" && len(drawn.Log.Held) > 0 {
		if err := out.AddAt(held, func(w io.Writer) error { return eventlog.WriteHeld(w, drawn.Log.Held) }); err != nil {
			return nil, err
		}
	}
	names := out.Names()
	return names, out.Commit()
}

// statementName is the name of a statement's files, without their ending.
func statementName(x *statement.Statement) string {
	return fileName(x.Contract + "-" + x.Period.String())
}

// addStatement adds the four files of a statement.
func addStatement(out *app.Output, name string, drawn *app.Drawn, x *statement.Statement, signer note.Signer) error {
	sheet := report.New(drawn.Book, drawn.Log.Journal, x)
	if signer != nil {
		sheet.Signer = signer.Name()
	}
	for _, f := range []struct {
		ending string
		write  func(io.Writer) error
	}{
		{".zip", func(w io.Writer) error { return statement.Issue(w, drawn.Book, drawn.Log.Journal, x, signer) }},
		{".html", sheet.HTML},
		{".csv", sheet.CSV},
		{".xlsx", sheet.XLSX},
	} {
		if err := out.Add(name+f.ending, f.write); err != nil {
			return err
		}
	}
	return nil
}

// fileName replaces what the name of a file should not hold.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, strings.TrimLeft(s, "."))
}

// showStatements prints statements. One is its canonical JSON itself, so that its
// digest can be checked; several stand in a list, written one by one.
func (s *session) showStatements(list []*statement.Statement) error {
	if !s.json {
		for i, x := range list {
			if i > 0 {
				s.print("\n")
			}
			s.printStatement(x)
		}
		return nil
	}
	if len(list) == 1 {
		_, err := s.Stdout.Write(append(statement.Encode(list[0]), '\n'))
		return err
	}
	between := "{\"statements\":[\n"
	for _, x := range list {
		if _, err := io.WriteString(s.Stdout, between); err != nil {
			return err
		}
		if _, err := s.Stdout.Write(statement.Encode(x)); err != nil {
			return err
		}
		between = ",\n"
	}
	_, err := io.WriteString(s.Stdout, "\n]}\n")
	return err
}
