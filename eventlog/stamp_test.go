package eventlog

import (
	"strings"
	"testing"
	"time"

	"towerbridge/span"
)

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestStampForms(t *testing.T) {
	for text, want := range map[string]string{
		"2026-05-01T10:00:00Z":          "2026-05-01T10:00:00Z",
		"2026-05-01T10:00:00+01:00":     "2026-05-01T09:00:00Z",
		"2026-05-01T10:00:00-05:30":     "2026-05-01T15:30:00Z",
		"2026-05-01T10:00:00.999Z":      "2026-05-01T10:00:00Z",
		"2026-05-01T10:00:00,5+00:00":   "2026-05-01T10:00:00Z",
		"2026-05-01T10:00Z":             "2026-05-01T10:00:00Z",
		"2026-05-01 10:00:00Z":          "2026-05-01T10:00:00Z",
		"2026-05-01t10:00:00z":          "2026-05-01T10:00:00Z",
		"2024-02-29T23:59:59Z":          "2024-02-29T23:59:59Z",
		"2026-05-01T10:00:00":           "placeless",
		"2026-05-01 10:00":              "placeless",
		"2026-05-01":                    "nonsense",
		"2026-05-01T":                   "nonsense",
		"2026-13-01T10:00:00Z":          "nonsense",
		"2026-00-01T10:00:00Z":          "nonsense",
		"2026-04-31T10:00:00Z":          "nonsense",
		"2100-02-29T10:00:00Z":          "nonsense",
		"2026-05-01T10:60:00Z":          "nonsense",
		"2026-05-01T10:00:60Z":          "nonsense",
		"2026-05-01T24:00:00Z":          "nonsense",
		"2026-05-01T10:00:0:Z":          "nonsense",
		"2026-05-01T10-00-00Z":          "nonsense",
		"2026-05-01X10:00:00Z":          "nonsense",
		"2026-05-01T10:00:00X":          "nonsense",
		"2026-05-01T10:00:00Z ":         "nonsense",
		"2026-05-01T10:00:00+24:00":     "nonsense",
		"2026-05-01T10:00:00+0100":      "nonsense",
		"2026-05-01T10:00:00.Z":         "nonsense",
		"1899-12-31T23:59:59Z":          "nonsense",
		"1900-01-01T00:00:00+00:01":     "nonsense",
		"2200-01-01T00:00:00Z":          "nonsense",
		"":                              "nonsense",
		"２026-05-01T10:00:00Z":          "nonsense",
		"2026-05-01T\xb10:\xb00:\xb00Z": "nonsense",
	} {
		s := stamps{}
		for range 2 { // the second time the day is remembered
			at, _, means := s.read([]byte(text))
			got := map[sense]string{certain: at.String(), nonsense: "nonsense", placeless: "placeless"}[means]
			if got != want {
				t.Errorf("%q is %s, want %s", text, got, want)
			}
		}
	}
}

// The short way of reading a stamp and the long one agree with the library's.
func TestStampAgainstLibrary(t *testing.T) {
	quick := stamps{}
	for second := int64(span.Earliest); second < int64(span.Latest); second += 86400*3 + 3599 {
		at := time.Unix(second, 0).UTC()
		for _, layout := range []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05-07:00"} {
			for _, zone := range []*time.Location{time.UTC, time.FixedZone("", -9*3600-1800)} {
				if layout == "2006-01-02T15:04:05Z" && zone != time.UTC {
					continue
				}
				text := at.In(zone).Format(layout)
				if year := text[:4]; year < "1900" || year > "2199" {
					continue
				}
				got, _, means := quick.read([]byte(text))
				if means != certain || int64(got) != second {
					t.Fatalf("%s is %s (%d), want %s", text, got, means, at)
				}
			}
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{"d/M/yyyy HH:mm", "29/2/2016 01:16", "2016-02-29T01:16:00"},
		{"d/M/yyyy HH:mm", "5/3/2016 12:00", "2016-03-05T12:00:00"},
		{"d/M/yyyy HH:mm", "05/03/2016 12:00", "2016-03-05T12:00:00"},
		{"d/M/yyyy HH:mm", "5/3/16 12:00", ""},
		{"d/M/yyyy HH:mm", "5/3/2016 12:00:01", ""},
		{"dd.MM.yy HH:mm:ss", "05.03.16 12:00:01", "2016-03-05T12:00:01"},
		{"dd.MM.yy HH:mm:ss", "5.3.16 12:00:01", ""},
		{"yyyy-MM-ddTHH:mm:ssXXX", "2016-03-05T12:00:01+01:00", "2016-03-05T12:00:01+01:00"},
		{"yyyy-MM-dd'T'HH:mm:ss.SSSXX", "2016-03-05T12:00:01.123456-0130", "2016-03-05T12:00:01-01:30"},
		{"yyyy-MM-dd'T'HH:mm:ss.SSSXX", "2016-03-05T12:00:01.Z", ""},
		{"MMM d, yyyy h:mm a", "Mar 5, 2016 12:07 am", "2016-03-05T00:07:00"},
		{"MMM d, yyyy h:mm a", "mar 15, 2016 12:07 PM", "2016-03-15T12:07:00"},
		{"MMM d, yyyy h:mm a", "Dec 5, 2016 1:07 PM", "2016-12-05T13:07:00"},
		{"MMM d, yyyy h:mm a", "Dec 5, 2016 13:07 PM", ""},
		{"MMM d, yyyy h:mm a", "Foo 5, 2016 1:07 PM", ""},
		{"MMM d, yyyy h:mm a", "anm 5, 2016 1:07 PM", ""},
		{"yyyyMMddHHmmss", "20160305120001", "2016-03-05T12:00:01"},
		{"yyyyMMddHHmmss", "20160230120001", ""},
		{"yyyy-MM-dd 'at' H 'o''clock' mm", "2016-03-05 at 7 o'clock 05", "2016-03-05T07:05:00"},
	} {
		var p Pattern
		if err := p.UnmarshalText([]byte(c.pattern)); err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		s, ok := p.parse([]byte(c.text))
		got := ""
		if ok {
			at := time.Unix(s.wall(), 0).UTC().Format("2006-01-02T15:04:05")
			if !s.local {
				at = time.Unix(s.wall()-int64(s.offset), 0).In(time.FixedZone("", s.offset)).Format("2006-01-02T15:04:05-07:00")
			}
			got = at
		}
		if got != c.want {
			t.Errorf("%q by %q is %q, want %q", c.text, c.pattern, got, c.want)
		}
		if p.String() != c.pattern {
			t.Errorf("%q is written as %q", c.pattern, p.String())
		}
	}
}

