package directory

import (
	"io"
	"slices"
	"strings"

	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/span"
)

var sites = table[estate.Site]{
	one: "site", many: "sites",
	id: func(s *estate.Site) string { return s.ID },
	state: func(s *estate.Site) state {
		return state{new(string), new(bool), new(bool), &s.Dated} // the estate keeps its dates and nothing else
	},
	columns: []column[estate.Site]{
		plain("id", "Plain name of the site in the estate.", func(s *estate.Site) *string { return &s.ID }).need(),
		text("name", "As pages show it.", func(s *estate.Site) *string { return &s.Name }).need(),
		text("zone", "IANA time zone, where it differs from the estate's.", func(s *estate.Site) *string { return &s.Zone }),
		nation(),
		text("calendar", "Id of the calendar of the hours in which the site works.", func(s *estate.Site) *string { return &s.Calendar }),
		list("names", "Names in logs that mean the site, with semicolons between them.", false, func(s *estate.Site) *[]string { return &s.Names }, nil),
		date("from", "First day, such as 2026-03-29.", func(s *estate.Site) **span.Date { return &s.From }),
		date("to", "First day on which the site is closed for good.", func(s *estate.Site) **span.Date { return &s.To }),
	},
}

func nation() column[estate.Site] {
	c := text("nation", "Whose bank holidays the site keeps: england-and-wales, scotland or northern-ireland.", func(s *estate.Site) *string { return (*string)(&s.Nation) })
	c.set = func(s *estate.Site, value string) string {
		s.Nation = estate.Nation(value)
		if value != "" && !slices.Contains(s.Nation.SchemaEnum(), value) {
			return "is none of " + strings.Join(s.Nation.SchemaEnum(), ", ")
		}
		return ""
	}
	return c
}

// SiteColumns returns the columns that a file of sites may have.
func SiteColumns() []Column { return sites.list() }

// ReadSites reads a file of sites as [ReadPeople] reads one of people. What the sites
// refer to is checked with the estate's document that a plan of them leads to.
func ReadSites(file string, data []byte) (*Sheet[estate.Site], fault.Findings) {
	return read(&sites, file, data)
}

// WriteSites writes sites as [ReadSites] reads them; see [WritePeople].
func WriteSites(w io.Writer, rows func(yield func(*estate.Site) bool)) error {
	return write(&sites, w, rows)
}
