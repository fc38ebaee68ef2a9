package cli

import (
	"strconv"
	"strings"

	"towerbridge/estate"
	"towerbridge/internal/app"
	"towerbridge/internal/store/folder"
	"towerbridge/span"
)

type estateCommand struct {
	Dir string    `arg:"" placeholder:"DIR" help:"Folder that holds estate.yaml."`
	On  span.Date `required:"" placeholder:"DATE" help:"The date, such as 2019-03-01."`
}

// Help is shown below the command's summary.
func (estateCommand) Help() string {
	return `Every object of an estate holds from a date to a date, so that the estate of any date can be asked for: before and after towers merge, suppliers change or services move.

Example:

    towerbridge estate examples/constabulary --on 2019-03-01
`
}

// Run shows the estate.
func (c *estateCommand) Run(s *session) error {
	view, err := app.EstateOn(s.ctx, &folder.Folder{Dir: c.Dir}, c.On)
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, view)
	}
	s.printEstate(&view)
	return nil
}

func (s *session) printEstate(v *estate.View) {
	s.print("%s on %s\n", plain(v.Name), v.Date)
	section := func(title string, t table) {
		if len(t.rows) > 1 {
			s.print("\n%s\n", title)
			t.write(s.Stdout, "  ")
		}
	}
	var t table
	t.row("tower", "supplier", "customer", "contract", "also manages")
	for _, x := range v.Supplies {
		t.row(x.Tower, x.Supplier, x.Customer, x.Contract, strings.Join(x.Manages, ", "))
	}
	section("Who supplies what to whom", t)
	t = table{}
	t.row("service", "name", "tower", "supplier", "depends on")
	for _, x := range v.Services {
		t.row(x.ID, x.Name, x.Tower, x.Supplier, strings.Join(x.DependsOn, ", "))
	}
	section("Services", t)
	t = table{}
	t.row("party", "name", "kind", "calendar", "teams")
	for _, x := range v.Parties {
		var teams []string
		for _, team := range x.Teams {
			name := team.ID
			if team.Line > 0 {
				name += " (line " + strconv.Itoa(team.Line) + ")"
			}
			teams = append(teams, name)
		}
		t.row(x.ID, x.Name, string(x.Kind), x.Calendar, strings.Join(teams, ", "))
	}
	section("Parties", t)
	t = table{}
	t.row("site", "name", "zone", "calendar")
	for _, x := range v.Sites {
		t.row(x.ID, x.Name, x.Zone, x.Calendar)
	}
	section("Sites", t)
	t = table{}
	t.row("role", "name", "party", "scope")
	for _, x := range v.Roles {
		t.row(x.ID, x.Name, x.Party, x.Scope)
	}
	section("Roles", t)
}
