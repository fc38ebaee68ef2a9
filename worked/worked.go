// Package worked is the language of worked examples: what a contract's rules come
// to, written so that a service manager, a supplier and a program read the same.
//
// A worked example is one text file in the txtar form: a script, and below it the
// files that the script speaks of.
//
//	# Wednesday is a holiday; the supplier's clock stands.     <- why
//	at 2026-06-01                                              <- what is known then
//	expect clock INC-1 resolve 2h00m of 8h met                 <- what must come out
//	-- contracts/desk.yaml --                                  <- the files
//	...
//	-- events.txt --
//	INC-1 P2 opened 2026-05-01T16:30 resolved 2026-05-05T10:00
//
// [Parse] reads the file into a [Script] or reports everything wrong with it, each
// finding with its line. [Run] asks an [Engine] and returns a [Failure] for each
// expectation that does not hold. The engine is whatever computes: [PureEngine] is
// the packages of this program and nothing else; an application over a database, or
// another party's program, is asked the same questions. [Update] rewrites the
// expectations to what the engine answers.
//
// The whole grammar is in docs/reference/worked-examples.md. The package computes
// nothing of its own, opens no file, and does not know that tests exist.
package worked

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
	"towerbridge/statement"
)

// Limits of a worked example. Each one that is passed is a finding.
const (
	MaxBytes        = 1 << 20 // bytes of the whole file
	MaxFiles        = 64      // files in it
	MaxExpectations = 2_000   // lines that begin with expect
	MaxEvents       = 20_000  // events of events.txt
	MaxLine         = 4_096   // bytes of one line of the script or of events.txt
)

// Script is a worked example that was read.
type Script struct {
	Name         string
	Material     Material
	Expectations []Expectation
	Fails        []Fail // findings that the documents must have
	starts       map[string]int
}

// Material is the files of a script, as an [Engine] is given them. Documents always
// hold an estate.yaml: where the script has none it is made from the contracts.
type Material struct {
	Documents []statement.Source // estate.yaml, calendars/*.yaml, contracts/*.yaml
	Log       statement.Source   // no name where there is none; events.txt is given in the journal's open form
	Mapping   *statement.Source  // of the log; nil for a log in the open form
}

// Expectation is one line of a script: what must be so, as known at an instant.
type Expectation struct {
	Line int          // in the script's file
	Why  string       // the comment above its group
	At   span.Instant // what was learnt later is not known; zero for questions that know nothing
	form form
}

// String returns the expectation as the language writes it.
func (x Expectation) String() string { return "expect " + x.form.String() }

// Fail is a finding that a document must have.
type Fail struct {
	Line int    // in the script's file
	Why  string // the comment above its group
	File string // of the finding
	At   int    // line in that file
	Code string // such as TB1301
	Part string // words that the finding holds; may be empty
}

// String returns the expectation as the language writes it.
func (f Fail) String() string {
	s := fmt.Sprintf("expect fail %s:%d %s", f.File, f.At, f.Code)
	if f.Part != "" {
		s += " " + quote(f.Part)
	}
	return s
}

// Parse reads a worked example. The name is used for places alone. The script is
// usable only when there are no findings; all are reported.
func Parse(name string, data []byte) (*Script, fault.Findings) {
	p := &parser{script: &Script{Name: name, starts: map[string]int{}}, zones: calendar.Shipped()}
	if len(data) > MaxBytes {
		p.add(tooMuch, 1, 0, "the file has %d bytes, more than the %d allowed", len(data), MaxBytes)
		return p.script, p.findings
	}
	archive := txtar.Parse(data)
	files := p.files(archive)
	p.terms()
	p.zone()
	if log, ok := files["events.txt"]; ok {
		p.events(log)
	}
	p.estate()
	p.lines(archive.Comment)
	if len(p.findings) > 0 { // may follow from documents that cannot be read
		p.findings = append(p.findings, p.unread...)
	}
	p.findings.Sort()
	return p.script, p.findings
}

// parser holds the state of one reading.
type parser struct {
	script    *Script
	zones     calendar.Zones
	findings  fault.Findings
	contracts []terms
	calendars map[string]*time.Location
	local     *time.Location // of stamps without an offset; nil if unclear
	named     mentioned      // what the log mentions
	unread    fault.Findings // of documents without an id that can be read, at their places in the script
}

