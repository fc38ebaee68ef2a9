package report_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"towerbridge/fault"
	"towerbridge/internal/report"
)

func readBook(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// rowsOf returns the rows of a sheet by the names of its columns.
func rowsOf(t *testing.T, f *excelize.File, sheet string) table {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	var out table
	for _, row := range rows[1:] {
		x := map[string]string{}
		for i, cell := range row {
			x[rows[0][i]] = cell
		}
		out = append(out, x)
	}
	return out
}

func TestWorkbook(t *testing.T) {
	book, j, s := sample(t)
	f := readBook(t, written(t, asXLSX, report.New(book, j, s)))
	want := []string{"Summary", "Measures", "Credits", "Tickets", "Excluded", "Legs", "Documents"}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("sheets %q, want %q", got, want)
	}
	for _, name := range want {
		panes, err := f.GetPanes(name)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the head is not frozen: %+v, %v", name, panes, err)
		}
	}
	tickets := 0
	for _, r := range s.Results() {
		tickets += len(r.Evidence)
	}
	if got := rowsOf(t, f, "Tickets"); len(got) != tickets {
		t.Errorf("%d tickets, want %d", len(got), tickets)
	}
	for sheet, row := range map[string][]string{
		"Summary":   {"What", "service credits, in all", "Value", "GBP 24750.00"},
		"Measures":  {"Measure", "KPI-1", "Met", "6", "Counted", "10", "Exact value", "6/10", "Points", "18", "Result", "Missed"},
		"Credits":   {"What", "total", "Currency", "GBP", "Amount (exact, text)", "24750.00", "Amount in minor units", "2475000"},
		"Tickets":   {"Measure", "KPI-1", "Ticket", "INC-1002", "Verdict", "missed", "Elapsed", "50700", "Target", "28800", "Due", "2026-04-08T08:15:00+01:00"},
		"Excluded":  {"Measure", "KPI-1", "Ticket", "INC-1009", "Rule", "power-cut", "Clause", "Schedule 2.2, 8.3"},
		"Legs":      {"Measure", "KPI-1", "Ticket", "INC-1002", "What", "pause", "Open seconds", "13500"},
		"Documents": {"Document", "contract/hosting"},
	} {
		if n := len(rowsOf(t, f, sheet).where(row...)); n != 1 {
			t.Errorf("%s: %d rows with %q, want 1", sheet, n, row)
		}
	}
}

// Counts and seconds are numbers, names and exact money are text, whatever they look like.
func TestWorkbookTypes(t *testing.T) {
	log := strings.ReplaceAll(cityLog, "INC-1002", "=1+1")
	book, j, s := drawn(t, cityBook(t, "", ""), log)
	f := readBook(t, written(t, asXLSX, report.New(book, j, s)))
	rows, err := f.GetRows("Tickets", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for i, row := range rows[1:] {
		n := strconv.Itoa(i + 2)
		if row[1] == "=1+1" {
			seen = true
		}
		if formula, _ := f.GetCellFormula("Tickets", "B"+n); formula != "" {
			t.Errorf("B%s is the formula %q", n, formula)
		}
		for cell, number := range map[string]bool{"B" + n: false, "C" + n: true, "E" + n: true, "H" + n: false} {
			kind, err := f.GetCellType("Tickets", cell)
			isText := kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString
			if empty, _ := f.GetCellValue("Tickets", cell); err != nil || empty != "" && isText == number {
				t.Errorf("%s has type %v, %v", cell, kind, err)
			}
		}
	}
	if !seen {
		t.Error("ticket =1+1 is not listed by its name")
	}
	credits := rowsOf(t, f, "Credits")
	for i := range credits {
		n := strconv.Itoa(i + 2)
		exact, _ := f.GetCellType("Credits", "H"+n)
		minor, _ := f.GetCellType("Credits", "I"+n)
		if exact != excelize.CellTypeInlineString || minor == excelize.CellTypeInlineString {
			t.Errorf("row %s: exact money has type %v, minor units %v", n, exact, minor)
		}
	}
}

// The outputs are the same bytes each time, also from a statement drawn anew.
func TestOutputsAreDeterministic(t *testing.T) {
	book, j, s := sample(t)
	book2, j2, s2 := sample(t)
	one, two := report.New(book, j, s), report.New(book2, j2, s2)
	for name, write := range map[string]func(*report.Sheet, *bytes.Buffer) error{"HTML": asHTML, "CSV": asCSV, "XLSX": asXLSX} {
		want := written(t, write, one)
		for range 5 {
			if !bytes.Equal(written(t, write, two), want) {
				t.Errorf("%s differs from one time to the next", name)
				break
			}
		}
	}
	z, err := zip.NewReader(bytes.NewReader(written(t, asXLSX, one)), int64(len(written(t, asXLSX, one))))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		if part.ModifiedTime != 0 || part.ModifiedDate != 0 {
			t.Errorf("%s has a time of its own", part.Name)
		}
	}
}

// full is a writer that has room for so many bytes.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriterFails(t *testing.T) {
	book, j, s := sample(t)
	sheet := report.New(book, j, s)
	for name, err := range map[string]error{
		"HTML": sheet.HTML(&full{5000}), "CSV": sheet.CSV(&full{5000}), "XLSX": sheet.XLSX(&full{5000}),
	} {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: error %v, want one of kind unavailable", name, err)
		}
	}
}
