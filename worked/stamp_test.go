package worked

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"towerbridge/calendar"
	"towerbridge/span"
)

func london(t testing.TB) *time.Location {
	t.Helper()
	zone, err := calendar.Shipped().Location("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestStamps(t *testing.T) {
	zone := london(t)
	for _, c := range []struct{ written, instant, shown string }{
		{"2026-05-05", "2026-05-04T23:00:00Z", "2026-05-05T00:00"},
		{"2026-05-05T16:00", "2026-05-05T15:00:00Z", "2026-05-05T16:00"},
		{"2026-01-05T16:00:07", "2026-01-05T16:00:07Z", "2026-01-05T16:00:07"},
		{"2026-05-05T16:00Z", "2026-05-05T16:00:00Z", "2026-05-05T17:00"},
		{"2026-10-25T01:30+01:00", "2026-10-25T00:30:00Z", "2026-10-25T01:30+01:00"},
		{"2026-10-25T01:30Z", "2026-10-25T01:30:00Z", "2026-10-25T01:30Z"},
		{"2026-10-25T02:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00"},
		{"2026-10-25T00:59:59", "2026-10-24T23:59:59Z", "2026-10-25T00:59:59"},
		{"2026-03-29T02:00", "2026-03-29T01:00:00Z", "2026-03-29T02:00"},
		{"never", "never", "never"},
	} {
		i, err := parseStamp(c.written, zone)
		if err != nil || i.String() != c.instant {
			t.Errorf("%s is %s (%v), want %s", c.written, i, err, c.instant)
		}
		if got := showStamp(i, zone); got != c.shown {
			t.Errorf("%s is shown as %s, want %s", c.written, got, c.shown)
		}
	}
	for _, bad := range []string{"", "16:00", "2026-05-05T25:00", "2026-02-30", "2026-05-05 16:00", "1850-01-01T00:00", "2026-05-05T16"} {
		if i, err := parseStamp(bad, zone); err == nil {
			t.Errorf("%q was read as %s", bad, i)
		}
	}
	if _, err := parseStamp("2026-05-05T16:00", nil); err == nil {
		t.Error("a local stamp was read without a zone")
	}
}

// TestStampsReadBack shows that what is shown is read back as the same instant, in
// zones with changes of all kinds.
func TestStampsReadBack(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca", "UTC"} {
		zone, err := calendar.Shipped().Location(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		i := span.Instant(rapid.Int64Range(978307200, 2145916800).Draw(t, "instant")) // 2001 to 2037
		if rapid.Bool().Draw(t, "near a change") {
			_, end := time.Unix(int64(i), 0).In(zone).ZoneBounds()
			if !end.IsZero() {
				i = span.Instant(end.Unix() + rapid.Int64Range(-7200, 7200).Draw(t, "away"))
			}
		}
		back, err := parseStamp(showStamp(i, zone), zone)
		if err != nil || back != i {
			t.Fatalf("%s in %s is shown as %s and read as %s (%v)", i, zone, showStamp(i, zone), back, err)
		}
	})
}
