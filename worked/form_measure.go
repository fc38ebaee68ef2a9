package worked

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towerbridge/contract"
	"towerbridge/span"
	"towerbridge/statement"
)

// asked is the measure, the period and the contract that a line begins with.
type asked struct {
	about
	measure string
	period  span.Period // the measurement period
}

// asked reads: WORD MEASURE PERIOD.
func (p *parser) asked(w *words, word string) asked {
	var f asked
	w.must(word)
	f.about = p.contractOf(w, "the measure", func(d *contract.Document) bool {
		return len(w.list) > 2 && hasMeasure(d, w.list[2].text)
	})
	f.measure, f.period = w.next("a measure").text, w.period()
	return f
}

func hasMeasure(d *contract.Document, id string) bool {
	return slices.ContainsFunc(d.Measures, func(m contract.MeasureDocument) bool { return m.ID == id })
}

func (f asked) begin(word string) string {
	return fmt.Sprintf("%s %s %s", word, plain(f.measure), f.period)
}

// servicePeriod is the service period that ends with a measurement period.
func (a about) servicePeriod(p span.Period) span.Period {
	return span.Period{From: p.To.AddMonths(-a.Period.Months()), To: p.To}
}

// row returns the measure's line in its statement.
func (f asked) row(a Answers, at span.Instant) (*statement.Measure, error) {
	s, err := a.Statement(f.ID, f.servicePeriod(f.period), at)
	if err != nil {
		return nil, err
	}
	for i := range s.Measures {
		if m := &s.Measures[i]; m.ID == f.measure && m.Period == f.period {
			return m, nil
		}
	}
	return nil, fmt.Errorf("the statement of %s has no measure %s of %s", s.Period, f.measure, f.period)
}

// measureForm is: measure M PERIOD MET of COUNTED VALUE [band NAME] [points N]
// [missed|achieved] [rating "NAME"] [contract ID]; or measure M PERIOD not measured.
type measureForm struct {
	asked
	none           bool
	met, counted   tally
	value          string
	band, rating   string
	points         *int
	failed, stated bool // stated: the line says whether the target is missed
}

// tally is a number, which a line may write as a length of time.
type tally struct {
	n      int64
	length bool
}

func (t tally) String() string {
	if t.length {
		return span.Seconds(t.n).String()
	}
	return strconv.FormatInt(t.n, 10)
}

func (w *words) tally(what string) tally {
	x := w.next(what)
	if n, err := strconv.ParseInt(x.text, 10, 64); err == nil {
		return tally{n, false}
	}
	n, err := span.ParseSeconds(x.text)
	if err != nil {
		w.fail(incomplete, x.column, "%q is neither a whole number nor a length of time", x.text)
	}
	return tally{int64(n), true}
}

func (p *parser) measureForm(w *words) form {
	f := measureForm{asked: p.asked(w, "measure")}
	if w.take("not") {
		w.must("measured")
		f.none = true
	} else {
		f.met = w.tally("how many met the target")
		w.must("of")
		f.counted = w.tally("how many were counted")
		f.value = w.next("the value, such as 80.00%").text
	}
	for w.more() {
		switch {
		case w.take("band"):
			f.band = w.next("a band").text
		case w.take("rating"):
			f.rating = w.next("a rating").text
		case w.take("points"):
			n := int(w.number("the points"))
			f.points = &n
		case w.take("missed"):
			f.failed, f.stated = true, true
		case w.take("achieved"):
			f.stated = true
		default:
			w.done()
		}
	}
	return f
}

func (f measureForm) String() string {
	var b strings.Builder
	b.WriteString(f.begin("measure"))
	if f.none {
		b.WriteString(" not measured")
	} else {
		fmt.Fprintf(&b, " %s of %s %s", f.met, f.counted, plain(f.value))
	}
	if f.band != "" {
		b.WriteString(" band " + plain(f.band))
	}
	if f.points != nil {
		fmt.Fprintf(&b, " points %d", *f.points)
	}
	switch {
	case f.stated && f.failed:
		b.WriteString(" missed")
	case f.stated:
		b.WriteString(" achieved")
	}
	if f.rating != "" {
		b.WriteString(" rating " + plain(f.rating))
	}
	return b.String() + f.suffix()
}

