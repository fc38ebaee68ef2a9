// Package reference writes the reference from the code that it is about: the
// findings, the commands, who may do what, the files of the directory, the journal's events
// and states, what scopes may read, and the JSON Schemas of the documents people write.
//
// What it writes is committed, so that it can be read without the program; a test
// fails where the committed files say anything else than the code. They are written
// anew by:
//
//	go generate ./...
package reference

//go:generate go test -count=1 -run TestCurrent . -args -write

import (
	"fmt"
	"strings"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/cli"
	"towerbridge/journal"
)

// File is one generated file.
type File struct {
	Name string // path from the top of the repository, with strokes
	Text []byte
}

// Files returns all generated files.
func Files() ([]File, error) {
	commands, err := cli.Commands()
	if err != nil {
		return nil, err
	}
	rights, err := accessPage()
	if err != nil {
		return nil, err
	}
	out := []File{
		{"docs/reference/access.md", rights},
		{"docs/reference/commands.md", commandsPage(commands)},
		{"docs/reference/configuration.md", configurationPage()},
		{"docs/reference/directory.md", directoryPage()},
		{"docs/reference/events.md", eventsPage()},
		{"docs/reference/findings.md", findingsPage(fault.Rules())},
		{"docs/reference/scopes.md", scopesPage()},
	}
	schemas, err := app.Schemas()
	if err != nil {
		return nil, err
	}
	for _, s := range schemas {
		out = append(out, File{"schema/" + s.File(), s.Text})
	}
	settings, err := configurationSchema()
	if err != nil {
		return nil, err
	}
	operations, err := apiFiles()
	return append(append(out, settings), operations...), err
}

// page is a page of Markdown that is being written.
type page struct{ strings.Builder }

func newPage(title, about string) *page {
	p := &page{}
	p.line("<!-- Written by go generate from the code. Do not edit. -->")
	p.line("")
	p.line("# %s", title)
	p.line("")
	p.line("%s", about)
	return p
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// row writes the row of a table.
func (p *page) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(strings.Join(strings.Fields(c), " "), "|", `\|`)
	}
	p.line("| %s |", strings.Join(cells, " | "))
}

// head writes the head of a table.
func (p *page) head(cells ...string) {
	p.line("")
	p.row(cells...)
	p.line("|%s", strings.Repeat("---|", len(cells)))
}

func (p *page) text() []byte { return []byte(p.String()) }

// areas are the ranges of finding numbers, each up to the next.
var areas = []struct {
	from  int
	title string
}{
	{1000, "Documents in general"},
	{1100, "Calendars"},
	{1200, "The estate"},
	{1300, "Contracts"},
	{1500, "Mappings and logs"},
	{1600, "The journal"},
	{1700, "Worked examples"},
	{1800, "Bundles and statements"},
	{1900, "Commands"},
	{2000, "Access"},
	{2100, "The directory"},
	{2200, "Signing in"},
	{2300, "The store"},
	{2400, "The record"},
	{2500, "Configuration"},
	{2510, "Requests to the API"},
}

func findingsPage(rules []fault.Rule) []byte {
	p := newPage("Findings", "A finding is one thing wrong with something that was written or sent. Its number never changes and is never used for another.")
	area := -1
	for _, r := range rules {
		at := area
		for at+1 < len(areas) && r.Number >= areas[at+1].from {
			at++
		}
		if at != area {
			area = at
			p.line("")
			p.line("## %s", areas[area].title)
			p.head("number", "what is wrong", "what to do")
		}
		p.row(r.Code(), sentence(r.Title), sentence(r.Remedy))
	}
	return p.text()
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

func commandsPage(commands []cli.Command) []byte {
	p := newPage("Commands", "Every command takes `--help`, which explains it with an example, and `--json`, which prints JSON for programs. Findings and errors go to standard error, except those that a command was asked for.")
	p.head("status", "meaning")
	p.row("0", "good")
	p.row("1", "something is wrong with what was given, or does not agree")
	p.row("2", "the command was typed wrongly")
	for _, c := range commands {
		p.line("")
		p.line("## towerbridge %s", c.Name)
		p.line("")
		p.line("%s", c.Summary)
		p.line("")
		p.line("%s", strings.TrimSpace(c.Detail))
		if len(c.Arguments)+len(c.Flags) == 0 {
			continue
		}
		p.head("argument or flag", "needed", "meaning")
		for _, a := range append(c.Arguments, c.Flags...) {
			needed := ""
			if a.Required {
				needed = "yes"
			}
			p.row("`"+a.Name+"`", needed, a.Meaning)
		}
	}
	return p.text()
}

func eventsPage() []byte {
	p := newPage("Events, states and lines", "Names of the journal's open form. A mapping turns the actions and states of a log into these; see the guide of mappings.")
	p.line("")
	p.line("## Events")
	p.head("event", "meaning")
	for _, name := range journal.EventNames() {
		p.row("`"+name+"`", eventMeanings[name])
	}
	p.line("")
	p.line("## States")
	p.head("state", "meaning")
	for _, name := range journal.StatusNames() {
		p.row("`"+name+"`", stateMeanings[name])
	}
	linesSection(p)
	return p.text()
}

var eventMeanings = map[string]string{
	"opened":    "the ticket came to be",
	"changed":   "its priority, service, site, kind or another field changed",
	"assigned":  "it was offered to a party or team",
	"accepted":  "the party that it was offered to took it on",
	"rejected":  "the party that it was offered to said it is not theirs",
	"responded": "a person answered the user for the first time",
	"paused":    "work stands, for a reason",
	"resumed":   "the reason is gone; without a reason, all of them",
	"resolved":  "the user's trouble is over",
	"reopened":  "it was not",
	"closed":    "nothing more will happen",
	"cancelled": "the ticket should not have been",
	"noted":     "something was written down; the ticket stays as it was, but for further fields",
	"linked":    "it was joined to another ticket: parent, merged-into or duplicate-of",
	"disputed":  "two parties disagree whose it is",
	"settled":   "the dispute is over",
	"measured":  "a value was measured: a survey score, or an external series",
	"excused":   "relief was granted, under a clause and by an approver",
	"voided":    "the entry that it corrects is taken back",
	"erased":    "withheld content was erased by a recorded decision",
}

var stateMeanings = map[string]string{
	"new":         "nobody has the ticket",
	"assigned":    "it is offered to a party or team that has not taken it on",
	"in-progress": "somebody works on it",
	"waiting":     "work stands for a reason",
	"resolved":    "the user's trouble is said to be over",
	"closed":      "finished",
	"cancelled":   "it should not have been",
}

func scopesPage() []byte {
	p := newPage("Scopes", "A scope chooses tickets. It is an expression in [CEL](https://cel.dev), the Common Expression Language, that is true or false; the empty one chooses all. These are the names that it may read:")
	p.head("name", "type", "meaning")
	for _, v := range contract.ScopeVariables {
		p.row("`"+v.Name+"`", v.Type, v.Meaning)
	}
	p.line("")
	p.line("An expression may have %d bytes. For instance:", contract.MaxScopeLength)
	p.line("")
	for _, example := range examples {
		p.line("    %s", example)
	}
	return p.text()
}

// examples are expressions that the test compiles.
var examples = []string{
	`kind == "incident" && priority in ["P1", "P2"]`,
	`tower == "network" && !(site in ["depot"])`,
	`fields.category.startsWith("hardware") && line <= 2`,
}
