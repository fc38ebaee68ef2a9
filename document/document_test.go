package document_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
)

func TestReadGood(t *testing.T) {
	for name, text := range map[string]string{
		"as written":      good,
		"CRLF line ends":  strings.ReplaceAll(good, "\n", "\r\n"),
		"CR line ends":    strings.ReplaceAll(good, "\n", "\r"),
		"byte-order mark": "\uFEFF" + good,
		"document marks":  "---\n" + good + "...\n# the end\n",
		"comments":        "# first\n\n" + strings.ReplaceAll(good, "live: true", "live: true\t # a tab before a comment"),
	} {
		v, where, found := readRich(text)
		if len(found) > 0 {
			t.Errorf("%s: %s", name, strings.Join(found, "\n"))
			continue
		}
		measures := v.Measures
		got := []any{
			v.ID, *v.Title, v.Live, v.Count, v.Small, v.Unsigned, v.Opened.String(), v.Length, v.Month.String(), v.Amount.text,
			v.Code, v.Colour, v.Level, v.Tags, len(measures), measures[0].Bands[0].Below.text, measures[0].Bands[1].Below.text,
			measures[0].Bands[1].Points, measures[0].Parts[0].Name, measures[1].Name, v.Limits, v.Teams["desk"].Lead,
			*v.Teams["desk"].Week, v.Fixed == nil, v.Rate.text, v.Inner.Note, v.From.String(), v.To == nil, where.File(),
		}
		want := []any{
			"12", "2012-01-01", true, -7, int8(127), uint16(65535), "2026-03-29", span.Seconds(5400), "2012-04", "99.50",
			code("AB-123"), colour("dark-blue"), level("1"),
			[]string{"yes", "1e3", "quoted: text", "0x1F"},
			2, "95", "90.0",
			10, "half", "two\nlines\n",
			map[string]int64{"network": 3, "a.b": 4},
			"Ann",
			3, true, "-0.5", "folded text", "2026-01-01", true, "a.yaml",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestAt(t *testing.T) {
	_, where, _ := readRich(good)
	for path, want := range map[string]string{
		"":                            "1:1",
		"id":                          "1:5",
		"tags[1]":                     "14:13",
		"measures":                    "15:1", // the value starts below: its key
		"measures[0]":                 "16:5",
		"measures[0].bands[1].points": "20:31",
		"measures[1].name":            "23:11",
		`limits["a.b"]`:               "28:10",
		"teams.desk":                  "30:9",
		"teams.desk.lead":             "30:16",
		"inner.note":                  "34:9",
		"fixed":                       "32:1", // no value: its key
		"measures[0].bands[9].points": "17:5", // nearest parents
		"measures[7].name":            "15:1",
		"teams.desk.week.day":         "30:27",
		"nothing[3].at.all":           "1:1",
		"[[[...":                      "1:1",
	} {
		if got := where.At(path).String(); got != "a.yaml:"+want {
			t.Errorf("At(%q) = %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]bool{"rate": true, "inner.note": true, "measures[0]": true, "fixed": false, "nothing": false, "inner.other": false} {
		if where.Has(path) != want {
			t.Errorf("Has(%q) is not %t", path, want)
		}
	}
	f := where.Finding(document.BadValue, "rate", "%s is too low", "-0.5")
	if got := f.Error(); !strings.HasPrefix(got, "a.yaml:31:7: TB1013: rate: -0.5 is too low. ") {
		t.Errorf("Finding: %s", got)
	}
	var none *document.Where
	if none.Has("a") || none.At("a.b") != (fault.Position{}) || none.File() != "" || none.Finding(document.Syntax, "a", "b").Field != "a" {
		t.Error("a nil Where knows a place")
	}
	if got := new(document.Where).At("a[0]"); got != (fault.Position{}) {
		t.Errorf("an empty Where knows %v", got)
	}
}

// Every mistake of a document with many is reported in one reading, in order.
func TestAllAtOnce(t *testing.T) {
	_, _, got := readRich(`Id: x
title:
  - not a text
live: yes
count: 1.5
small: 128
unsigned: -1
opened: 2026-02-30
length: [1h]
month: "2012"
amount: about 5
code: ab
colour: dark_blue
level: 3
tags: one
tags: [two, , ]
`)
	want := []string{"16:13 1003: unexpected scalar value type"} // the parser stops: nothing else can be known
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, _, got = readRich(`Id: x
title:
  - not a text
live: yes
count: 1.5
small: 128
unsigned: -1
opened: 2026-02-30
length: [1h]
month: "2012"
amount: about 5
code: ab
colour: dark_blue
level: 3
tags: one
tags: [two]
measures: []
limits: {a: "1", b: 07, c: 0x10, d: }
teams:
  desk: {day: 2026-01-01, week: 2, mail: }
rate: 5
fixed: 6
steps: [7]
inner: {nota: "x", note: {a: b}}
`)
	want = []string{
		`1:1 1010 Id: the key "Id" is not known here; did you mean id?`,
		`1:1 1011 id: the required key id is missing`,
		`3:3 1012 title: expected a single value, found a list`,
		`4:7 1012 live: expected true or false, found the text "yes"`,
		`5:8 1013 count: 1.5 is not a whole number in plain decimal digits such as 12`,
		`6:8 1013 small: 128 is not between -128 and 127`,
		`7:11 1013 unsigned: -1 is not between 0 and 65535`,
		`8:9 1013 opened: "2026-02-30" is not a date such as 2026-03-29`,
		`9:9 1012 length: expected a single value, found a list`,
		`10:8 1013 month: "2012" is not a period such as 2012-04 or 2012-Q2`,
		`11:9 1013 amount: "about 5" is not an amount such as 99.50`,
		`12:7 1013 code: "ab" does not have the form ^[A-Z]{2}-\d{3}$`,
		`13:9 1014 colour: "dark_blue" is not one of red, green and dark-blue`,
		`14:8 1014 level: "3" is not one of 1, 2, true and none`,
		`15:7 1012 tags: expected a list, found the text "one"`,
		`16:1 1009 tags: the key "tags" is already given on line 15`,
		`17:11 1016 measures: 0 given, at least 1 needed`,
		`18:13 1012 limits.a: expected a whole number, found the text "1"`,
		`18:21 1013 limits.b: 07 is not a whole number in plain decimal digits such as 12`,
		`18:28 1013 limits.c: 0x10 is not a whole number in plain decimal digits such as 12`,
		`18:34 1012 limits.d: expected a whole number, found nothing`,
		`20:9 1011 teams.desk.lead: the required key lead is missing`,
		`20:9 1015 teams.desk: none of the keys mail and call is given`,
		`20:33 1015 teams.desk.week: day and week exclude each other: give one of day or week`,
		`22:8 1015 fixed: rate and fixed exclude each other: give one of fixed, rate or steps`,
		`23:8 1015 steps: rate and steps exclude each other: give one of fixed, rate or steps`,
		`24:9 1010 inner.nota: the key "nota" is not known here; did you mean note?`,
		`24:26 1012 inner.note: expected a single value, found a mapping of keys to values`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestFindings has one text for each way to break a rule of the text itself.
func TestFindings(t *testing.T) {
	type small struct {
		A string   `doc:"a"`
		B []string `doc:"b"`
	}
	for text, want := range map[string][]string{
		"":                        {"1:1 1006: the document holds no keys"},
		"# only a comment\n":      {"1:1 1006: the document holds no keys"},
		"---\n":                   {"1:1 1006: the document holds no keys"},
		"---\n---\n":              {"1:1 1006: the document holds no keys", "2:1 1007: another document starts here"},
		"~":                       {"1:1 1006: the document holds no keys"},
		"a: 1\n---\na: 2\n":       {"2:1 1007: another document starts here"},
		"a: 1\n---":               {"2:1 1007: another document starts here"},
		"a: 1\n...\na: 2\n":       {"3:1 1007: there is text after the end of the document"},
		"just text":               {`1:1 1012: expected a mapping of keys to values, found the text "just text"`},
		"- 1":                     {"1:1 1012: expected a mapping of keys to values, found a list"},
		"a: {":                    {"1:4 1003: could not find flow mapping end token '}'"},
		"b: [1, 2":                {"1:4 1003: sequence end token ']' not found"},
		"b: ]":                    {"1:4 1003: could not find '[' character corresponding to ']'"},
		"a: 1\n b: 2":             {"1:4 1003: mapping value is not allowed in this context"},
		"a: b: c":                 {"1:4 1003: mapping value is not allowed in this context"},
		"a: 'x\n":                 {"1:4 1003: could not find end character of single-quoted text"},
		"a: @x\n":                 {"1:4 1003: '@' is a reserved character"},
		"a: \"\\q\"":              {"1:6 1003: found unknown escape character 'q'"},
		"a: \"\\x4G\"":            {`1:4 1003 a: the escape \x lacks hexadecimal digits`},
		"a: \"b\n  \\u12G4\"":     {`1:4 1003 a: the escape \u lacks hexadecimal digits`},
		"a: \"\\0\"":              {"1:4 1013 a: the text holds the control character U+0000"},
		"a: \"\\x1b\"":            {"1:4 1013 a: the text holds the control character U+001B"},
		"b:\n\t- 1":               {"2:1 1003: found character '\\t' that cannot start any token"},
		"a: 1\t2\nb:\t[x]":        {"1:5 1003: a tab stands outside quotes", "2:3 1003: a tab stands outside quotes"},
		"a: \"1\t2\"":             nil,
		"a: |\n  1\t2\n":          nil,
		"a: &x 1\nb: [*x]":        {"1:4 1008: an anchor (&) is not read", "2:5 1008: an alias (*) is not read"},
		"<<: {a: 1}\nb: [x]":      {"1:1 1008: a merge key (<<) is not read"},
		"a: !!str 1":              {"1:4 1008: a tag (!) is not read"},
		"!x a: 1":                 {"1:1 1008: a tag (!) is not read"},
		"? a\n: 1":                {"1:1 1008: a key marked with ? is not read", "2:1 1003: a colon has no key before it on its line"},
		"%YAML 1.2\n---\na: 1":    {"1:1 1008: a directive (%) is not read"},
		"a: 1\n\"a\": 2":          {`2:1 1009 a: the key "a" is already given on line 1`},
		"{a: 1, b: [], 'a': 2}":   {`1:15 1009 a: the key "a" is already given on line 1`},
		"c: 1\nlonger: 2":         {`1:1 1010 c: the key "c" is not known here`, `2:1 1010 longer: the key "longer" is not known here`},
		"\"q.r\": 1":              {`1:1 1010 ["q.r"]: the key "q.r" is not known here`},
		"b: [[x], {y: z}, ~, ]":   {"1:5 1012 b[0]: expected a single value, found a list", "1:10 1012 b[1]: expected a single value, found a mapping of keys to values", "1:18 1012 b[2]: expected a single value, found nothing"},
		"é: 1\nb: [é, {x: 1}]":    {`1:1 1010 ["é"]: the key "é" is not known here`, "2:8 1012 b[1]: expected a single value, found a mapping of keys to values"},
		"a: caf\xe9\n":            {"1:7 1002: the byte 0xE9 is not UTF-8: the file may be encoded as Latin-1 or Windows-1252"},
		"a: 1\nb: \x00":           {"2:4 1002: the control character U+0000 is not text"},
		"a: \x07":                 {"1:4 1002: the control character U+0007 is not text"},
		"a\x00:\x00":              {"1:2 1002: the file holds NUL bytes: it is binary or encoded as UTF-16 or UTF-32"},
		"\xff\xfea\x00:\x00":      {"1:1 1002: the file is encoded as UTF-16, not as UTF-8"},
		"\xfe\xff\x00a\x00:":      {"1:1 1002: the file is encoded as UTF-16, not as UTF-8"},
		"\uFEFFa: 1\r\nb: {}\r\n": {"2:4 1012 b: expected a list, found a mapping of keys to values"},
	} {
		_, where, findings := document.Read[small]("", []byte(text))
		if diff := cmp.Diff(want, lines(findings)); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
		if where == nil {
			t.Errorf("%q: no Where", text)
		}
		for _, f := range findings {
			if f.Fix() == "" || f.Position.Line == 0 && f.Rule != document.TooLarge {
				t.Errorf("%q: no remedy or place: %v", text, f)
			}
		}
	}
}

func TestRemedies(t *testing.T) {
	type small struct {
		Name   string `doc:"name"`
		Colour colour `doc:"colour"`
		Number quoted `doc:"number"`
	}
	for text, want := range map[string]string{
		"nmae: x":        "Write name, or remove the key.",
		"zzzzzz: x":      "Use one of the keys known here: name, colour, number.",
		"colour: gren":   "Perhaps green is meant.",
		"name: *x":       "Write the value out in full, or put the text in quotes if it begins with a star.",
		"number: 1.50":   `Write it in quotes: "1.50".`,
		"name: a\tb":     "Use spaces, or put the text in quotes.",
		"\tname: a\n":    "Indent with spaces: YAML does not let a tab indent.",
		"colour: purple": document.NotAllowed.Remedy,
	} {
		_, _, findings := document.Read[small]("", []byte(text))
		if len(findings) == 0 || findings[0].Fix() != want {
			t.Errorf("%q: %v, want the remedy %s", text, findings, want)
		}
	}
}

// quoted accepts every text but says that a number must be in quotes.
type quoted string

func (quoted) SchemaNumber() bool { return false }

func TestUnfitTypes(t *testing.T) {
	for name, read := range map[string]func(){
		"float": func() { document.Read[float64]("", nil) },
		"interface": func() {
			document.Read[struct {
				A any `doc:"a"`
			}]("", nil)
		},
		"key type": func() { document.Read[map[int]string]("", nil) },
		"no name": func() {
			document.Read[struct {
				A string `doc:",required"`
			}]("", nil)
		},
		"word": func() {
			document.Read[struct {
				A string `doc:"a,requird"`
			}]("", nil)
		},
		"min of text": func() {
			document.Read[struct {
				A string `doc:"a,min=1"`
			}]("", nil)
		},
		"required choice": func() {
			document.Read[struct {
				A string `doc:"a,required,choice=x"`
			}]("", nil)
		},
		"lonely choice": func() {
			document.Read[struct {
				A string `doc:"a,choice=x"`
			}]("", nil)
		},
		"not exported": func() {
			document.Read[struct {
				a string `doc:"a"`
			}]("", nil)
		},
		"inline text": func() {
			document.Read[struct {
				A string `doc:",inline"`
			}]("", nil)
		},
		"same key": func() {
			document.Read[struct {
				A string `doc:"a"`
				B string `doc:"a"`
			}]("", nil)
		},
		"pattern": func() { document.Read[badPattern]("", nil) },
	} {
		func() {
			defer func() {
				if message, ok := recover().(string); !ok || !strings.HasPrefix(message, "document: ") {
					t.Errorf("%s: no panic that says why: %v", name, message)
				}
			}()
			read()
		}()
	}
	if _, err := document.Schema[float64]("", ""); err == nil {
		t.Error("a schema of a floating point number")
	}
}

type badPattern string

func (badPattern) SchemaPattern() string { return "(" }

// Findings come in the order of their places, however the reader came by them.
func TestOrder(t *testing.T) {
	_, _, findings := document.Read[rich]("a.yaml", []byte(strings.ReplaceAll(good, "points", "point")+"zzz: 1\nzzz: 2\n"))
	sorted := slices.Clone(findings)
	sorted.Sort()
	if len(findings) < 5 {
		t.Fatalf("only %d findings", len(findings))
	}
	if diff := cmp.Diff(sorted, findings); diff != "" {
		t.Error(diff)
	}
}
