package contract

import (
	"towerbridge/money"
	"towerbridge/span"
)

// MeasureDocument is one service measure: what is counted, of which tickets, in
// which period, and what the result earns.
type MeasureDocument struct {
	ID           string            `doc:"id,required" about:"Name of the measure, such as KPI-1."`
	Name         string            `doc:"name" about:"Name for people."`
	Clause       string            `doc:"clause" about:"Clause that defines the measure."`
	Share        *ShareRule        `doc:"share,choice=kind" about:"Share of tickets whose clock met its target."`
	Mean         *MeanRule         `doc:"mean,choice=kind" about:"Mean open time of a clock, in seconds."`
	Percentile   *PercentileRule   `doc:"percentile,choice=kind" about:"Open time within which a share of the tickets stayed, in seconds."`
	Count        *CountRule        `doc:"count,choice=kind" about:"Number of tickets."`
	Availability *AvailabilityRule `doc:"availability,choice=kind" about:"Share of the agreed time in which the service was available."`
	Backlog      *BacklogRule      `doc:"backlog,choice=kind" about:"Tickets still open at the period's end, by age."`
	FirstTime    *FirstTimeRule    `doc:"firstTimeFix,choice=kind" about:"Share of tickets resolved by the first team to hold them, without reopening."`
	Reopened     *ReopenedRule     `doc:"reopenRate,choice=kind" about:"Share of resolved tickets that were reopened."`
	HandOvers    *HandOverRule     `doc:"handOvers,choice=kind" about:"Mean number of times a ticket changed party."`
	External     *ExternalRule     `doc:"external,choice=kind" about:"Numerator over denominator of a measured series."`
	Survey       *SurveyRule       `doc:"survey,choice=kind" about:"Mean score of a survey, as a share of the highest score."`
	Scope        string            `doc:"scope" about:"CEL expression: the tickets counted; all of the contract's if left out."`
	CountsIn     CountsIn          `doc:"countsIn" about:"Which period a ticket counts in; that of its last resolution if left out."`
	Attribution  Attribution       `doc:"attribution" about:"Whose ticket it is, where this measure differs from the contract."`
	Frequency    PeriodLength      `doc:"period" about:"Measurement period; the service period if left out."`
	Target       []Level           `doc:"target" about:"Target performance level. With bands it is shown; without, meeting it earns nothing and missing it is a failure."`
	Precision    *Precision        `doc:"precision" about:"How the result is rounded before it is compared; not rounded if left out."`
	SmallVolume  *SmallVolume      `doc:"smallVolume" about:"What counts as met when few tickets are counted."`
	ZeroVolume   ZeroVolume        `doc:"zeroVolume" about:"What no tickets mean; not-measured if left out."`
	Bands        []BandDocument    `doc:"bands" about:"Levels of failure, each with its points. Every possible result lies in exactly one band."`
	Repeat       *Repeat           `doc:"repeatFailure" about:"What failing again in the next period does to the points."`
	Rating       *RatingDocument   `doc:"rating" about:"Cut-offs of the statutory performance rating (Procurement Act 2023), fixed for this measure."`
	LowerBetter  bool              `doc:"lowerIsBetter" about:"A smaller result is the better one, as for a mean time or a backlog."`
	span.Dated   `doc:",inline"`
}

// ShareRule is the share of tickets whose clock met its target.
type ShareRule struct {
	Clock string `doc:"clock,required" about:"Clock whose verdict is counted."`
}

// MeanRule is the mean open time of a clock.
type MeanRule struct {
	Clock string `doc:"clock,required" about:"Clock whose open seconds are averaged."`
}

// PercentileRule is a percentile of a clock by the nearest-rank method.
type PercentileRule struct {
	Clock string        `doc:"clock,required" about:"Clock whose open seconds are ranked."`
	Share money.Percent `doc:"share,required" about:"Share of tickets, such as 90%; the result is the smallest time within which at least this share stayed (nearest rank)."`
}

// CountRule is a number of tickets.
type CountRule struct {
	Of Counted `doc:"of,required" about:"Which tickets are counted."`
}

