package span

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Seconds is a length of time in whole seconds. People write it in hours, minutes
// and seconds, such as 4h, 30m, 1h30m or 2h00m15s; there is no day, because a day
// has 23 to 25 hours and a working day as many as its calendar says.
type Seconds int64

var secondsForm = regexp.MustCompile(`^(?:(\d{1,7})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?$`)

// ParseSeconds reads a length such as 8h, 45m, 90s or 1h30m.
func ParseSeconds(s string) (Seconds, error) {
	m := secondsForm.FindStringSubmatch(s)
	if m == nil || s == "" {
		return 0, fmt.Errorf("%q is not a length of time such as 8h, 30m or 1h30m", s)
	}
	var total int64
	for i, unit := range [...]int64{3600, 60, 1} {
		if m[i+1] != "" {
			n, err := strconv.ParseInt(m[i+1], 10, 64)
			if err != nil {
				return 0, err
			}
			total += n * unit
		}
	}
	return Seconds(total), nil
}

// String formats the length as 2h00m, 1h30m15s, 45m or 20s.
func (s Seconds) String() string {
	if s < 0 {
		return "-" + (-s).String()
	}
	var b strings.Builder
	h, m, sec := s/3600, s/60%60, s%60
	switch {
	case h > 0:
		fmt.Fprintf(&b, "%dh%02dm", h, m)
	case m > 0:
		fmt.Fprintf(&b, "%dm", m)
	case sec == 0:
		return "0s"
	}
	if sec > 0 {
		fmt.Fprintf(&b, "%ds", sec)
	}
	return b.String()
}

// MarshalText writes the length as [Seconds.String] does.
func (s Seconds) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what [ParseSeconds] reads.
func (s *Seconds) UnmarshalText(b []byte) error {
	v, err := ParseSeconds(string(b))
	if err == nil {
		*s = v
	}
	return err
}

// SchemaPattern is the pattern of a length of time in a document.
func (Seconds) SchemaPattern() string {
	return `^(\d{1,7}h(\d{1,7}m)?(\d{1,9}s)?|\d{1,7}m(\d{1,9}s)?|\d{1,9}s)$`
}
