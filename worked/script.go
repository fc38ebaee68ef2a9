package worked

import (
	"strconv"
	"strings"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/span"
)

// form is one kind of expectation: what is asked, and the answer that is expected.
type form interface {
	// String writes the expectation after the word expect, always in one way.
	String() string
	// ask returns the same expectation with the answers given, or an error that
	// says why it cannot be written so.
	ask(a Answers, at span.Instant) (form, error)
}

// readers are the forms by their first word.
var readers map[string]func(*parser, *words) form

// timeless are the forms that no knowledge enters, so that no line at is needed.
var timeless = map[string]bool{"open": true, "due": true, "fail": true, "held": true, "refused": true, "rows": true, "cut-off": true}

func init() {
	readers = map[string]func(*parser, *words) form{
		"clock": (*parser).clockForm, "pause": (*parser).pauseForm, "pauses": (*parser).pausesForm,
		"leg": (*parser).legForm, "legs": (*parser).legsForm, "time": (*parser).timeForm, "end-to-end": (*parser).endToEndForm,
		"measure": (*parser).measureForm, "points": (*parser).pointsForm, "excluded": (*parser).excludedForm, "aside": (*parser).asideForm,
		"credit": (*parser).creditForm, "earn-back": (*parser).earnBackForm, "excess": (*parser).excessForm,
		"cap": (*parser).capForm, "total": (*parser).totalForm,
		"open": (*parser).openForm, "due": (*parser).dueForm, "cut-off": (*parser).cutOffForm,
		"held": (*parser).rowForm, "refused": (*parser).rowForm, "rows": (*parser).rowsForm,
	}
}

// lines reads the script, the part above the first file.
func (p *parser) lines(script []byte) {
	var why []string
	var at *span.Instant
	used := false // the comment has a line below it
	for i, line := range strings.Split(string(script), "\n") {
		number := i + 1
		line = strings.TrimSuffix(line, "\r")
		switch {
		case len(line) > MaxLine:
			p.add(tooMuch, number, 0, "the line has %d bytes, more than the %d allowed", len(line), MaxLine)
		case strings.TrimSpace(line) == "":
			why, used = nil, false
		case line[0] == '#':
			if used {
				why, used = nil, false
			}
			why = append(why, strings.TrimSpace(strings.TrimLeft(line, "#")))
		default:
			used = true
			p.line(number, line, strings.Join(why, " "), &at)
		}
	}
	if len(p.script.Expectations)+len(p.script.Fails) == 0 && len(p.findings) == 0 {
		p.add(nothingSaid, 1, 0, "there is no line that begins with expect")
	}
}

// line reads one line that says something.
func (p *parser) line(number int, line, why string, at **span.Instant) {
	w := split(line)
	switch {
	case line[0] == ' ' || line[0] == '\t':
		w.fail(unknownWord, 1, "the line begins with a blank")
	case w.take("at"):
		i := w.stamp(p.local)
		w.done()
		*at = &i
	case w.take("expect"):
		p.expect(number, w, why, *at)
	default:
		x := w.next("a word")
		w.fail(unknownWord, x.column, "%q is not at, expect or #", x.text)
	}
	p.keep(number, w)
}

// keep reports what was wrong with a line.
func (p *parser) keep(number int, w *words) {
	if w.bad != "" {
		p.add(w.rule, number, w.col, "%s", w.bad)
	}
}

func (p *parser) expect(number int, w *words, why string, at *span.Instant) {
	if len(p.script.Expectations)+len(p.script.Fails) >= MaxExpectations {
		w.fail(tooMuch, 1, "more than %d expectations", MaxExpectations)
		return
	}
	first := w.peek()
	if first == "fail" {
		p.fail(number, w, why)
		return
	}
	read, ok := readers[first]
	if !ok {
		x := w.next("what is expected")
		w.fail(unknownWord, x.column, "%q is not something to expect; the reference lists what is", x.text)
		return
	}
	f := read(p, w)
	w.done()
	x := Expectation{Line: number, Why: why, form: f}
	switch {
	case at != nil:
		x.At = *at
	case !timeless[first]:
		w.fail(noInstant, 1, "expect %s depends on what is known", first)
	}
	if w.bad == "" {
		p.script.Expectations = append(p.script.Expectations, x)
	}
}

// fail reads: fail FILE:LINE CODE ["part"].
func (p *parser) fail(number int, w *words, why string) {
	w.must("fail")
	place := w.next("a place such as contracts/desk.yaml:12")
	file, line, ok := strings.Cut(place.text, ":")
	n, err := strconv.Atoi(line)
	if !ok || err != nil || file == "" || n < 0 {
		w.fail(incomplete, place.column, "%q is not a place such as contracts/desk.yaml:12", place.text)
	}
	code := w.next("a number such as TB1345")
	if _, known := codes()[code.text]; !known {
		w.fail(unknownWord, code.column, "there is no finding %q", code.text)
	}
	f := Fail{Line: number, Why: why, File: fileName(file), At: n, Code: code.text}
	if w.more() {
		f.Part = w.next("a part of the message").text
	}
	w.done()
	if w.bad == "" {
		p.script.Fails = append(p.script.Fails, f)
	}
}

// codes returns the numbers of all findings.
func codes() map[string]bool {
	out := map[string]bool{}
	for _, r := range fault.Rules() {
		out[r.Code()] = true
	}
	return out
}

// about is the contract that an expectation is about.
type about struct {
	*terms
	said bool // the line names it
}

// suffix writes the contract where the line named it.
func (a about) suffix() string {
	if !a.said {
		return ""
	}
	return " contract " + a.ID
}

// contractOf finds the contract of an expectation: the one that the end of the line
// names, the only one, or the only one that has what the line speaks of.
func (p *parser) contractOf(w *words, what string, has func(*contract.Document) bool) about {
	var fit []*terms
	for i := range p.contracts {
		if has(&p.contracts[i].Document) {
			fit = append(fit, &p.contracts[i])
		}
	}
	id, said := w.trailing("contract")
	switch {
	case said:
		for i := range p.contracts {
			if p.contracts[i].ID == id {
				return about{&p.contracts[i], true}
			}
		}
		w.fail(whichContract, 1, "there is no contract %q", id)
	case len(p.contracts) == 1:
		return about{&p.contracts[0], false}
	case len(fit) == 1:
		return about{fit[0], false}
	case len(p.contracts) == 0:
		w.fail(whichContract, 1, "the example has no contract")
	default:
		w.fail(whichContract, 1, "%d contracts have %s", len(fit), what)
	}
	return about{&terms{}, false}
}

// anyContract is for what every contract can be asked.
func anyContract(*contract.Document) bool { return true }
