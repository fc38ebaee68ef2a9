package report

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/contract"
	"towerbridge/flow"
)

// Charts are drawn like the bars of tickets: across with percentages, so that they fit
// every width and their text keeps its size; down with pixels. Every chart has a title,
// a description and a table that says the same.

// tint is a stretch of a stacked bar.
type tint struct {
	X, Width string
	Fill     string
}

// stack lays parts of a whole side by side. The parts are in no unit that matters.
func stack(parts []int64, fills []string) []tint {
	var whole, sum int64
	for _, p := range parts {
		whole += p
	}
	if whole == 0 {
		return nil
	}
	var out []tint
	from := int64(0)
	for i, p := range parts {
		if sum += p; p <= 0 {
			continue
		}
		to := muldiv(sum, 1e6, whole)
		out = append(out, tint{percent(from), percent(to - from), fills[i]})
		from = to
	}
	return out
}

// legKinds are the kinds of holder in the order in which they are drawn, with the look
// of each.
var legKinds = []struct {
	Kind contract.LegKind
	look
}{
	{contract.SupplierLeg, look{"supplier", looks[0].Fill}},
	{contract.IntegratorLeg, looks[2]},
	{contract.CustomerLeg, looks[3]},
	{contract.UnownedLeg, looks[4]},
	{contract.DisputedLeg, looks[5]},
}

// stackKinds lays the seconds of holders side by side, those of a kind together.
func stackKinds(held []flow.GroupHeld) []tint {
	parts, fills := make([]int64, len(legKinds)), make([]string, len(legKinds))
	for i, k := range legKinds {
		fills[i] = k.Fill
		for _, h := range held {
			if h.Kind == k.Kind {
				parts[i] += h.ElapsedSeconds
			}
		}
	}
	return stack(parts, fills)
}

// stackWords says in words what a stacked bar shows.
func stackWords(held []flow.GroupHeld) string {
	var whole int64
	for _, h := range held {
		whole += h.ElapsedSeconds
	}
	var words []string
	for _, k := range legKinds {
		var part int64
		for _, h := range held {
			if h.Kind == k.Kind {
				part += h.ElapsedSeconds
			}
		}
		if part > 0 {
			words = append(words, k.Word+" "+shareText(part, whole))
		}
	}
	if words == nil {
		return "no time of anybody"
	}
	return strings.Join(words, ", ")
}

// level is one labelled row of bars that share a scale.
type level struct {
	Label string
	Bars  []levelBar
}

type levelBar struct {
	Fill, Text string
	N          int64
	Width      string
}

// The looks of two sides.
const (
	firstFill  = "url(#tb-other)"
	secondFill = "#1d70b8"
)

// scaled gives the bars of rows their widths on one scale, the longest full.
func scaled(rows []level) []level {
	var most int64
	for _, r := range rows {
		for _, b := range r.Bars {
			most = max(most, b.N)
		}
	}
	for _, r := range rows {
		for i := range r.Bars {
			b := &r.Bars[i]
			if b.Width = "0%"; most > 0 && b.N > 0 {
				b.Width = percent(max(least, muldiv(b.N, 1e6, most)))
			}
		}
	}
	return rows
}

// levelsWords says in words what rows of bars show.
func levelsWords(rows []level) string {
	var words []string
	for _, r := range rows {
		var texts []string
		for _, b := range r.Bars {
			texts = append(texts, b.Text)
		}
		words = append(words, r.Label+": "+strings.Join(texts, ", "))
	}
	return strings.Join(words, "; ") + "."
}

// barsHeight is the height of a row's drawing in pixels.
func barsHeight(r level) string { return number(int64(len(r.Bars) * 18)) }

// shareText writes part of a whole with one decimal, halves up: 31.2%.
func shareText(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	n := muldiv(2*part, 1000, whole)
	n = (n + 1) / 2
	return fmt.Sprintf("%d.%d%%", n/10, n%10)
}

// brief writes seconds for a table of many: the nearest hour from a hundred hours on,
// the nearest minute from one hour on.
func brief(seconds int64) string {
	switch {
	case seconds < 0:
		return "-" + brief(-seconds)
	case seconds >= 100*3600:
		return whole((seconds+1800)/3600) + " h"
	case seconds >= 3600:
		return length((seconds + 30) / 60 * 60)
	}
	return length(seconds)
}

// pixels writes thousandths of a pixel.
func pixels(n int64) string {
	if n < 0 {
		return "-" + pixels(-n)
	}
	return fmt.Sprintf("%d.%03d", n/1000, n%1000)
}

// shorten cuts a name off where a chart has no room for it.
func shorten(name string, most int) string {
	r := []rune(name)
	if len(r) <= most {
		return name
	}
	return string(r[:most-1]) + "…"
}

// Ribbons of hand-overs, in pixels.
const (
	ribbonsHeight = 300
	ribbonSlot    = 20 // least height of a holder with its name
	ribbonGap     = 6
	mostRibbons   = 30 // ribbons drawn; the table has more
	mostNodes     = 14 // holders drawn on each side
)

