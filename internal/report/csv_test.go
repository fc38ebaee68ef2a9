package report_test

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"towerbridge/internal/report"
	"towerbridge/measure"
)

// table is a CSV by the names of its columns.
type table []map[string]string

func readCSV(t *testing.T, s *report.Sheet) table {
	t.Helper()
	data := written(t, asCSV, s)
	if !utf8.Valid(data) {
		t.Error("not UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(data))
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out table
	for _, row := range rows[1:] {
		x := map[string]string{}
		for i, name := range rows[0] {
			x[name] = row[i]
		}
		out = append(out, x)
	}
	return out
}

// where returns the rows in which each named column has the value after it.
func (x table) where(pairs ...string) table {
	var out table
	for _, row := range x {
		fits := true
		for i := 0; i < len(pairs); i += 2 {
			fits = fits && row[pairs[i]] == pairs[i+1]
		}
		if fits {
			out = append(out, row)
		}
	}
	return out
}

// Every ticket behind every measure is in the CSV, with its seconds and verdict.
func TestCSVHasAllEvidence(t *testing.T) {
	book, j, s := sample(t)
	rows := readCSV(t, report.New(book, j, s))
	for _, r := range s.Results() {
		id := r.Measure.ID
		if n := len(rows.where("section", "counted", "id", id)); n != len(r.Evidence) {
			t.Errorf("%s: %d counted tickets, want %d", id, n, len(r.Evidence))
		}
		if n := len(rows.where("section", "excluded", "id", id)); n != len(r.Excluded) {
			t.Errorf("%s: %d excluded tickets, want %d", id, n, len(r.Excluded))
		}
		for _, c := range r.Evidence {
			if id != "KPI-1" {
				continue
			}
			got := rows.where("section", "counted", "id", id, "ticket", j.TicketID(int(c.Ticket)), "life", strconv.Itoa(int(c.Episode)+1),
				"verdict", c.Verdict.String(), "elapsed", strconv.FormatInt(c.Elapsed, 10), "target", strconv.FormatInt(c.Target, 10), "unit", "seconds")
			if len(got) != 1 {
				t.Errorf("%s has %d rows of ticket %s", id, len(got), j.TicketID(int(c.Ticket)))
			}
		}
	}
	if got := rows.where("section", "counted", "id", "KPI-2"); len(got) != 1 || got[0]["verdict"] != "down" {
		t.Errorf("downtime %v", got)
	}
	if got := rows.where("section", "counted", "id", "PI-2", "verdict", "reopened"); len(got) != 2 {
		t.Errorf("%d reopened tickets, want 2", len(got))
	}
}

func TestCSVFacts(t *testing.T) {
	book, j, s := sample(t)
	rows := readCSV(t, report.New(book, j, s))
	for _, want := range [][]string{
		{"section", "statement", "id", "hosting", "name", "period", "value", "2026-04"},
		{"section", "statement", "name", "digest", "value", s.Digest},
		{"section", "document", "id", "calendar/office", "name", "digest"},
		{"section", "measure", "id", "KPI-1", "name", "exact value", "value", "6/10", "unit", "percent"},
		{"section", "measure", "id", "KPI-1", "name", "band", "value", "severe"},
		{"section", "set-aside", "id", "KPI-1", "value", "1", "unit", "tickets", "reason", "attributed to another party"},
		{"section", "pause", "id", "KPI-1", "ticket", "INC-1002", "elapsed", "13500", "from", "2026-04-02T17:15:00+01:00", "reason", "awaiting-customer"},
		{"section", "leg", "id", "KPI-1", "ticket", "INC-1003", "name", "disputed", "elapsed", "82800"},
		{"section", "credit", "id", "service-points/KPI-1", "value", "37125.00", "unit", "GBP"},
		{"section", "scheme", "id", "service-points", "name", "excess", "value", "18562.50"},
		{"section", "cap", "id", "service-points", "name", "room", "value", "24750.00", "verdict", "reached"},
		{"section", "earlier", "id", "2026-03", "name", "source", "value", "drawn, not issued"},
		{"section", "total", "id", "hosting", "value", "24750.00", "unit", "GBP"},
	} {
		if n := len(rows.where(want...)); n != 1 {
			t.Errorf("%d rows with %q, want 1", n, want)
		}
	}
	// The legs of a ticket in the file tile its life as those on the page do.
	var end string
	for i, row := range rows.where("section", "leg", "id", "KPI-1", "ticket", "INC-1003") {
		if i > 0 && row["from"] != end {
			t.Errorf("a leg begins at %s, the one before ends at %s", row["from"], end)
		}
		end = row["to"]
	}
	if end != "2026-04-14T16:45:30+01:00" {
		t.Errorf("the last leg ends at %s", end)
	}
}

// Nothing in the file is run by a spreadsheet.
func TestCSVFormulas(t *testing.T) {
	book := cityBook(t, "name: Incidents resolved in time", `name: "=HYPERLINK(\"http://x\")"`)
	log := strings.ReplaceAll(strings.ReplaceAll(cityLog, "INC-1002", "-2+3"), "INC-1003", "@SUM(A1)")
	book, j, s := drawn(t, book, log)
	sheet := report.New(book, j, s)
	data := written(t, asCSV, sheet)
	if n := bytes.Count(data, []byte("\n")); n != bytes.Count(data, []byte("\r\n")) {
		t.Error("a line that does not end with CRLF")
	}
	rows := readCSV(t, sheet)
	for _, row := range rows {
		for column, cell := range row {
			if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				continue
			}
			if _, err := strconv.ParseFloat(cell, 64); err != nil {
				t.Errorf("column %s has the formula %q", column, cell)
			}
		}
	}
	for _, ticket := range []string{"'-2+3", "'@SUM(A1)"} {
		if n := len(rows.where("section", "counted", "id", "KPI-1", "ticket", ticket, "verdict", measure.Missed.String())); n != 1 {
			t.Errorf("%d rows of ticket %s", n, ticket)
		}
	}
	if n := len(rows.where("section", "measure", "value", `'=HYPERLINK("http://x")`)); n != 1 {
		t.Error("the measure's name is not in the file with an apostrophe")
	}
}
