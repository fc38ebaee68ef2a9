package credit

import (
	"fmt"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/money"
	"towerbridge/span"
)

// earnBack returns the credits that the scheme gives back in this period.
func (a *assessor) earnBack(s *contract.SchemeDocument, total *SchemeTotal) ([]Line, error) {
	total.EarnedBack = money.Zero(a.contract.Currency).Round(money.Down)
	if s.EarnBack == nil {
		return nil, nil
	}
	if s.EarnBack.Periods < 1 || s.EarnBack.Share.Sign() < 0 {
		return nil, fault.New(fault.Invalid, "Let periods be at least 1 and share at least 0%",
			"credits cannot be earned back by %s at %s", many(s.EarnBack.Periods, "period"), s.EarnBack.Share)
	}
	reads := measuresOf(a.contract, s)
	var lines []Line
	for i := range a.history {
		e := &a.history[i]
		for _, credit := range e.Credits {
			if credit.Scheme != s.ID || credit.Amount.Sign() <= 0 || !a.completes(reads, e.Period, s.EarnBack.Periods) {
				continue
			}
			line := givenBack(s, e.Period, credit.Amount)
			var err error
			if total.EarnedBack, err = total.EarnedBack.Sub(line.Amount); err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// givenBack is the line of one credit of an earlier period.
func givenBack(s *contract.SchemeDocument, period span.Period, credit money.Amount) Line {
	exact := s.EarnBack.Share.Of(credit)
	back := exact.Round(s.Rounding)
	return Line{
		ID:     s.ID + "/earn-back/" + period.String(),
		Scheme: s.ID, Period: period, Amount: back.Neg(), Clause: s.EarnBack.Clause,
		Rule: fmt.Sprintf("%s of the credit of %s for %s = %s, targets met for %s",
			s.EarnBack.Share, credit, period, back, many(s.EarnBack.Periods, "period")),
		Rounding: lost(exact, back, s.Rounding),
	}
}

// completes reports whether this period completes the first run of so many good
// periods after a credit.
func (a *assessor) completes(reads map[string]bool, credit span.Period, periods int) bool {
	run, measured, next := 0, false, credit.To
	for i := range a.history {
		e := &a.history[i]
		if e.Period.From < credit.To {
			continue
		}
		met, some := kept(reads, e.Measures)
		if e.Period.From != next || !met {
			run, measured = 0, false
		}
		next = e.Period.To
		if !met {
			continue
		}
		run++
		measured = measured || some
		if run >= periods && measured {
			return e.Period == a.period
		}
	}
	return false
}

// kept reports whether every measure of a scheme that was measured met its target,
// and whether any was measured.
func kept(reads map[string]bool, measures []EarlierMeasure) (met, some bool) {
	for _, m := range measures {
		if !reads[m.ID] || !m.Measured {
			continue
		}
		if m.Failed {
			return false, true
		}
		some = true
	}
	return true, some
}

// earlier returns what is known of an earlier period.
func (a *assessor) earlier(p span.Period) (*Earlier, bool) {
	for i := range a.history[:len(a.history)-1] {
		if a.history[i].Period == p {
			return &a.history[i], true
		}
	}
	return nil, false
}

// lost names the rounding where it changed a figure.
func lost(exact, rounded money.Amount, mode money.Rounding) string {
	if exact.Equal(rounded) {
		return ""
	}
	return string(mode)
}
