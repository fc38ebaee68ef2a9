package cli

import (
	"io"
	"os"
	"strconv"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
)

type backupCommand struct {
	recordFlag
	Out string `required:"" placeholder:"FILE" help:"File that is written; it appears only when it is whole."`
}

// Help is shown below the command's summary.
func (backupCommand) Help() string {
	return `The backup is the record as it was at one moment, whoever writes meanwhile. It holds everything but the record's secret, which must be kept elsewhere: without it, names and texts cannot be read. A backup of one kind of database can be restored into the other.

Example:

    towerbridge backup --store towerbridge.db --out 2026-11-22.backup
`
}

// Run writes a backup.
func (c *backupCommand) Run(s *session) error {
	l, err := s.open(c.Store)
	if err != nil {
		return err
	}
	out := app.NewOutput("")
	defer out.Discard()
	var head store.Head
	progress, done := s.progressOf("writing the backup", false)
	err = out.AddAt(c.Out, func(w io.Writer) (err error) {
		head, err = l.Backup(s.ctx, w, progress)
		return err
	})
	done()
	if err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, headOf(head))
	}
	s.print("wrote %s\n", plain(c.Out))
	s.printHead(head)
	return nil
}

type restoreCommand struct {
	Backup string `arg:"" placeholder:"FILE" help:"Backup that is read."`
	recordFlag
}

// Help is shown below the command's summary.
func (restoreCommand) Help() string {
	return `The database must be new or empty. The backup is checked while it is read, and what it came to is compared with what it says of itself; otherwise nothing stays. Put the record's secret in its place first.

Example:

    towerbridge restore 2026-11-22.backup --store postgres://towerbridge@db/towerbridge
`
}

// Run restores a backup.
func (c *restoreCommand) Run(s *session) error {
	in, err := os.Open(c.Backup)
	if err != nil {
		return store.FileError("the backup", c.Backup, err)
	}
	defer in.Close()
	l, err := s.openOr(c.Store, true)
	if err != nil {
		return err
	}
	progress, done := s.progressOf("restoring", false)
	head, err := l.Restore(s.ctx, in, progress)
	done()
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, headOf(head))
	}
	s.print("restored %s\n", plain(c.Backup))
	s.printHead(head)
	return nil
}

type doctorCommand struct {
	recordFlag
}

// Help is shown below the command's summary.
func (doctorCommand) Help() string {
	return `Everything is read again: whether each line is the one that was chained, whether what is withheld is what the lines' digests stand for, whether the indexes hold what the journal says, and whether the clock of the database agrees with this machine's. What is wrong is named, and the status is 1. It may run while the record is in use.

Example:

    towerbridge doctor --store towerbridge.db
`
}

// Run checks a record.
func (c *doctorCommand) Run(s *session) error {
	r, _, err := s.record(c.Store, false, access.Administrator)
	if err != nil {
		return err
	}
	progress, done := s.progressOf("checking", false)
	health, err := r.Doctor(s.ctx, progress)
	done()
	if err != nil {
		return err
	}
	if s.json {
		if err := writeJSON(s.Stdout, struct {
			Head     headView       `json:"head"`
			Skew     int64          `json:"clockSkewSeconds"`
			Findings fault.Findings `json:"findings"`
		}{headOf(health.Head), health.Skew, health.Findings}); err != nil {
			return err
		}
		if len(health.Findings) > 0 {
			return errTold
		}
		return nil
	}
	if len(health.Findings) > 0 {
		return health.Findings
	}
	s.print("the record is whole: every line is the one that was chained, and the indexes agree with it\n")
	s.printHead(health.Head)
	return nil
}

type rebuildCommand struct {
	recordFlag
}

// Help is shown below the command's summary.
func (rebuildCommand) Help() string {
	return `Lists, searches and due times are found by indexes that hold nothing of their own. They are dropped and made anew from the journal, while the record is in use.

Example:

    towerbridge rebuild --store towerbridge.db
`
}

// Run makes the indexes anew.
func (c *rebuildCommand) Run(s *session) error {
	r, who, err := s.record(c.Store, false, access.Administrator)
	if err != nil {
		return err
	}
	progress, done := s.progressOf("rebuilding", false)
	n, err := r.Rebuild(s.ctx, app.Request{Who: who}, progress)
	done()
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, map[string]int64{"tickets": n})
	}
	s.print("the indexes were made anew: %s tickets\n", strconv.FormatInt(n, 10))
	return nil
}
