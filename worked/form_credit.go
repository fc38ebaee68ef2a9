package worked

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/contract"
	"towerbridge/money"
	"towerbridge/span"
)

// priced is the scheme or measure, the period and the contract of a line about money.
type priced struct {
	about
	of     string // scheme, measure, or scheme/measure
	period span.Period
	amount money.Amount
}

// priced reads: WORD SCHEME PERIOD, and the sum.
func (p *parser) priced(w *words, word string) priced {
	var f priced
	w.must(word)
	f.about = p.contractOf(w, "what is priced", func(d *contract.Document) bool {
		if len(w.list) <= 2 {
			return false
		}
		scheme, _, _ := strings.Cut(w.list[2].text, "/")
		return hasScheme(d, scheme) || hasMeasure(d, w.list[2].text)
	})
	f.of, f.period = w.next("a scheme or measure").text, w.period()
	f.amount = w.amount()
	return f
}

func hasScheme(d *contract.Document, id string) bool {
	return slices.ContainsFunc(d.Credits, func(s contract.SchemeDocument) bool { return s.ID == id })
}

func (f priced) begin(word string) string {
	return fmt.Sprintf("%s %s %s %s", word, plain(f.of), f.period, f.amount)
}

// creditForm is: credit SCHEME|MEASURE|SCHEME/MEASURE PERIOD SUM [contract ID]. Of a
// scheme it is what is due after its caps; of a measure the lines before them.
type creditForm struct{ priced }

func (p *parser) creditForm(w *words) form {
	f := creditForm{p.priced(w, "credit")}
	if hasScheme(&f.Document, f.of) && hasMeasure(&f.Document, f.of) {
		w.fail(incomplete, 1, "%q is a scheme and a measure; write the measure's line as scheme/%s", f.of, f.of)
	}
	return f
}

func (f creditForm) String() string { return f.begin("credit") + f.suffix() }

func (f creditForm) ask(a Answers, at span.Instant) (form, error) {
	s, err := a.Statement(f.ID, f.servicePeriod(f.period), at)
	if err != nil {
		return nil, err
	}
	for i := range s.Schemes {
		if s.Schemes[i].Scheme == f.of {
			f.amount = s.Schemes[i].Net
			return f, nil
		}
	}
	found := false
	sum := money.Zero(f.Currency).Round(money.Down)
	for _, x := range s.Credits {
		if x.Measure == "" || x.Measure != f.of && x.Scheme+"/"+x.Measure != f.of {
			continue
		}
		found = true
		if sum, err = sum.Add(x.Amount); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, fmt.Errorf("the statement of %s has no credit line of %s", s.Period, f.of)
	}
	f.amount = sum
	return f, nil
}

// earnBackForm is: earn-back SCHEME PERIOD SUM [contract ID].
type earnBackForm struct{ priced }

func (p *parser) earnBackForm(w *words) form { return earnBackForm{p.priced(w, "earn-back")} }

func (f earnBackForm) String() string { return f.begin("earn-back") + f.suffix() }

func (f earnBackForm) ask(a Answers, at span.Instant) (form, error) {
	_, back, err := f.scheme(a, at)
	f.amount = back
	return f, err
}

// scheme returns what a scheme recorded over its caps, and what it gave back.
func (f priced) scheme(a Answers, at span.Instant) (excess, back money.Amount, err error) {
	s, err := a.Statement(f.ID, f.servicePeriod(f.period), at)
	if err != nil {
		return excess, back, err
	}
	for _, x := range s.Schemes {
		if x.Scheme == f.of {
			return x.Excess, x.EarnedBack, nil
		}
	}
	return excess, back, fmt.Errorf("the statement of %s has no scheme %s", s.Period, f.of)
}

// excessForm is: excess SCHEME PERIOD SUM [contract ID].
type excessForm struct{ priced }

func (p *parser) excessForm(w *words) form { return excessForm{p.priced(w, "excess")} }

func (f excessForm) String() string { return f.begin("excess") + f.suffix() }

func (f excessForm) ask(a Answers, at span.Instant) (form, error) {
	excess, _, err := f.scheme(a, at)
	f.amount = excess
	return f, err
}

// capForm is: cap SCHEME PERIOD LIMIT reached|not reached [contract ID].
type capForm struct {
	priced
	reached bool
}

func (p *parser) capForm(w *words) form {
	f := capForm{priced: p.priced(w, "cap")}
	f.reached = !w.take("not")
	w.must("reached")
	return f
}

func (f capForm) String() string {
	if f.reached {
		return f.begin("cap") + " reached" + f.suffix()
	}
	return f.begin("cap") + " not reached" + f.suffix()
}

func (f capForm) ask(a Answers, at span.Instant) (form, error) {
	s, err := a.Statement(f.ID, f.servicePeriod(f.period), at)
	if err != nil {
		return nil, err
	}
	got, found := f, false
	for _, x := range s.Cap {
		if x.Scheme != f.of {
			continue
		}
		same := x.Limit.Equal(f.amount)
		if !found || same {
			got.amount, got.reached, found = x.Limit.Round(money.Down), x.Reached, true
		}
		if same {
			got.amount = f.amount
			break
		}
	}
	if !found {
		return nil, fmt.Errorf("scheme %s has no cap in %s", f.of, s.Period)
	}
	return got, nil
}

// totalForm is: total PERIOD SUM [contract ID].
type totalForm struct {
	about
	period span.Period
	amount money.Amount
}

func (p *parser) totalForm(w *words) form {
	var f totalForm
	w.must("total")
	f.about = p.contractOf(w, "credits", anyContract)
	f.period, f.amount = w.period(), w.amount()
	return f
}

func (f totalForm) String() string {
	return fmt.Sprintf("total %s %s", f.period, f.amount) + f.suffix()
}

func (f totalForm) ask(a Answers, at span.Instant) (form, error) {
	s, err := a.Statement(f.ID, f.servicePeriod(f.period), at)
	if err != nil {
		return nil, err
	}
	f.amount = s.Total
	return f, nil
}