// AvailabilityRule is the share of agreed time in which a service was available.
type AvailabilityRule struct {
	Services    []string        `doc:"services,required,min=1" about:"Services that must be available; any of them down is down."`
	Calendar    string          `doc:"calendar,required" about:"Calendar of the agreed service time."`
	Downtime    string          `doc:"downtime,required" about:"CEL expression: the tickets whose life from opening to resolution is downtime, such as kind == \"outage\"."`
	Maintenance string          `doc:"maintenance" about:"CEL expression: the tickets whose life is permitted maintenance."`
	Denominator DenominatorRule `doc:"denominator,required" about:"What permitted maintenance does to the agreed time and the downtime."`
}

// BacklogRule counts tickets still open at the end of the period.
type BacklogRule struct {
	OlderThan *span.Seconds `doc:"olderThan" about:"Count the share of open tickets older than this in open time; the mean age in seconds if left out."`
	Calendar  string        `doc:"calendar,required" about:"Calendar in which age is counted."`
}

// FirstTimeRule is the share resolved by the first team without reopening.
type FirstTimeRule struct {
	Line int `doc:"line" about:"Support line that must have resolved it, such as 1; any if left out."`
}

// ReopenedRule is the share of resolved tickets that were reopened.
type ReopenedRule struct {
	Within *span.Seconds `doc:"within" about:"Elapsed time after the resolution within which a reopening counts; any if left out."`
}

// HandOverRule is the mean number of hand-overs.
type HandOverRule struct {
	Between HandOverLevel `doc:"between" about:"Hand-overs between parties or between teams; parties if left out."`
}

// ExternalRule is a series measured outside.
type ExternalRule struct {
	Series string `doc:"series,required" about:"Name of the series in the journal's measured entries; its numerators and denominators are summed over the period."`
}

// SurveyRule is a survey score.
type SurveyRule struct {
	Series string `doc:"series,required" about:"Name of the survey in the journal's measured entries: numerator is the score, denominator the highest score."`
}

// Level is a value with the dates between which it holds.
type Level struct {
	Value      Value  `doc:"value,required" about:"A percentage such as 95%, a length of time such as 8h, or a plain number."`
	Clause     string `doc:"clause" about:"Clause of the value."`
	span.Dated `doc:",inline"`
}

// Precision is how a result is rounded before it is compared with anything.
type Precision struct {
	Decimals int            `doc:"decimals" about:"Decimal places kept, of the percentage or the number."`
	Rounding money.Rounding `doc:"rounding,required" about:"How the rest is dealt with."`
	Clause   string         `doc:"clause" about:"Clause of the rounding."`
}

// SmallVolume is a gentler rule for few tickets.
type SmallVolume struct {
	Below    int    `doc:"below,required" about:"The rule holds when fewer tickets than this are counted."`
	Failures int    `doc:"allowedFailures" about:"Failures at or under this number count as target met."`
	Clause   string `doc:"clause" about:"Clause of the rule."`
}

// BandDocument is one level of performance. Its edges are said by operators, so
// that whether an edge belongs to it is never in doubt.
type BandDocument struct {
	Name       string `doc:"name,required" about:"Name of the band, such as target, minor, serious, severe or threshold."`
	AtLeast    *Value `doc:"atLeast" about:"Lowest value in the band."`
	Above      *Value `doc:"above" about:"The band lies above this value, which is not in it."`
	AtMost     *Value `doc:"atMost" about:"Highest value in the band."`
	Below      *Value `doc:"below" about:"The band lies below this value, which is not in it."`
	Points     int    `doc:"points" about:"Service points that the band earns; none if left out."`
	Met        bool   `doc:"met" about:"A result in this band meets the target."`
	Clause     string `doc:"clause" about:"Clause of the band."`
	span.Dated `doc:",inline"`
}

// Repeat is what failing again does to the points.
type Repeat struct {
	Multiplier int    `doc:"multiplier,required" about:"The points of the period's own band are multiplied by this once when the measure failed in the measurement period before; it does not compound."`
	Clause     string `doc:"clause" about:"Clause of the rule."`
}

// RatingDocument is the cut-offs of the statutory rating.
type RatingDocument struct {
	Good                Value  `doc:"good,required" about:"At or beyond this the rating is Good."`
	ApproachingTarget   Value  `doc:"approachingTarget,required" about:"At or beyond this the rating is Approaching target."`
	RequiresImprovement Value  `doc:"requiresImprovement,required" about:"At or beyond this the rating is Requires improvement; short of it, Inadequate."`
	Clause              string `doc:"clause" about:"Where the cut-offs are agreed."`
}
