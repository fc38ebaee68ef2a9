// Package floors keeps the house's floors: which package may import which, and
// which may touch the world.
//
// The table is floors.txt at the top of the repository. [ReadTable] reads it and
// says where a line stands on its own floor or a higher one; [Load] lists and
// parses the packages there are; [Check] compares the two. All three return what
// is wrong as sentences, so that one test shows the repository clean and others
// show each rule failing on a planted breach.
//
//	floors.txt --ReadTable--> Table --+
//	                                  +--Check--> breaches
//	go list    --Load--> []Package ---+
//
// Tests are free: only the files that ship are read.
package floors

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Row is one line of the table.
type Row struct {
	Line  int      // line of the file, from one
	Floor int      // height; a package may stand on lower floors only
	May   []string // packages of this module that it may import
}

// Table is the plan by package name relative to the module, such as
// internal/store. A name ending in "/..." covers a folder and all below it.
type Table map[string]Row

// Of returns the row that governs a package: its own, else that of the nearest
// folder above it whose name ends in "/...".
func (t Table) Of(pkg string) (Row, bool) {
	if r, ok := t[pkg]; ok {
		return r, true
	}
	for folder := pkg; folder != ""; {
		if r, ok := t[folder+"/..."]; ok {
			return r, true
		}
		cut := strings.LastIndexByte(folder, '/')
		if cut < 0 {
			break
		}
		folder = folder[:cut]
	}
	return Row{}, false
}

// ReadTable reads lines of the form "floor package : may import", where '#'
// starts a comment. It returns every breach of the table's own rules: a line of
// another form, a package named twice, an import that has no line of its own,
// or one that is not on a lower floor.
func ReadTable(r io.Reader) (Table, []string, error) {
	table := Table{}
	var breaches []string
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if strings.TrimSpace(text) == "" {
			continue
		}
		head, may, ok := strings.Cut(text, ":")
		words := strings.Fields(head)
		if !ok || len(words) != 2 {
			breaches = append(breaches, fmt.Sprintf("floors.txt:%d: want \"floor package : may import\"", n))
			continue
		}
		floor, err := strconv.Atoi(words[0])
		if err != nil {
			breaches = append(breaches, fmt.Sprintf("floors.txt:%d: floor %q is not a number", n, words[0]))
			continue
		}
		if first, twice := table[words[1]]; twice {
			breaches = append(breaches, fmt.Sprintf("floors.txt:%d: %s has a line already, line %d", n, words[1], first.Line))
			continue
		}
		table[words[1]] = Row{Line: n, Floor: floor, May: strings.Fields(may)}
	}
	return table, append(breaches, table.climbs()...), lines.Err()
}

// climbs reports each import of the table that does not lead downwards.
func (t Table) climbs() []string {
	var breaches []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		row := t[name]
		for _, below := range row.May {
			switch under, ok := t[below]; {
			case !ok:
				breaches = append(breaches, fmt.Sprintf("floors.txt:%d: %s may import %s, which has no line", row.Line, name, below))
			case under.Floor >= row.Floor:
				breaches = append(breaches, fmt.Sprintf("floors.txt:%d: %s (floor %d) may not stand on %s (floor %d)",
					row.Line, name, row.Floor, below, under.Floor))
			}
		}
	}
	return breaches
}
