package document_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"towerbridge/document"
)

// TestStrict has texts that the YAML library reads although YAML forbids them, or
// reads otherwise than other programs do. Each was a value before it was refused.
func TestStrict(t *testing.T) {
	for text, want := range map[string][]string{
		"b:\n  - x\n   - y: 1\n     z: 2\n":    {"3:1 1003: the text above runs on over a line that begins with a dash"},
		"a: x\n  - 1\n":                        {"2:1 1003: the text above runs on over a line that begins with a dash"},
		"b:\n-\na: 1\n":                        {"3:1 1003 b[0]: the value stands too far left"},
		"b:\n  - x\n  -\n  c: 1\n":             {"4:3 1003 b[1]: the value stands too far left"},
		"a:\nlong\n":                           {"2:1 1003 a: the value stands too far left"},
		"a: \"open\nb: \"shut\" # c\n":         {"2:5 1003: there is text right after the end of a text in quotes"},
		"a: 'open\nb: shut'\n":                 {"2:1 1003 a: the line stands too far left to belong to the text in quotes from line 1"},
		"a: {b:c}":                             {"1:6 1003: a colon within brackets or braces has no space after it"},
		"a: {b: c, d:-}":                       {"1:12 1003: a colon within brackets or braces has no space after it"},
		"a: {b: - c}":                          {"1:8 1003: a dash stands within brackets or braces"},
		"a: {, b: c}":                          {"1:5 1003: a comma has nothing before it"},
		"b: [x}, y]":                           {"1:5 1003: a text without quotes within brackets or braces holds one of [ ] { } ,"},
		"b: [?x]":                              {"1:5 1003: a text without quotes begins with ?"},
		"a: %x":                                {"1:4 1008: a directive (%) is not read"},
		"}a: x":                                {"1:1 1003: a text without quotes begins with }"},
		"a:: x":                                {"1:1 1003: a text without quotes holds a colon and a space or ends in a colon"},
		"'a'\n: x":                             {"2:1 1003: a colon has no key before it on its line"},
		"b:\n- x\n-\n- y\na:\n":                nil,
		"b:\n  [x,\ny]\na: 'x\n\n  y'\n":       nil,
		"a: x\n  y-1 -z # - c\n":               nil,
		"{\"a\":\"it's 10:30\",\"b\":[\"-\"]}": nil,
		"a: https://example.org/x?y=[1]#z\n":   nil,
		"a: |\n  - x\n  b: :\n  %]\n":          nil,
		"a: -1 - 2, or {3}\n":                  nil,
	} {
		_, findings := document.ToJSON("", []byte(text))
		if diff := cmp.Diff(want, lines(findings)); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
}