// node is a holder at one side of the ribbons.
type node struct {
	Name, Text string
	Y, Height  string
	TextY      string
	Fill       string
	next       int64 // where its next ribbon begins, in thousandths of a pixel
	n          int64 // hand-overs drawn
}

type ribbon struct{ Path, Fill, Title string }

// ribbons is the hand-overs as bands from the left, who passes on, to the right.
type ribbons struct {
	Left, Right []node
	Ribbons     []ribbon
	Height      string
	Box         string
	Drawn       int64 // hand-overs drawn
}

var ribbonFills = []string{"#1d70b8", "#f47738", "#00703c", "#4c2c92", "#d53880", "#b58840", "#28a197", "#505a5f", "#942514", "#5694ca"}

// newRibbons draws the most frequent hand-overs. Cells stand with the most frequent first.
func newRibbons(cells []flow.Cell) *ribbons {
	r := &ribbons{}
	left, right := map[string]int{}, map[string]int{}
	var drawn []flow.Cell
	for _, c := range cells {
		_, hasLeft := left[c.From]
		_, hasRight := right[c.To]
		if c.Count <= 0 || len(drawn) == mostRibbons || !hasLeft && len(r.Left) == mostNodes || !hasRight && len(r.Right) == mostNodes {
			continue
		}
		if !hasLeft {
			left[c.From] = len(r.Left)
			r.Left = append(r.Left, node{Name: c.From, Fill: ribbonFills[len(r.Left)%len(ribbonFills)]})
		}
		if !hasRight {
			right[c.To] = len(r.Right)
			r.Right = append(r.Right, node{Name: c.To, Fill: "#0b0c0c"})
		}
		r.Left[left[c.From]].n += c.Count
		r.Right[right[c.To]].n += c.Count
		r.Drawn += c.Count
		drawn = append(drawn, c)
	}
	height := max(r.place(r.Left), r.place(r.Right))
	r.Height = number((height + 999) / 1000)
	r.Box = "0 0 1000 " + r.Height
	slices.SortStableFunc(drawn, func(a, b flow.Cell) int { return right[a.To] - right[b.To] })
	for _, c := range drawn {
		from, to := &r.Left[left[c.From]], &r.Right[right[c.To]]
		thick := muldiv(c.Count, ribbonsHeight*1000, r.Drawn)
		a, b := pixels(from.next), pixels(to.next)
		from.next, to.next = from.next+thick, to.next+thick
		c2, d := pixels(from.next), pixels(to.next)
		r.Ribbons = append(r.Ribbons, ribbon{
			Path:  "M10 " + a + "C500 " + a + " 500 " + b + " 990 " + b + "V" + d + "C500 " + d + " 500 " + c2 + " 10 " + c2 + "Z",
			Fill:  from.Fill,
			Title: fmt.Sprintf("%s to %s: %s", c.From, c.To, whole(c.Count)),
		})
	}
	return r
}

// place puts holders one below another and returns the height that they take.
func (r *ribbons) place(nodes []node) int64 {
	y := int64(0)
	for i := range nodes {
		n := &nodes[i]
		h := muldiv(n.n, ribbonsHeight*1000, r.Drawn)
		slot := max(h, ribbonSlot*1000)
		n.next = y + (slot-h)/2
		n.Y, n.Height, n.TextY = pixels(n.next), pixels(max(h, 1000)), pixels(y+slot/2+4500)
		n.Text = shorten(n.Name, 16) + " " + whole(n.n)
		y += slot + ribbonGap*1000
	}
	return y
}

// words says the heaviest ribbons in words.
func (r *ribbons) words(m *flow.Matrix) string {
	var out []string
	for _, c := range m.Cells[:min(3, len(m.Cells))] {
		out = append(out, fmt.Sprintf("%s to %s %s", c.From, c.To, whole(c.Count)))
	}
	return "The most frequent: " + strings.Join(out, ", ") + "."
}

// The pause histogram, in pixels.
const histogramHeight = 120

type pauseColumn struct {
	X, Width, Y, Height, Middle, TextY, Text string
	Fill                                     string
}

// columns draws when pauses began: ten tenths of the target, and after it.
func columns(p *flow.PauseSpread) []pauseColumn {
	counts := append(p.Tenths[:], p.After)
	most := max(1, slices.Max(counts))
	var out []pauseColumn
	for i, n := range counts {
		from, to := int64(i)*1e6/11, int64(i+1)*1e6/11
		h := n * histogramHeight / most
		c := pauseColumn{
			X: percent(from + 4000), Width: percent(to - from - 8000), Y: number(18 + histogramHeight - h), Height: number(h),
			Middle: percent((from + to) / 2), TextY: number(14 + histogramHeight - h), Text: whole(n), Fill: secondFill,
		}
		if i == 9 {
			c.Fill = "url(#tb-late)"
		}
		if i == 10 {
			c.Fill = "#505a5f"
		}
		out = append(out, c)
	}
	return out
}

func pauseWords(p *flow.PauseSpread) string {
	return fmt.Sprintf("%s of %s: %s began in the last tenth of the target and %s after it.",
		plural(int(p.Pauses), "pause"), plural(int(p.Tickets), "ticket"), whole(p.Tenths[9]), whole(p.After))
}
