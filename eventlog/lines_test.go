package eventlog

import (
	"fmt"
	"testing"

	"towerbridge/journal"
)

// storedLines are lines as a record keeps them: so many tickets of eight entries, each
// withholding who did it, or none.
func storedLines(tickets int, withhold bool) [][]byte {
	steps := []string{
		`"event":"opened","kind":"incident","priority":"P%d","service":"mail","site":"hq","by":"north"`,
		`"event":"assigned","party":"north","team":"desk %d","line":1,"by":"north"`,
		`"event":"accepted","by":"north"`,
		`"event":"responded","by":"north","visibility":"public"`,
		`"event":"paused","reason":"awaiting-user","by":"north"`,
		`"event":"resumed","reason":"awaiting-user","by":"north"`,
		`"event":"resolved","by":"north","visibility":"public"`,
		`"event":"closed","by":"north"`,
	}
	tail := "}"
	if withhold {
		tail = `,"withheld":[{"name":"person","digest":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}]}`
	}
	var out [][]byte
	for i := range tickets {
		for k, step := range steps {
			if k < 2 {
				step = fmt.Sprintf(step, i%4+1)
			}
			out = append(out, fmt.Appendf(nil, `{"source":"towerbridge","key":"%d","ticket":"INC%07d","happened":"2026-05-%02dT10:%02d:00Z","learnt":"2026-05-%02dT10:%02d:00Z",%s%s`,
				len(out)+1, i+1, i%28+1, k, i%28+1, k, step, tail))
		}
	}
	return out
}

func BenchmarkLines(b *testing.B) {
	for _, withhold := range []bool{false, true} {
		for _, tickets := range []int{1, 50, 100_000} {
			lines := storedLines(tickets, withhold)
			size := 0
			for _, x := range lines {
				size += len(x)
			}
			b.Run(fmt.Sprintf("tickets=%d/withhold=%v", tickets, withhold), func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					l := NewLines(0)
					for _, x := range lines {
						if err := l.Add(x); err != nil {
							b.Fatal(err)
						}
					}
					if j, findings := journal.Merge([]*journal.Builder{l.Builder()}, []uint32{0}); len(findings) > 0 || j.Tickets() != tickets {
						b.Fatal(findings)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(lines)), "ns/line")
			})
		}
	}
}
