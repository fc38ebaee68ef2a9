package process

import (
	"math"
	"os"
	"runtime"
	"testing"
	"time"
)

// The system's numbers of this very process make sense.
func TestProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has /proc as it is read here")
	}
	before, machine := Time(os.Getpid()), Machine()
	x := 1.0
	for start := time.Now(); time.Since(start) < 300*time.Millisecond; {
		x = math.Sqrt(x + 1)
	}
	if took := Time(os.Getpid()) - before; took < .05 || took > 10 {
		t.Errorf("300 ms of work took %v s of processor time, to %v", took, x)
	}
	if Machine() <= machine {
		t.Error("the machine did not work")
	}
	if m := Memory(os.Getpid()); m < 1 || m > 4000 {
		t.Errorf("this process has %d MiB", m)
	}
	if all := tree(os.Getppid()); len(all) < 2 {
		t.Errorf("the process above has %v below it", all)
	}
	if Time(0) != 0 || Memory(0) != 0 {
		t.Error("no process takes something")
	}
}
