package worked

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/clock"
	"towerbridge/contract"
	"towerbridge/span"
)

// clockForm is: clock TICKET CLOCK USED of TARGET VERDICT [start T] [stop T] [due T]
// [life N] [because "part"] [contract ID].
type clockForm struct {
	about
	ticket, clock    string
	used             span.Seconds
	target           *span.Seconds // nil is written -
	verdict          string
	start, stop, due *span.Instant
	life             int // from one; zero where the line does not say
	because          string
}

// verdicts are the words of a clock's verdict.
var verdicts = func() []string {
	var out []string
	for v := clock.NotStarted; v <= clock.Unknown; v++ {
		out = append(out, v.String())
	}
	return out
}()

func (p *parser) clockForm(w *words) form {
	var f clockForm
	w.must("clock")
	f.about = p.contractOf(w, "the clock", func(d *contract.Document) bool {
		return len(w.list) > 3 && hasClock(d, w.list[3].text)
	})
	f.ticket, f.clock = w.next("a ticket").text, w.next("a clock").text
	f.used = w.length("the time used, such as 2h00m")
	w.must("of")
	if !w.take("-") {
		n := w.length("the target, such as 8h, or -")
		f.target = &n
	}
	x := w.next("a verdict")
	if f.verdict = x.text; !slices.Contains(verdicts, f.verdict) {
		w.fail(unknownWord, x.column, "%q is not a verdict; there are %s", x.text, strings.Join(verdicts, ", "))
	}
	for w.more() {
		switch {
		case w.take("start"):
			f.start = w.stampOf(f.about)
		case w.take("stop"):
			f.stop = w.stampOf(f.about)
		case w.take("due"):
			f.due = w.stampOf(f.about)
		case w.take("life"):
			if f.life = int(w.number("the life")); f.life < 1 {
				w.fail(incomplete, 1, "lives are counted from one")
			}
		case w.take("because"):
			f.because = w.next("a part of the reason").text
		default:
			w.done()
		}
	}
	return f
}

func hasClock(d *contract.Document, id string) bool {
	return slices.ContainsFunc(d.Clocks, func(k contract.ClockDocument) bool { return k.ID == id })
}

// stampOf reads an instant in the zone of a contract.
func (w *words) stampOf(a about) *span.Instant {
	i := w.stamp(a.zone)
	return &i
}

func (f clockForm) String() string {
	var b strings.Builder
	target := "-"
	if f.target != nil {
		target = f.target.String()
	}
	fmt.Fprintf(&b, "clock %s %s %s of %s %s", plain(f.ticket), plain(f.clock), f.used, target, f.verdict)
	for _, x := range []struct {
		word string
		at   *span.Instant
	}{{"start", f.start}, {"stop", f.stop}, {"due", f.due}} {
		if x.at != nil {
			fmt.Fprintf(&b, " %s %s", x.word, showStamp(*x.at, f.zone))
		}
	}
	if f.life > 0 {
		fmt.Fprintf(&b, " life %d", f.life)
	}
	if f.because != "" {
		b.WriteString(" because " + quote(f.because))
	}
	return b.String() + f.suffix()
}

func (f clockForm) ask(a Answers, at span.Instant) (form, error) {
	c, err := a.Clock(f.ID, f.ticket, f.clock, max(f.life-1, 0), at)
	if err != nil {
		return nil, err
	}
	got := f
	got.used, got.verdict, got.target = span.Seconds(c.Elapsed), c.Verdict, nil
	if c.HasTarget {
		n := span.Seconds(c.Target)
		got.target = &n
	}
	if f.start != nil {
		got.start = &c.Start
	}
	if f.stop != nil {
		got.stop = &c.Stop
	}
	if f.due != nil {
		got.due = &c.Due
	}
	if !strings.Contains(c.Problem, f.because) {
		got.because = c.Problem
	}
	return got, nil
}