func TestPatternsThatMeanNothing(t *testing.T) {
	for pattern, want := range map[string]string{
		"yyyy-MM-dd":                  "hour",
		"MM-dd HH:mm":                 "no y",
		"yyyy-dd HH:mm":               "no M",
		"yyyy-MM HH:mm":               "no d",
		"yyyy-MM-dd HH":               "minute",
		"yyyy-MM-dd hh:mm":            "h and a together",
		"yyyy-MM-dd HH:mm a":          "h and a together",
		"yyyy-MM-dd HH:mm hh a":       "hour",
		"yyyy-MM-dd HH:mm:ss zzz":     "letter z",
		"yyyy-MM-dd'T HH:mm":          "never closed",
		"yyy-MM-dd HH:mm":             "3 times",
		"yyyy-MM-dd HH:mm X":          "1 times",
		"yyyy-MM-dd yyyy HH:mm":       "two places",
		"":                            "no y",
		"2006-01-02T15:04:05Z07:00 Z": "letter Z",
	} {
		var p Pattern
		if err := p.UnmarshalText([]byte(pattern)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one about %q", pattern, err, want)
		}
	}
}

func TestWallClock(t *testing.T) {
	for _, c := range []struct{ zone, text, want string }{
		// Clock case 5: half past one on 25 October 2025 came twice, an hour apart;
		// on 29 March 2026 it did not come at all.
		{"Europe/London", "2025-10-26 01:30", "2025-10-26T00:30:00Z 2025-10-26T01:30:00Z"},
		{"Europe/London", "2026-03-29 01:30", "2026-03-29T00:30:00Z 2026-03-29T01:30:00Z"},
		{"Europe/London", "2025-10-26 00:59:59", "2025-10-25T23:59:59Z"},
		{"Europe/London", "2025-10-26 01:00", "2025-10-26T00:00:00Z 2025-10-26T01:00:00Z"},
		{"Europe/London", "2025-10-26 02:00", "2025-10-26T02:00:00Z"},
		{"Europe/London", "2026-03-29 00:59:59", "2026-03-29T00:59:59Z"},
		{"Europe/London", "2026-03-29 02:00", "2026-03-29T01:00:00Z"},
		{"Europe/London", "2026-06-01 12:00", "2026-06-01T11:00:00Z"},
		{"Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z 2026-04-04T15:15:00Z"}, // half an hour
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-29T22:00:00Z 2011-12-30T22:00:00Z"},        // a whole day
		{"America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z 2026-11-01T06:30:00Z"},
		{"UTC", "2026-11-01 01:30", "2026-11-01T01:30:00Z"},
	} {
		s := stamps{zone: mustZone(t, c.zone)}
		first, second, means := s.read([]byte(c.text))
		got := first.String()
		if means == unsure {
			got += " " + second.String()
		}
		if got != c.want {
			t.Errorf("%s in %s is %s, want %s", c.text, c.zone, got, c.want)
		}
	}
}

// Every instant's own wall clock leads back to it: alone, or as one of two.
func TestWallClockLeadsBack(t *testing.T) {
	for _, name := range []string{"Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca"} {
		zone := mustZone(t, name)
		for unix := int64(1_740_000_000); unix < 1_780_000_000; unix += 1799 {
			at := time.Unix(unix, 0).In(zone)
			_, offset := at.Zone()
			choices := wallClock(unix+int64(offset), zone)
			found := false
			for _, c := range choices {
				_, o := time.Unix(int64(c), 0).In(zone).Zone()
				if int64(c)+int64(o) != unix+int64(offset) {
					t.Fatalf("%s: %s does not show the time of %s", name, c.In(zone), at)
				}
				found = found || int64(c) == unix
			}
			if !found || len(choices) > 2 || len(choices) == 2 && choices[0] >= choices[1] {
				t.Fatalf("%s: %s is one of %v", name, at, choices)
			}
		}
	}
}
