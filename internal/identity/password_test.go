package identity

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towerbridge/fault"
)

// quick is a cost for tests that do not time anything.
var quick = Cost{Memory: 64, Passes: 1, Lanes: 1}

func newHasher(t testing.TB, c Cost) *Hasher {
	t.Helper()
	h, err := NewHasher(rand.Reader, c, 2)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestPasswordIsChecked(t *testing.T) {
	ctx := context.Background()
	h := newHasher(t, quick)
	encoded, err := h.Hash(ctx, planted)
	if err != nil {
		t.Fatal(err)
	}
	if other, _ := h.Hash(ctx, planted); other == encoded {
		t.Error("two hashes of a password are the same: no salt")
	}
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=64,t=1,p=1$") || strings.Contains(encoded, planted) {
		t.Errorf("encoded as %s", encoded)
	}
	accented, err := h.Hash(ctx, "p\u00e9n\u00e9lope et le chien")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, encoded string
		password      Secret
		want          bool
	}{
		{"right", encoded, planted, true},
		{"wrong", encoded, planted + " ", false},
		{"other case", encoded, Secret(strings.ToUpper(planted)), false},
		{"empty", encoded, "", false},
		{"unknown account", "", planted, false},
		{"unknown account, no password", "", "", false},
		{"accents of another keyboard", accented, "pe\u0301ne\u0301lope et le chien", true},
		{"without its accents", accented, "penelope et le chien", false},
	} {
		ok, stale, err := h.Check(ctx, c.encoded, c.password)
		if err != nil || ok != c.want || stale {
			t.Errorf("%s: %v, stale %v, %v", c.name, ok, stale, err)
		}
	}
}

// A very long text costs no more than a long password, and is none.
func TestLongPassword(t *testing.T) {
	ctx := context.Background()
	h := newHasher(t, quick)
	long := strings.Repeat("ab\u00e9d", 1<<20)
	encoded, err := h.Hash(ctx, Secret(long[:4*MaxPassword]))
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, err := h.Check(ctx, encoded, Secret(long)); ok || err != nil {
		t.Errorf("a text that begins with the password is taken for it: %v", err)
	}
}

func TestCostIsRaised(t *testing.T) {
	ctx := context.Background()
	old, now := newHasher(t, quick), newHasher(t, Cost{Memory: 128, Passes: 1, Lanes: 1})
	encoded, err := old.Hash(ctx, planted)
	if err != nil {
		t.Fatal(err)
	}
	if ok, stale, err := now.Check(ctx, encoded, planted); !ok || !stale || err != nil {
		t.Errorf("an old hash: %v, stale %v, %v", ok, stale, err)
	}
	if ok, stale, err := now.Check(ctx, encoded, "wrong"); ok || stale || err != nil {
		t.Errorf("a wrong password against an old hash: %v, stale %v, %v", ok, stale, err)
	}
	for _, c := range []Cost{{}, {Memory: 4, Passes: 1, Lanes: 1}, {Memory: 2 << 20, Passes: 1, Lanes: 1}, {Memory: 64, Passes: 17, Lanes: 1}, {Memory: 640, Passes: 1, Lanes: 17}} {
		if _, err := NewHasher(rand.Reader, c, 1); fault.KindOf(err) != fault.Invalid {
			t.Errorf("cost %+v: %v", c, err)
		}
	}
	if _, err := NewHasher(bytes.NewReader(nil), quick, 1); err == nil {
		t.Error("a hasher without random bytes")
	}
}

// An unknown name must not answer sooner than a known one. The decoy has the form of a
// real hash, and the times are the same but for noise.
func TestUnknownTakesAsLong(t *testing.T) {
	ctx := context.Background()
	h := newHasher(t, StandardCost)
	encoded, err := h.Hash(ctx, planted)
	if err != nil {
		t.Fatal(err)
	}
	realCost, salt, sum, _ := decode(encoded)
	decoyCost, decoySalt, decoySum, ok := decode(h.decoy)
	if !ok || realCost != StandardCost || decoyCost != realCost || len(decoySalt) != len(salt) || len(decoySum) != len(sum) {
		t.Errorf("the decoy is %s", h.decoy)
	}
	median := func(encoded string) time.Duration {
		var times []time.Duration
		for range 5 {
			start := time.Now()
			if ok, _, err := h.Check(ctx, encoded, "a wrong password"); ok || err != nil {
				t.Fatal(ok, err)
			}
			times = append(times, time.Since(start))
		}
		slices.Sort(times)
		return times[len(times)/2]
	}
	known, unknown := median(encoded), median("")
	if unknown < known/3 || unknown > known*3 {
		t.Errorf("a known name takes %s, an unknown one %s", known, unknown)
	}
}

func TestStoredHashIsReadStrictly(t *testing.T) {
	const salt, sum = "c2FsdHNhbHRzYWx0c2FsdA", "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
	good := "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + sum
	if _, _, _, ok := decode(good); !ok {
		t.Fatalf("%s is not read", good)
	}
	h := newHasher(t, quick)
	for _, bad := range []string{
		"x", "$", "$$$$$", "$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + sum, "$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1$" + salt + "$" + sum, "$argon2id$v=19$m=64,t=1,p=1,x=2$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + sum, "$argon2id$v=19$m=4000000000,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=064,t=1,p=1$" + salt + "$" + sum, "$argon2id$v=19$m=64,t=1,p=1$$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$", good + "$", good + "=", " " + good, good + "\n",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + strings.Repeat("A", 200),
	} {
		if _, _, err := h.Check(context.Background(), bad, planted); fault.KindOf(err) != fault.Internal || err == nil {
			t.Errorf("%q: %v", bad, err)
		} else if strings.Contains(err.Error(), bad) && len(bad) > 5 {
			t.Errorf("the error repeats the hash: %v", err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g")
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$")
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, sum, ok := decode(s)
		if ok && (encode(c, salt, sum) != s || !c.sane()) {
			t.Errorf("%q is read as %+v", s, c)
		}
	})
}

// However many sign in at once, only so many hashes are worked on, and only so many wait.
func TestHashingIsBounded(t *testing.T) {
	h, err := NewHasher(rand.Reader, quick, 1)
	if err != nil {
		t.Fatal(err)
	}
	h.working <- struct{}{} // the only place is taken
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	errs := make(chan error, 100)
	for range cap(h.waiting) {
		all.Go(func() {
			_, err := h.Hash(ctx, planted)
			errs <- err
		})
	}
	for len(h.waiting) < cap(h.waiting) {
		time.Sleep(time.Millisecond)
	}
	if _, _, err := h.Check(context.Background(), "", planted); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("one more than may wait: %v", err)
	}
	cancel()
	all.Wait()
	close(errs)
	for err := range errs {
		if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
			t.Errorf("one that gave up: %v", err)
		}
	}
	<-h.working
	if _, err := h.Hash(context.Background(), planted); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func BenchmarkPasswordCheck(b *testing.B) {
	h := newHasher(b, StandardCost)
	for b.Loop() {
		if _, _, err := h.Check(context.Background(), "", planted); err != nil {
			b.Fatal(err)
		}
	}
}
