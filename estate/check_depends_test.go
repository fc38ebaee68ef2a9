package estate

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCircles(t *testing.T) {
	for name, c := range map[string]struct {
		needs [][]int
		want  string
	}{
		"none":                 {[][]int{{1, 2}, {2}, {}}, "[]"},
		"two that meet":        {[][]int{{1}, {0, 2}, {1}}, "[[0 1]]"},
		"two apart":            {[][]int{{1}, {0}, {3}, {2}, {0, 2}}, "[[0 1] [2 3]]"},
		"a short and a long":   {[][]int{{1}, {2}, {0, 3}, {0}}, "[[0 1 2]]"},
		"itself and no others": {[][]int{{1}, {1}}, "[[1]]"},
	} {
		if got := fmt.Sprint(circles(c.needs)); got != c.want {
			t.Errorf("%s: %s; want %s", name, got, c.want)
		}
	}
}

// TestCirclesAgreeWithClosure compares with the plainest way: everything that can be
// reached from everything.
func TestCirclesAgreeWithClosure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "services")
		needs := make([][]int, n)
		reach := make([][]bool, n)
		for i := range n {
			needs[i] = rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 3).Draw(t, "needs")
			reach[i] = make([]bool, n)
			for _, j := range needs[i] {
				reach[i][j] = true
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
				}
			}
		}
		var want []int // the first service of each group that depends on itself
		for i := range n {
			first := reach[i][i]
			for j := range i {
				first = first && !(reach[i][j] && reach[j][i])
			}
			if first {
				want = append(want, i)
			}
		}
		var got []int
		for _, circle := range circles(needs) {
			got = append(got, circle[0])
			for k, i := range circle {
				if next := circle[(k+1)%len(circle)]; !slices.Contains(needs[i], next) {
					t.Fatalf("%v: in %v, %d does not need %d", needs, circle, i, next)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v: circles begin at %v; want %v", needs, got, want)
		}
	})
}
