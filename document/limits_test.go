package document_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towerbridge/document"
)

// each returns the format with the numbers below n filled in.
func each(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// stairs returns n mappings in block style, each in the one before.
func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// Each limit holds exactly: what just fits is read, one more is a finding.
func TestLimits(t *testing.T) {
	repeat := strings.Repeat
	for _, c := range []struct{ name, fits, passes, want string }{
		{
			"bytes", repeat("# 34567890123456789012345678901\n", document.MaxBytes/32-1) + "a: 34567890123456789012345678901", repeat("#", document.MaxBytes+1),
			":0:0 1001: the file has more than the 4,194,304 bytes that a document may have",
		},
		{
			"depth of brackets", "a: " + repeat("[", document.MaxDepth-1) + repeat("]", document.MaxDepth-1), repeat("[", document.MaxDepth+1) + repeat("]", document.MaxDepth+1),
			"1:33 1004: lists and mappings are nested more than 32 deep",
		},
		{
			"depth of indentation", stairs(document.MaxDepth), stairs(document.MaxDepth + 1),
			"33:34 1004: lists and mappings are nested more than 32 deep",
		},
		{
			"depth of dashes", repeat("- ", document.MaxDepth) + "a", repeat("- ", document.MaxDepth+1) + "a",
			"1:65 1004: lists and mappings are nested more than 32 deep",
		},
		{
			"values", each("- %d\n", document.MaxNodes/2-1), each("- %d\n", document.MaxNodes/2),
			"100000:1 1005: there are more than 200,000 values, keys and lines up to here",
		},
		{
			"keys", each("k%d: 1\n", document.MaxKeys), each("k%d: 1\n", document.MaxKeys+1),
			"2001:6 1005: the mapping has more than 2,000 keys",
		},
		{
			"keys in braces", "{" + each("k%d,\n", document.MaxKeys-1) + "x}", "{" + each("k%d,\n", document.MaxKeys) + "x}",
			"2000:6 1005: the mapping has more than 2,000 keys",
		},
		{
			"characters in a line", "a: " + repeat("é", document.MaxLine-3), "a: 1\nb: " + repeat("é", document.MaxLine-2),
			"2:1 1005: the line has 10,001 characters; a line has at most 10,000",
		},
		{
			"blank lines", "a: |" + repeat("\n  ", document.MaxBlank+1) + "x", "a: |" + repeat("\n  ", document.MaxBlank+2) + "x",
			"42:1 1005: there are more than 40 blank lines in a row",
		},
		{
			"tabs", "a: |\n" + repeat("  x\t<\n", document.MaxTabs/2), "a: |\n" + repeat("  x\t<\n", document.MaxTabs/2) + "  x\tx",
			"5002:1 1005: there are more than 10,000 tabs and < signs up to here",
		},
	} {
		if _, findings := document.ToJSON("", []byte(c.fits)); len(findings) > 0 {
			t.Errorf("%s: what fits is refused: %v", c.name, findings)
		}
		_, findings := document.ToJSON("", []byte(c.passes))
		if diff := cmp.Diff([]string{strings.TrimPrefix(c.want, ":")}, lines(findings)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestMaxFindings(t *testing.T) {
	for n, last := range map[int]string{
		document.MaxFindings:     "1000:1 1010 k999: the key \"k999\" is not known here",
		document.MaxFindings + 1: "1000:1 1017: 1 more findings follow",
		2000:                     "1000:1 1017: 1,000 more findings follow",
	} {
		_, _, findings := document.Read[struct{}]("", []byte(each("k%d: 1\n", n)))
		got := lines(findings)
		if len(got) != min(n, document.MaxFindings+1) || got[len(got)-1] != last {
			t.Errorf("%d unknown keys: %d findings, the last %s", n, len(got), got[len(got)-1])
		}
	}
}

// Texts that are within the limits of size, but made to exhaust the YAML scanner
// or parser, end soon. Without the other limits several of them take minutes and
// gigabytes; with them none takes more than a few seconds.
func TestHostileTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("takes about ten seconds")
	}
	repeat := strings.Repeat
	for name, text := range map[string]string{
		"brackets":             repeat(repeat("[", document.MaxLine)+"\n", 19),
		"bracket pairs":        repeat("[", document.MaxLine/2) + repeat("]", document.MaxLine/2),
		"braces":               repeat(repeat("{a: ", 2000)+"\n", 40),
		"dashes":               repeat("- ", document.MaxLine/2),
		"colons":               repeat("a: ", document.MaxLine/3),
		"question marks":       repeat("? ", document.MaxLine/2),
		"anchors":              repeat("&a ", 3000),
		"anchored lines":       repeat("- &a x\n", 60_000),
		"tags":                 repeat("!a ", 3000),
		"alias bomb":           "a: &a [x,x]\n" + each("b%d: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n", 1000),
		"documents":            repeat("--- a\n", 90_000),
		"stairs":               stairs(2800),
		"many keys":            each("k%d:\n", 90_000),
		"many short mappings":  repeat("- a:\n  b:\n", 39_000),
		"many full mappings":   repeat("- a:\n"+each("   k%d:\n", document.MaxKeys-1), 48),
		"empty items":          repeat("-\n", document.MaxNodes/2-1),
		"empty flow items":     repeat("- {"+each("k%d,\n", document.MaxKeys-2)+"}\n", 49),
		"trailing blank lines": "a: |\n  " + repeat("x\n  ", 90_000) + repeat("\n", document.MaxBlank),
		"blank literal":        "a: |\n" + repeat("  "+repeat("é", document.MaxLine-2)+"\n", 205) + repeat("\n", document.MaxBlank),
		"tabs in quotes":       `a: "` + repeat("\t", document.MaxLine-5) + `"`,
		"less-than signs":      "a: " + repeat("<", document.MaxLine-3),
		"long key":             repeat("k", document.MaxLine-3) + ": x",
		"near keys":            each("k%d: x\n", 1900),
		"escapes":              repeat("- ["+repeat(`"\\n",`, 1000)+"]\n", 198),
		"bad escapes":          repeat(`- "\q`+"\n", 60_000),
		"open quotes":          repeat("- '\n", 60_000),
		"comments":             repeat("#\n", document.MaxNodes/2),
		"digits":               repeat("- "+repeat("9", document.MaxLine-2)+"\n", 400),
		"exponent":             "a: 1e999999999",
	} {
		start := time.Now()
		_, _, findings := document.Read[rich]("a.yaml", []byte(text))
		if len(findings) == 0 || len(findings) > document.MaxFindings+1 {
			t.Errorf("%s: %d findings", name, len(findings))
		}
		took := time.Since(start)
		if took > 20*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
		t.Logf("%-22s %8s %3d findings, first %v", name, took.Round(time.Millisecond), len(findings), findings[0].Error())
	}
}

// Features that documents do not have are told one by one, but where there are very
// many, as where aliases stand for ever more aliases, only the first is.
func TestManyRefusedFeatures(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"few", "a: &a 1\nb: [*a, *a]\n", []string{"1:4 1008: an anchor (&) is not read", "2:5 1008: an alias (*) is not read", "2:9 1008: an alias (*) is not read"}},
		{"many", "a: &a 1\nb: [*a" + strings.Repeat(", *a", 19) + "]\n", []string{"1:4 1008: an anchor (&) is not read, nor are 20 more anchors, aliases and tags below it"}},
	} {
		_, _, findings := document.Read[struct {
			A string   `doc:"a"`
			B []string `doc:"b"`
		}]("a.yaml", []byte(c.text))
		var got []string
		for _, f := range findings {
			got = append(got, fmt.Sprintf("%d:%d %d: %s", f.Position.Line, f.Position.Column, f.Rule.Number, f.Message))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
}
