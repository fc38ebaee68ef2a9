package flow

import (
	"math/big"

	"towerbridge/money"
	"towerbridge/span"
	"towerbridge/statement"
)

// What a control chart needs and how it is made.
const (
	LeastControl = 6 // periods below which no limits are given
	longRun      = 8 // periods in a row on one side of the mean that are a signal

	// ControlDefinition says what the numbers of a [Control] are.
	ControlDefinition = "Each period's value beside the mean of them all. Limits are the mean less and plus 2.66 times the mean moving range, the moving range being the difference from one measured period to the next; its own limit is 3.268 times its mean. A limit that no value can pass, below nothing or above 100%, is drawn there. Within the limits a value is noise. A value outside them, or eight in a row on one side of the mean, is a signal of change. Fewer than six periods have no limits."
)

// Control is one measure over the periods in which it was drawn, as an XmR chart:
// individual values (X) and moving ranges (mR). Numbers are thousandths of the
// measure's unit: of a percentage point, of a second, of one. They are rounded to the
// nearest; what is a signal is decided on the exact fractions.
type Control struct {
	Contract string         `json:"contract"`
	Supplier string         `json:"supplier"`
	Measure  string         `json:"measure"`
	Name     string         `json:"name,omitempty"`
	Unit     string         `json:"unit"`   // percent, seconds or number
	Target   string         `json:"target"` // of the last period measured
	Points   []ControlPoint `json:"points"`
	Limits   *ControlLimits `json:"limits"` // nil below [LeastControl] periods
}

// ControlPoint is the measure in one period.
type ControlPoint struct {
	Period      span.Period `json:"period"`
	Display     string      `json:"display"` // as the statement rounds it
	Met         int64       `json:"met"`
	Counted     int64       `json:"counted"`
	Failed      bool        `json:"failed"`
	Thousandths int64       `json:"valueThousandths"`
	Moved       *int64      `json:"movingRangeThousandths"` // nil at the first
	Outside     bool        `json:"outsideLimits"`
	Run         bool        `json:"inLongRun"` // one of at least eight in a row on one side of the mean
	Jump        bool        `json:"movingRangeOutside"`

	value, moved *big.Rat
}

// Signal reports whether the point is anything but noise.
func (p *ControlPoint) Signal() bool { return p.Outside || p.Run || p.Jump }

// ControlLimits are the mean and the limits of noise, in thousandths of the unit.
type ControlLimits struct {
	Mean       int64 `json:"meanThousandths"`
	Lower      int64 `json:"lowerThousandths"`
	Upper      int64 `json:"upperThousandths"`
	MeanMoved  int64 `json:"meanMovingRangeThousandths"`
	UpperMoved int64 `json:"upperMovingRangeThousandths"`
}

// Controls lists the measures of statements, each over the periods in which something
// was measured, in the order in which the statements first name them. Statements of a
// contract stand in the order of their periods. Measures of one period are left out.
func Controls(statements []*statement.Statement) []Control {
	type key struct{ contract, measure string }
	at := map[key]int{}
	var all []Control
	for _, s := range statements {
		for i := range s.Measures {
			m := &s.Measures[i]
			f, err := money.ParseFraction(m.Value)
			if err != nil { // nothing was measured
				continue
			}
			k := key{s.Contract, m.ID}
			n, ok := at[k]
			if !ok {
				n = len(all)
				at[k] = n
				all = append(all, Control{Contract: s.Contract, Supplier: s.Supplier, Measure: m.ID})
			}
			c := &all[n]
			c.Name, c.Unit, c.Target = m.Name, m.Unit, m.Target
			value := big.NewRat(f.Num(), f.Den())
			if m.Unit == percentUnit {
				value.Mul(value, big.NewRat(100, 1))
			}
			c.Points = append(c.Points, ControlPoint{
				Period: m.Period, Display: m.Display, Met: m.Met, Counted: m.Counted, Failed: m.Failed, Thousandths: ratThousandths(value), value: value,
			})
		}
	}
	out := []Control{}
	for i := range all {
		if len(all[i].Points) > 1 {
			all[i].finish()
			out = append(out, all[i])
		}
	}
	return out
}

const percentUnit = "percent"

// finish computes moving ranges, limits and signals.
func (c *Control) finish() {
	n := int64(len(c.Points))
	mean, moved := new(big.Rat), new(big.Rat)
	for i := range c.Points {
		p := &c.Points[i]
		mean.Add(mean, p.value)
		if i == 0 {
			continue
		}
		p.moved = new(big.Rat).Sub(p.value, c.Points[i-1].value)
		p.moved.Abs(p.moved)
		t := ratThousandths(p.moved)
		p.Moved = &t
		moved.Add(moved, p.moved)
	}
	if n < LeastControl {
		return
	}
	mean.Mul(mean, big.NewRat(1, n))
	moved.Mul(moved, big.NewRat(1, n-1))
	width := new(big.Rat).Mul(moved, big.NewRat(266, 100))
	lower, upper := new(big.Rat).Sub(mean, width), new(big.Rat).Add(mean, width)
	if lower.Sign() < 0 && mean.Sign() >= 0 {
		lower.SetInt64(0)
	}
	if most := big.NewRat(100, 1); c.Unit == percentUnit && upper.Cmp(most) > 0 && mean.Cmp(most) <= 0 {
		upper = most
	}
	most := new(big.Rat).Mul(moved, big.NewRat(3268, 1000))
	for i := range c.Points {
		p := &c.Points[i]
		p.Outside = p.value.Cmp(lower) < 0 || p.value.Cmp(upper) > 0
		p.Jump = p.moved != nil && p.moved.Cmp(most) > 0
	}
	c.runs(mean)
	c.Limits = &ControlLimits{ratThousandths(mean), ratThousandths(lower), ratThousandths(upper), ratThousandths(moved), ratThousandths(most)}
}

// runs marks the points of long runs on one side of the mean. A value on the mean
// ends a run.
func (c *Control) runs(mean *big.Rat) {
	from := 0
	for i := 1; i <= len(c.Points); i++ {
		side := c.Points[from].value.Cmp(mean)
		if i < len(c.Points) && side != 0 && c.Points[i].value.Cmp(mean) == side {
			continue
		}
		for k := from; side != 0 && i-from >= longRun && k < i; k++ {
			c.Points[k].Run = true
		}
		from = i
	}
}

// ratThousandths returns a number in thousandths, to the nearest, halves up.
func ratThousandths(x *big.Rat) int64 {
	y := new(big.Rat).Mul(x, big.NewRat(1000, 1))
	y.Add(y, big.NewRat(1, 2))
	q := new(big.Int)
	q.Div(y.Num(), y.Denom()) // rounds down: the divisor is positive
	return q.Int64()
}
