package examples

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// Log writes one year of the constabulary's tickets, 2019, in the journal's open form:
// lines of JSON, about 12,000 tickets and 85,000 entries. It is the same to the byte
// each time. In it are what makes such a year: calls at the desk, hand-overs between
// suppliers that accept or reject, pauses with their reasons, outages that take other
// services along, maintenance, reopenings, disputes, corrections, entries learnt late,
// users' scores and the monthly series. The only error is that of the writer.
func Log(w io.Writer) error {
	y := year{out: newWriter(w)}
	for d := int64(0); d < (yearEnd-yearStart)/day; d++ {
		for _, b := range y.births(d) {
			y.tickets++
			id := fmt.Sprintf("INC%07d", y.tickets)
			switch {
			case b.stop != nil:
				y.outage(id, b)
			case b.child:
				y.child(id, b)
			default:
				y.call(id, b)
			}
		}
		y.series(d)
	}
	return y.out.flush()
}

// year is the writing of the log.
type year struct {
	out     *writer
	tickets int
	parent  string // the last outage, whose calls are its children
	over    int64  // when it was over
}

// birth is a ticket about to be opened.
type birth struct {
	at      int64
	service int
	stop    *stop
	child   bool // of the outage before it
	cause   *stop
}

// births lists the tickets of a day in the order in which they were opened.
func (y *year) births(d int64) []birth {
	midnight := yearStart + d*day
	roll := dice(0xd1ce + d)
	n := roll.between(34, 46)
	if weekday := (midnight/day + 4) % 7; weekday == 0 || weekday == 6 || bankHolidays[d] {
		n = roll.between(11, 18)
	}
	var out []birth
	for range n {
		at := midnight + int64(roll.pick(callsByHour))*hour + roll.below(hour)
		out = append(out, birth{at: utc(at), service: roll.pick(callWeights())})
	}
	for i := range stops {
		if s := &stops[i]; dayOf(s.month, s.date) == d {
			out = append(out, y.fall(s, &roll)...)
		}
	}
	if s := planned(d); s != nil {
		out = append(out, birth{at: utc(midnight + s.hour*hour), service: s.service, stop: s})
	}
	slices.SortStableFunc(out, func(a, b birth) int { return cmp.Compare(a.at, b.at) })
	return out
}

func callWeights() []int64 {
	out := make([]int64, len(services))
	for i := range services {
		out[i] = services[i].calls
	}
	return out
}

// fall is an outage, the services it takes along, and the calls it brings.
func (y *year) fall(s *stop, roll *dice) []birth {
	at := utc(yearStart + dayOf(s.month, s.date)*day + s.hour*hour + roll.below(30*minute))
	out := []birth{{at: at, service: s.service, stop: s}}
	for _, other := range services[s.service].dependents {
		out = append(out, birth{at: at + roll.between(60, 400), service: other, stop: s, child: true, cause: s})
	}
	for range roll.between(4, 14) {
		out = append(out, birth{at: at + roll.between(400, 400+s.minutes*45), service: s.service, child: true, cause: s})
	}
	return out
}

// planned is the maintenance of a day: of one service each Sunday, by turns, from 01:00
// to 03:30.
func planned(d int64) *stop {
	if (yearStart/day+d+4)%7 != 0 {
		return nil
	}
	turns := [...]int{dataCentre, wideArea, email, telephony}
	return &stop{service: turns[d/7%4], hour: 1, minutes: 150, planned: true}
}

var monthStarts = [13]int64{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

// dayOf is the day of the year, from zero, of a date in a month, from zero.
func dayOf(month, date int64) int64 { return monthStarts[month] + date - 1 }

// monthOf is the month, from zero, of an instant.
func monthOf(t int64) int {
	d := (local(t) - yearStart) / day
	for m := range 11 {
		if d < monthStarts[m+1] {
			return m
		}
	}
	return 11
}

// series writes what is measured outside: each day's calls, each month's report.
func (y *year) series(d int64) {
	roll := dice(0x5e71e5 + d)
	at := utc(yearStart + d*day + 23*hour + 30*minute)
	calls := roll.between(70, 130)
	fast := calls * (answeredFast[monthOf(at)] + roll.between(-30, 30)) / 1000
	y.out.write(entry{
		source: "telephony", ticket: "SERIES-CALLS", happened: at, learnt: at + 25*minute, event: "measured",
		series: "calls-answered", numerator: fast, denominator: calls,
	})
	if m := monthOf(at); d == dayOf(int64(m), 5) {
		onTime := int64(1)
		if m == 7 {
			onTime = 0 // August's report came on the ninth
		}
		y.out.write(entry{
			source: "records", ticket: "SERIES-REPORTS", happened: at, event: "measured",
			series: "reports-on-time", numerator: onTime, denominator: 1,
		})
	}
}
