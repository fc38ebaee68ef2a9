package simulate

import (
	"fmt"

	"towerbridge/fault"
	"towerbridge/money"
	"towerbridge/span"
)

// Limits of a profile and of a simulation.
const (
	MaxTickets  = 100_000_000             // tickets of one simulation
	MaxYears    = 20                      // years of one simulation
	MaxLength   = 366 * 24 * 3600         // seconds of any length in a profile
	MaxWeight   = 1_000_000_000           // of anything in a profile
	MaxNames    = 250                     // kinds, priorities, channels, reasons or series
	maxChance   = share(whole / 100 * 95) // of one more note or pause after another
	maxOutages  = 1000                    // of a service in a year
	maxOfTarget = 10_000                  // per cent
)

var (
	wrongQuantiles = fault.Declare(1950, "the values are not quantiles",
		"Give at least two values, each not below the one before it, and none longer than 8784h or above 10000%.")
	wrongWeights = fault.Declare(1951, "the weights cannot be used",
		"Give whole numbers from 0 to 1000000000, as many as the field says, at least one of them above 0.")
	wrongChance = fault.Declare(1952, "the share is too large",
		"Give at most 95%: it is the chance of one more after each.")
	givenTwice = fault.Declare(1953, "the profile says something twice",
		"Keep one of the two.")
	notInEstate = fault.Declare(1954, "the profile names something that the estate does not have",
		"Use an id of the estate, or leave the line out.")
	wrongOptions = fault.Declare(1955, "the simulation cannot be run as asked",
		"Mend what the message names.")
	notCovered = fault.Declare(1956, "a calendar does not know the dates of the simulation",
		"Simulate dates that the calendar's bank holidays cover.")
)

// checker gathers findings of a profile.
type checker struct {
	report   func(rule fault.Rule, field, format string, args ...any) fault.Finding
	findings fault.Findings
}

func (c *checker) add(rule fault.Rule, field, format string, args ...any) {
	c.findings = append(c.findings, c.report(rule, field, format, args...))
}

func (p *Profile) check(report func(rule fault.Rule, field, format string, args ...any) fault.Finding) fault.Findings {
	c := &checker{report: report}
	if a := p.Arrivals; a != nil {
		c.numbers("arrivals.hours", a.Hours, 24)
		c.numbers("arrivals.weekdays", a.Weekdays, 7)
		c.numbers("arrivals.months", a.Months, 12)
	}
	var kinds []int
	for i, k := range p.Kinds {
		kinds = append(kinds, k.Weight)
		c.weights(fmt.Sprintf("kinds[%d].priorities", i), k.Priorities)
	}
	c.numbers("kinds", kinds, 0)
	c.weights("channels", p.Channels)
	c.weights("sites", p.Sites)
	c.services(p)
	if p.EveryParty != nil {
		c.habits("everyParty", p.EveryParty)
	}
	seen := map[string]bool{}
	for i := range p.Parties {
		at := fmt.Sprintf("parties[%d]", i)
		c.once(at+".party", p.Parties[i].Party, seen)
		c.habits(at, &p.Parties[i].Habits)
	}
	c.handOvers(p)
	if p.Reopened != nil {
		c.lengths("reopened.after", p.Reopened.After)
	}
	if p.Late != nil {
		c.lengths("late.lag", p.Late.Lag)
	}
	c.lengths("closeAfter", p.CloseAfter)
	c.lengths("answer", p.Answer)
	c.rest(p)
	return c.findings
}

func (c *checker) services(p *Profile) {
	var weights []int
	seen := map[string]bool{}
	for i, s := range p.Services {
		weights = append(weights, s.Weight)
		c.once(fmt.Sprintf("services[%d].service", i), s.Service, seen)
		c.outages(fmt.Sprintf("services[%d].outagesPerYear", i), s.OutagesPerYear)
	}
	if len(weights) > 0 {
		c.numbers("services", weights, 0)
	}
}

func (c *checker) handOvers(p *Profile) {
	seen := map[string]bool{}
	var begins bool
	for i, h := range p.HandOvers {
		at := fmt.Sprintf("handOvers[%d]", i)
		c.once(at, h.From+" to "+h.To, seen)
		c.numbers(at+".weight", []int{h.Weight}, 1)
		begins = begins || h.From == "" && h.To != ""
		if h.From == "" && h.To == "" || h.From != "" && h.From == h.To {
			c.add(wrongWeights, at, "a ticket passes from one party to another, from the opening to a party, or from a party to the resolution")
		}
	}
	if len(p.HandOvers) > 0 && !begins {
		c.add(wrongWeights, "handOvers", "no line without from says which party a ticket begins with")
	}
}

