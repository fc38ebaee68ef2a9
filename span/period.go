package span

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Period is a run of whole months: the stretch that a measure is taken over, from
// the first of one month up to but not including the first of another. Its edges
// become instants in the contract's zone.
type Period struct {
	From Date
	To   Date
}

// Month returns the period of one calendar month.
func Month(year int, month time.Month) Period {
	return Period{DateOf(year, month, 1), DateOf(year, month+1, 1)}
}

// ParsePeriod reads a month (2012-04) or a quarter of the calendar year (2012-Q2).
func ParsePeriod(s string) (Period, error) {
	y, rest, ok := strings.Cut(s, "-")
	year, err := strconv.Atoi(y)
	if !ok || err != nil || len(y) != 4 || year < 1900 || year >= 2200 {
		return Period{}, fmt.Errorf("%q is not a period such as 2012-04 or 2012-Q2", s)
	}
	if len(rest) == 2 && rest[0] == 'Q' && rest[1] >= '1' && rest[1] <= '4' {
		m := time.Month(1 + 3*int(rest[1]-'1'))
		return Period{DateOf(year, m, 1), DateOf(year, m+3, 1)}, nil
	}
	m, err := strconv.Atoi(rest)
	if err != nil || len(rest) != 2 || m < 1 || m > 12 {
		return Period{}, fmt.Errorf("%q is not a period such as 2012-04 or 2012-Q2", s)
	}
	return Month(year, time.Month(m)), nil
}

// ParsePeriods reads one period, or a range such as 2012-01..2012-12 that it
// returns as its single periods in order.
func ParsePeriods(s string) ([]Period, error) {
	a, b, isRange := strings.Cut(s, "..")
	first, err := ParsePeriod(a)
	if err != nil || !isRange {
		return []Period{first}, err
	}
	last, err := ParsePeriod(b)
	if err != nil {
		return nil, err
	}
	if last.From < first.From || last.Months() != first.Months() {
		return nil, fmt.Errorf("%q is not a range of like periods, the earlier first", s)
	}
	var out []Period
	for p := first; p.From <= last.From; p = p.Next(1) {
		out = append(out, p)
		if len(out) > 1200 {
			return nil, fmt.Errorf("%q holds more than 1,200 periods", s)
		}
	}
	return out, nil
}

// Months returns the number of calendar months in the period.
func (p Period) Months() int {
	ay, am, _ := p.From.Civil()
	by, bm, _ := p.To.Civil()
	return (by-ay)*12 + int(bm) - int(am)
}

// Next returns the period of the same length n periods later; n may be negative.
func (p Period) Next(n int) Period {
	m := p.Months()
	return Period{p.From.AddMonths(n * m), p.From.AddMonths((n + 1) * m)}
}

// In returns the period's span in a zone.
func (p Period) In(zone *time.Location) Span {
	return Span{p.From.Start(zone), p.To.Start(zone)}
}

// String formats the period as 2012-04, 2012-Q2, or from..to for other lengths.
func (p Period) String() string {
	y, m, _ := p.From.Civil()
	switch n := p.Months(); {
	case n == 1:
		return fmt.Sprintf("%04d-%02d", y, m)
	case n == 3 && (m-1)%3 == 0:
		return fmt.Sprintf("%04d-Q%d", y, (int(m)-1)/3+1)
	}
	ly, lm, _ := p.To.AddMonths(-1).Civil()
	return fmt.Sprintf("%04d-%02d..%04d-%02d", y, m, ly, lm)
}

// MarshalText writes the period as [Period.String] does.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what [ParsePeriod] reads.
func (p *Period) UnmarshalText(b []byte) error {
	v, err := ParsePeriod(string(b))
	if err == nil {
		*p = v
	}
	return err
}
