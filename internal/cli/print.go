package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// writeJSON writes a value as indented JSON with a line end.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// table writes rows in columns. What a log or a document says cannot move the cursor
// of the terminal it is shown on.
type table struct {
	rows [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// write writes a heading and rows; columns that no row fills are left out.
func (t *table) write(w io.Writer, indent string) {
	used := map[int]bool{}
	for _, row := range t.rows[1:] {
		for j, cell := range row {
			used[j] = used[j] || cell != ""
		}
	}
	kept := table{}
	for _, row := range t.rows {
		var cells []string
		for j, cell := range row {
			if used[j] {
				cells = append(cells, cell)
			}
		}
		kept.row(cells...)
	}
	kept.writeAll(w, indent)
}

// writeAll writes all rows and columns.
func (t *table) writeAll(w io.Writer, indent string) {
	var b bytes.Buffer
	tw := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = plain(cell)
		}
		fmt.Fprintln(tw, indent+strings.Join(cells, "\t"))
	}
	tw.Flush()
	for line := range strings.Lines(b.String()) {
		io.WriteString(w, strings.TrimRight(line, " \n")+"\n")
	}
}

// plain replaces what a terminal would obey instead of show.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Cf, r) {
			return '·'
		}
		return r
	}, s)
}

// hours writes open seconds as people say them, such as 2h05m.
func hours(seconds int64) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	h, m, sec := seconds/3600, seconds/60%60, seconds%60
	switch {
	case h > 0 && sec > 0:
		return fmt.Sprintf("%s%dh%02dm%02ds", sign, h, m, sec)
	case h > 0:
		return fmt.Sprintf("%s%dh%02dm", sign, h, m)
	case sec > 0 && m > 0:
		return fmt.Sprintf("%s%dm%02ds", sign, m, sec)
	case sec > 0:
		return fmt.Sprintf("%s%ds", sign, sec)
	}
	return fmt.Sprintf("%s%dm", sign, m)
}

// counted writes a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
