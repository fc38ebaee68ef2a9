package calendar

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"time"

	"towerbridge/fault"
	"towerbridge/span"
)

// Limits of zone data that comes from elsewhere. The IANA release 2025c has some
// 600 zones, none above 4 KiB.
const (
	MaxZones           = 1000      // zones in a set
	MaxZoneBytes       = 64 * 1024 // bytes of one zone
	MaxZoneTransitions = 4096      // changes of offset between the years 1900 and 2200
)

// Zones is a set of time zones: the IANA data of one release, or the part of it
// that a bundle carries. Its methods may be called at the same time from several
// goroutines.
type Zones interface {
	// Location returns a zone by its exact IANA name; an unknown name is an error.
	Location(name string) (*time.Location, error)
	// Version is the IANA release, such as 2025c.
	Version() string
	// Data returns a zone's TZif file (RFC 9636), for a bundle to carry.
	Data(name string) ([]byte, error)
}

//go:embed zones/zoneinfo.zip
var zoneArchive []byte

//go:embed zones/VERSION
var zoneVersion string

// Shipped returns the zones that the program carries, whatever machine it runs on.
func Shipped() Zones { return shippedZones() }

var shippedZones = sync.OnceValue(func() *zoneTable {
	archive, err := zip.NewReader(bytes.NewReader(zoneArchive), int64(len(zoneArchive)))
	if err != nil {
		panic("calendar: the embedded zone archive is damaged: " + err.Error())
	}
	table := &zoneTable{version: strings.TrimSpace(zoneVersion), data: map[string][]byte{}}
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			panic("calendar: the embedded zone archive is damaged: " + err.Error())
		}
		data, err := io.ReadAll(r)
		if err != nil {
			panic("calendar: the embedded zone archive is damaged: " + err.Error())
		}
		table.data[f.Name] = data
	}
	return table
})

// FromData returns the zones of TZif files by name, such as a bundle carries, with
// the release they come from. Data above the limits, that is no TZif file, or that
// holds offsets no zone has ever had is an error of kind [fault.Invalid].
func FromData(version string, data map[string][]byte) (Zones, error) {
	if len(data) > MaxZones {
		return nil, fault.New(fault.Invalid, "Leave out the zones that no calendar names.",
			"%d time zones are more than the %d allowed", len(data), MaxZones)
	}
	table := &zoneTable{version: version, data: make(map[string][]byte, len(data))}
	for name, b := range data {
		table.data[name] = bytes.Clone(b)
		if _, err := table.Location(name); err != nil {
			return nil, err
		}
	}
	return table, nil
}

// zoneTable is zones by name, each parsed when it is first asked for.
type zoneTable struct {
	version string
	data    map[string][]byte // never written after construction
	parsed  sync.Map          // name to *time.Location
}

func (t *zoneTable) Version() string { return t.version }

func (t *zoneTable) Data(name string) ([]byte, error) {
	b, ok := t.data[name]
	if !ok {
		return nil, t.unknown(name)
	}
	return bytes.Clone(b), nil
}

func (t *zoneTable) Location(name string) (*time.Location, error) {
	if l, ok := t.parsed.Load(name); ok {
		return l.(*time.Location), nil
	}
	b, ok := t.data[name]
	if !ok {
		return nil, t.unknown(name)
	}
	l, err := parseZone(name, b)
	if err != nil {
		return nil, err
	}
	kept, _ := t.parsed.LoadOrStore(name, l)
	return kept.(*time.Location), nil
}

// unknown is the error of a name that is not in the table, with the name that the
// writer may have meant.
func (t *zoneTable) unknown(name string) error {
	remedy := "Write an IANA name such as Europe/London or UTC."
	for known := range maps.Keys(t.data) {
		if strings.EqualFold(known, name) {
			remedy = fmt.Sprintf("Write %s.", known)
		}
	}
	return fault.New(fault.NotFound, remedy, "there is no time zone %q in the IANA data %s", name, t.version)
}

// parseZone reads a TZif file and refuses one whose offsets would make nonsense of
// a calendar. RFC 9636 bounds an offset to between -25 and +26 hours.
func parseZone(name string, data []byte) (*time.Location, error) {
	if len(data) > MaxZoneBytes {
		return nil, fault.New(fault.Invalid, "Take the zone from an IANA release.",
			"time zone %q has %d bytes, more than the %d allowed", name, len(data), MaxZoneBytes)
	}
	l, err := time.LoadLocationFromTZData(name, data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the data of time zone %q is no TZif file", name)
	}
	at := span.Earliest.Time().In(l)
	for range MaxZoneTransitions {
		if _, offset := at.Zone(); offset < -25*3600 || offset > 26*3600 {
			return nil, fault.New(fault.Invalid, "Take the zone from an IANA release.",
				"time zone %q is %d seconds from UTC", name, offset)
		}
		_, next := at.ZoneBounds()
		if next.IsZero() || next.Unix() >= int64(span.Latest) {
			return l, nil
		}
		if !next.After(at) { // time.ZoneBounds stops at the last day of a leap year
			next = at.AddDate(0, 0, 1)
		}
		at = next
	}
	return nil, fault.New(fault.Invalid, "Take the zone from an IANA release.",
		"time zone %q changes its offset more than %d times", name, MaxZoneTransitions)
}
