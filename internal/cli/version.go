package cli

import "towerbridge/calendar"

type versionCommand struct{}

// Help is shown below the command's summary.
func (versionCommand) Help() string {
	return `Two parties get the same figures from the same documents, log and version of the time zones. A statement names that version.

Example:

    towerbridge version
`
}

// Run prints the versions.
func (versionCommand) Run(s *session) error {
	zones := calendar.Shipped().Version()
	if s.json {
		return writeJSON(s.Stdout, map[string]string{"version": s.Version, "zones": zones})
	}
	s.print("towerbridge %s\ntime zones  %s\n", s.Version, zones)
	return nil
}
