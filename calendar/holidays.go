package calendar

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"towerbridge/fault"
	"towerbridge/span"
)

// Limits of a holiday set that comes from elsewhere.
const (
	MaxSetBytes = 1024 * 1024 // bytes of the file
	MaxSetYears = 100         // years from the first to the last
)

// Holiday is one date on which the week does not hold, and where that is written.
type Holiday struct {
	Date   span.Date
	Name   string
	Source string
}

// Set is the bank holidays of one nation over whole years. Outside FirstYear to
// LastYear the set knows nothing, which is not the same as no holidays.
type Set struct {
	Name      string    // such as england-and-wales
	FirstYear int       // first year covered
	LastYear  int       // last year covered
	Holidays  []Holiday // in the order of their dates
	data      []byte
}

// Data returns the file that the set was read from, for a bundle to carry and
// [ParseSet] to read again.
func (s Set) Data() []byte { return bytes.Clone(s.data) }

// On returns the set's holiday on a date.
func (s Set) On(d span.Date) (Holiday, bool) {
	i, found := slices.BinarySearchFunc(s.Holidays, d, func(h Holiday, d span.Date) int { return int(h.Date - d) })
	if !found {
		return Holiday{}, false
	}
	return s.Holidays[i], true
}

// Sets finds a set of holidays by name. [HolidaySet] is the shipped one; a bundle
// that is checked again later brings those it was made with.
type Sets func(name string) (Set, bool)

var setNames = [...]string{"england-and-wales", "northern-ireland", "scotland"}

//go:embed holidays/*.csv
var holidayFiles embed.FS

var shippedSets = sync.OnceValue(func() map[string]Set {
	sets := map[string]Set{}
	for _, name := range setNames {
		data, err := holidayFiles.ReadFile("holidays/" + name + ".csv")
		if err != nil {
			panic("calendar: a holiday set is not embedded: " + err.Error())
		}
		set, err := ParseSet(name, data)
		if err != nil {
			panic("calendar: an embedded holiday set is wrong: " + err.Error())
		}
		sets[name] = set
	}
	return sets
})

// SetNames returns the names of the shipped holiday sets in order.
func SetNames() []string { return slices.Clone(setNames[:]) }

// HolidaySet returns a shipped set of bank holidays: england-and-wales, scotland or
// northern-ireland, as published at gov.uk/bank-holidays, with the statute or
// proclamation behind each date.
func HolidaySet(name string) (Set, bool) {
	s, ok := shippedSets()[name]
	s.Holidays = slices.Clone(s.Holidays)
	return s, ok
}

// ParseSet reads a holiday set from CSV with the columns date, name and source;
// lines that begin with # are comments. Dates ascend, no year between the first and
// the last is left out, and the set covers all of those years.
func ParseSet(name string, data []byte) (Set, error) {
	if len(data) > MaxSetBytes {
		return Set{}, setError(name, "it has %d bytes, more than the %d allowed", len(data), MaxSetBytes)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comment = '#'
	r.FieldsPerRecord = 3
	header, err := r.Read()
	if err != nil || strings.Join(header, ",") != "date,name,source" {
		return Set{}, setError(name, "its first line is not date,name,source")
	}
	set := Set{Name: name, data: bytes.Clone(data)}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Set{}, setError(name, "%v", err)
		}
		if err := set.add(row); err != nil {
			return Set{}, err
		}
	}
	if len(set.Holidays) == 0 {
		return Set{}, setError(name, "it has no holidays")
	}
	return set, nil
}

// add appends one row, which must follow the rows before it.
func (s *Set) add(row []string) error {
	d, err := span.ParseDate(row[0])
	if err != nil {
		return setError(s.Name, "%v", err)
	}
	if row[1] == "" || row[2] == "" {
		return setError(s.Name, "%s has no name or no source", d)
	}
	year, _, _ := d.Civil()
	if n := len(s.Holidays); n == 0 {
		s.FirstYear = year
	} else if d <= s.Holidays[n-1].Date || year > s.LastYear+1 || year-s.FirstYear >= MaxSetYears {
		return setError(s.Name, "%s is out of order, or leaves a year out, or is more than %d years after the first", d, MaxSetYears)
	}
	s.LastYear = year
	s.Holidays = append(s.Holidays, Holiday{d, row[1], row[2]})
	return nil
}

func setError(name, format string, args ...any) error {
	return fault.Wrap(fault.Invalid, fault.New(fault.Invalid, "", format, args...), "holiday set %q cannot be read", name)
}
