package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"towerbridge/fault"
)

// The numbers 9001 and 9002 belong to this test alone.
var (
	gap     = fault.Declare(9002, "a table has a gap", "Close it.")
	overlap = fault.Declare(9001, "a table overlaps", "Part it.")
)

func TestFinding(t *testing.T) {
	at := fault.Position{File: "a.yaml", Line: 3, Column: 7}
	f := gap.At(at, "bands[1]", "nothing holds %s", "98.95%")
	if want := "a.yaml:3:7: TB9002: bands[1]: nothing holds 98.95%. Close it."; f.Error() != want {
		t.Errorf("got  %s\nwant %s", f.Error(), want)
	}
	f.Remedy = "Write 98.9%."
	if want := "a.yaml:3:7: TB9002: bands[1]: nothing holds 98.95%. Write 98.9%."; f.Error() != want {
		t.Errorf("got  %s\nwant %s", f.Error(), want)
	}
	for want, p := range map[string]fault.Position{"": {}, "x": {File: "x"}, "x:2": {File: "x", Line: 2}, "x:2:1": {File: "x", Line: 2, Column: 1}} {
		if p.String() != want {
			t.Errorf("%+v is written %q, want %q", p, p.String(), want)
		}
	}
}

func TestRulesAreInOrder(t *testing.T) {
	rules := fault.Rules()
	for i := 1; i < len(rules); i++ {
		if rules[i-1].Number >= rules[i].Number {
			t.Fatalf("%d comes before %d", rules[i-1].Number, rules[i].Number)
		}
	}
	if last := rules[len(rules)-1]; last != gap || rules[len(rules)-2] != overlap {
		t.Errorf("the last rule is %+v", last)
	}
}

func TestNumbersAreNotReused(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a number was declared twice")
		}
	}()
	fault.Declare(9001, "another", "")
}

func TestSort(t *testing.T) {
	at := func(file string, line, column int, r fault.Rule) fault.Finding {
		return r.At(fault.Position{File: file, Line: line, Column: column}, "", "x")
	}
	f := fault.Findings{at("b", 1, 1, gap), at("a", 2, 1, gap), at("a", 1, 9, gap), at("a", 1, 9, overlap), at("a", 1, 2, gap)}
	f.Sort()
	want := "a:1:2: TB9002: x. Close it.\na:1:9: TB9001: x. Part it.\na:1:9: TB9002: x. Close it.\na:2:1: TB9002: x. Close it.\nb:1:1: TB9002: x. Close it."
	if f.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", f.Error(), want)
	}
}

func TestNoFindingsIsNoError(t *testing.T) {
	if err := (fault.Findings{}).Err(); err != nil {
		t.Errorf("no findings are the error %v", err)
	}
	if err := (fault.Findings{gap.At(fault.Position{}, "", "x")}).Err(); err == nil {
		t.Error("a finding is no error")
	}
}

func TestKinds(t *testing.T) {
	cause := fault.Wrap(fault.NotFound, io.EOF, "there is no %s", "log")
	if got := cause.Error(); got != "there is no log: EOF" || !errors.Is(cause, io.EOF) {
		t.Errorf("got %q", got)
	}
	if got := fault.New(fault.Denied, "Ask for it.", "no right to %s", "read").Error(); got != "no right to read. Ask for it." {
		t.Errorf("got %q", got)
	}
	for want, err := range map[fault.Kind]error{
		fault.NotFound: fmt.Errorf("opening: %w", cause),
		fault.Invalid:  fmt.Errorf("reading: %w", fault.Findings{gap.At(fault.Position{}, "", "x")}),
		fault.Internal: io.EOF,
	} {
		if got := fault.KindOf(err); got != want {
			t.Errorf("%v is %s, want %s", err, got, want)
		}
	}
	if fault.Kind(99).String() != "internal" || fault.Disagrees.String() != "disagrees" {
		t.Error("a kind has no name")
	}
}
