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
		plain("id", func(s *estate.Site) *string { return &s.ID }).need(),
		text("name", func(s *estate.Site) *string { return &s.Name }).need(),
		text("zone", func(s *estate.Site) *string { return &s.Zone }),
		nation(),
		text("calendar", func(s *estate.Site) *string { return &s.Calendar }),
		list("names", false, func(s *estate.Site) *[]string { return &s.Names }, nil),
		date("from", func(s *estate.Site) **span.Date { return &s.From }),
		date("to", func(s *estate.Site) **span.Date { return &s.To }),
	},
}

func nation() column[estate.Site] {
	c := text("nation", func(s *estate.Site) *string { return (*string)(&s.Nation) })
	c.set = func(s *estate.Site, value string) string {
		s.Nation = estate.Nation(value)
		if value != "" && !slices.Contains(s.Nation.SchemaEnum(), value) {
			return "is none of " + strings.Join(s.Nation.SchemaEnum(), ", ")
		}
		return ""
	}
	return c
}

// SiteColumns returns the names of the columns that a file of sites may have. The
// file must have id and name.
func SiteColumns() []string { return names(&sites) }

// ReadSites reads a file of sites as [ReadPeople] reads one of people. What the sites
// refer to is checked with the estate's document that a plan of them leads to.
func ReadSites(file string, data []byte) (*Sheet[estate.Site], fault.Findings) {
	return read(&sites, file, data)
}

// WriteSites writes sites as [ReadSites] reads them; see [WritePeople].
func WriteSites(w io.Writer, rows func(yield func(*estate.Site) bool)) error {
	return write(&sites, w, rows)
}
