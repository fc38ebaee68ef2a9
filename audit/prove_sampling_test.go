package audit

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"testing"
)

// TestProveSampling draws 20,000 samples (a tenth by default) at each of five error
// rates, by the program's own draw, and counts how often the interval holds the number
// of errors that the frame truly has. It prints the mean width beside Wald's.
func TestProveSampling(t *testing.T) {
	audits := 2_000
	if os.Getenv("TOWERBRIDGE_PROVE") == "1" {
		audits = 20_000
	}
	const population, sample = 4_000, 150
	type bounds struct{ low, high int64 }
	known := map[int64]bounds{}
	for _, rate := range []float64{0.002, 0.01, 0.03, 0.10, 0.30} {
		bad := int64(rate * population)
		var held, waldHeld int
		var width, waldWidth float64
		for i := range audits {
			seed := binary.BigEndian.AppendUint64([]byte(fmt.Sprintf("prove %g ", rate)), uint64(i))
			var found int64
			for _, at := range choose(dice("frame", []Seed{seed}), population, sample) {
				if int64(at) < bad {
					found++
				}
			}
			b, ok := known[found]
			if !ok {
				b.low, b.high = Bounds(population, sample, found)
				known[found] = b
			}
			if b.low <= bad && bad <= b.high {
				held++
			}
			width += float64(b.high-b.low) / population
			p := float64(found) / sample
			half := 1.959964 * math.Sqrt(p*(1-p)/sample*(population-sample)/(population-1))
			if math.Abs(p-float64(bad)/population) <= half {
				waldHeld++
			}
			waldWidth += 2 * half
		}
		n := float64(audits)
		coverage := float64(held) / n
		t.Logf("error rate %4.1f %%: %d audits of %d in %d, coverage %.2f %% (Wald %.2f %%), mean width %.2f points (Wald %.2f)",
			100*rate, audits, sample, population, 100*coverage, 100*float64(waldHeld)/n, 100*width/n, 100*waldWidth/n)
		// 94.5 % is stated for 20,000 audits; fewer leave more to chance.
		least := 0.945 - 3*math.Sqrt(0.05*0.95*(1/n-1/20_000.0))
		if coverage < least {
			t.Errorf("error rate %g: the interval held in %.2f %% of the audits, less than %.2f %%", rate, 100*coverage, 100*least)
		}
	}
}
