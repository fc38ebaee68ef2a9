package audit

import (
	_ "embed"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/money"
	"towerbridge/span"
)

// Thresholds is the document that declares what is worth a look. People may write
// their own; [Shipped] is what holds otherwise.
type Thresholds struct {
	ID                  string              `doc:"id,required" about:"Plain name of the thresholds, shown with every result."`
	FalseFlags          money.Percent       `doc:"falseFlags,required" about:"Declared rate: the share of questions that may be worth a look where nothing is amiss. The other thresholds are set so that no more are."`
	LatePause           LatePause           `doc:"latePause,required" about:"Pauses that begin in the last part of the target."`
	BunchedClosure      BunchedClosure      `doc:"bunchedClosure,required" about:"Resolutions bunched just before the target."`
	PeriodEndClosure    PeriodEndClosure    `doc:"periodEndClosure,required" about:"Resolutions bunched at the end of service periods: in their last hours, or on their last working day."`
	Reprioritised       Common              `doc:"reprioritised,required" about:"Tickets whose priority was lowered after their target had passed."`
	ReopenedAfterPeriod ReopenedAfterPeriod `doc:"reopenedAfterPeriod,required" about:"Tickets resolved in one service period and reopened just after it."`
	TestCalls           TestCalls           `doc:"testCalls,required" about:"Far more tickets of one kind and service in the quiet hours of some days than the log explains."`
	Rounding            Rounding            `doc:"rounding,required" about:"Resolutions stamped on round minutes or seconds."`
	CalendarChange      Common              `doc:"calendarChange,required" about:"Tickets changed so that another calendar, with a later deadline, counts."`
	Backdated           Backdated           `doc:"backdated,required" about:"Resolutions entered after the target and dated before it."`
	Note                string              `doc:"note" about:"Free note; not evaluated."`
}

// Common is what every pattern's threshold has.
type Common struct {
	Chance money.Percent `doc:"chance,required" about:"Highest probability of so many or more where nothing is amiss; above it the pattern is not worth a look."`
	Times  money.Percent `doc:"times,required" about:"Least multiple of what is expected: 200% is twice as often."`
	Least  int           `doc:"least,required" about:"Fewest tickets or acts that carry the pattern."`
}

// LatePause is the threshold of [LatePausePattern].
type LatePause struct {
	LastShare money.Percent `doc:"lastShare,required" about:"Last part of the target, such as 10%."`
	Common    `doc:",inline"`
}

// BunchedClosure is the threshold of [BunchedClosurePattern].
type BunchedClosure struct {
	Slice  money.Percent `doc:"slice,required" about:"Width of the slices of the target that are compared: the last one before it with the two before that and the first two after it."`
	Common `doc:",inline"`
}

// PeriodEndClosure is the threshold of [PeriodEndClosurePattern].
type PeriodEndClosure struct {
	Last   span.Seconds `doc:"last,required" about:"Length of the last hours of a service period, in elapsed time; at most 24h."`
	Common `doc:",inline"`
}

// ReopenedAfterPeriod is the threshold of [ReopenedAfterPeriodPattern].
type ReopenedAfterPeriod struct {
	Within span.Seconds `doc:"within,required" about:"How long after the beginning of a service period a reopening is just after it, in elapsed time."`
	Common `doc:",inline"`
}

// TestCalls is the threshold of [TestCallsPattern].
type TestCalls struct {
	QuietShare money.Percent `doc:"quietShare,required" about:"Quiet are the hours of the day with the fewest tickets that together hold at most this share of all; the busiest tenth of the days is not looked at for that."`
	Common     `doc:",inline"`
}

// Rounding is the threshold of [RoundingPattern].
type Rounding struct {
	Excess money.Percent `doc:"excess,required" about:"Least share of all resolutions by which the round ones exceed what is expected, such as 10%."`
	Common `doc:",inline"`
}

// Backdated is the threshold of [BackdatedPattern].
type Backdated struct {
	After  span.Seconds `doc:"after,required" about:"How long after it happened a resolution must have been entered, in elapsed time, to be looked at."`
	Common `doc:",inline"`
}

