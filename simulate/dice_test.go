package simulate

import (
	"slices"
	"testing"
)

func TestBetween(t *testing.T) {
	t.Parallel()
	d := dice(1)
	seen := map[int64]int{}
	for range 6000 {
		seen[d.between(1, 6)]++
	}
	if len(seen) != 6 {
		t.Fatalf("faces: %v", seen)
	}
	for face, n := range seen {
		if face < 1 || face > 6 || n < 850 || n > 1150 {
			t.Errorf("face %d came %d times of 6000", face, n)
		}
	}
	if d.below(0) != 0 || d.below(-5) != 0 || d.between(7, 7) != 7 {
		t.Error("nothing to choose from is the first")
	}
}

// The numbers are pinned: they must not change with the language, the processor or the
// program, or old seeds would mean new years.
func TestDicePinned(t *testing.T) {
	t.Parallel()
	d := dice(42)
	for i, want := range []uint64{0xbdd732262feb6e95, 0x28efe333b266f103, 0x47526757130f9f52} {
		if got := d.next(); got != want {
			t.Errorf("number %d is %#x; want %#x", i, got, want)
		}
	}
	if got, want := uint64(newDice(7, 3)), uint64(newDice(7, 3)); got != want {
		t.Errorf("stream 3 of seed 7 begins with %#x and %#x", got, want)
	}
	if newDice(7, 3) == newDice(7, 4) || newDice(7, 3) == newDice(8, 3) {
		t.Error("two streams begin alike")
	}
}

func TestChance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, low, high int }{{0, 0, 0}, {10_000, 70, 130}, {500_000, 4800, 5200}, {whole, 10_000, 10_000}} {
		d, n := dice(9), 0
		for range 10_000 {
			if d.chance(share(c.in)) {
				n++
			}
		}
		if n < c.low || n > c.high {
			t.Errorf("a share of %d millionths came %d times of 10000", c.in, n)
		}
	}
}

func TestQuantilesDraw(t *testing.T) {
	t.Parallel()
	for _, q := range []quantiles{{0, 100}, {5, 5, 5}, {0, 10, 1000}, {-3, 0, 31_622_400}} {
		d := dice(3)
		drawn := make([]int64, 20_000)
		for i := range drawn {
			drawn[i] = q.draw(&d)
		}
		slices.Sort(drawn)
		for i, want := range q {
			at := i * (len(drawn) - 1) / (len(q) - 1)
			width := q[len(q)-1] - q[0]
			if got := drawn[at]; got < want-width/50-1 || got > want+width/50+1 {
				t.Errorf("%v: the value at rank %d of %d is %d; want about %d", q, i, len(q), got, want)
			}
		}
		if drawn[0] < q[0] || drawn[len(drawn)-1] > q[len(q)-1] {
			t.Errorf("%v: %d to %d are drawn", q, drawn[0], drawn[len(drawn)-1])
		}
	}
	d := dice(3)
	if (quantiles{}).draw(&d) != 0 || (quantiles{8}).draw(&d) != 8 {
		t.Error("no values and one value")
	}
}

func TestPickerDraw(t *testing.T) {
	t.Parallel()
	p := newPicker([]int64{0, 10, 0, 30, -4, 60, 0})
	d, seen := dice(5), map[int]int{}
	for range 10_000 {
		seen[p.draw(&d)]++
	}
	for at, want := range map[int]int{1: 1000, 3: 3000, 5: 6000} {
		if n := seen[at]; n < want-200 || n > want+200 {
			t.Errorf("position %d came %d times; want about %d", at, n, want)
		}
	}
	if len(seen) != 3 {
		t.Errorf("positions without weight came: %v", seen)
	}
	if newPicker(nil).draw(&d) != 0 || newPicker([]int64{0, 0}).draw(&d) != 0 {
		t.Error("without weights it is the first")
	}
}

func TestParseShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Share
		text string
	}{
		{"0%", 0, "0%"},
		{"2.5%", 25_000, "2.5%"},
		{"0.025", 25_000, "2.5%"},
		{"100%", whole, "100%"},
		{"1", whole, "100%"},
		{"0.0001%", 1, "0.0001%"},
		{"33.3333%", 333_333, "33.3333%"},
	} {
		got, err := ParseShare(c.in)
		if err != nil || got != c.want || got.String() != c.text {
			t.Errorf("%s is %v (%s), %v", c.in, int64(got), got, err)
		}
	}
	for _, in := range []string{"", "%", "101%", "-1%", "1.5", "0.00001%", "x%", "5 %", "1e-3"} {
		if got, err := ParseShare(in); err == nil {
			t.Errorf("%q is %s", in, got)
		}
	}
	var s Share
	if s.UnmarshalText([]byte("0.5")) == nil {
		t.Error("a share in a document has a percent sign")
	}
}

func TestParseTrick(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Trick
	}{
		{"rounding", Trick{Rounding, whole / 2, ""}},
		{"test-calls", Trick{TestCalls, whole / 50, ""}},
		{"late-pause=20%", Trick{LatePause, whole / 5, ""}},
		{"late-pause@fennock", Trick{LatePause, whole / 2, "fennock"}},
		{"backdated@fennock=0.25", Trick{Backdated, whole / 4, "fennock"}},
	} {
		got, err := ParseTrick(c.in)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.in, got, err)
		}
	}
	for _, in := range []string{"", "late", "late-pause=", "late-pause=2", "=5%"} {
		if got, err := ParseTrick(in); err == nil {
			t.Errorf("%q is %+v", in, got)
		}
	}
}
