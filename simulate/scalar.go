package simulate

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/money"
)

// Share is a percentage from 0% to 100%, kept in millionths; more decimals than four
// are not accepted.
type Share int64

// ParseShare reads a share such as 2.5%, or 0.025.
func ParseShare(s string) (Share, error) {
	text, percent := strings.CutSuffix(s, "%")
	d, err := money.ParseDecimal(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a share such as 2.5%%", s)
	}
	n := d.Mul(money.NewDecimal(whole, 0))
	if percent {
		n = d.Mul(money.NewDecimal(whole/100, 0))
	}
	v, ok := wholeNumber(n)
	if !ok || v < 0 || v > whole {
		return 0, fmt.Errorf("%q is not a share from 0%% to 100%% with at most four decimals", s)
	}
	return Share(v), nil
}

// String prints the share as a percentage, such as 2.5%.
func (s Share) String() string {
	text := fmt.Sprintf("%d.%04d", s/10_000, s%10_000)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "%"
}

// MarshalText writes the share as [Share.String] does.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a percentage such as 2.5%.
func (s *Share) UnmarshalText(b []byte) error {
	if !strings.HasSuffix(string(b), "%") {
		return fmt.Errorf("%q is not a share such as 2.5%%", b)
	}
	v, err := ParseShare(string(b))
	if err == nil {
		*s = v
	}
	return err
}

// SchemaPattern is the pattern of a share in a document.
func (Share) SchemaPattern() string { return `^(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)%$` }

// wholeNumber returns a decimal that is a whole number of reasonable size.
func wholeNumber(d money.Decimal) (int64, bool) {
	text, rest, _ := strings.Cut(d.String(), ".")
	if strings.Trim(rest, "0") != "" || len(text) > 15 {
		return 0, false
	}
	var v int64
	_, err := fmt.Sscan(text, &v)
	return v, err == nil
}

// Weekday is a day of the week by its name in small letters.
type Weekday string

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// SchemaEnum lists the days.
func (Weekday) SchemaEnum() []string { return weekdays }

// fromMonday returns the day's position in a week that begins on Monday.
func (w Weekday) fromMonday() int { return slices.Index(weekdays, string(w)) }
