package journal

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What entries withhold comes out as it went in, whatever is known of it, however many
// there are and however they were cut among builders.
func TestWithheld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.IntRange(1, 3*fewKeys).Draw(t, "entries")
		cut := rapid.IntRange(0, entries).Draw(t, "cut")
		builders := []*Builder{NewBuilder("a"), NewBuilder("b")}
		want := map[string][]Withheld{}
		for i := range entries {
			b := builders[0]
			if i >= cut {
				b = builders[1]
			}
			e := Entry{Ticket: b.Ticket([]byte(fmt.Sprint(i % 3))), Facts: b.Facts(Facts{}), Row: uint32(i), Marks: Private}
			if rapid.Bool().Draw(t, "keyed") {
				e.Row, e.Marks = uint32(b.Name(fmt.Sprint("key ", i))), e.Marks|Keyed
			}
			var list []Withheld
			for k := range rapid.IntRange(0, 3).Draw(t, "withheld") {
				w := Salted(rapid.SampledFrom([]string{"person", "text"}).Draw(t, "name"), "5a", fmt.Sprint(i, k))
				switch rapid.IntRange(0, 3).Draw(t, "known") {
				case 0:
					w.Salt, w.Value = "", ""
					b.WithholdDigest(e, []byte(w.Name), sha256.Sum256(fmt.Appendf(nil, "5a\x00%d %d", i, k)))
				case 1:
					w.Salt, w.Value = "", ""
					b.Withhold(e, w)
				case 2:
					w = Withheld{Name: w.Name, Digest: strings.ToUpper(w.Digest), Erased: k == 1} // not as digests are written
					b.Withhold(e, w)
				default:
					b.Withhold(e, w)
				}
				list = append(list, w)
			}
			if len(list) == 0 && rapid.Bool().Draw(t, "unmarked") {
				e.Marks &^= Private
			}
			b.Add(e)
			want[keyOf(e, i)] = list
		}
		j := mustMerge(t, builders, []uint32{0, 0})
		seen := 0
		for ticket := range j.Tickets() {
			for _, e := range j.Of(ticket) {
				number := 0
				fmt.Sscan(strings.TrimPrefix(j.KeyText(e.Key()), "key "), &number)
				if got := j.WithheldOf(e); !slices.Equal(got, want[keyOf(e, number)]) {
					t.Fatalf("entry %d withholds %v, want %v", number, got, want[keyOf(e, number)])
				}
				seen++
			}
		}
		if seen != entries {
			t.Fatalf("%d entries of %d", seen, entries)
		}
	})
}

func keyOf(e Entry, number int) string { return fmt.Sprint(e.Marks&Keyed != 0, number) }

// A journal is read by several goroutines at once.
func TestWithheldAtOnce(t *testing.T) {
	b := NewBuilder("tool")
	for i := range 10 * fewKeys {
		e := Entry{Ticket: b.Ticket([]byte("A")), Facts: b.Facts(Facts{}), Row: uint32(i), Marks: Private}
		b.WithholdDigest(e, []byte("person"), sha256.Sum256([]byte{byte(i)}))
		b.Add(e)
	}
	j := mustMerge(t, []*Builder{b}, []uint32{0})
	done := make(chan string)
	for range 4 {
		go func() { done <- open(j) }()
	}
	first := <-done
	for range 3 {
		if <-done != first {
			t.Error("two goroutines read different journals")
		}
	}
	if n := strings.Count(first, `"withheld":[{"name":"person","digest":"sha256:`); n != 10*fewKeys {
		t.Errorf("%d entries withhold something", n)
	}
}
