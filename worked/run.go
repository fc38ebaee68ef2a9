package worked

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/fault"
)

// Failure is an expectation that does not hold.
type Failure struct {
	File string
	Line int    // of the expectation; of a finding's own line where nothing expects it
	Why  string // the comment above the expectation's group
	Want string // the expectation, in the language's one way of writing it
	Got  string // the same line with the engine's answer, or why there is none
	line string // the expectation that would hold; empty where none can be written
}

// String returns the failure with its place, in a few lines.
func (f Failure) String() string {
	s := fmt.Sprintf("%s:%d: %s\n\tgot %s", f.File, f.Line, f.Want, f.Got)
	if f.Why != "" {
		s += "\n\twhy: " + f.Why
	}
	return s
}

// Run asks an engine everything that a script expects, and returns what does not
// hold, in the order of the script. Documents with findings fail a script unless it
// expects exactly these.
func Run(s *Script, e Engine) []Failure {
	a, err := e.Load(s.Material)
	if err != nil {
		return []Failure{{File: s.Name, Line: 1, Want: "documents and a log that can be read", Got: err.Error()}}
	}
	failures, unexpected := s.findings(a.Findings())
	if unexpected { // whatever else is asked of these documents means nothing
		return failures
	}
	for _, x := range s.Expectations {
		got, err := x.form.ask(a, x.At)
		f := Failure{File: s.Name, Line: x.Line, Why: x.Why, Want: x.String()}
		switch {
		case err != nil:
			f.Got = err.Error()
		case got.String() == x.form.String():
			continue
		default:
			f.line = "expect " + got.String()
			f.Got = f.line
		}
		failures = append(failures, f)
	}
	slices.SortStableFunc(failures, func(a, b Failure) int { return a.Line - b.Line })
	return failures
}

// findings compares the findings of the documents with those that are expected, and
// reports whether there are others.
func (s *Script) findings(found fault.Findings) (failures []Failure, unexpected bool) {
	left := slices.Clone(found)
	for _, f := range s.Fails {
		i := slices.IndexFunc(left, f.fits)
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		failures = append(failures, Failure{File: s.Name, Line: f.Line, Why: f.Why, Want: f.String(), Got: "no such finding"})
	}
	for _, x := range left {
		f := Fail{File: x.Position.File, At: x.Position.Line, Code: x.Rule.Code()}
		line := s.starts[f.File]
		if line > 0 {
			line += max(x.Position.Line, 1) - 1
		}
		failures = append(failures, Failure{
			File: s.Name, Line: max(line, 1), Want: "no finding that is not expected", Got: x.Error(), line: f.String(),
		})
	}
	return failures, len(left) > 0
}

func (f Fail) fits(x fault.Finding) bool {
	return x.Position.File == f.File && x.Position.Line == f.At && x.Rule.Code() == f.Code && strings.Contains(x.Message, f.Part)
}

// Update returns a worked example with its expectations rewritten to what an engine
// answers: lines that hold stay as they are, letter for letter. Lines to which there
// is no answer stay too. The findings say why an example cannot be read; then the
// text is returned unchanged.
func Update(name string, data []byte, e Engine) ([]byte, fault.Findings) {
	s, findings := Parse(name, data)
	if len(findings) > 0 {
		return data, findings
	}
	change, gone := map[int]string{}, map[int]bool{}
	var added []string
	for _, f := range Run(s, e) {
		switch {
		case f.line == "":
			gone[f.Line] = slices.ContainsFunc(s.Fails, func(x Fail) bool { return x.Line == f.Line })
		case strings.HasPrefix(f.line, "expect fail "):
			added = append(added, f.line)
		default:
			change[f.Line] = f.line
		}
	}
	last := s.last()
	var out []string
	for i, line := range strings.Split(string(data), "\n") {
		if answer, ok := change[i+1]; ok {
			line = answer
		}
		if !gone[i+1] {
			out = append(out, line)
		}
		if i+1 == last {
			out = append(out, added...)
		}
	}
	return []byte(strings.Join(out, "\n")), nil
}

// last returns the line after which further expected findings are written: that of
// the last one, or of the last expectation.
func (s *Script) last() int {
	last := 0
	for _, f := range s.Fails {
		last = max(last, f.Line)
	}
	for _, x := range s.Expectations {
		if len(s.Fails) == 0 {
			last = max(last, x.Line)
		}
	}
	return last
}
