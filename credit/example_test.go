package credit_test

import (
	"fmt"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/credit"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
)

// A measure at 96.5% in two months running: the band earns 3 points, the second
// failure in a row doubles them, and the cap takes a part of the sum off again.
func Example() {
	doc, _, findings := contract.Read("desk.yaml", []byte(`
id: desk
customer: force
supplier: atlas
zone: Europe/London
currency: GBP
term: {start: 2012-01-01, end: 2014-01-01}
charges: [{amount: GBP 2000000.00}]
measures:
  - id: availability
    external: {series: availability}
    precision: {decimals: 1, rounding: half-up}
    repeatFailure: {multiplier: 2, clause: paragraph 5}
    bands:
      - {name: target, atLeast: 99%, met: true}
      - {name: minor, atLeast: 97%, below: 99%, points: 1}
      - {name: serious, below: 97%, points: 3, clause: table 1}
credits:
  - id: service-credits
    pointsRate: {rate: 0.5%}
    caps: [{percentOfCharges: 2.5%}]
    rounding: half-up
`))
	if err := findings.Err(); err != nil {
		fmt.Println(err)
		return
	}
	c, err := contract.Compile(doc, nil, calendar.Shipped())
	if err != nil {
		fmt.Println(err)
		return
	}

	// Package measure makes these from tickets or from measured series.
	value, _ := money.NewFraction(965, 1000)
	result := func(p span.Period) measure.Result {
		return measure.Result{
			Measure: &c.Measures[0], Period: p, Met: 965, Counted: 1000, Measured: true,
			Value: value, Display: "96.5%", Band: &c.Measures[0].Bands[2], Failed: true,
		}
	}

	var earlier []credit.Earlier
	for _, p := range []span.Period{span.Month(2012, 1), span.Month(2012, 2)} {
		results := []measure.Result{result(p)}
		scores := credit.Scores(c, results, earlier)
		a, err := credit.Assess(c, p, results, scores, earlier)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(p, scores[0].Why)
		fmt.Println("       ", a.Lines[0].Rule)
		fmt.Println("        net", a.Schemes[0].Net, "over the cap", a.Schemes[0].Excess)
		earlier = append(earlier, credit.Past(p, results, scores, a))
	}
	// Output:
	// 2012-01 96.5% is in band serious: 3 points (table 1)
	//         3 points x 0.5% x GBP 2000000.00 = GBP 30000.00
	//         net GBP 30000.00 over the cap GBP 0.00
	// 2012-02 96.5% is in band serious: 3 points (table 1); the period before failed too, so 3 x 2 = 6 points (paragraph 5)
	//         6 points x 0.5% x GBP 2000000.00 = GBP 60000.00
	//         net GBP 50000.00 over the cap GBP 10000.00
}
