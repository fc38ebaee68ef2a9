package money_test

import (
	"fmt"

	"towerbridge/money"
)

// Four of five tickets were in time, the contract pays 98 %, and each point below
// costs half a per cent of the month's charge.
func Example() {
	met, err := money.NewFraction(4, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(met, "is", met.Percent(2, money.HalfUp))
	fmt.Println("below 98%:", met.CmpPercent(money.MustPercent("98%")) < 0)

	charge := money.MustAmount("GBP 400000.33")
	credit := money.MustPercent("0.5%").Mul(money.MustDecimal("3")).Of(charge)
	fmt.Println("exact:", credit)
	fmt.Println("rounded:", credit.Round(money.HalfUp))
	// Output:
	// 4/5 is 80.00
	// below 98%: true
	// exact: GBP 6000.00495
	// rounded: GBP 6000.00
}

func ExampleSplit() {
	parts, err := money.Split(money.MustAmount("GBP 100.00"), []int64{1, 1, 1})
	fmt.Println(parts, err)
	// Output: [GBP 33.34 GBP 33.33 GBP 33.33] <nil>
}

func ExampleAmount_Add() {
	_, err := money.MustAmount("GBP 1.00").Add(money.MustAmount("EUR 1.00"))
	fmt.Println(err)
	// Output: GBP 1.00 and EUR 1.00 are of two currencies. Use one currency throughout a contract
}
