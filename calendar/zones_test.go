package calendar_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/calendar"
	"towerbridge/fault"
	"towerbridge/span"
)

func TestShippedZones(t *testing.T) {
	zones := calendar.Shipped()
	if zones.Version() != "2025c" {
		t.Errorf("the release is %q", zones.Version())
	}
	for _, c := range []struct {
		zone, instant, want string
	}{
		{"Europe/London", "2026-03-29T00:59:59Z", "2026-03-29T00:59:59Z"},
		{"Europe/London", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00+01:00"},
		{"Europe/London", "2060-07-01T00:00:00Z", "2060-07-01T01:00:00+01:00"},
		{"Asia/Kolkata", "2026-03-29T01:00:00Z", "2026-03-29T06:30:00+05:30"},
		{"UTC", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
	} {
		if got := at(t, nil, c.instant).In(location(t, c.zone)); got != c.want {
			t.Errorf("%s in %s is %s, want %s", c.instant, c.zone, got, c.want)
		}
	}
}

func TestUnknownZones(t *testing.T) {
	for _, c := range []struct{ zone, remedy string }{
		{"", "such as Europe/London"},
		{"Local", "such as Europe/London"},
		{"Europe", "such as Europe/London"},
		{"Europe/Londn", "such as Europe/London"},
		{"../Europe/London", "such as Europe/London"},
		{"europe/london", "Write Europe/London."},
	} {
		_, err := calendar.Shipped().Location(c.zone)
		if fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), c.remedy) {
			t.Errorf("Location(%q): %v", c.zone, err)
		}
		if _, err := calendar.Shipped().Data(c.zone); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Data(%q): %v", c.zone, err)
		}
	}
}

// TestZonesSurviveABundle holds that a zone's data makes the same zone elsewhere.
func TestZonesSurviveABundle(t *testing.T) {
	data, err := calendar.Shipped().Data("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	carried, err := calendar.FromData("2025c", map[string][]byte{"Europe/London": data})
	if err != nil {
		t.Fatal(err)
	}
	clear(data) // the zones keep their own copy
	there, err := carried.Location("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	here := location(t, "Europe/London")
	for i := at(t, nil, "1990-01-01T00:00:00Z"); i < at(t, nil, "2060-01-01T00:00:00Z"); i += 86400 {
		if i.In(here) != i.In(there) {
			t.Fatalf("%s here, %s there", i.In(here), i.In(there))
		}
	}
	if _, err := carried.Location("Europe/Paris"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a zone that was not carried: %v", err)
	}
	if again, err := carried.Data("Europe/London"); err != nil || bytes.Equal(again, data) {
		t.Errorf("Data: %v; it must not share the caller's bytes", err)
	}
}

func TestZonesAreSafeTogether(t *testing.T) {
	var wait sync.WaitGroup
	found := make([]*time.Location, 8)
	for i := range found {
		wait.Go(func() { found[i], _ = calendar.Shipped().Location("America/Lima") })
	}
	wait.Wait()
	for _, l := range found {
		if l == nil || l != found[0] {
			t.Fatal("not everyone got the same zone")
		}
	}
}

// tzif returns a TZif file of version 1 with one offset and no transitions.
func tzif(offset int32) []byte {
	b := append([]byte("TZif"), make([]byte, 40)...)
	b[39], b[43] = 1, 4 // one type, four characters
	b = append(b, byte(offset>>24), byte(offset>>16), byte(offset>>8), byte(offset), 0, 0)
	return append(b, "TST\x00"...)
}

func TestFromDataRefuses(t *testing.T) {
	many := map[string][]byte{}
	for i := range calendar.MaxZones + 1 {
		many[span.Date(i).String()] = tzif(0)
	}
	for _, c := range []struct {
		name string
		data map[string][]byte
		want string
	}{
		{"no TZif file", map[string][]byte{"Europe/London": []byte("hello")}, "no TZif file"},
		{"nothing", map[string][]byte{"Europe/London": nil}, "no TZif file"},
		{"too large", map[string][]byte{"Europe/London": make([]byte, calendar.MaxZoneBytes+1)}, "more than"},
		{"two days from UTC", map[string][]byte{"Test/Far": tzif(48 * hour)}, "172800 seconds from UTC"},
		{"too many", many, "more than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := calendar.FromData("test", c.data)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("FromData: %v, want %q", err, c.want)
			}
		})
	}
	if _, err := calendar.FromData("test", map[string][]byte{"Test/Far": tzif(14 * hour)}); err != nil {
		t.Errorf("fourteen hours from UTC: %v", err)
	}
}

// FuzzFromData holds that no zone data, however odd, makes a calendar panic or
// count more open time than there is.
func FuzzFromData(f *testing.F) {
	for _, zone := range []string{"Europe/London", "Pacific/Apia", "America/St_Johns"} {
		data, err := calendar.Shipped().Data(zone)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(tzif(-24 * hour))
	doc := weekly("Test/Zone", everyDay("02:00-06:00", "22:00-02:00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		zones, err := calendar.FromData("test", map[string][]byte{"Test/Zone": data})
		if err != nil {
			return
		}
		c, findings := calendar.Compile(doc, zones)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		covered := c.Range()
		for i := covered.From; i < covered.To; i += 47 * 86400 {
			if n := c.OpenSeconds(i, i+86400); n > 86400 {
				t.Fatalf("a day of %d open seconds", n)
			}
			c.AddBusinessDays(i, 3)
			c.EndOfBusinessDay(i, 3)
		}
	})
}
