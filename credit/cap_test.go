package credit_test

import (
	"fmt"
	"strings"
	"testing"

	"towerbridge/credit"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
)

// SC-2: GBP 70,000.00 under a cap of 3% is GBP 60,000.00 paid and GBP 10,000.00 over.
func TestCap(t *testing.T) {
	c := read(t, three, pointsRate, "    caps: [{percentOfCharges: 3%, clause: paragraph 7}]\n")
	a := assess(t, c, "2012-01", nil, seven(t, c, "2012-01")...)
	s := a.Schemes[0]
	wantAmount(t, "gross", s.Gross, "GBP 70000.00")
	wantAmount(t, "net", s.Net, "GBP 60000.00")
	wantAmount(t, "excess", s.Excess, "GBP 10000.00")
	wantAmount(t, "the total", a.Total, "GBP 60000.00")
	k := s.Caps[0]
	wantAmount(t, "the limit", k.Limit, "GBP 60000.00")
	wantText(t, "the rule", k.Rule, "3% of GBP 2000000.00 = GBP 60000.00")
	wantText(t, "the clause", k.Clause, "paragraph 7")
	if !k.Holds || len(k.Periods) != 1 || k.Missing != nil {
		t.Errorf("the cap is %+v", k)
	}

	// The excess is not carried: a month later nothing of it is left.
	earlier := []credit.Earlier{credit.Past(month(t, "2012-01"), nil, nil, a)}
	later := assess(t, c, "2012-02", earlier, percent(t, c, "KPI-2", "2012-02", 9850))
	wantAmount(t, "February", later.Total, "GBP 10000.00")
}

// Neither measure alone reaches the cap of 2.5%; both together pass it.
func TestCapReachedByTwoMeasures(t *testing.T) {
	c := read(t, three, pointsRate, "    caps: [{percentOfCharges: 2.5%}]\n")
	for _, test := range []struct {
		first, third int64
		net, excess  string
		holds        bool
	}{
		{9500, 9900, "GBP 40000.00", "GBP 0.00", false},
		{9900, 9600, "GBP 30000.00", "GBP 0.00", false},
		{9500, 9850, "GBP 50000.00", "GBP 0.00", false}, // exactly the cap
		{9500, 9600, "GBP 50000.00", "GBP 20000.00", true},
	} {
		a := assess(t, c, "2012-01", nil, percent(t, c, "KPI-1", "2012-01", test.first), percent(t, c, "KPI-3", "2012-01", test.third))
		s := a.Schemes[0]
		wantAmount(t, "net", s.Net, test.net)
		wantAmount(t, "excess", s.Excess, test.excess)
		if s.Caps[0].Holds != test.holds {
			t.Errorf("%s of %s: the cap holds: %t", s.Net, s.Gross, s.Caps[0].Holds)
		}
	}
}

// Published numbers with a cap: 2% for each of 23 points is 46%, and 15% is paid.
func TestCapOnPercentShort(t *testing.T) {
	c := read(t, "measures:\n", plain("KPI-1", "98%"),
		"credits:\n  - {id: short, rounding: half-up, percentShort: {rate: 2%}, caps: [{percentOfCharges: 15%}]}\n")
	s := assess(t, c, "2012-01", nil, percent(t, c, "KPI-1", "2012-01", 7500)).Schemes[0]
	wantAmount(t, "gross", s.Gross, "GBP 920000.00")
	wantAmount(t, "net", s.Net, "GBP 300000.00")
}

// The tightest of the caps in force holds, and a fraction of a penny stays under it.
func TestTightestCap(t *testing.T) {
	c := read(t, three, pointsRate, `    caps:
      - {amount: GBP 65000.00}
      - {percentOfCharges: 0.12345678%}
      - {amount: GBP 1.00, from: 2013-01-01}
`)
	s := assess(t, c, "2012-01", nil, seven(t, c, "2012-01")...).Schemes[0]
	wantAmount(t, "net", s.Net, "GBP 2469.13")
	wantAmount(t, "the limit", s.Caps[1].Limit, "GBP 2469.1356")
	if len(s.Caps) != 2 || s.Caps[0].Holds || !s.Caps[1].Holds {
		t.Errorf("the caps are %+v", s.Caps)
	}
}

