package calendar_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/span"
)

// benchCalendars is the calendars measured: all over the ten years 2016 to 2025.
func benchCalendars(b *testing.B) map[string]*calendar.Calendar {
	busy := withSets(weekly("Europe/London", &calendar.Week{}), "scotland")
	week := busy.Versions[0].Week
	for _, day := range []*[]calendar.Window{&week.Monday, &week.Tuesday, &week.Wednesday, &week.Thursday, &week.Friday} {
		for hour := 8; hour < 20; hour++ {
			w := time.Date(2000, 1, 1, hour, 0, 0, 0, time.UTC)
			*day = append(*day,
				calendar.Window(w.Format("15:04")+"-"+w.Add(25*time.Minute).Format("15:04")),
				calendar.Window(w.Add(30*time.Minute).Format("15:04")+"-"+w.Add(55*time.Minute).Format("15:04")))
		}
	}
	lunch := office()
	lunch.Versions[0].Week = workdays("09:00-12:30", "13:30-17:30")
	return map[string]*calendar.Calendar{
		"office":             compile(b, withSets(office(), "england-and-wales")),
		"lunch":              compile(b, withSets(lunch, "england-and-wales")),
		"24 windows a day":   compile(b, busy),
		"always":             compile(b, always()),
		"office of 70 years": compile(b, office()),
	}
}

// instants returns pairs of instants within ten years, up to ten days apart, in an
// order that no branch predictor learns.
func instants(n int) []span.Span {
	r := rand.New(rand.NewPCG(1, 2))
	first := span.DateOf(2016, time.January, 1).Start(time.UTC)
	out := make([]span.Span, n)
	for i := range out {
		out[i].From = first + span.Instant(r.Int64N(3650*86400))
		out[i].To = out[i].From + span.Instant(r.Int64N(10*86400))
	}
	return out
}

var (
	sinkSeconds int64
	sinkInstant span.Instant
)

func BenchmarkOpenSeconds(b *testing.B) {
	spans := instants(1 << 16)
	for name, c := range benchCalendars(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s := spans[i&(1<<16-1)]
				sinkSeconds += c.OpenSeconds(s.From, s.To)
			}
		})
	}
}

func BenchmarkReach(b *testing.B) {
	spans := instants(1 << 16)
	for name, c := range benchCalendars(b) {
		open := make([]int64, len(spans))
		for i, s := range spans {
			open[i] = c.Open(s.From) + 8*3600
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				at, _ := c.Reach(open[i&(1<<16-1)])
				sinkInstant += at
			}
		})
	}
}

func BenchmarkDue(b *testing.B) {
	spans := instants(1 << 16)
	for name, c := range benchCalendars(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				at, _ := c.Due(spans[i&(1<<16-1)].From, 8*3600)
				sinkInstant += at
			}
		})
	}
}

func BenchmarkBusinessDays(b *testing.B) {
	spans := instants(1 << 16)
	c := compile(b, withSets(office(), "england-and-wales"))
	b.Run("end", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			at, _ := c.EndOfBusinessDay(spans[i&(1<<16-1)].From, 2)
			sinkInstant += at
		}
	})
	b.Run("add", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			at, _ := c.AddBusinessDays(spans[i&(1<<16-1)].From, 2)
			sinkInstant += at
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	for name, doc := range map[string]calendar.Document{
		"with holiday sets": withSets(office(), "england-and-wales"), "of 70 years": office(),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, findings := calendar.Compile(doc, calendar.Shipped()); len(findings) > 0 {
					b.Fatal(findings)
				}
			}
		})
	}
}