// Findings of thresholds.
var (
	rulePercent = fault.Declare(1970, "a threshold is not a share that can be used",
		"Give more than 0% and no more than the highest that the message names.")
	ruleLeast = fault.Declare(1971, "the least number of a threshold is below one",
		"Give at least 1.")
	ruleLength = fault.Declare(1972, "a length of time of a threshold is not more than nothing",
		"Give a length such as 30m or 48h.")
)

//go:embed thresholds.yaml
var shipped []byte

// Shipped returns the thresholds that the program ships.
func Shipped() Thresholds {
	t, findings := ReadThresholds("thresholds.yaml", shipped)
	if len(findings) > 0 {
		panic(findings.Error()) // the file is part of the program; a test reads it
	}
	return t
}

// ShippedText returns the document of the shipped thresholds as it was written.
func ShippedText() []byte { return append([]byte(nil), shipped...) }

// ReadThresholds reads a document of thresholds and reports everything wrong with it.
func ReadThresholds(file string, data []byte) (Thresholds, fault.Findings) {
	t, where, findings := document.Read[Thresholds](file, data)
	if len(findings) > 0 {
		return t, findings
	}
	c := thresholdCheck{where: where}
	c.share("falseFlags", t.FalseFlags, "100%")
	for name, x := range t.common() {
		c.share(name+".chance", x.Chance, "50%")
		c.share(name+".times", x.Times, "1000000%")
		if x.Least < 1 {
			c.findings = append(c.findings, where.Finding(ruleLeast, name+".least", "%d is below 1", x.Least))
		}
	}
	c.share("latePause.lastShare", t.LatePause.LastShare, "50%")
	c.share("bunchedClosure.slice", t.BunchedClosure.Slice, "25%")
	c.share("testCalls.quietShare", t.TestCalls.QuietShare, "50%")
	c.share("rounding.excess", t.Rounding.Excess, "100%")
	c.length("reopenedAfterPeriod.within", t.ReopenedAfterPeriod.Within)
	c.length("periodEndClosure.last", t.PeriodEndClosure.Last)
	c.length("backdated.after", t.Backdated.After)
	c.findings.Sort()
	return t, c.findings
}

// common returns what every pattern has, by the name of its key.
func (t *Thresholds) common() map[string]Common {
	return map[string]Common{
		"latePause": t.LatePause.Common, "bunchedClosure": t.BunchedClosure.Common, "periodEndClosure": t.PeriodEndClosure.Common,
		"reprioritised": t.Reprioritised, "reopenedAfterPeriod": t.ReopenedAfterPeriod.Common, "testCalls": t.TestCalls.Common,
		"rounding": t.Rounding.Common, "calendarChange": t.CalendarChange, "backdated": t.Backdated.Common,
	}
}

type thresholdCheck struct {
	where    *document.Where
	findings fault.Findings
}

func (c *thresholdCheck) share(field string, p money.Percent, most string) {
	if p.Sign() <= 0 || p.Cmp(money.MustPercent(most)) > 0 || p.Points().Decimals() > 6 {
		c.findings = append(c.findings, c.where.Finding(rulePercent, field, "%s is not more than 0%% and at most %s with at most six decimals", p, most))
	}
}

func (c *thresholdCheck) length(field string, s span.Seconds) {
	if s <= 0 {
		c.findings = append(c.findings, c.where.Finding(ruleLength, field, "%s is not more than nothing", s))
	}
}

// billionths returns a percentage in billionths of the whole, exactly: thresholds have
// at most six decimals.
func billionths(p money.Percent) int64 {
	scaled := p.Points().Mul(money.NewDecimal(10_000_000, 0)).Round(0, money.Down)
	var n int64
	for _, r := range scaled.String() {
		if r < '0' || r > '9' {
			break
		}
		n = n*10 + int64(r-'0')
	}
	return n
}

// partOf returns a percentage of whole seconds, cut down to whole seconds.
func partOf(p money.Percent, seconds int64) int64 {
	b := billionths(p)
	return seconds/1_000_000_000*b + seconds%1_000_000_000*b/1_000_000_000
}
