package reference

import "towerbridge/directory"

// directoryPage says which columns files of the directory may have.
func directoryPage() []byte {
	p := newPage("Files of the directory", `People, assets and sites are imported from CSV files in UTF-8, with commas and a first line of these names in any
order. A name that is not listed is a finding; a column that is left out stays as it is in the record. In a list,
a semicolon or backslash within a value has a backslash before it.`)
	for _, file := range []struct {
		title   string
		columns []directory.Column
	}{
		{"People", directory.PeopleColumns()},
		{"Assets", directory.AssetColumns()},
		{"Sites", directory.SiteColumns()},
	} {
		p.line("")
		p.line("## %s", file.title)
		p.head("column", "meaning", "")
		for _, c := range file.columns {
			needed := ""
			if c.Needed {
				needed = "needed"
			}
			p.row(c.Name, c.About, needed)
		}
	}
	return p.text()
}
