package cli

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"

	"towerbridge/eventlog"
	"towerbridge/examples"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
)

type demoCommand struct {
	Out string `placeholder:"DIR" help:"Folder that receives the example: documents, log, and the statement's bundle, HTML, CSV and XLSX. Nothing is written if left out."`
}

// Help is shown below the command's summary.
func (demoCommand) Help() string {
	return `The example is an invented police force with six towers, six suppliers and a year of tickets. With --out it is written to a folder, to try the other commands on.

Example:

    towerbridge demo --out demo
`
}

// What the demo shows.
const (
	demoContract = "end-user"
	demoPeriod   = "2019-03"
	demoLog      = "log.ndjson"
)

// Run draws a statement of the example, and shows why one ticket missed.
func (c *demoCommand) Run(s *session) error {
	var log bytes.Buffer
	if err := examples.Log(&log); err != nil {
		return fault.Wrap(fault.Internal, err, "the example's log cannot be made")
	}
	period, err := span.ParsePeriod(demoPeriod)
	if err != nil {
		return err
	}
	drawn, err := app.DrawStatements(s.ctx, example{log.Bytes()}, app.Draw{
		Contracts: []string{demoContract}, Periods: []span.Period{period}, Workers: runtime.GOMAXPROCS(0),
	}, nil)
	if err != nil {
		return err
	}
	x := drawn.Statements[0]
	if c.Out != "" {
		if err := c.write(drawn, x, log.Bytes()); err != nil {
			return err
		}
	}
	if s.json {
		return s.showStatements(drawn.Statements)
	}
	s.print("An invented police force: six towers, six suppliers, a year of tickets.\nThe statement of one contract and one month:\n\n")
	s.printStatement(x)
	s.tellRows(s.Stdout, drawn.Log)
	s.printNext(c.Out, missedTicket(x))
	return nil
}

// write writes the example and the statement.
func (c *demoCommand) write(drawn *app.Drawn, x *statement.Statement, log []byte) error {
	out := app.NewOutput(c.Out)
	defer out.Discard()
	tree := examples.Constabulary()
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		return out.Add(filepath.FromSlash(name), func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
	})
	if err != nil {
		return err
	}
	err = out.Add(demoLog, func(w io.Writer) error {
		_, err := w.Write(log)
		return err
	})
	if err != nil {
		return err
	}
	if err := addStatement(out, filepath.Join("out", statementName(x)), drawn, x, nil); err != nil {
		return err
	}
	return out.Commit()
}

// missedTicket returns a ticket that missed, for the reader to ask about.
func missedTicket(x *statement.Statement) string {
	for i := range x.Measures {
		if m := &x.Measures[i]; m.Failed && len(m.Missed) > 0 {
			return m.Missed[0].Ticket
		}
	}
	return "TICKET"
}

// printNext says where things are and what to try next.
func (s *session) printNext(dir, ticket string) {
	shown := dir
	if dir == "" {
		shown = "demo"
		s.print("\nThis command writes the example, and this statement as HTML, CSV, XLSX and a bundle, into a folder:\n\n    towerbridge demo --out demo\n")
	}
	name := filepath.Join(shown, "out", demoContract+"-"+demoPeriod)
	s.print("\nThe page that people read: %s.html\n\nThen try:\n\n", plain(name))
	log := filepath.Join(shown, demoLog)
	for _, line := range []string{
		"verify " + name + ".zip",
		"explain " + ticket + " --estate " + shown + " --log " + log,
		"statement --estate " + shown + " --log " + log + " --all --period 2019-Q1",
		"estate " + shown + " --on 2020-12-01",
		"check " + shown,
	} {
		s.print("    towerbridge %s\n", plain(line))
	}
}

// example is the embedded example as a store.
type example struct{ log []byte }

var _ store.Store = example{}

// Place returns the path of a document in the repository.
func (example) Place(name string) string { return "examples/constabulary/" + name }

// Documents returns the embedded documents.
func (example) Documents(context.Context) ([]statement.Source, error) {
	var out []statement.Source
	tree := examples.Constabulary()
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		out = append(out, statement.Source{Name: name, Data: data})
		return err
	})
	return out, err
}

// Journal reads the log, which is in the journal's own open form.
func (e example) Journal(_ context.Context, _ *statement.Book, progress store.Progress) (*eventlog.Result, error) {
	in := eventlog.Input{Name: demoLog, Reader: bytes.NewReader(e.log), Size: int64(len(e.log))}
	return eventlog.Read([]eventlog.Input{in}, nil, eventlog.Options{Progress: progress})
}
