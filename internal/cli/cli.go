// Package cli is the command line: it reads what a person typed, lets package app do
// it, and shows what came of it. It computes nothing.
//
//	args ──▶ kong ──▶ command ──▶ app ──▶ text on standard output, or JSON (--json)
//	                     │
//	                     └─ findings and errors on standard error
//
// Every command ends with one of three statuses:
//
//	0  good
//	1  something is wrong with what it was given, or does not agree
//	2  it was typed wrongly
//
// All output goes through the writers of [World], so that tests see all of it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// The statuses that a command ends with.
const (
	Good     = 0
	Wrong    = 1 // findings, disagreement, or an error
	Mistyped = 2 // usage
)

// World is what the commands know of the world around them.
type World struct {
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool                // standard error is a terminal, where progress may be shown
	Random   io.Reader           // from which keys are made
	Getenv   func(string) string // the environment
	Version  string              // of the program
	Now      func() span.Instant // the present, for what the record writes

	Environ func() []string // all of the environment, as name=value; nil: it is not looked through

	// Serve serves the record until the context is done.
	Serve func(ctx context.Context, s Serving) error

	// OpenLedger opens the database of a record. A database that does not exist is made
	// only where that is asked for.
	OpenLedger func(ctx context.Context, url string, create bool) (store.Ledger, error)
}

// grammar is all commands and their flags.
type grammar struct {
	JSON bool `name:"json" help:"Print JSON, for programs, instead of text."`

	Demo        demoCommand        `cmd:"" help:"Draw a statement of the example that the program carries, at once."`
	Check       checkCommand       `cmd:"" help:"Check the documents below a folder and run its worked examples."`
	Estate      estateCommand      `cmd:"" help:"Show who supplies what to whom on a date."`
	Statement   statementCommand   `cmd:"" help:"Draw the statements of contracts and periods from a log."`
	Verify      verifyCommand      `cmd:"" help:"Recompute a bundle, offline, and say whether all agrees."`
	Supersede   supersedeCommand   `cmd:"" help:"Draw an issued statement again with later knowledge, and print what changed."`
	Explain     explainCommand     `cmd:"" help:"Tell one ticket's life: its legs, its pauses, each clock and why."`
	Reconcile   reconcileCommand   `cmd:"" help:"Lay a supplier's own figures beside ours, line by line, with causes and money."`
	Audit       auditCommand       `cmd:"" help:"Look for patterns in a log that are worth a person's look."`
	Sample      sampleCommand      `cmd:"" help:"Draw a random sample of counted tickets by agreed seeds, and extrapolate what was found."`
	Flow        flowCommand        `cmd:"" help:"Tell who held the tickets of a log, how they were handed on, and how promises to users were kept."`
	Simulate    simulateCommand    `cmd:"" help:"Make up an estate's journal from a seed, to try audits, contracts and the program itself."`
	Whatif      whatifCommand      `cmd:"" help:"Replay a log under other towers or terms, both side by side."`
	Serve       serveCommand       `cmd:"" help:"Serve the record: its API, its pages, and what watches over it."`
	Config      configCommand      `cmd:"" help:"Show the settings of the server that are in force, and where each comes from."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask the server on this machine whether it is ready."`
	Import      importCommand      `cmd:"" help:"Take documents and a log into the record; what it has already is left as it is."`
	Journal     journalCommand     `cmd:"" help:"Show how far the record's journal has come, prove what is in it, and print it."`
	Directory   directoryCommand   `cmd:"" help:"Take people, sites and assets into the record by CSV, and print them."`
	Token       tokenCommand       `cmd:"" help:"Make and list tokens of service accounts."`
	Backup      backupCommand      `cmd:"" help:"Write the whole record into one file, while it is in use."`
	Restore     restoreCommand     `cmd:"" help:"Read a backup into a new database, of either kind, and check it."`
	Doctor      doctorCommand      `cmd:"" help:"Check the record: its chain, what it withholds, and its indexes against its journal."`
	Rebuild     rebuildCommand     `cmd:"" help:"Make the record's indexes anew from its journal."`
	Key         keyCommand         `cmd:"" help:"Make keys that sign bundles."`
	Schema      schemaCommand      `cmd:"" help:"Print or write the JSON Schemas of the documents people write."`
	Version     versionCommand     `cmd:"" help:"Print the program's version and that of the time zones it carries."`
}

