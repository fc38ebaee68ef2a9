package cli

import (
	"runtime"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/statement"
)

type verifyCommand struct {
	Bundle string `arg:"" placeholder:"BUNDLE.zip" help:"Bundle to recompute."`
	Pub    string `placeholder:"KEY" help:"Public key that must have signed it: the key itself, or a file that holds it. A key that comes with a bundle proves nothing."`
}

// Help is shown below the command's summary.
func (verifyCommand) Help() string {
	return `Everything is recomputed from what the bundle carries: entries, contract, calendars, bank holidays and time zones. It needs no network and no other file. Either all agrees, or the first line that does not is named. Without --pub an unsigned bundle, or one whose signature was not checked, is good, and the output says so.

Example:

    towerbridge verify out/org-c-2012-04.zip
`
}

// verifiedJSON is the outcome for programs.
type verifiedJSON struct {
	Agrees    bool     `json:"agrees"`
	First     string   `json:"first,omitempty"` // what does not agree
	Contract  string   `json:"contract,omitempty"`
	Period    string   `json:"period,omitempty"`
	Digest    string   `json:"digest,omitempty"`
	Entries   int      `json:"entries"`
	Signed    string   `json:"signedBy,omitempty"` // checked
	Signature string   `json:"signature,omitempty"`
	Trusted   []string `json:"trusted,omitempty"` // earlier results taken as recorded
}

// Run verifies.
func (c *verifyCommand) Run(s *session) error {
	var keys note.Verifiers
	if c.Pub != "" {
		var err error
		if keys, err = app.Verifiers(c.Pub); err != nil {
			return err
		}
	}
	report, err := app.VerifyBundle(c.Bundle, keys, runtime.GOMAXPROCS(0))
	if s.json && (err == nil || fault.KindOf(err) == fault.Disagrees || fault.KindOf(err) == fault.Invalid) {
		return s.verifiedJSON(report, err)
	}
	if err != nil {
		return err
	}
	x := report.Statement
	if !report.Agrees {
		s.print("%s %s does not agree\n%s\n", plain(x.Contract), x.Period, plain(report.First.String()))
		return errTold
	}
	s.print("%s %s: all agrees, recomputed from %s\ntotal   %s\ndigest  %s\n%s\n",
		plain(x.Contract), x.Period, counted(report.Entries, "entry", "entries"), x.Total, x.Digest, plain(report.Seal()))
	for _, line := range earlierLines(x.Earlier) {
		s.print("earlier results taken as recorded: %s\n", line)
	}
	return nil
}

func (s *session) verifiedJSON(report statement.Report, err error) error {
	out := verifiedJSON{Agrees: report.Agrees && err == nil, Entries: report.Entries, Signed: report.Signed}
	if x := report.Statement; x != nil {
		out.Contract, out.Period, out.Digest, out.Signature, out.Trusted = x.Contract, x.Period.String(), x.Digest, report.Seal(), report.Trusted()
	}
	if err != nil {
		out.First = err.Error()
	} else if report.First != nil {
		out.First = report.First.String()
	}
	if err := writeJSON(s.Stdout, out); err != nil {
		return err
	}
	if !out.Agrees {
		return errTold
	}
	return nil
}
