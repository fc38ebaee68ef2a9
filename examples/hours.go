package examples

// The year of the log, in seconds of UTC since 1970. Midnight of 1 January is the
// same instant in London and in UTC; summer time lasts from March to October.
const (
	yearStart = 1546300800 // 2019-01-01T00:00:00Z
	yearEnd   = 1577836800 // 2020-01-01T00:00:00Z
	summer    = 1553994000 // 2019-03-31T01:00:00Z
	winter    = 1572138000 // 2019-10-27T01:00:00Z
	extension = 1567292400 // 2019-09-01T00:00:00+01:00, when the desk's hours were extended
	minute    = int64(60)
	hour      = 60 * minute
	day       = 24 * hour
)

// local returns what a clock in London shows, as seconds of UTC would be counted.
func local(t int64) int64 {
	if summer <= t && t < winter {
		return t + hour
	}
	return t
}

// utc undoes local; of an hour that occurs twice it returns the second.
func utc(shown int64) int64 {
	if summer <= shown-hour && shown-hour < winter-hour {
		return shown - hour
	}
	return shown
}

// window is a stretch of a day in seconds after its local midnight.
type window struct{ from, to int64 }

// hours are the windows in which people work, by the day of the week from Sunday; none
// means around the clock. They decide when people did things, not how time is counted:
// that is for the calendars.
type hours struct {
	week     [7][]window
	holidays bool // keeps bank holidays
	always   bool
}

var (
	always = hours{always: true}
	office = week(true, window{8 * hour, 18 * hour})
	desk   = week(false, window{7 * hour, 21 * hour}, window{9 * hour, 13 * hour}, window{14 * hour, 18 * hour})
	longer = week(false, window{6 * hour, 24 * hour}, window{8 * hour, 20 * hour})
)

// week has the same window from Monday to Friday, and others at the weekend.
func week(holidays bool, weekday window, weekend ...window) hours {
	h := hours{holidays: holidays}
	for d := range h.week {
		if d == 0 || d == 6 {
			h.week[d] = weekend
		} else {
			h.week[d] = []window{weekday}
		}
	}
	return h
}

// deskHours are the service desk's at an instant.
func deskHours(t int64) hours {
	if t >= extension {
		return longer
	}
	return desk
}

// bankHolidays are those of England and Wales in 2019, as days of the year from zero.
var bankHolidays = map[int64]bool{0: true, 108: true, 111: true, 125: true, 146: true, 237: true, 358: true, 359: true}

// after returns the instant at which so many seconds of work from t on are done.
func (h hours) after(t, work int64) int64 {
	if h.always {
		return t + work
	}
	for {
		shown := local(t)
		midnight := shown - shown%day
		if !h.holidays || !bankHolidays[(midnight-yearStart)/day] {
			for _, w := range h.week[(midnight/day+4)%7] {
				start := max(shown, midnight+w.from)
				room := midnight + w.to - start
				if room > work {
					return utc(start + work)
				}
				work -= max(0, room)
			}
		}
		t = utc(midnight + day)
	}
}
