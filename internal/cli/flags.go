package cli

import (
	"runtime"

	"github.com/alecthomas/kong"

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

// listBefore is a [list] of a command that has an argument of its own: the last word
// of the line stays for that, unless it is the flag's only value.
type listBefore []string

// Decode takes the values.
func (l *listBefore) Decode(ctx *kong.DecodeContext) error {
	var first string
	if err := ctx.Scan.PopValueInto("value", &first); err != nil {
		return err
	}
	*l = append(*l, first)
	for ctx.Scan.Len() > 1 && ctx.Scan.Peek().IsValue() {
		*l = append(*l, ctx.Scan.Pop().String())
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
	Estate    string `required:"" placeholder:"DIR" help:"Folder that holds estate.yaml, contracts and calendars."`
	Mapping   string `required:"" placeholder:"FILE" help:"Mapping that says how the log's columns and states become entries."`
	Decisions string `placeholder:"FILE" help:"Decisions about held rows: the file of held rows with choice, who and why filled in."`
	Salt      string `placeholder:"FILE" help:"Secret that people and free text of the log are salted with. Without it they are not read."`
}

// store returns the folder that the flags name.
func (f *source) store(logs []string) *folder.Folder {
	return &folder.Folder{Dir: f.Estate, Logs: logs, Mapping: f.Mapping, Decisions: f.Decisions, Salt: f.Salt, Workers: runtime.GOMAXPROCS(0)}
}