func (f measureForm) ask(a Answers, at span.Instant) (form, error) {
	m, err := f.row(a, at)
	if err != nil {
		return nil, err
	}
	got := f
	got.none = m.Value == ""
	got.met.n, got.counted.n, got.value = m.Met, m.Counted, m.Display
	if f.band != "" {
		got.band = or(m.Band, "none")
	}
	if f.rating != "" {
		got.rating = or(m.Rating, "none")
	}
	if f.points != nil {
		got.points = &m.Points
	}
	got.failed = f.stated && m.Failed
	return got, nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// pointsForm is: points M PERIOD N [repeat] [suppressed RULE] [contract ID].
type pointsForm struct {
	asked
	points     int64
	repeat     bool
	suppressed string
}

func (p *parser) pointsForm(w *words) form {
	f := pointsForm{asked: p.asked(w, "points")}
	f.points = w.number("the points")
	f.repeat = w.take("repeat")
	if w.take("suppressed") {
		f.suppressed = w.next("a rule").text
	}
	return f
}

func (f pointsForm) String() string {
	s := f.begin("points") + " " + strconv.FormatInt(f.points, 10)
	if f.repeat {
		s += " repeat"
	}
	if f.suppressed != "" {
		s += " suppressed " + plain(f.suppressed)
	}
	return s + f.suffix()
}

func (f pointsForm) ask(a Answers, at span.Instant) (form, error) {
	m, err := f.row(a, at)
	if err != nil {
		return nil, err
	}
	f.points, f.repeat, f.suppressed = int64(m.Points), m.Repeat, m.Suppressed
	return f, nil
}

// excludedForm is: excluded M PERIOD TICKET "part of the reason" [rule ID]
// [clause "CLAUSE"] [contract ID].
type excludedForm struct {
	asked
	ticket, reason, rule, clause string
}

func (p *parser) excludedForm(w *words) form {
	f := excludedForm{asked: p.asked(w, "excluded")}
	f.ticket, f.reason = w.next("a ticket").text, w.next("a part of the reason").text
	for w.more() {
		switch {
		case w.take("rule"):
			f.rule = w.next("a rule").text
		case w.take("clause"):
			f.clause = w.next("a clause").text
		default:
			w.done()
		}
	}
	return f
}

func (f excludedForm) String() string {
	s := f.begin("excluded") + " " + plain(f.ticket) + " " + quote(f.reason)
	if f.rule != "" {
		s += " rule " + plain(f.rule)
	}
	if f.clause != "" {
		s += " clause " + plain(f.clause)
	}
	return s + f.suffix()
}

func (f excludedForm) ask(a Answers, at span.Instant) (form, error) {
	m, err := f.row(a, at)
	if err != nil {
		return nil, err
	}
	for _, x := range m.Excluded {
		if x.Ticket != f.ticket {
			continue
		}
		got := f
		if !strings.Contains(x.Reason, f.reason) {
			got.reason = x.Reason
		}
		if f.rule != "" {
			got.rule = or(x.Rule, "none")
		}
		if f.clause != "" {
			got.clause = or(x.Clause, "none")
		}
		return got, nil
	}
	return nil, fmt.Errorf("%s is not excluded from %s of %s", f.ticket, f.measure, f.period)
}

// asideForm is: aside M PERIOD N "part of the reason" [contract ID].
type asideForm struct {
	asked
	tickets int64
	reason  string
}

func (p *parser) asideForm(w *words) form {
	f := asideForm{asked: p.asked(w, "aside")}
	f.tickets, f.reason = w.number("how many tickets"), w.next("a part of the reason").text
	return f
}

func (f asideForm) String() string {
	return fmt.Sprintf("%s %d %s", f.begin("aside"), f.tickets, quote(f.reason)) + f.suffix()
}

func (f asideForm) ask(a Answers, at span.Instant) (form, error) {
	m, err := f.row(a, at)
	if err != nil {
		return nil, err
	}
	f.tickets = 0
	for _, x := range m.Aside {
		if strings.Contains(x.Reason, f.reason) {
			f.tickets += x.Tickets
		}
	}
	return f, nil
}
