package cli

import (
	"io"

	"towerbridge/internal/app"
)

// writePage writes a page whole, or not at all; nothing without a name.
func writePage(file string, page interface{ HTML(io.Writer) error }) error {
	if file == "" {
		return nil
	}
	out := app.NewOutput(".")
	defer out.Discard()
	if err := out.AddAt(file, page.HTML); err != nil {
		return err
	}
	return out.Commit()
}
