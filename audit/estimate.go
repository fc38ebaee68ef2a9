package audit

import (
	"fmt"

	"towerbridge/credit"
	"towerbridge/fault"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/statement"
)

// Estimate is what the findings of a sample say of all tickets that a measure counted,
// and of the money that follows from it.
type Estimate struct {
	Contract   string    `json:"contract"`
	Measure    string    `json:"measure"`
	Period     string    `json:"period"` // the measurement period
	Statement  string    `json:"statement"`
	Frame      string    `json:"frame"`
	Confidence string    `json:"confidence"` // of each interval by itself
	Method     string    `json:"method"`
	Errors     Extent    `json:"errors"`     // verdicts that are wrong either way
	Flattering Extent    `json:"flattering"` // recorded for the supplier, found against: of those recorded so
	Harsh      Extent    `json:"harsh"`      // recorded against the supplier, found for it: of those recorded so
	Outcomes   []Outcome `json:"outcomes"`   // the first is the statement as recorded
	Wrong      []Finding `json:"wrong"`      // the findings that differ from the record
	Notes      []string  `json:"notes"`
}

// Extent is how many errors a part of the sample had, and what that says of all.
type Extent struct {
	Found  int64 `json:"found"`  // errors in the sample
	Sample int64 `json:"sample"` // items of the sample that could have had it
	Of     int64 `json:"of"`     // items of the frame that could have it
	Low    int64 `json:"low"`    // lowest number of them that the sample does not rule out
	Likely int64 `json:"likely"` // found/sample of all, rounded half up; zero without a sample
	High   int64 `json:"high"`   // highest number
}

// Outcome is the statement as it would have been with so many verdicts put right.
type Outcome struct {
	Case       string       `json:"case"`      // in words
	Corrected  int64        `json:"corrected"` // verdicts put right
	Met        int64        `json:"met"`       // the measure's numerator
	Counted    int64        `json:"counted"`
	Display    string       `json:"display"` // as the contract rounds it
	Band       string       `json:"band,omitempty"`
	Failed     bool         `json:"failed"`
	Points     int          `json:"points"`
	Total      money.Amount `json:"total"`      // of the whole statement: what is deducted
	Difference money.Amount `json:"difference"` // Total less that of the statement as recorded
}

const method = "exact inversion of the hypergeometric distribution, 2.5 % in each tail: the coverage is never below 95 %"

// EstimateErrors extrapolates the findings of a sample of the frame to all its tickets,
// and to money: the statement is assessed again with the measure's own whole number of
// tickets at either end of the interval, by the same terms and earlier periods. Errors
// that flatter the supplier and errors that are harsh on it are kept apart, each among
// the tickets that can have it.
func EstimateErrors(f *Frame, findings []Finding) (*Estimate, error) {
	if len(findings) == 0 {
		return nil, fault.New(fault.Invalid, "Record what was found of each drawn ticket.", "there are no findings to estimate from")
	}
	e := &Estimate{
		Contract: f.Contract, Measure: f.Measure, Period: f.Period.String(), Statement: f.Statement, Frame: f.Digest,
		Confidence: Confidence, Method: method, Wrong: []Finding{}, Notes: []string{},
	}
	all := int64(len(f.Items))
	e.Errors.Of, e.Flattering.Of, e.Harsh.Of = all, f.Good, all-f.Good
	for i := range findings {
		x := &findings[i]
		part := &e.Harsh
		if x.good(f) {
			part = &e.Flattering
		}
		part.Sample++
		e.Errors.Sample++
		if x.Found != x.Recorded {
			part.Found++
			e.Errors.Found++
			e.Wrong = append(e.Wrong, *x)
		}
	}
	for _, x := range []*Extent{&e.Errors, &e.Flattering, &e.Harsh} {
		x.Low, x.High = Bounds(x.Of, x.Sample, x.Found)
		if x.Sample > 0 {
			x.Likely = (2*x.Found*x.Of + x.Sample) / (2 * x.Sample)
		}
	}
	e.notes()
	return e, e.outcomes(f)
}

func (e *Estimate) notes() {
	if e.Flattering.Sample == 0 && e.Flattering.Of > 0 {
		e.Notes = append(e.Notes, "No ticket recorded for the supplier was drawn, so the sample says nothing of how many of them are wrong.")
	}
	if e.Harsh.Sample == 0 && e.Harsh.Of > 0 {
		e.Notes = append(e.Notes, "No ticket recorded against the supplier was drawn, so the sample says nothing of how many of them are wrong.")
	}
	e.Notes = append(e.Notes, "Each interval holds with "+e.Confidence+" by itself. The money is what the contract's own terms give for the whole number of tickets at its ends.")
}

// outcomes assesses the statement as recorded, and with the numbers of errors at the
// ends of the intervals put right.
func (e *Estimate) outcomes(f *Frame) error {
	cases := []struct {
		name            string
		flattering, fix int64 // verdicts turned against the supplier, and for it
	}{
		{"as recorded", 0, 0},
		{"fewest flattering errors put right", e.Flattering.Low, 0},
		{"likely flattering errors put right", e.Flattering.Likely, 0},
		{"most flattering errors put right", e.Flattering.High, 0},
	}
	if e.Harsh.Found > 0 {
		for _, x := range []struct {
			name string
			n    int64
		}{{"fewest", e.Harsh.Low}, {"likely", e.Harsh.Likely}, {"most", e.Harsh.High}} {
			c := cases[0]
			c.name, c.fix = x.name+" harsh errors put right", x.n
			cases = append(cases, c)
		}
		c := cases[0]
		c.name, c.flattering, c.fix = "likely errors of both kinds put right", e.Flattering.Likely, e.Harsh.Likely
		cases = append(cases, c)
	}
	for _, c := range cases {
		o, err := f.assess(c.flattering, c.fix)
		if err != nil {
			return err
		}
		o.Case = c.name
		if len(e.Outcomes) == 0 {
			if !o.Total.Equal(f.statement.Total) {
				return fault.New(fault.Internal, "", "the statement's total %s is assessed anew as %s", f.statement.Total, o.Total)
			}
		}
		if o.Difference, err = o.Total.Sub(f.statement.Total); err != nil {
			return err
		}
		e.Outcomes = append(e.Outcomes, o)
	}
	return nil
}

// assess returns the statement with so many verdicts turned against the supplier and so
// many for it.
func (f *Frame) assess(against, favour int64) (Outcome, error) {
	s := f.statement
	c := f.book.Contracts[s.Contract]
	results := append([]measure.Result(nil), s.Results()...)
	change := favour - against
	if f.result.Measure.CountsBad() {
		change = -change
	}
	at := 0
	for i := range results {
		if results[i].Measure.ID == f.Measure && results[i].Period == f.Period {
			at = i
		}
	}
	results[at] = measure.GivenTotals(f.result.Measure, f.Period, f.result.Met+change, f.result.Counted)
	before := earlier(s)
	scores := credit.Scores(c, results, before)
	a, err := credit.Assess(c, s.Period, results, scores, before)
	if err != nil {
		return Outcome{}, fmt.Errorf("with %d tickets met: %w", f.result.Met+change, err)
	}
	r := &results[at]
	o := Outcome{
		Corrected: against + favour, Met: r.Met, Counted: r.Counted, Display: r.Display, Failed: r.Failed,
		Points: scores[at].Points, Total: a.Total,
	}
	if r.Band != nil {
		o.Band = r.Band.Name
	}
	return o, nil
}

// earlier returns what a statement looked back on, as its record has it.
func earlier(s *statement.Statement) []credit.Earlier {
	var out []credit.Earlier
	for _, e := range s.Earlier {
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
