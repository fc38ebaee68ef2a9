package contract

import (
	"towerbridge/money"
	"towerbridge/span"
)

// SchemeDocument is one way in which missed measures cost money.
type SchemeDocument struct {
	ID           string         `doc:"id,required" about:"Name of the scheme."`
	Clause       string         `doc:"clause" about:"Clause that defines the scheme."`
	PointsRate   *PointsRate    `doc:"pointsRate,choice=scheme" about:"Total points x rate x charges (UK Model Services Contract)."`
	PercentShort *PercentShort  `doc:"percentShort,choice=scheme" about:"A percentage of the charges for each percentage point short of the target (CCS call-off form)."`
	Weighting    *Weighting     `doc:"weighting,choice=scheme" about:"Weighting factor x amount at risk for each missed measure."`
	Ratchet      *Ratchet       `doc:"ratchet,choice=scheme" about:"Points in bands, each dearer than the one before (PFI)."`
	PointValue   *PointValue    `doc:"pointValue,choice=scheme" about:"A point for every whole step short of the target, each worth a sum."`
	Fixed        *FixedSums     `doc:"fixed,choice=scheme" about:"A fixed sum for a band of a measure."`
	Measures     []string       `doc:"measures" about:"Measures the scheme reads; all if left out."`
	Caps         []CapDocument  `doc:"caps" about:"Limits on what the scheme may take; the tightest holds."`
	EarnBack     *EarnBack      `doc:"earnBack" about:"When credits are given back."`
	Rounding     money.Rounding `doc:"rounding,required" about:"How each credit line is rounded to the currency's minor unit."`
	span.Dated   `doc:",inline"`
}

// PointsRate is points x rate x charges.
type PointsRate struct {
	Rate money.Percent `doc:"rate,required" about:"Percentage of the charges for one point, such as 0.5%."`
}

// PercentShort is a percentage of charges for each percentage point short.
type PercentShort struct {
	Rate  money.Percent `doc:"rate,required" about:"Percentage of the charges for one percentage point short, such as 1%."`
	Whole bool          `doc:"wholePoints" about:"Only whole percentage points short count."`
}

// Weighting is weighting factor x amount at risk.
type Weighting struct {
	AtRisk  *money.Percent `doc:"atRiskPercent,choice=atRisk" about:"Amount at risk as a percentage of the charges."`
	Amount  *money.Amount  `doc:"atRiskAmount,choice=atRisk" about:"Amount at risk as a sum."`
	Weights []Weight       `doc:"weights,required,min=1" about:"Weighting factor of each measure."`
}

// Weight is the weighting factor of a measure.
type Weight struct {
	Measure string        `doc:"measure,required" about:"Measure."`
	Factor  money.Percent `doc:"factor,required" about:"Weighting factor, such as 40%."`
}

// Ratchet is points in bands of rising price.
type Ratchet struct {
	Free     int           `doc:"freePoints" about:"Points that cost nothing."`
	PerPoint money.Amount  `doc:"perPoint,required" about:"Sum for one point."`
	Steps    []RatchetStep `doc:"steps,required,min=1" about:"Bands in rising order; the last has no end."`
}

// RatchetStep is one band of points.
type RatchetStep struct {
	UpTo   *int          `doc:"upTo" about:"Last point of the band; the last band has none."`
	Factor money.Decimal `doc:"factor,required" about:"What the sum for one point is multiplied by, such as 1.2."`
}

// PointValue is a point for every whole step short of the target.
type PointValue struct {
	Step  money.Percent `doc:"step,required" about:"Percentage points of one step, such as 0.1%."`
	Value money.Amount  `doc:"value,required" about:"Sum for one point."`
}

// FixedSums is a fixed sum for a band of a measure.
type FixedSums struct {
	Sums []FixedSum `doc:"sums,required,min=1" about:"The sums."`
}

// FixedSum is the sum for one band of one measure.
type FixedSum struct {
	Measure string       `doc:"measure,required" about:"Measure."`
	Band    string       `doc:"band,required" about:"Band, by its name."`
	Amount  money.Amount `doc:"amount,required" about:"Sum for a result in the band."`
}

// CapDocument limits what a scheme may take.
type CapDocument struct {
	Percent    *money.Percent `doc:"percentOfCharges,choice=limit" about:"Limit as a percentage of the charges over the same periods."`
	Amount     *money.Amount  `doc:"amount,choice=limit" about:"Limit as a sum."`
	Periods    int            `doc:"rollingPeriods" about:"Service periods the limit is for, this one and those before it; only this one if left out."`
	Clause     string         `doc:"clause" about:"Clause of the limit."`
	span.Dated `doc:",inline"`
}

// EarnBack is when credits are given back.
type EarnBack struct {
	Periods int           `doc:"periods,required" about:"Service periods in a row, after the credit, in which every measure of the scheme meets its target."`
	Share   money.Percent `doc:"share,required" about:"Share of the credit that is given back."`
	Clause  string        `doc:"clause" about:"Clause of the rule."`
}
