package cli

import (
	"io"
	"runtime"

	"towerbridge/access"
	"towerbridge/eventlog"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/internal/store/folder"
)

type importCommand struct {
	recordFlag
	Estate    string `placeholder:"DIR" help:"Folder of estate.yaml, contracts, calendars and mappings that are put into the record first."`
	Log       list   `placeholder:"FILE ..." help:"Log files, in order; .gz is read too."`
	Mapping   string `placeholder:"FILE" help:"Mapping that says how the log's columns and states become entries. Needed, unless every log is in the journal's own open form (.ndjson)."`
	Decisions string `placeholder:"FILE" help:"Decisions about held rows: the file of held rows with choice, who and why filled in."`
	Salt      string `placeholder:"FILE" help:"Secret that people and free text of the log are salted with. Without it they are not read."`
	Accept    bool   `name:"accept-refused" help:"Go on without the rows of the log that cannot be read. They are listed and counted. Left out: such rows are an error, and nothing is written."`
	Held      string `placeholder:"FILE" help:"Where rows that wait for a decision are written, if there are any."`
	Dry       bool   `name:"dry-run" help:"Check everything and say what would be written, but write nothing."`
}

// Help is shown below the command's summary.
func (importCommand) Help() string {
	return `The record is made where there is none. Its estate says what the log's names mean. An import that was broken off goes on where it stopped when it is asked for again; one that was finished writes nothing; a log that has grown adds what is new. An entry that contradicts one of the record is an error, and nothing is written.

Example:

    towerbridge import --store towerbridge.db --estate examples/vinst --mapping examples/vinst/mappings/xes.yaml --log BPIC2013_incidents.xes.gz
`
}

// Run imports documents, then the log.
func (c *importCommand) Run(s *session) error {
	switch {
	case c.Estate == "" && len(c.Log) == 0:
		return usage("missing flags: --estate=DIR or --log=FILE ...")
	case len(c.Log) > 0 && c.Mapping == "" && !allOf(c.Log, isOpenForm):
		return usage("missing flags: --mapping=FILE")
	}
	r, who, err := s.record(c.Store, !c.Dry, access.Administrator)
	if err != nil {
		return err
	}
	q := app.Request{Who: who, Dry: c.Dry}
	out := imported{Documents: []string{}}
	if c.Estate != "" {
		put, err := r.PutFolder(s.ctx, q, &folder.Folder{Dir: c.Estate})
		if err != nil {
			return err
		}
		out.Documents = append(out.Documents, put...)
		q.Who = r.Operator(s.ctx, access.Administrator) // the customer has a name now
	}
	if len(c.Log) > 0 {
		if out.Log, err = c.log(s, r, q); err != nil {
			return err
		}
	}
	return c.show(s, &out)
}

// imported is what an import came to.
type imported struct {
	Documents []string      `json:"documents"` // that were put
	Log       *app.Imported `json:"log,omitempty"`
}

func (c *importCommand) log(s *session, r *app.Record, q app.Request) (*app.Imported, error) {
	from := &folder.Folder{Logs: c.Log, Mapping: c.Mapping, Decisions: c.Decisions, Salt: c.Salt, Workers: runtime.GOMAXPROCS(0)}
	digest, err := from.Digest(s.ctx)
	if err != nil {
		return nil, err
	}
	reading, read := s.progress("reading the log")
	writing, written := s.progressOf("writing tickets", false)
	order := app.Import{From: store.Store(from), Digest: digest, Reading: reading, Progress: func(done, total int64) {
		read()
		if writing != nil {
			writing(done, total)
		}
	}}
	if !c.Accept {
		order.From = app.EveryRow(from)
	}
	x, err := r.ImportLog(s.ctx, q, order)
	read()
	written()
	if err != nil {
		return nil, err
	}
	if c.Held == "" || len(x.Log.Held) == 0 {
		return x, nil
	}
	out := app.NewOutput("")
	defer out.Discard()
	if err := out.AddAt(c.Held, func(w io.Writer) error { return eventlog.WriteHeld(w, x.Log.Held) }); err != nil {
		return nil, err
	}
	return x, out.Commit()
}

func (c *importCommand) show(s *session, out *imported) error {
	if s.json {
		return writeJSON(s.Stdout, out)
	}
	done := "put"
	if c.Dry {
		done = "would put"
	}
	for _, name := range out.Documents {
		s.print("%s %s\n", done, plain(name))
	}
	if c.Estate != "" && len(out.Documents) == 0 {
		s.print("the record has these documents already\n")
	}
	x := out.Log
	if x == nil {
		return nil
	}
	s.tellRows(s.Stdout, x.Log)
	s.tellRefused(x.Log)
	switch {
	case x.Before:
		s.print("the record has this log already: nothing was written\n")
	case c.Dry:
		s.print("nothing was written\n")
	default:
		s.print("%d entries added, %d tickets in the log\n", x.Added, x.Tickets)
	}
	return nil
}
