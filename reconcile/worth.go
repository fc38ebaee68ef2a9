package reconcile

import (
	"towerbridge/credit"
	"towerbridge/measure"
)

// take says which side's figure of a line counts.
type take func(account int, p *pair) bool // true: theirs

// worth fills in what both sides' figures come to, by the contract's own functions.
func (c *comparison) worth(report *Report) error {
	ours, err := c.assess(c.results)
	if err != nil {
		return err
	}
	report.Worth, _, err = c.price(ours, func(int, *pair) bool { return true })
	if err != nil {
		return err
	}
	for i := range c.accounts {
		m := &report.Measures[i]
		var results []measure.Result
		m.Worth, results, err = c.price(ours, func(n int, _ *pair) bool { return n == i })
		if err != nil {
			return err
		}
		at := c.accounts[i].at
		m.Ours = total(&c.results[at], c.statement.Measures[at].Points)
		m.Theirs = total(&results[at], credit.Scores(c.contract, results, c.earlier())[at].Points)
		if m.ByTotal && m.Cause != "" {
			report.cause(m.Cause).Worth = m.Worth
		}
	}
	for i := range report.Lines {
		if !report.Lines[i].Agrees {
			report.cause(report.Lines[i].Cause).Lines++
		}
	}
	report.sortCauses()
	for i := range report.Causes {
		x := &report.Causes[i]
		x.Worth, _, err = c.price(ours, func(n int, p *pair) bool {
			if p == nil {
				return report.Measures[n].Cause == x.Cause
			}
			return p.cause == x.Cause
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// cause returns the total of a cause, adding it if it is new.
func (r *Report) cause(cause Cause) *CauseTotal {
	for i := range r.Causes {
		if r.Causes[i].Cause == cause {
			return &r.Causes[i]
		}
	}
	r.Causes = append(r.Causes, CauseTotal{Cause: cause, Meaning: Causes[causeAt(cause)].Meaning})
	return &r.Causes[len(r.Causes)-1]
}

func (r *Report) sortCauses() {
	sorted := []CauseTotal{}
	for _, c := range Causes {
		for _, x := range r.Causes {
			if x.Cause == c.Cause {
				sorted = append(sorted, x)
			}
		}
	}
	r.Causes = sorted
}

// price assesses the period with the supplier's figures where theirs says so.
func (c *comparison) price(ours credit.Assessment, theirs take) (Worth, []measure.Result, error) {
	results := append([]measure.Result{}, c.results...)
	for n := range c.accounts {
		a := &c.accounts[n]
		r := &c.results[a.at]
		if a.theirs != nil {
			if theirs(n, nil) {
				results[a.at] = *a.theirs
			}
			continue
		}
		changed := false
		var evidence []measure.Counted
		for i := range a.pairs {
			p := &a.pairs[i]
			side := p.ours
			if theirs(n, p) {
				side = p.theirs
			}
			changed = changed || side != p.ours
			if side != nil {
				evidence = append(evidence, *side)
			}
		}
		if changed {
			results[a.at] = measure.Given(r.Measure, r.Period, evidence)
		}
	}
	x, err := c.assess(results)
	if err != nil {
		return Worth{}, nil, err
	}
	difference, err := ours.Total.Sub(x.Total)
	return Worth{Ours: ours.Total, Theirs: x.Total, Difference: difference}, results, err
}

// assess prices results with what the earlier periods of our statement came to.
func (c *comparison) assess(results []measure.Result) (credit.Assessment, error) {
	earlier := c.earlier()
	return credit.Assess(c.contract, c.statement.Period, results, credit.Scores(c.contract, results, earlier), earlier)
}

func (c *comparison) earlier() []credit.Earlier {
	var out []credit.Earlier
	for _, e := range c.statement.Earlier {
		x := credit.Earlier{Period: e.Period, Issued: e.Issued, Digest: e.Digest, Charges: e.Charges}
		for _, m := range e.Measures {
			x.Measures = append(x.Measures, credit.EarlierMeasure(m))
		}
		for _, k := range e.Credits {
			x.Credits = append(x.Credits, credit.EarlierCredit(k))
		}
		out = append(out, x)
	}
	return out
}

func total(r *measure.Result, points int) Total {
	out := Total{Met: r.Met, Counted: r.Counted, Display: r.Display, Failed: r.Failed, Points: points}
	if r.Band != nil {
		out.Band = r.Band.Name
	}
	return out
}