// terms is what the script's reader needs of a contract.
type terms struct {
	contract.Document
	zone *time.Location // nil if unknown
}

// add reports a finding at a line and column of the script's file.
func (p *parser) add(rule fault.Rule, line, column int, format string, args ...any) {
	at := fault.Position{File: p.script.Name, Line: line, Column: column}
	p.findings = append(p.findings, rule.At(at, "", format, args...))
}

// text is one of the script's files, and the line at which its first line stands.
type text struct {
	data  []byte
	start int
}

// files sorts the archive's files into the script's material.
func (p *parser) files(archive *txtar.Archive) map[string]text {
	line := strings.Count(string(archive.Comment), "\n") + 1 // of the marker
	if len(archive.Files) > MaxFiles {
		p.add(tooMuch, line, 0, "%d files are more than the %d allowed", len(archive.Files), MaxFiles)
		archive.Files = archive.Files[:MaxFiles]
	}
	files := map[string]text{}
	logs := 0
	for _, f := range archive.Files {
		marker, name := line, fileName(f.Name)
		line += strings.Count(string(f.Data), "\n") + 1
		if _, taken := files[name]; taken {
			p.add(sameFile, marker, 0, "there are two files %s", name)
			continue
		}
		files[name] = text{f.Data, marker + 1}
		p.script.starts[name] = marker + 1
		m := &p.script.Material
		switch source := (statement.Source{Name: name, Data: f.Data}); {
		case isDocument(name):
			m.Documents = append(m.Documents, source)
		case name == "mapping.yaml":
			m.Mapping = &source
		case name == "events.txt" || strings.HasPrefix(name, "log.") || name == "entries.ndjson":
			if logs++; logs > 1 {
				p.add(sameFile, marker, 0, "%s is a second log", name)
			}
			m.Log = source
		default:
			p.add(unknownFile, marker, 0, "%s is not a file that worked examples have", name)
		}
	}
	return files
}

// fileName gives the one contract or calendar of a small example its full name.
func fileName(name string) string {
	switch name {
	case "contract.yaml":
		return "contracts/contract.yaml"
	case "calendar.yaml":
		return "calendars/calendar.yaml"
	}
	return name
}

func isDocument(name string) bool {
	if name == "estate.yaml" {
		return true
	}
	folder, file, inside := strings.Cut(name, "/")
	return inside && (folder == "contracts" || folder == "calendars") && strings.HasSuffix(file, ".yaml") && !strings.Contains(file, "/")
}

// terms looks into the contracts and calendars, whatever may be wrong with them:
// what is wrong is for the engine to say.
func (p *parser) terms() {
	p.calendars = map[string]*time.Location{}
	for _, d := range p.script.Material.Documents {
		switch folder, _, _ := strings.Cut(d.Name, "/"); folder {
		case "contracts":
			doc, _, findings := document.Read[contract.Document](d.Name, d.Data)
			p.unreadable(doc.ID, findings)
			zone, err := p.zones.Location(doc.Zone)
			if err != nil {
				zone = nil
			}
			p.contracts = append(p.contracts, terms{doc, zone})
		case "calendars":
			doc, _, findings := document.Read[calendar.Document](d.Name, d.Data)
			p.unreadable(doc.ID, findings)
			if zone, err := p.zones.Location(doc.Zone); err == nil {
				p.calendars[doc.ID] = zone
			}
		}
	}
}

// unreadable keeps the findings of a document that could not be read so far as its id.
func (p *parser) unreadable(id string, findings fault.Findings) {
	if id != "" {
		return
	}
	for _, f := range findings {
		f.Position.Line += p.script.starts[f.Position.File] - 1
		f.Position.File = p.script.Name
		p.unread = append(p.unread, f)
	}
}

// zone finds the zone of stamps that no contract stands beside: that of all the
// contracts, or of all the calendars where there is no contract.
func (p *parser) zone() {
	var all []*time.Location
	for _, c := range p.contracts {
		all = append(all, c.zone)
	}
	if len(all) == 0 {
		for _, zone := range p.calendars {
			all = append(all, zone)
		}
	}
	for _, zone := range all {
		if zone == nil || zone.String() != all[0].String() {
			return
		}
	}
	if len(all) > 0 {
		p.local = all[0]
	}
}
