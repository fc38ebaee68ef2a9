package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"towerbridge/internal/report"
)

var keep = flag.String("keep", "", "folder to leave the sample statement in, for looking at")

// With -keep DIR the sample is left in DIR as HTML, CSV and XLSX.
func TestKeepSample(t *testing.T) {
	book, j, s := sample(t)
	sheet := report.New(book, j, s)
	for name, write := range map[string]func(*report.Sheet, *bytes.Buffer) error{
		"statement.html": asHTML, "statement.csv": asCSV, "statement.xlsx": asXLSX,
	} {
		data := written(t, write, sheet)
		if len(data) < 1000 {
			t.Errorf("%s has only %d bytes", name, len(data))
		}
		if *keep == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(*keep, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
