package api_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"towerbridge/access"
)

// word is something that was planted, and who may read it.
type word struct {
	text string
	why  string
	may  func(c *caller) bool
	told int // how often it was told to those who may read it
}

// owes reports whether a ticket stands in a statement that a caller may read: by its id.
func owes(c *caller, name string) bool {
	return c.role == access.Commercial && (c.party == "force" || c.party == "tarnbridge" || slices.Contains(holders(name), c.party))
}

// holders are the parties that have held a ticket of the world.
func holders(name string) []string {
	switch name {
	case "new":
		return nil
	case "passed on":
		return []string{"fennock", "brackwold"}
	case "restricted":
		return []string{"merrowfen"}
	case "offered", "waiting", "resolved":
		return []string{"brackwold"}
	}
	return []string{strings.TrimPrefix(name, "late-")}
}

// evidence are the operations whose answers are the record of a statement and the lines
// that it stands on, byte for byte: they name the tickets that those of the contract are
// linked to, as the lines do.
var evidence = []string{"draw-statement", "draw-statement-file", "read-statement", "read-statement-file"}

// linked are the tickets that lines of Brackwold's tickets name.
var linked = []string{"the id of ticket fennock", "the id of ticket late-fennock"}

// leaks looks for what was planted in whatever comes back.
type leaks struct {
	t     *testing.T
	words []*word
}

// sees reports whether a caller may see a ticket of the world, by the rules as they are
// told to people, not by the policies: this is what the policies are held to.
func sees(c *caller, name string) bool {
	works := c.role == access.Agent || c.role == access.Manager || c.role == access.Bridge
	held := holders(name)
	switch {
	case c.name == "reporter":
		return true
	case name == "restricted":
		return c.name == "cleared analyst" || c.name == "cleared agent"
	case c.role == access.Analyst, c.role == access.Assurance:
		return true
	case works && c.party == "tarnbridge":
		return true // manages every tower but its own, of which there are no tickets
	case works && c.party == "ostlehythe" && slices.Contains(held, "merrowfen"):
		return true
	}
	return works && slices.Contains(held, c.party)
}

func newLeaks(t *testing.T, w *world) *leaks {
	l := &leaks{t: t}
	add := func(text, why string, may func(*caller) bool) {
		if w.notes[text] || !strings.HasPrefix(text, "Note-") && !strings.HasPrefix(text, "Analysts-") {
			l.words = append(l.words, &word{text, why, may, 0})
		}
	}
	for name, x := range w.tickets {
		plain := strings.ReplaceAll(name, " ", "-")
		of := func(c *caller) bool { return sees(c, name) }
		add(x.ID, "the id of ticket "+name, func(c *caller) bool { return of(c) || c.role == access.Assurance || owes(c, name) })
		add("Summary-"+plain, "the summary of ticket "+name, of)
		add("Report-"+plain, "the report of ticket "+name, of)
		party := strings.TrimPrefix(name, "late-")
		if name == "offered" || name == "waiting" || name == "resolved" || name == "passed on" {
			party = "brackwold"
		}
		works := func(c *caller) bool {
			return c.role == access.Agent || c.role == access.Manager || c.role == access.Bridge || c.role == access.Analyst
		}
		add("Note-own-"+plain, "an own note of ticket "+name, func(c *caller) bool { return c.role == access.Assurance || works(c) && c.party == party })
		add("Note-shared-"+plain, "a shared note of ticket "+name, func(c *caller) bool { return of(c) && (c.role == access.Assurance || works(c)) })
		add("Note-public-"+plain, "a public note of ticket "+name, of)
		add("Analysts-"+plain, "the analysts' note of ticket "+name, func(c *caller) bool { return c.role == access.Assurance || c.party == "tarnbridge" && works(c) })
	}
	for contract, sums := range w.sums {
		supplier := "tarnbridge"
		for _, s := range suppliers {
			if s.contract == contract {
				supplier = s.party
			}
		}
		for _, sum := range sums {
			add(sum, "a sum of contract "+contract, func(c *caller) bool {
				side := c.party == supplier || c.party == "force" || c.party == "tarnbridge"
				return c.role == access.Assurance || c.role == access.Commercial && side
			})
		}
	}
	return l
}

// look fails where an answer has in it what its reader may not read. What the request
// itself has said is no news.
func (l *leaks) look(p probe, c caller, a *answer) {
	l.t.Helper()
	text := fmt.Sprint(a.Header) + "\n" + unpacked(a)
	for _, x := range l.words {
		switch {
		case !strings.Contains(text, x.text), strings.Contains(p.path+p.body, x.text):
		case x.may(&c):
			x.told++
		case slices.Contains(evidence, p.operation) && c.name == "commercial@brackwold" && slices.Contains(linked, x.why):
		default:
			l.t.Errorf("%s, %s: %s is told %s, %q", p.operation, p.about, c.name, x.why, x.text)
		}
	}
}

// found fails for a word that nobody was told: it would not have been found with others
// either.
func (l *leaks) found() {
	l.t.Helper()
	for _, x := range l.words {
		if x.told == 0 {
			l.t.Errorf("%s, %q, was told to nobody", x.why, x.text)
		}
	}
}

// unpacked is the text of an answer, of an archive that of all its files.
func unpacked(a *answer) string {
	z, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
	if err != nil || a.StatusCode != http.StatusOK {
		return string(a.body)
	}
	var b strings.Builder
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			return err.Error()
		}
		_, _ = io.Copy(&b, in)
		in.Close()
	}
	return b.String()
}
