package worked

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"towerbridge/span"
)

// openForm is: open CALENDAR FROM to TO LENGTH.
type openForm struct {
	calendar string
	zone     *time.Location
	span     span.Span
	open     span.Seconds
}

func (p *parser) openForm(w *words) form {
	var f openForm
	w.must("open")
	f.calendar, f.zone = p.calendar(w)
	f.span.From = w.stamp(f.zone)
	w.must("to")
	f.span.To = w.stamp(f.zone)
	f.open = w.length("the open time, such as 7h")
	return f
}

// calendar reads a calendar's id and returns its zone.
func (p *parser) calendar(w *words) (string, *time.Location) {
	x := w.next("a calendar")
	zone, known := p.calendars[x.text]
	if !known {
		w.fail(incomplete, x.column, "there is no calendar %q", x.text)
	}
	return x.text, zone
}

func (f openForm) String() string {
	return fmt.Sprintf("open %s %s to %s %s", plain(f.calendar), showStamp(f.span.From, f.zone), showStamp(f.span.To, f.zone), f.open)
}

func (f openForm) ask(a Answers, _ span.Instant) (form, error) {
	n, err := a.Open(f.calendar, f.span.From, f.span.To)
	f.open = span.Seconds(n)
	return f, err
}

// dueForm is: due CALENDAR FROM LENGTH INSTANT.
type dueForm struct {
	calendar  string
	zone      *time.Location
	from, due span.Instant
	open      span.Seconds
}

func (p *parser) dueForm(w *words) form {
	var f dueForm
	w.must("due")
	f.calendar, f.zone = p.calendar(w)
	f.from = w.stamp(f.zone)
	f.open = w.length("the open time, such as 8h")
	f.due = w.stamp(f.zone)
	return f
}

func (f dueForm) String() string {
	return fmt.Sprintf("due %s %s %s %s", plain(f.calendar), showStamp(f.from, f.zone), f.open, showStamp(f.due, f.zone))
}

func (f dueForm) ask(a Answers, _ span.Instant) (form, error) {
	due, err := a.Due(f.calendar, f.from, int64(f.open))
	f.due = due
	return f, err
}

// cutOffForm is: cut-off PERIOD INSTANT [contract ID].
type cutOffForm struct {
	about
	period span.Period
	at     span.Instant
}

func (p *parser) cutOffForm(w *words) form {
	var f cutOffForm
	w.must("cut-off")
	f.about = p.contractOf(w, "a cut-off", anyContract)
	f.period, f.at = w.period(), w.stamp(f.zone)
	return f
}

func (f cutOffForm) String() string {
	return fmt.Sprintf("cut-off %s %s", f.period, showStamp(f.at, f.zone)) + f.suffix()
}

func (f cutOffForm) ask(a Answers, _ span.Instant) (form, error) {
	s, err := a.Statement(f.ID, f.servicePeriod(f.period), f.period.To.Start(time.UTC))
	if err != nil {
		return nil, err
	}
	f.at = s.CutOff
	return f, nil
}

// rowForm is: held ROW, or refused ROW [CODE].
type rowForm struct {
	word string
	row  int64
	code string
}

func (p *parser) rowForm(w *words) form {
	f := rowForm{word: w.next("held or refused").text}
	f.row = w.number("the row")
	if f.word == "refused" && w.more() {
		x := w.next("a number such as TB1510")
		if f.code = x.text; !codes()[x.text] {
			w.fail(unknownWord, x.column, "there is no finding %q", x.text)
		}
	}
	return f
}

func (f rowForm) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %d %s", f.word, f.row, f.code))
}

func (f rowForm) ask(a Answers, _ span.Instant) (form, error) {
	log := a.Log()
	code, refused := log.Refused[f.row]
	switch held := slices.Contains(log.Held, f.row); {
	case held:
		return rowForm{word: "held", row: f.row}, nil
	case !refused:
		return nil, fmt.Errorf("row %d is an entry", f.row)
	case f.code == "":
		return rowForm{word: "refused", row: f.row}, nil
	}
	return rowForm{"refused", f.row, code}, nil
}

// rowsForm is: rows N entries N held N refused N: what became of the log.
type rowsForm struct{ rows, entries, held, refused int64 }

func (p *parser) rowsForm(w *words) form {
	var f rowsForm
	for _, x := range []struct {
		word string
		to   *int64
	}{{"rows", &f.rows}, {"entries", &f.entries}, {"held", &f.held}, {"refused", &f.refused}} {
		w.must(x.word)
		*x.to = w.number("how many")
	}
	return f
}

func (f rowsForm) String() string {
	return fmt.Sprintf("rows %d entries %d held %d refused %d", f.rows, f.entries, f.held, f.refused)
}

func (f rowsForm) ask(a Answers, _ span.Instant) (form, error) {
	log := a.Log()
	return rowsForm{log.Rows, log.Entries, int64(len(log.Held)), log.Rows - log.Entries - int64(len(log.Held))}, nil
}