// A cap over three periods: what the two before took is taken off, and room comes
// back as they pass out of the window.
func TestRollingCap(t *testing.T) {
	c := read(t, three, pointsRate, "    caps: [{percentOfCharges: 2%, rollingPeriods: 3}]\n")
	months := []string{"2012-01", "2012-02", "2012-03", "2012-04", "2012-05"}
	got := run(t, c, months, func(p string) []measure.Result {
		if p == "2012-04" {
			return nil
		}
		return seven(t, c, p)
	})
	// January may take 2% of one month's charges, the term having just begun, February
	// 2% of two months less that, and so on. From February on the points are doubled.
	want := []struct{ gross, taken, room, net string }{
		{"GBP 70000.00", "GBP 0.00", "GBP 40000.00", "GBP 40000.00"},
		{"GBP 140000.00", "GBP 40000.00", "GBP 40000.00", "GBP 40000.00"},
		{"GBP 140000.00", "GBP 80000.00", "GBP 40000.00", "GBP 40000.00"},
		{"GBP 0.00", "GBP 80000.00", "GBP 40000.00", "GBP 0.00"},
		{"GBP 70000.00", "GBP 40000.00", "GBP 80000.00", "GBP 70000.00"},
	}
	for i, w := range want {
		s := got[i].Schemes[0]
		wantAmount(t, months[i]+": gross", s.Gross, w.gross)
		wantAmount(t, months[i]+": taken", s.Caps[0].Taken, w.taken)
		wantAmount(t, months[i]+": room", s.Caps[0].Room, w.room)
		wantAmount(t, months[i]+": net", s.Net, w.net)
	}
	wantText(t, "the rule", got[4].Schemes[0].Caps[0].Rule, "2% of GBP 6000000.00 = GBP 120000.00 for 3 periods")
}

// A period of the term of which nothing is known counts as nothing and is named; one
// before the term is no period at all.
func TestRollingCapWithoutThePast(t *testing.T) {
	c := read(t, three, pointsRate, "    caps: [{amount: GBP 50000.00, rollingPeriods: 12}]\n")
	earlier := []credit.Earlier{{
		Period: month(t, "2012-01"), Charges: money.MustAmount("GBP 2000000.00"),
		Credits: []credit.EarlierCredit{
			{Scheme: "another", Amount: money.MustAmount("GBP 49000.00")},
			{Scheme: "points", Amount: money.MustAmount("GBP 45000.00"), EarnedBack: money.MustAmount("GBP 9.00")},
		},
	}}
	s := assess(t, c, "2012-03", earlier, seven(t, c, "2012-03")...).Schemes[0]
	wantAmount(t, "net", s.Net, "GBP 5000.00")
	k := s.Caps[0]
	if want := []span.Period{month(t, "2012-02")}; fmt.Sprint(k.Missing) != fmt.Sprint(want) {
		t.Errorf("missing are %v, want %v", k.Missing, want)
	}
	if len(k.Periods) != 3 {
		t.Errorf("the cap looks at %v, want the three months of the term so far", k.Periods)
	}
}

// A cap that became tighter leaves no room, and never a negative one.
func TestRollingCapAlreadyPassed(t *testing.T) {
	c := read(t, three, pointsRate, "    caps: [{amount: GBP 100.00, rollingPeriods: 2}]\n")
	earlier := []credit.Earlier{{Period: month(t, "2012-01"), Credits: []credit.EarlierCredit{
		{Scheme: "points", Amount: money.MustAmount("GBP 45000.00")},
	}}}
	s := assess(t, c, "2012-02", earlier, seven(t, c, "2012-02")...).Schemes[0]
	wantAmount(t, "the room", s.Caps[0].Room, "GBP 0.00")
	wantAmount(t, "net", s.Net, "GBP 0.00")
	wantAmount(t, "excess", s.Excess, "GBP 70000.00")
}

func TestCapOfAnotherCurrency(t *testing.T) {
	c := read(t, three, pointsRate, "    caps: [{amount: GBP 5.00}]\n")
	euros := money.MustAmount("EUR 5.00")
	c.Credits[0].Caps[0].Amount = &euros
	results := seven(t, c, "2012-01")
	_, err := credit.Assess(c, month(t, "2012-01"), results, credit.Scores(c, results, nil), nil)
	if err == nil || !strings.Contains(err.Error(), "two currencies") {
		t.Errorf("the error is %v, want one about two currencies", err)
	}
}

func TestAmountsOfAnotherCurrencyInThePast(t *testing.T) {
	c := read(t, three, pointsRate, "    caps: [{percentOfCharges: 2%, rollingPeriods: 2}]\n")
	euros := money.MustAmount("EUR 1.00")
	for name, e := range map[string]credit.Earlier{
		"charges": {Period: month(t, "2012-01"), Charges: euros},
		"a credit": {
			Period: month(t, "2012-01"), Charges: money.MustAmount("GBP 1.00"),
			Credits: []credit.EarlierCredit{{Scheme: "points", Amount: euros}},
		},
	} {
		results := seven(t, c, "2012-02")
		if _, err := credit.Assess(c, month(t, "2012-02"), results, credit.Scores(c, results, nil), []credit.Earlier{e}); err == nil {
			t.Errorf("%s in another currency is accepted", name)
		}
	}
}
