package identity

import (
	"hash/maphash"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Rate is how often a thing may be tried: so many at once, then one each interval.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limits holds a rate for each of many keys, such as addresses, by the generic cell
// rate algorithm: of a key it keeps one instant, that at which its burst would be whole
// again. It never keeps more than it was told to: when it is full, keys whose burst is whole are let
// go first, and then those that are nearest to it, so that a stranger who invents keys
// cannot free one that is held back. It may be used from many goroutines.
type Limits struct {
	rate Rate
	most int
	seed maphash.Seed

	mu    sync.Mutex
	whole map[uint64]time.Time // by hash of the key: when its burst is whole again
}

// NewLimits returns limits of a rate for at most so many keys at a time.
func NewLimits(rate Rate, most int) *Limits {
	rate.Burst, rate.Every = max(rate.Burst, 1), max(rate.Every, time.Nanosecond)
	return &Limits{rate: rate, most: max(most, 2), seed: maphash.MakeSeed(), whole: map[uint64]time.Time{}}
}

// Allow reports whether a key may try at an instant, and counts it if so. Where it may
// not, it says how long after that instant it may again.
func (l *Limits) Allow(key string, now time.Time) (ok bool, retryAfter time.Duration) {
	h := maphash.String(l.seed, key)
	l.mu.Lock()
	defer l.mu.Unlock()
	whole, held := l.whole[h]
	if !held || whole.Before(now) {
		whole = now
	}
	whole = whole.Add(l.rate.Every)
	if wait := whole.Sub(now) - time.Duration(l.rate.Burst)*l.rate.Every; wait > 0 {
		return false, wait
	}
	if !held && len(l.whole) >= l.most {
		l.shrink(now)
	}
	l.whole[h] = whole
	return true, 0
}

// Forget gives a key its whole burst back, as after a sign-in that succeeded.
func (l *Limits) Forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.whole, maphash.String(l.seed, key))
}

// shrink lets go of the keys whose burst is whole; where more than half stay, also of
// those that are nearest to it, so that the work is spread over many calls.
func (l *Limits) shrink(now time.Time) {
	left := make([]time.Time, 0, len(l.whole))
	for h, whole := range l.whole {
		if !whole.After(now) {
			delete(l.whole, h)
			continue
		}
		left = append(left, whole)
	}
	if len(left) <= l.most/2 {
		return
	}
	slices.SortFunc(left, time.Time.Compare)
	limit := left[len(left)-l.most/2-1]
	for h, whole := range l.whole {
		if !whole.After(limit) {
			delete(l.whole, h)
		}
	}
}

// AddressKey returns the key of an address for limits: of IPv6 the first 64 bits, which
// one customer of a network has for himself.
func AddressKey(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Lockout is how long an account waits after failures to sign in: nothing for the first
// few, then twice as long each time, up to a most. No account is locked for ever, or a
// stranger could keep its owner out.
type Lockout struct {
	Free  int           // failures that cost nothing
	First time.Duration // the wait after the next one
	Most  time.Duration
}

// StandardLockout lets five failures pass, then waits 2, 4, 8 ... seconds, a quarter of
// an hour at most: some 35,000 guesses a year.
var StandardLockout = Lockout{Free: 5, First: 2 * time.Second, Most: 15 * time.Minute}

// Wait returns how long to wait after so many failures in a row.
func (l Lockout) Wait(failures int) time.Duration {
	beyond := failures - l.Free
	if beyond <= 0 {
		return 0
	}
	wait := l.First
	for ; beyond > 1 && wait < l.Most; beyond-- {
		wait *= 2
	}
	return min(wait, l.Most)
}
