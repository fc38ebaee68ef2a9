package credit

import (
	"fmt"

	"towerbridge/contract"
	"towerbridge/money"
)

// limit sets the net and the excess of a scheme by its caps.
func (a *assessor) limit(s *contract.SchemeDocument, total *SchemeTotal) error {
	total.Net = total.Gross
	tightest := -1
	for i := range s.Caps {
		if !s.Caps[i].On(a.period.From) {
			continue
		}
		c, err := a.cap(s.ID, &s.Caps[i])
		if err != nil {
			return err
		}
		order, err := c.Room.Cmp(total.Net)
		if err != nil {
			return err
		}
		if order < 0 {
			tightest, total.Net = len(total.Caps), c.Room
		}
		total.Caps = append(total.Caps, c)
	}
	if tightest >= 0 {
		total.Caps[tightest].Holds = true
	}
	var err error
	total.Excess, err = total.Gross.Sub(total.Net)
	return err
}

// cap returns one cap with what it leaves for this period.
func (a *assessor) cap(scheme string, d *contract.CapDocument) (Cap, error) {
	c := Cap{Clause: d.Clause, Taken: money.Zero(a.contract.Currency)}
	payable, err := a.look(&c, scheme, d)
	if err != nil {
		return Cap{}, err
	}
	switch {
	case d.Percent != nil:
		c.Limit = d.Percent.Of(payable)
		c.Rule = fmt.Sprintf("%s of %s = %s", d.Percent, payable, c.Limit)
	case d.Amount != nil:
		c.Limit, c.Rule = *d.Amount, d.Amount.String()
	}
	if len(c.Periods) > 1 {
		c.Rule += fmt.Sprintf(" for %d periods", len(c.Periods))
	}
	left, err := c.Limit.Sub(c.Taken)
	if err != nil {
		return Cap{}, err
	}
	if left.Sign() < 0 {
		left = money.Zero(a.contract.Currency)
	}
	c.Room = left.Round(money.Down)
	return c, nil
}

// look fills in the periods that a cap counts and what was taken in them, and
// returns the charges over them, which only a percentage needs.
func (a *assessor) look(c *Cap, scheme string, d *contract.CapDocument) (money.Amount, error) {
	c.Periods = append(c.Periods, a.period)
	payable := money.Zero(a.contract.Currency)
	if d.Percent != nil {
		var err error
		if payable, err = a.charges(); err != nil {
			return payable, err
		}
	}
	for n := 1; n < d.Periods; n++ {
		p := a.period.Next(-n)
		if p.To <= a.contract.Term.Start {
			break
		}
		c.Periods = append(c.Periods, p)
		e, known := a.earlier(p)
		if !known {
			c.Missing = append(c.Missing, p)
			continue
		}
		if err := c.take(scheme, e); err != nil {
			return payable, err
		}
		if d.Percent != nil {
			var err error
			if payable, err = payable.Add(e.Charges); err != nil {
				return payable, err
			}
		}
	}
	return payable, nil
}

// take adds what the scheme took in an earlier period.
func (c *Cap) take(scheme string, e *Earlier) error {
	for _, x := range e.Credits {
		if x.Scheme != scheme {
			continue
		}
		var err error
		if c.Taken, err = c.Taken.Add(x.Amount); err != nil {
			return err
		}
	}
	return nil
}