// pauseForm is: pause TICKET FROM to TO REASON[+REASON] [open LENGTH] [clock CLOCK]
// [contract ID].
type pauseForm struct {
	about
	ticket, clock string
	saidClock     bool
	span          span.Span
	reasons       string
	open          *span.Seconds
}

func (p *parser) pauseForm(w *words) form {
	var f pauseForm
	w.must("pause")
	f.about = p.contractOf(w, "pauses", anyContract)
	f.clock, f.saidClock = p.clockOf(w, f.about)
	f.ticket = w.next("a ticket").text
	f.span = w.span(f.about)
	f.reasons = w.next("the reason").text
	if w.take("open") {
		n := w.length("the open time, such as 1h30m")
		f.open = &n
	}
	return f
}

// clockOf returns the clock that a pause is of: the one at the end of the line, or
// the contract's only one.
func (p *parser) clockOf(w *words, a about) (string, bool) {
	if id, said := w.trailing("clock"); said {
		return id, true
	}
	if len(a.Clocks) != 1 {
		w.fail(whichContract, 1, "the contract has %d clocks; end the line with clock and its id", len(a.Clocks))
		return "", false
	}
	return a.Clocks[0].ID, false
}

// span reads: FROM to TO.
func (w *words) span(a about) span.Span {
	from := w.stamp(a.zone)
	w.must("to")
	return span.Span{From: from, To: w.stamp(a.zone)}
}

func (a about) show(s span.Span) string {
	return showStamp(s.From, a.zone) + " to " + showStamp(s.To, a.zone)
}

func (f pauseForm) String() string {
	s := fmt.Sprintf("pause %s %s %s", plain(f.ticket), f.show(f.span), plain(f.reasons))
	if f.open != nil {
		s += " open " + f.open.String()
	}
	return s + clockSuffix(f.clock, f.saidClock) + f.suffix()
}

func clockSuffix(id string, said bool) string {
	if !said {
		return ""
	}
	return " clock " + plain(id)
}

func (f pauseForm) ask(a Answers, at span.Instant) (form, error) {
	c, err := a.Clock(f.ID, f.ticket, f.clock, 0, at)
	if err != nil {
		return nil, err
	}
	i := nearest(c.Pauses, func(p Pause) span.Span { return p.Span }, f.span.From)
	if i < 0 {
		return nil, fmt.Errorf("clock %s of %s has no pause", f.clock, f.ticket)
	}
	got := f
	got.span, got.reasons = c.Pauses[i].Span, strings.Join(c.Pauses[i].Reasons, "+")
	if f.open != nil {
		n := span.Seconds(c.Pauses[i].Open)
		got.open = &n
	}
	return got, nil
}

// nearest returns the position of the item that begins nearest to an instant.
func nearest[T any](list []T, of func(T) span.Span, at span.Instant) int {
	best := -1
	away := func(i int) int64 {
		return span.Span{From: min(of(list[i]).From, at), To: max(of(list[i]).From, at)}.Length()
	}
	for i := range list {
		if best < 0 || away(i) < away(best) {
			best = i
		}
	}
	return best
}

// pausesForm is: pauses TICKET N [clock CLOCK] [contract ID].
type pausesForm struct {
	about
	ticket, clock string
	saidClock     bool
	count         int64
}

func (p *parser) pausesForm(w *words) form {
	var f pausesForm
	w.must("pauses")
	f.about = p.contractOf(w, "pauses", anyContract)
	f.clock, f.saidClock = p.clockOf(w, f.about)
	f.ticket, f.count = w.next("a ticket").text, w.number("how many")
	return f
}

func (f pausesForm) String() string {
	return fmt.Sprintf("pauses %s %d", plain(f.ticket), f.count) + clockSuffix(f.clock, f.saidClock) + f.suffix()
}

func (f pausesForm) ask(a Answers, at span.Instant) (form, error) {
	c, err := a.Clock(f.ID, f.ticket, f.clock, 0, at)
	f.count = int64(len(c.Pauses))
	return f, err
}
