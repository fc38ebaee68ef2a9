// Package money is exact arithmetic for sums, shares and percentages.
//
// Two parties who compute a service credit on two machines must reach the same
// penny. So nothing here is a floating-point number, and nothing rounds unasked:
// sums, differences and products are always exact, and a result loses digits in
// only three places, each of which has to be told the [Rounding] by name.
//
//	GBP 2000000.00 x 0.5%          Percent.Of     exact:   GBP 10000.00000
//	GBP 10000.005                  Amount.Round   named:   GBP 10000.01 half-up
//	4 of 5                         Fraction       exact:   never stored rounded
//	  as a percentage, 2 decimals  Fraction.Round named:   80.00
//	GBP 100.00 to 1:1:1            Split          exact:   33.34 + 33.33 + 33.33
//
// The types, from the bottom up: [Decimal] is a number with a decimal point;
// [Fraction] is so many of so many; [Percent] is a decimal that people write with
// a sign, such as 98.95%; [Amount] is a decimal in a [Currency]. Amounts of two
// currencies are neither added nor compared: the operation returns a
// [fault.Error]. All values are immutable, safe to copy and to share.
//
// The arithmetic is that of github.com/cockroachdb/apd, with no limit of precision
// and every condition trapped, above all Inexact. Division is done on whole numbers
// by one function that all roundings share.
package money
