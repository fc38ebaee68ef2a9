package worked

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/contract"
	"towerbridge/span"
)

// legForm is: leg TICKET FROM to TO KIND [PARTY] [reason REASON] [contract ID].
type legForm struct {
	about
	ticket        string
	span          span.Span
	kind          string
	party, reason string
}

func (p *parser) legForm(w *words) form {
	var f legForm
	w.must("leg")
	f.about = p.contractOf(w, "legs", anyContract)
	f.ticket = w.next("a ticket").text
	f.span = w.span(f.about)
	f.kind = w.legKind()
	if w.more() && w.peek() != "reason" {
		f.party = w.next("a party").text
	}
	if w.take("reason") {
		f.reason = w.next("the reason").text
	}
	return f
}

func (w *words) legKind() string {
	kinds := contract.LegKind("").SchemaEnum()
	x := w.next("whose the time is")
	if !slices.Contains(kinds, x.text) {
		w.fail(unknownWord, x.column, "%q is none of %s", x.text, strings.Join(kinds, ", "))
	}
	return x.text
}

func (f legForm) String() string {
	s := fmt.Sprintf("leg %s %s %s", plain(f.ticket), f.show(f.span), f.kind)
	if f.party != "" {
		s += " " + plain(f.party)
	}
	if f.reason != "" {
		s += " reason " + plain(f.reason)
	}
	return s + f.suffix()
}

func (f legForm) ask(a Answers, at span.Instant) (form, error) {
	l, err := a.Legs(f.ID, f.ticket, at)
	if err != nil {
		return nil, err
	}
	i := nearest(l.Legs, func(l Leg) span.Span { return l.Span }, f.span.From)
	if i < 0 {
		return nil, fmt.Errorf("%s has no legs", f.ticket)
	}
	got := f
	got.span, got.kind = l.Legs[i].Span, l.Legs[i].Kind
	if f.party != "" {
		got.party = l.Legs[i].Party
	}
	if f.reason != "" {
		got.reason = l.Legs[i].Reason
	}
	return got, nil
}

// legsForm is: legs tile TICKET [contract ID]. It holds where the legs follow on
// one another from the opening to the end without gap or overlap.
type legsForm struct {
	about
	ticket string
}

func (p *parser) legsForm(w *words) form {
	var f legsForm
	w.must("legs")
	f.about = p.contractOf(w, "legs", anyContract)
	w.must("tile")
	f.ticket = w.next("a ticket").text
	return f
}

func (f legsForm) String() string { return "legs tile " + plain(f.ticket) + f.suffix() }

func (f legsForm) ask(a Answers, at span.Instant) (form, error) {
	l, err := a.Legs(f.ID, f.ticket, at)
	if err != nil {
		return nil, err
	}
	reached := l.Opened
	for _, x := range l.Legs {
		if x.From != reached || x.To <= x.From {
			return nil, fmt.Errorf("a leg runs %s, and the one before it ends at %s", f.show(x.Span), showStamp(reached, f.zone))
		}
		reached = x.To
	}
	if reached != l.End {
		return nil, fmt.Errorf("the legs end at %s, and the ticket at %s", showStamp(reached, f.zone), showStamp(l.End, f.zone))
	}
	return f, nil
}

// timeForm is: time TICKET KIND [PARTY] LENGTH [contract ID]: the elapsed time of
// all legs of the kind.
type timeForm struct {
	about
	ticket, kind, party string
	length              span.Seconds
}

func (p *parser) timeForm(w *words) form {
	var f timeForm
	w.must("time")
	f.about = p.contractOf(w, "legs", anyContract)
	f.ticket, f.kind = w.next("a ticket").text, w.legKind()
	if w.at == len(w.list)-2 {
		f.party = w.next("a party").text
	}
	f.length = w.length("the elapsed time, such as 5h")
	return f
}

func (f timeForm) String() string {
	s := fmt.Sprintf("time %s %s ", plain(f.ticket), f.kind)
	if f.party != "" {
		s += plain(f.party) + " "
	}
	return s + f.length.String() + f.suffix()
}

func (f timeForm) ask(a Answers, at span.Instant) (form, error) {
	l, err := a.Legs(f.ID, f.ticket, at)
	f.length = 0
	for _, x := range l.Legs {
		if x.Kind == f.kind && (f.party == "" || x.Party == f.party) {
			f.length += span.Seconds(x.Length())
		}
	}
	return f, err
}

// endToEndForm is: end-to-end TICKET LENGTH [contract ID].
type endToEndForm struct {
	about
	ticket string
	length span.Seconds
}

func (p *parser) endToEndForm(w *words) form {
	var f endToEndForm
	w.must("end-to-end")
	f.about = p.contractOf(w, "legs", anyContract)
	f.ticket, f.length = w.next("a ticket").text, w.length("the elapsed time, such as 26h15m")
	return f
}

func (f endToEndForm) String() string {
	return fmt.Sprintf("end-to-end %s %s", plain(f.ticket), f.length) + f.suffix()
}

func (f endToEndForm) ask(a Answers, at span.Instant) (form, error) {
	l, err := a.Legs(f.ID, f.ticket, at)
	f.length = span.Seconds(span.Span{From: l.Opened, To: l.End}.Length())
	return f, err
}
