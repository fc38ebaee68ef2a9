package cli

import (
	"time"

	"github.com/schollz/progressbar/v3"

	"towerbridge/internal/store"
)

// patience is how long a piece of work runs before its progress is shown.
const patience = time.Second

// progress returns something that shows progress on standard error, if that is a
// terminal, once the work has taken longer than a second, and a function that wipes it
// away. What is shown never mixes with a command's output.
func (s *session) progress(what string) (store.Progress, func()) { return s.progressOf(what, true) }

// progressOf is progress of bytes, or of things that are counted.
func (s *session) progressOf(what string, bytes bool) (store.Progress, func()) {
	if !s.Terminal || s.json && s.Stderr == s.Stdout {
		return nil, func() {}
	}
	begun := time.Now()
	var bar *progressbar.ProgressBar
	show := func(done, total int64) {
		if time.Since(begun) < patience {
			return
		}
		if bar == nil {
			if total <= 0 {
				total = -1
			}
			bar = progressbar.NewOptions64(total,
				progressbar.OptionSetWriter(s.Stderr), progressbar.OptionSetDescription(what), progressbar.OptionShowBytes(bytes),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth())
		}
		_ = bar.Set64(done)
	}
	return show, func() {
		if bar != nil {
			_ = bar.Finish()
			_ = bar.Clear()
		}
	}
}
