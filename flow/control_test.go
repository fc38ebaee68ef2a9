package flow

import (
	"testing"
	"time"

	"towerbridge/span"
	"towerbridge/statement"
)

// months returns a statement for each value of a measure, January first; an empty value
// was not measured.
func months(unit string, values ...string) []*statement.Statement {
	var out []*statement.Statement
	for i, v := range values {
		p := span.Month(2026, time.Month(i+1))
		out = append(out, &statement.Statement{Contract: "net", Supplier: "fennock", Period: p, Measures: []statement.Measure{
			{ID: "KPI-1", Unit: unit, Value: v, Display: v, Period: p, Target: "90%"},
		}})
	}
	return out
}

func TestControlLimits(t *testing.T) {
	// Values 10, 12, 11, 13, 10, 12: mean 68/6, moving ranges 2, 1, 2, 3, 2, mean 2.
	c := Controls(months("number", "10/1", "12/1", "11/1", "13/1", "10/1", "12/1"))
	if len(c) != 1 || c[0].Limits == nil {
		t.Fatalf("%+v", c)
	}
	want := ControlLimits{Mean: 11333, Lower: 6013, Upper: 16653, MeanMoved: 2000, UpperMoved: 6536}
	if got := *c[0].Limits; got != want {
		t.Errorf("limits %+v, want %+v", got, want)
	}
	for i, p := range c[0].Points {
		if p.Signal() || (p.Moved == nil) != (i == 0) {
			t.Errorf("point %d: %+v", i, p)
		}
	}
	if c[0].Supplier != "fennock" || c[0].Target != "90%" {
		t.Errorf("%+v", c[0])
	}
}

func TestControlSignals(t *testing.T) {
	for _, c := range []struct {
		name               string
		unit               string
		values             []string
		outside, run, jump []int
	}{
		{"flat is noise", "number", []string{"5/1", "5/1", "5/1", "5/1", "5/1", "5/1", "5/1", "5/1", "5/1"}, nil, nil, nil},
		{"one far off", "number", []string{"10/1", "11/1", "10/1", "11/1", "10/1", "11/1", "10/1", "11/1", "10/1", "30/1"}, []int{9}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8}, []int{9}},
		{"eight on one side", "number", []string{"10/1", "9/1", "10/1", "9/1", "10/1", "9/1", "10/1", "9/1", "6/1", "8/1", "6/1"}, nil, []int{0, 1, 2, 3, 4, 5, 6, 7}, nil},
		{"seven are none", "number", []string{"9/1", "10/1", "9/1", "10/1", "9/1", "10/1", "9/1", "6/1", "8/1", "6/1"}, nil, nil, nil},
		{"a share within nothing and all", "percent", []string{"9/10", "10/10", "8/10", "10/10", "9/10", "10/10"}, nil, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := Controls(months(c.unit, c.values...))
			var outside, run, jump []int
			for i, p := range list[0].Points {
				if p.Outside {
					outside = append(outside, i)
				}
				if p.Run {
					run = append(run, i)
				}
				if p.Jump {
					jump = append(jump, i)
				}
			}
			for _, x := range []struct {
				name      string
				got, want []int
			}{{"outside", outside, c.outside}, {"run", run, c.run}, {"jump", jump, c.jump}} {
				if !equalInts(x.got, x.want) {
					t.Errorf("%s: %v, want %v; limits %+v", x.name, x.got, x.want, list[0].Limits)
				}
			}
			if l := list[0].Limits; l.Lower < 0 || c.unit == "percent" && l.Upper > 100_000 {
				t.Errorf("limits no value can have: %+v", l)
			}
		})
	}
}

func equalInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestControlNeedsPeriods(t *testing.T) {
	if c := Controls(months("percent", "9/10")); len(c) != 0 {
		t.Errorf("a chart of one period: %+v", c)
	}
	c := Controls(months("percent", "9/10", "", "8/10", "9/10", "7/10", "9/10"))
	if len(c) != 1 || len(c[0].Points) != LeastControl-1 || c[0].Limits != nil {
		t.Fatalf("limits of too few periods, or a period that was not measured: %+v", c)
	}
	if p := c[0].Points[1]; *p.Moved != 10_000 || p.Thousandths != 80_000 || p.Signal() {
		t.Errorf("from 90%% to 80%%: %+v", p)
	}
}