func (c *checker) rest(p *Profile) {
	if s := p.Surveys; s != nil && len(s.Scores) > 0 {
		c.numbers("surveys.scores", s.Scores, 0)
		if len(s.Scores) > 100 {
			c.add(wrongWeights, "surveys.scores", "there are more than 100 scores")
		}
	}
	for i, s := range p.Series {
		c.percents(fmt.Sprintf("series[%d].values", i), s.Values, 100)
	}
	if o := p.Outages; o != nil {
		c.outages("outages.perYear", o.PerYear)
		c.lengths("outages.lengths", o.Lengths)
		if n := o.Calls; len(n) > 0 && (len(n) != 2 || n[0] < 0 || n[1] < n[0] || n[1] > 1000) {
			c.add(wrongWeights, "outages.calls", "the calls are not two numbers up to 1000, the lesser first")
		}
	}
	if m := p.Maintenance; m != nil {
		for _, x := range []struct {
			field string
			value *span.Seconds
		}{{"maintenance.at", m.At}, {"maintenance.length", m.Length}} {
			if x.value != nil && *x.value > 24*3600 {
				c.add(wrongQuantiles, x.field, "%s is longer than a day", *x.value)
			}
		}
	}
}

func (c *checker) outages(field string, n *int) {
	if n != nil && (*n < 0 || *n > maxOutages) {
		c.add(wrongWeights, field, "%d outages in a year are not from 0 to %d", *n, maxOutages)
	}
}

func (c *checker) once(field, name string, seen map[string]bool) {
	if seen[name] {
		c.add(givenTwice, field, "%q is given twice", name)
	}
	seen[name] = true
}

// numbers checks weights; want is how many there must be, zero for any number.
func (c *checker) numbers(field string, list []int, want int) {
	if len(list) == 0 {
		return
	}
	sum := 0
	for _, n := range list {
		if n < 0 || n > MaxWeight {
			c.add(wrongWeights, field, "%d is not from 0 to %d", n, MaxWeight)
			return
		}
		sum += n
	}
	if sum == 0 && want != 1 {
		c.add(wrongWeights, field, "none of the weights is above 0")
	}
	if want > 0 && len(list) != want {
		c.add(wrongWeights, field, "there are %d weights, not %d", len(list), want)
	}
}

func (c *checker) weights(field string, list []Weight) {
	var numbers []int
	seen := map[string]bool{}
	for i, w := range list {
		numbers = append(numbers, w.Weight)
		c.once(fmt.Sprintf("%s[%d].name", field, i), w.Name, seen)
	}
	c.numbers(field, numbers, 0)
}

func (c *checker) habits(at string, h *Habits) {
	c.lengths(at+".acceptance", h.Acceptance)
	seen := map[string]bool{}
	for i, w := range h.Work {
		c.once(fmt.Sprintf("%s.work[%d].priority", at, i), w.Priority, seen)
		c.lengths(fmt.Sprintf("%s.work[%d].lengths", at, i), w.Lengths)
	}
	c.percents(at+".ofTarget", h.OfTarget, maxOfTarget)
	c.again(at+".notes", h.Notes)
	if h.Pauses != nil {
		c.again(at+".pauses.share", h.Pauses.Share)
		c.weights(at+".pauses.reasons", h.Pauses.Reasons)
		c.lengths(at+".pauses.lengths", h.Pauses.Lengths)
	}
}

func (c *checker) again(field string, s *Share) {
	if s != nil && share(*s) > maxChance {
		c.add(wrongChance, field, "%s is above 95%%", *s)
	}
}

func (c *checker) lengths(field string, list []span.Seconds) {
	if len(list) == 1 {
		c.add(wrongQuantiles, field, "one value is no quantiles")
	}
	for i, s := range list {
		if s > MaxLength || i > 0 && s < list[i-1] {
			c.add(wrongQuantiles, fmt.Sprintf("%s[%d]", field, i), "%s is below the value before it, or longer than %s", s, span.Seconds(MaxLength))
			return
		}
	}
}

func (c *checker) percents(field string, list []money.Percent, most int64) {
	if len(list) == 1 {
		c.add(wrongQuantiles, field, "one value is no quantiles")
	}
	var before int64
	for i, p := range list {
		n, ok := tenThousandths(p)
		if !ok || n < before || n > most*100 {
			c.add(wrongQuantiles, fmt.Sprintf("%s[%d]", field, i), "%s is below the value before it, above %d%%, or has more than two decimals", p, most)
			return
		}
		before = n
	}
}

// tenThousandths returns a percentage as a whole number of hundredths of a per cent.
func tenThousandths(p money.Percent) (int64, bool) {
	return wholeNumber(p.Points().Mul(money.NewDecimal(100, 0)))
}
