package money

import (
	"slices"
	"strings"

	"towerbridge/fault"
)

// Currency is the three-letter code of ISO 4217, such as GBP.
type Currency string

// codes lists ISO 4217 by the number of decimals of the minor unit: the active list
// as of January 2026, and the codes withdrawn since 2020, which contracts that ran
// then still carry (ANG, BGN, CUC, HRK, SLL, ZWL). Codes that have no minor unit,
// such as gold (XAU) and the code for testing (XTS), are left out: an amount of
// them could not be rounded.
var codes = [...]struct {
	decimals int
	codes    string
}{
	{0, `BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF`},
	{2, `
		AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP
		BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB
		EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
		KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
		MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
		RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
		TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
		ANG BGN CUC HRK SLL ZWL`},
	{3, `BHD IQD JOD KWD LYD OMR TND`},
	{4, `CLF UYW`},
}

var minorDigits = func() map[Currency]int {
	table := map[Currency]int{}
	for _, group := range codes {
		for code := range strings.FieldsSeq(group.codes) {
			table[Currency(code)] = group.decimals
		}
	}
	return table
}()

// ParseCurrency reads a code in capitals, such as GBP. The error is a [fault.Error].
func ParseCurrency(s string) (Currency, error) {
	c := Currency(s)
	if _, known := minorDigits[c]; !known {
		return "", fault.New(fault.Invalid, "Use a code of ISO 4217 in capitals",
			"%s is not a currency such as GBP", quoted(s))
	}
	return c, nil
}

// Currencies returns every code that [ParseCurrency] reads, in alphabetical order.
func Currencies() []Currency {
	out := make([]Currency, 0, len(minorDigits))
	for c := range minorDigits {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// MinorDigits returns the decimals of the smallest unit: 2 for GBP, 0 for JPY, 3 for
// KWD. A code that is not of ISO 4217, which [ParseCurrency] never returns, has 2.
func (c Currency) MinorDigits() int {
	if n, known := minorDigits[c]; known {
		return n
	}
	return 2
}

// UnmarshalText reads what [ParseCurrency] reads.
func (c *Currency) UnmarshalText(text []byte) error { return read(c, text, ParseCurrency) }

// SchemaPattern is the pattern of a currency in a document.
func (Currency) SchemaPattern() string { return `^[A-Z]{3}$` }
