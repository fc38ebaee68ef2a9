package report

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/flow"
)

// A control chart, in pixels.
const (
	controlHeight = 182 // individual values
	movedHeight   = 82  // moving ranges
	controlTop    = 24  // above, where the plot's name stands
	controlBottom = 12
	labelGap      = 15 // between two labels
)

// controlView is a control chart ready to be drawn.
type controlView struct {
	*flow.Control
	Values, Moves plot
}

// plot is points and lines on one scale.
type plot struct {
	Height string
	Points []dot
	Steps  []step
	Lines  []across
	Labels []label
}

type dot struct {
	X, Y   string
	Title  string
	Signal bool
}

type step struct{ X1, Y1, X2, Y2 string }

// across is a line across a plot.
type across struct{ Y, Stroke, Dash string }

type label struct {
	Y, Text string
	y       int64
}

func newControlView(c *flow.Control) controlView {
	v := controlView{Control: c}
	values, moves := scale{height: controlHeight}, scale{height: movedHeight}
	values.see(c.Points[0].Thousandths)
	moves.see(0)
	for i := range c.Points {
		values.see(c.Points[i].Thousandths)
		if m := c.Points[i].Moved; m != nil {
			moves.see(*m)
		}
	}
	if l := c.Limits; l != nil {
		values.see(l.Lower)
		values.see(l.Upper)
		moves.see(l.UpperMoved)
	}
	v.Values, v.Moves = plot{Height: number(controlHeight)}, plot{Height: number(movedHeight)}
	for i := range c.Points {
		p := &c.Points[i]
		v.Values.add(i, len(c.Points), values.at(p.Thousandths), periodWords(p.Period)+": "+p.Display, p.Outside || p.Run, i > 0)
		if p.Moved != nil {
			v.Moves.add(i, len(c.Points), moves.at(*p.Moved), periodWords(p.Period)+": moved by "+unitText(c.Unit, *p.Moved), p.Jump, i > 1)
		}
	}
	if l := c.Limits; l != nil {
		v.Values.line(values.at(l.Upper), unitText(c.Unit, l.Upper), "#942514", "6 4")
		v.Values.line(values.at(l.Mean), unitText(c.Unit, l.Mean), "#505a5f", "none")
		v.Values.line(values.at(l.Lower), unitText(c.Unit, l.Lower), "#942514", "6 4")
		v.Moves.line(moves.at(l.UpperMoved), unitText(c.Unit, l.UpperMoved), "#942514", "6 4")
		v.Moves.line(moves.at(l.MeanMoved), unitText(c.Unit, l.MeanMoved), "#505a5f", "none")
	} else {
		v.Values.line(values.at(values.high), unitText(c.Unit, values.high), "#b1b4b6", "none")
		if values.low < values.high {
			v.Values.line(values.at(values.low), unitText(c.Unit, values.low), "#b1b4b6", "none")
		}
		v.Moves.line(moves.at(moves.high), unitText(c.Unit, moves.high), "#b1b4b6", "none")
	}
	v.Values.part(controlHeight)
	v.Moves.part(movedHeight)
	return v
}

// add adds a point, joined to the one before it.
func (p *plot) add(i, of int, y int64, title string, signal, joined bool) {
	d := dot{percent((2*int64(i) + 1) * 1e6 / (2 * int64(of))), pixels(y), title, signal}
	if n := len(p.Points); joined && n > 0 {
		p.Steps = append(p.Steps, step{p.Points[n-1].X, p.Points[n-1].Y, d.X, d.Y})
	}
	p.Points = append(p.Points, d)
}

func (p *plot) line(y int64, text, stroke, dash string) {
	p.Lines = append(p.Lines, across{pixels(y), stroke, dash})
	p.Labels = append(p.Labels, label{Text: text, y: y + 4500})
}

// part moves labels apart that would lie on each other; those that say the same become
// one.
func (p *plot) part(height int64) {
	slices.SortStableFunc(p.Labels, func(a, b label) int { return int(a.y - b.y) })
	p.Labels = slices.CompactFunc(p.Labels, func(a, b label) bool { return a.Text == b.Text && b.y-a.y < labelGap*1000 })
	for i := range p.Labels {
		if i > 0 {
			p.Labels[i].y = max(p.Labels[i].y, p.Labels[i-1].y+labelGap*1000)
		}
	}
	bottom := (height - 1) * 1000
	for i := len(p.Labels) - 1; i >= 0; i-- {
		p.Labels[i].y = min(p.Labels[i].y, bottom)
		bottom = p.Labels[i].y - labelGap*1000
		p.Labels[i].Y = pixels(p.Labels[i].y)
	}
}

// scale turns values into places from the top.
type scale struct {
	height, low, high int64
	seen              bool
}

func (s *scale) see(n int64) {
	if !s.seen {
		s.low, s.high, s.seen = n, n, true
	}
	s.low, s.high = min(s.low, n), max(s.high, n)
}

// at returns a value's place in thousandths of a pixel.
func (s *scale) at(n int64) int64 {
	room := (s.height - controlTop - controlBottom) * 1000
	if s.high == s.low {
		return controlTop*1000 + room/2
	}
	return controlTop*1000 + room - muldiv(n-s.low, room, s.high-s.low)
}

// unitText writes thousandths of a unit.
func unitText(unit string, n int64) string {
	switch unit {
	case "percent":
		return decimal(n) + "%"
	case "seconds":
		return brief((n + 500) / 1000)
	}
	return decimal(n)
}

// decimal writes thousandths with two decimals, halves away from zero.
func decimal(n int64) string {
	if n < 0 {
		return "-" + decimal(-n)
	}
	n = (n + 5) / 10
	return fmt.Sprintf("%s.%02d", whole(n/100), n%100)
}

// signals counts the points that are more than noise.
func (v *controlView) signals() int {
	n := 0
	for i := range v.Points {
		if v.Points[i].Signal() {
			n++
		}
	}
	return n
}

// verdict says what the chart shows: a word, its look, and a sentence.
func (v *controlView) verdict() (word, look, text string) {
	if v.Limits == nil {
		return "Too few periods", "grey", fmt.Sprintf("%s measured; limits need %d.", plural(len(v.Points), "period"), flow.LeastControl)
	}
	text = fmt.Sprintf("Mean %s; limits %s to %s.", unitText(v.Unit, v.Limits.Mean), unitText(v.Unit, v.Limits.Lower), unitText(v.Unit, v.Limits.Upper))
	if n := v.signals(); n > 0 {
		return plural(n, "signal"), "yellow", text
	}
	return "Only noise", "grey", text
}

func pointWords(p *flow.ControlPoint) string {
	var words []string
	if p.Outside {
		words = append(words, "outside the limits")
	}
	if p.Run {
		words = append(words, "in a long run on one side")
	}
	if p.Jump {
		words = append(words, "moved further than its limit")
	}
	return orDash(strings.Join(words, ", "))
}

func movedText(unit string, n *int64) string {
	if n == nil {
		return "–"
	}
	return unitText(unit, *n)
}

func controlTitle(c *flow.Control) string {
	if c.Name == "" {
		return c.Contract + " " + c.Measure
	}
	return c.Contract + " " + c.Measure + ": " + c.Name
}

// ends returns the first and the last period of a chart in words.
func (v *controlView) ends() (first, last string) {
	return periodWords(v.Points[0].Period), periodWords(v.Points[len(v.Points)-1].Period)
}
