package identity

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func TestLimits(t *testing.T) {
	l := NewLimits(Rate{Burst: 3, Every: 10 * time.Second}, 100)
	for i, c := range []struct {
		at    time.Duration
		key   string
		ok    bool
		retry time.Duration
	}{
		{0, "a", true, 0},
		{0, "a", true, 0},
		{0, "a", true, 0},
		{0, "a", false, 10 * time.Second},
		{4 * time.Second, "a", false, 6 * time.Second},
		{4 * time.Second, "b", true, 0},
		{10 * time.Second, "a", true, 0},
		{10 * time.Second, "a", false, 10 * time.Second},
		{60 * time.Second, "a", true, 0},
		{60 * time.Second, "a", true, 0},
		{60 * time.Second, "a", true, 0},
		{60 * time.Second, "a", false, 10 * time.Second},
		{50 * time.Second, "a", false, 20 * time.Second}, // a clock that was set back frees nobody
	} {
		if ok, retry := l.Allow(c.key, noon.Add(c.at)); ok != c.ok || retry != c.retry {
			t.Errorf("%d: %v after %s, want %v after %s", i, ok, retry, c.ok, c.retry)
		}
	}
	l.Forget("a")
	if ok, _ := l.Allow("a", noon.Add(60*time.Second)); !ok {
		t.Error("forgotten, and still held back")
	}
}

// The limits agree with a bucket that is counted out: of any burst and interval, so
// many are allowed and the wait that is named is the least that helps.
func TestLimitsAgreeWithABucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate{Burst: rapid.IntRange(1, 5).Draw(t, "burst"), Every: time.Duration(rapid.IntRange(1, 20).Draw(t, "every")) * time.Second}
		l := NewLimits(rate, 10)
		now := noon
		debt := time.Duration(0) // drains by one second a second; a try costs Every
		last := now
		for range 60 {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "step")) * time.Second)
			debt = max(0, debt-now.Sub(last))
			last = now
			want := debt+rate.Every <= time.Duration(rate.Burst)*rate.Every
			ok, retry := l.Allow("k", now)
			if ok != want {
				t.Fatalf("at %s: %v, want %v", now.Sub(noon), ok, want)
			}
			if ok {
				debt += rate.Every
				continue
			}
			if left := debt + rate.Every - time.Duration(rate.Burst)*rate.Every; retry != left {
				t.Fatalf("at %s: retry after %s, want %s", now.Sub(noon), retry, left)
			}
		}
	})
}

// Inventing keys costs a bounded memory, and frees no key that is held back.
func TestLimitsAreBounded(t *testing.T) {
	l := NewLimits(Rate{Burst: 2, Every: time.Minute}, 1000)
	for range 2 {
		l.Allow("held", noon)
	}
	for i := range 100_000 {
		l.Allow(fmt.Sprint(i), noon)
		if len(l.whole) > 1000 {
			t.Fatalf("%d keys are kept", len(l.whole))
		}
	}
	if ok, _ := l.Allow("held", noon); ok {
		t.Error("a key that was held back is free")
	}
	l.shrink(noon.Add(time.Hour))
	if len(l.whole) != 0 {
		t.Errorf("%d keys are kept for nothing", len(l.whole))
	}
}

func TestAddressKey(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7":            "192.0.2.7",
		"::ffff:192.0.2.7":     "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1": "2001:db8:1:2::/64",
		"2001:db8:1:3::1":      "2001:db8:1:3::/64",
		"fe80::1%eth0":         "fe80::/64",
	} {
		if got := AddressKey(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := AddressKey(netip.Addr{}); got == "" {
		t.Error("an unknown address has no key")
	}
}

func TestLockout(t *testing.T) {
	l := StandardLockout
	for failures, want := range map[int]time.Duration{
		0: 0, 5: 0, 6: 2 * time.Second, 7: 4 * time.Second, 10: 32 * time.Second, 14: 512 * time.Second,
		15: 15 * time.Minute, 16: 15 * time.Minute, 1 << 30: 15 * time.Minute,
	} {
		if got := l.Wait(failures); got != want {
			t.Errorf("after %d failures: %s, want %s", failures, got, want)
		}
	}
}

func BenchmarkAllow(b *testing.B) {
	l := NewLimits(Rate{Burst: 10, Every: time.Second}, 100_000)
	now := noon
	for b.Loop() {
		now = now.Add(time.Second)
		l.Allow("192.0.2.1", now)
	}
}
