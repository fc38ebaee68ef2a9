package cli

import (
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/internal/store/folder"
	"towerbridge/span"
)

// list is a flag that takes all values up to the next flag, so that --log logs/*.csv
// works; it may be given several times.
type list []string

// Decode takes the values.
func (l *list) Decode(ctx *kong.DecodeContext) error {
	var first string
	if err := ctx.Scan.PopValueInto("value", &first); err != nil {
		return err
	}
	*l = append(*l, first)
	for ctx.Scan.Peek().IsValue() {
		*l = append(*l, ctx.Scan.Pop().String())
	}
	return nil
}

// argumentFirst moves a command's argument to the front where it stands at the end of
// a [list], as in: explain --log a.csv b.csv INC-7. Without that the list would take
// it. Words that are right as they stand are returned as they are.
func argumentFirst(model *kong.Application, words []string) []string {
	var command *kong.Node
	at := slices.IndexFunc(words, func(w string) bool {
		i := slices.IndexFunc(model.Children, func(n *kong.Node) bool { return n.Name == w })
		if i >= 0 {
			command = model.Children[i]
		}
		return i >= 0
	})
	if command == nil || len(command.Positional) != 1 || !command.Positional[0].Required {
		return words
	}
	last := -1 // the last word of a list of several
	for i := at + 1; i < len(words); i++ {
		name, isFlag := strings.CutPrefix(words[i], "--")
		if !isFlag {
			return words // the argument has a place of its own
		}
		name, _, joined := strings.Cut(name, "=")
		f := flagNamed(command, name)
		if f == nil || f.IsBool() || joined {
			continue
		}
		i++
		for f.Target.Type() == reflect.TypeFor[list]() && i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
			i++
			last = i
		}
	}
	if last < 0 {
		return words
	}
	out := slices.Delete(slices.Clone(words), last, last+1)
	return slices.Insert(out, at+1, words[last])
}

func flagNamed(command *kong.Node, name string) *kong.Flag {
	for _, group := range command.AllFlags(false) {
		for _, f := range group {
			if f.Name == name {
				return f
			}
		}
	}
	return nil
}

// periods is a flag such as 2012-04, 2012-Q2 or 2012-01..2012-12.
type periods []span.Period

// UnmarshalText reads what span.ParsePeriods reads.
func (p *periods) UnmarshalText(b []byte) error {
	list, err := span.ParsePeriods(string(b))
	*p = list
	return err
}

// source is the flags that name documents and how a log is read.
type source struct {
	Estate    string `placeholder:"DIR" xor:"from" required:"" help:"Folder that holds estate.yaml, contracts and calendars."`
	Record    string `name:"store" placeholder:"URL" xor:"from" required:"" help:"The record, in place of a folder and logs: the file of its database, or a postgres:// URL."`
	Mapping   string `placeholder:"FILE" help:"Mapping that says how the log's columns and states become entries. Needed, unless every log is in the journal's own open form (.ndjson)."`
	Decisions string `placeholder:"FILE" help:"Decisions about held rows: the file of held rows with choice, who and why filled in."`
	Salt      string `placeholder:"FILE" help:"Secret that people and free text of the log are salted with. Without it they are not read."`
	Accept    bool   `name:"accept-refused" help:"Go on without the rows of the log that cannot be read. They are listed and counted. Left out: such rows are an error, and nothing is shown or written."`
}

// store returns the folder that the flags name, whose log is whole unless refused rows
// are accepted; or the record, which is closed when the command ends.
func (f *source) store(s *session, logs []string) (store.Store, error) {
	if f.Record != "" {
		if len(logs) > 0 || f.Mapping != "" || f.Decisions != "" || f.Salt != "" || f.Accept {
			return nil, usage("--store reads the record: --log and how a log is read belong to import")
		}
		return s.open(f.Record)
	}
	if f.Mapping == "" && !allOf(logs, isOpenForm) {
		return nil, usage("missing flags: --mapping=FILE")
	}
	from := &folder.Folder{Dir: f.Estate, Logs: logs, Mapping: f.Mapping, Decisions: f.Decisions, Salt: f.Salt, Workers: runtime.GOMAXPROCS(0)}
	if f.Accept {
		return from, nil
	}
	return app.EveryRow(from), nil
}

// logged is [source.store] for commands that cannot do without a log.
func (f *source) logged(s *session, logs []string) (store.Store, error) {
	if f.Record == "" && len(logs) == 0 {
		return nil, usage("missing flags: --log=FILE ... or --store=URL")
	}
	return f.store(s, logs)
}

// isOpenForm reports whether a log's name says that it is in the journal's open form.
func isOpenForm(name string) bool {
	return strings.HasSuffix(strings.TrimSuffix(name, ".gz"), ".ndjson")
}

func allOf(list []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !holds(s) })
}
