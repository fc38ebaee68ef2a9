package identity

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"

	"towerbridge/fault"
)

// recordSecret is that of the tests' record.
var recordSecret = bytes.Repeat([]byte{7}, 32)

func newMint(t testing.TB) *Mint {
	t.Helper()
	m, err := NewMint(recordSecret, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMint(t *testing.T) {
	m, again := newMint(t), newMint(t)
	other, err := NewMint(bytes.Repeat([]byte{8}, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, k := range kinds {
		for range 100 {
			s, id, err := m.New(k)
			if err != nil {
				t.Fatal(err)
			}
			if seen[id] || seen[s.Reveal()] {
				t.Fatalf("%s is made twice", id)
			}
			seen[id], seen[s.Reveal()] = true, true
			if !strings.HasPrefix(s.Reveal(), "tb_"+string(k)+"_") || len(id) != 64 || strings.Contains(id, s.Reveal()) {
				t.Fatalf("made %q, id %q", s.Reveal(), id)
			}
			if got, err := again.ID(k, s); err != nil || got != id {
				t.Fatalf("known again as %q, %v, want %q", got, err, id)
			}
			if got, err := other.ID(k, s); err != nil || got == id {
				t.Fatalf("another record's key gives %q, %v", got, err)
			}
			if got, ok := KindOf(s); !ok || got != k {
				t.Fatalf("its kind is %q, %v, want %q", got, ok, k)
			}
			for _, wrong := range kinds {
				if _, err := m.ID(wrong, s); (err == nil) != (wrong == k) {
					t.Fatalf("a %s taken for a %s: %v", k, wrong, err)
				}
			}
		}
	}
}

func TestMintRefuses(t *testing.T) {
	m := newMint(t)
	s, _, err := m.New(Token)
	if err != nil {
		t.Fatal(err)
	}
	good := s.Reveal()
	bad := []string{
		"", "tb_", "tb_token_", "token", good[:len(good)-1], good + "A", good + "\n", " " + good,
		strings.Replace(good, "token", "session", 1), strings.Replace(good, "tb_", "TB_", 1),
		good[:20] + "\n" + good[20:], good[:20] + "\n" + good[21:], strings.Repeat("A", len(good)),
		"tb_token_" + strings.Repeat("A", 48), good[:len(good)-48] + strings.Repeat("=", 48),
	}
	for i := len("tb_token_"); i < len(good); i++ { // one character changed
		c := byte('A')
		if good[i] == c {
			c = 'B'
		}
		bad = append(bad, good[:i]+string(c)+good[i+1:])
	}
	for _, text := range bad {
		_, err := m.ID(Token, Secret(text))
		if !errors.Is(err, ErrNotKnown) || fault.KindOf(err) != fault.Denied {
			t.Errorf("%q: %v", text, err)
		}
		if len(text) > 8 && strings.Contains(err.Error(), text) {
			t.Errorf("the refusal repeats what was given: %v", err)
		}
		if _, ok := KindOf(Secret(text)); ok && !strings.HasPrefix(text, "tb_session") {
			t.Errorf("%q is of a kind", text)
		}
	}
	for _, secret := range [][]byte{nil, make([]byte, 31)} {
		if _, err := NewMint(secret, rand.Reader); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a record's secret of %d bytes: %v", len(secret), err)
		}
	}
	dry, err := NewMint(recordSecret, bytes.NewReader(make([]byte, 20)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := dry.New(Token); err == nil {
		t.Error("a secret is made of too few random bytes")
	}
}

func TestBlind(t *testing.T) {
	m := newMint(t)
	a := m.Blind("name", "ada")
	if a != newMint(t).Blind("name", "ada") || len(a) != 64 {
		t.Errorf("blinded to %q", a)
	}
	for _, b := range []string{m.Blind("name", "bob"), m.Blind("subject", "ada"), m.Blind("", "name\x00ada")} {
		if a == b {
			t.Errorf("%q twice", a)
		}
	}
}

func TestMintInParallel(t *testing.T) {
	m := newMint(t)
	s, want, err := m.New(Token)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if id, err := m.ID(Token, s); err != nil || id != want {
					t.Errorf("%q, %v", id, err)
				}
			}
		})
	}
	all.Wait()
}

func FuzzMintID(f *testing.F) {
	m := newMint(f)
	s, _, err := m.New(Token)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s.Reveal())
	f.Add("tb_token_")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := m.ID(Token, Secret(text))
		if err != nil {
			return
		}
		if len(id) != 64 || !strings.HasPrefix(text, "tb_token_") || len(text) != len("tb_token_")+bodyChars {
			t.Errorf("%q is taken for a token", text)
		}
		if Scrub(text) != hidden {
			t.Errorf("%q is not scrubbed: %q", text, Scrub(text))
		}
	})
}

// The bound is 10 microseconds for the whole check of a token; this is its first half.
func BenchmarkMintID(b *testing.B) {
	m := newMint(b)
	s, _, err := m.New(Token)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.ID(Token, s); err != nil {
			b.Fatal(err)
		}
	}
}
