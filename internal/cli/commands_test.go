package cli

import (
	"io"
	"strings"
	"testing"
)

// TestExamplesOfHelpAreTypedRightly parses the example of each command's help.
func TestExamplesOfHelpAreTypedRightly(t *testing.T) {
	commands, err := Commands()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commands {
		n := 0
		for line := range strings.Lines(c.Detail) {
			typed, _, _ := strings.Cut(line, " > ") // what the shell keeps for itself
			words := strings.Fields(typed)
			if !strings.HasPrefix(line, "    towerbridge ") {
				continue
			}
			n++
			parser, err := newParser(&grammar{}, World{Stdout: io.Discard, Stderr: io.Discard})
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := parser.Parse(argumentFirst(parser.Model, words[1:]))
			if err != nil {
				t.Errorf("%s: %v", strings.TrimSpace(line), err)
				continue
			}
			if got := strings.TrimPrefix(parsed.Selected().FullPath(), "towerbridge "); got != c.Name {
				t.Errorf("the example of %s is of %s", c.Name, got)
			}
		}
		if n != 1 {
			t.Errorf("%s has %d examples; want 1", c.Name, n)
		}
		if c.Summary == "" {
			t.Errorf("%s has no summary", c.Name)
		}
		for _, a := range append(c.Arguments, c.Flags...) {
			if a.Meaning == "" {
				t.Errorf("%s: %s has no meaning", c.Name, a.Name)
			}
		}
	}
}

func TestArgumentFirst(t *testing.T) {
	parser, err := newParser(&grammar{}, World{Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"explain --log a b INC":                      "explain INC --log a b",
		"explain --log a INC --json":                 "explain INC --log a --json",
		"--json explain --mapping m --log a INC":     "--json explain INC --mapping m --log a",
		"explain INC --log a b":                      "explain INC --log a b",
		"explain --log a --mapping m INC":            "explain --log a --mapping m INC",
		"explain --log=a INC":                        "explain --log=a INC",
		"explain --log a":                            "explain --log a",
		"explain --log a b --log c d":                "explain d --log a b --log c",
		"supersede --log a b --accept-refused x.zip": "supersede --log a b --accept-refused x.zip",
		"statement --log a b c":                      "statement --log a b c",
		"key new a":                                  "key new a",
		"":                                           "",
		"nonsense --log a b":                         "nonsense --log a b",
	} {
		if got := strings.Join(argumentFirst(parser.Model, strings.Fields(line)), " "); got != want {
			t.Errorf("%q became %q; want %q", line, got, want)
		}
	}
}
