package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// result is one measure of a statement, as far as the comparison reads it. Of a
// share within target, Met and Counted are tickets; of the mean working time, Met
// is the sum of the seconds.
type result struct {
	ID      string `json:"id"`
	Met     int64  `json:"met"`
	Counted int64  `json:"counted"`
}

// drawn is one statement, as far as the comparison reads it.
type drawn struct {
	Contract string   `json:"contract"`
	Period   string   `json:"period"`
	Measures []result `json:"measures"`
}

var (
	contractName = regexp.MustCompile(`^sup(\d)$`)
	monthName    = regexp.MustCompile(`^2025-\d\d$`)
)

// statementLines rebuilds limit's lines from what statement --all --json printed:
// contract sup1 gives SUP1, and for each priority response-p1, resolve-p1 and
// seconds-p1 together give one line, left out where no ticket counted. Measures
// that are missing, or that count different tickets, are errors.
func statementLines(r io.Reader) ([]string, error) {
	decoder := json.NewDecoder(r)
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("no list of statements in the JSON: %w", err)
		}
		if token == "statements" {
			break
		}
	}
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return nil, fmt.Errorf("\"statements\" is %v, not a list", token)
	}
	var lines []string
	for decoder.More() { // one at a time: the evidence of a year is large
		var s drawn
		if err := decoder.Decode(&s); err != nil {
			return nil, fmt.Errorf("statement %d: %w", len(lines), err)
		}
		of, err := s.lines()
		if err != nil {
			return nil, err
		}
		lines = append(lines, of...)
	}
	slices.Sort(lines)
	return lines, nil
}

// lines rebuilds the lines of one contract and month.
func (s drawn) lines() ([]string, error) {
	contract := contractName.FindStringSubmatch(s.Contract)
	if contract == nil || !monthName.MatchString(s.Period) {
		return nil, fmt.Errorf("contract %q of period %q is none of sup1 to sup9 in 2025", s.Contract, s.Period)
	}
	by := map[string]result{}
	for _, m := range s.Measures {
		by[m.ID] = m
	}
	var lines []string
	for priority := 1; priority <= 4; priority++ {
		var parts [3]result
		for i, kind := range [3]string{"response", "resolve", "seconds"} {
			id := fmt.Sprintf("%s-p%d", kind, priority)
			part, ok := by[id]
			if !ok {
				return nil, fmt.Errorf("%s %s has no measure %s", s.Contract, s.Period, id)
			}
			parts[i] = part
		}
		response, resolve, seconds := parts[0], parts[1], parts[2]
		if response.Counted != resolve.Counted || resolve.Counted != seconds.Counted {
			return nil, fmt.Errorf("%s %s P%d counts %d tickets for response, %d for resolve, %d for seconds",
				s.Contract, s.Period, priority, response.Counted, resolve.Counted, seconds.Counted)
		}
		if resolve.Counted > 0 {
			lines = append(lines, fmt.Sprintf("%s,SUP%s,P%d,%d,%d,%d,%d",
				s.Period, contract[1], priority, resolve.Counted, response.Met, resolve.Met, seconds.Met))
		}
	}
	return lines, nil
}

// differences compares two sorted lists of lines and describes each line that is
// in one only, by where it is found.
func differences(wantName string, want []string, gotName string, got []string) []string {
	var out []string
	for len(want) > 0 || len(got) > 0 {
		switch {
		case len(got) == 0 || len(want) > 0 && want[0] < got[0]:
			out = append(out, "only "+wantName+": "+want[0])
			want = want[1:]
		case len(want) == 0 || got[0] < want[0]:
			out = append(out, "only "+gotName+": "+got[0])
			got = got[1:]
		default:
			want, got = want[1:], got[1:]
		}
	}
	return out
}

// answerLines reads a contestant's answer from a file, sorted.
func answerLines(name, file string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if name == "towerbridge" {
		return statementLines(f)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	slices.Sort(lines)
	return lines, nil
}

// answers holds every answer in the folder to limit's, line for line, and prints
// what differs. The product is asked for 2025 only, the others give all months.
func answers(w io.Writer, contestants []*contestant, folder string) (bool, error) {
	limit, err := answerLines("limit", filepath.Join(folder, "limit"))
	if errors.Is(err, os.ErrNotExist) {
		fmt.Fprintln(w, "the answers are not compared: limit did not run")
		return true, nil
	} else if err != nil {
		return false, err
	}
	agree := true
	for _, c := range contestants {
		if c.absent != "" || c.name == "limit" {
			continue
		}
		want := limit
		if c.name == "towerbridge" {
			want = slices.DeleteFunc(slices.Clone(limit), func(line string) bool { return !strings.HasPrefix(line, "2025-") })
		}
		got, err := answerLines(c.name, filepath.Join(folder, c.name))
		if err != nil {
			return false, fmt.Errorf("%s: %w", c.name, err)
		}
		unlike := differences("limit", want, c.name, got)
		if len(unlike) == 0 {
			fmt.Fprintf(w, "%s: all %d lines agree with limit's\n", c.name, len(want))
			continue
		}
		agree = false
		fmt.Fprintf(w, "%s: %d differences from limit's %d lines\n", c.name, len(unlike), len(want))
		for _, line := range unlike[:min(len(unlike), 20)] {
			fmt.Fprintln(w, "  "+line)
		}
	}
	return agree, nil
}