const description = `Towerbridge recomputes what suppliers owe: from contracts and a ticket log it draws each clock, each measure and each service credit, with its evidence, so that the other party gets the same on its own machine.`

// session is one run of one command.
type session struct {
	World
	ctx  context.Context
	json bool
	used []store.Ledger // closed when the command ends
}

// errTold says that a command failed and has said why.
var errTold = errors.New("told")

// usageError is a mistake in what was typed that kong cannot see.
type usageError struct{ message string }

// Error returns the message.
func (e usageError) Error() string { return e.message }

func usage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// exit is how kong's help leaves the parser.
type exit int

// Run runs the command that the arguments (without the program's name) ask for and
// returns its status.
func Run(ctx context.Context, args []string, w World) (status int) {
	defer func() {
		switch left := recover().(type) {
		case nil:
		case exit:
			status = int(left)
			if len(args) == 0 {
				status = Mistyped
			}
		default:
			panic(left)
		}
	}()
	var g grammar
	parser, err := newParser(&g, w)
	if err != nil {
		fmt.Fprintln(w.Stderr, "towerbridge:", err)
		return Wrong
	}
	words := args
	if len(words) == 0 {
		parser.Stdout = w.Stderr
		words = []string{"--help"}
	}
	parsed, err := parser.Parse(argumentFirst(parser.Model, words))
	if err != nil {
		return mistyped(w, err)
	}
	s := &session{World: w, ctx: ctx, json: g.JSON}
	defer s.close()
	return s.status(parsed.Run(s), parsed)
}

func newParser(g *grammar, w World) (*kong.Kong, error) {
	g.Serve.settingFlags, g.Config.settingFlags, g.Healthcheck.settingFlags = newSettingFlags(), newSettingFlags(), newSettingFlags()
	return kong.New(g,
		kong.Name("towerbridge"),
		kong.Description(description),
		kong.Writers(w.Stdout, w.Stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
}

// mistyped says what was typed wrongly, and where help is.
func mistyped(w World, err error) int {
	command := "towerbridge"
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context != nil {
		if node := p.Context.Selected(); node != nil {
			command = node.FullPath()
		}
	}
	fmt.Fprintf(w.Stderr, "towerbridge: %s\nFor help: %s --help\n", err, command)
	return Mistyped
}

// status says what went wrong, and returns the status that it means.
func (s *session) status(err error, parsed *kong.Context) int {
	var usage usageError
	switch {
	case err == nil:
		return Good
	case errors.As(err, &usage):
		fmt.Fprintf(s.Stderr, "towerbridge: %s\nFor help: %s --help\n", usage, parsed.Selected().FullPath())
		return Mistyped
	case !errors.Is(err, errTold):
		s.tell(err)
	}
	return Wrong
}

// tell writes an error: findings and refused rows one a line, anything else as one
// sentence.
func (s *session) tell(err error) {
	var findings fault.Findings
	if errors.As(err, &findings) && err.Error() == findings.Error() {
		s.tellFindings(findings)
		return
	}
	var refused *app.Refused
	if errors.As(err, &refused) {
		s.tellRefused(refused.Log)
		s.tellRows(s.Stderr, refused.Log)
		fmt.Fprintf(s.Stderr, "towerbridge: %s; nothing was drawn or written. Mend the log or the mapping, or go on without these rows by --accept-refused.\n", refused)
		return
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(s.Stderr, "towerbridge: stopped; nothing was written")
		return
	}
	fmt.Fprintln(s.Stderr, "towerbridge:", strings.TrimRight(err.Error(), "\n"))
	if fault.KindOf(err) == fault.Internal {
		fmt.Fprintln(s.Stderr, "This is a defect of the program. Please report it with what you typed.")
	}
}

// mostTold is the number of findings that are written out; what is more is counted.
const mostTold = 200

func (s *session) tellFindings(findings fault.Findings) {
	for _, f := range findings[:min(len(findings), mostTold)] {
		fmt.Fprintln(s.Stderr, f.Error())
	}
	if more := len(findings) - mostTold; more > 0 {
		fmt.Fprintf(s.Stderr, "and %d more findings\n", more)
	}
}

// print writes to standard output.
func (s *session) print(format string, args ...any) { fmt.Fprintf(s.Stdout, format, args...) }
