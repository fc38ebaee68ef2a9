package document_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"towerbridge/document"
)

// validator returns the compiled schema of a type, checked against the dialect's
// own schema on the way.
func validator[T any](t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := document.Schema[T]("https://example.org/rich.json", "A rich document")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("rich.json", value); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("rich.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaText(t *testing.T) {
	type day struct {
		Date   string  `doc:"date,required"`
		Reason *string `doc:"reason"`
	}
	type calendar struct {
		ID     string          `doc:"id,required" about:"Plain name of the <calendar>."`
		Days   []day           `doc:"days,min=1" about:"Days off."`
		First  *day            `doc:"first,choice=end" about:"The first."`
		Last   *amount         `doc:"last,choice=end"`
		Colour colour          `doc:"colour,required"`
		Level  level           `doc:"level"`
		Hours  map[string]int8 `doc:"hours,required,min=2"`
	}
	got, err := document.Schema[calendar]("https://example.org/calendar.json", "Calendar")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://example.org/calendar.json",
  "title": "Calendar",
  "$ref": "#/$defs/calendar",
  "$defs": {
    "calendar": {
      "type": "object",
      "properties": {
        "id": {"description": "Plain name of the <calendar>.", "type": ["string", "number", "boolean"]},
        "days": {
          "description": "Days off.", "type": ["array", "null"], "items": {"$ref": "#/$defs/day"}, "minItems": 1
        },
        "first": {"description": "The first.", "anyOf": [{"$ref": "#/$defs/day"}, {"type": "null"}]},
        "last": {"type": ["string", "number", "null"], "pattern": "^-?\\d+(\\.\\d+)?$"},
        "colour": {"enum": ["red", "green", "dark-blue"]},
        "level": {"enum": ["1", 1, "2", 2, "true", true, "none", null]},
        "hours": {
          "type": "object",
          "additionalProperties": {"type": "integer", "minimum": -128, "maximum": 127},
          "minProperties": 2
        }
      },
      "additionalProperties": false,
      "required": ["id", "colour", "hours"],
      "oneOf": [
        {"required": ["first"], "properties": {"first": {"not": {"type": "null"}}}},
        {"required": ["last"], "properties": {"last": {"not": {"type": "null"}}}}
      ]
    },
    "day": {
      "type": "object",
      "properties": {
        "date": {"type": ["string", "number", "boolean"]},
        "reason": {"type": ["string", "number", "boolean", "null"]}
      },
      "additionalProperties": false,
      "required": ["date"]
    }
  }
}`
	var canonical bytes.Buffer
	if err := json.Indent(&canonical, []byte(want), "", "  "); err != nil {
		t.Fatal(err)
	}
	var compactGot, compactWant bytes.Buffer
	if json.Compact(&compactGot, got) != nil || json.Compact(&compactWant, []byte(want)) != nil || compactGot.String() != compactWant.String() {
		t.Errorf("got %s\nwant %s", got, canonical.String())
	}
	again, err := document.Schema[calendar]("https://example.org/calendar.json", "Calendar")
	if err != nil || !bytes.Equal(got, again) || !bytes.HasSuffix(got, []byte("}\n")) || !bytes.Contains(got, []byte("\n  \"title\"")) {
		t.Error("the schema is not the same twice, or not indented")
	}
}

// Types of one name from two packages have definitions of their own.
func TestSchemaNames(t *testing.T) {
	type measure struct { // not the one of rich
		X    bool   `doc:"x"`
		Rich []rich `doc:"rich"`
	}
	got, err := document.Schema[measure]("", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{`"measure": {`, `"document-test.measure": {`, `"rich": {`} {
		if !strings.Contains(strings.ReplaceAll(string(got), "document_test", "document-test"), name) {
			t.Errorf("no definition %s in %s", name, got)
		}
	}
}

// verdicts returns whether Read accepts a rich document, and whether the schema
// does; known is false when the text is not a document at all.
func verdicts(s *jsonschema.Schema, text string) (read, schema, known bool) {
	_, _, findings := document.Read[rich]("a.yaml", []byte(text))
	value, broken := document.ToJSON("a.yaml", []byte(text))
	if len(broken) > 0 {
		return len(findings) == 0, false, false
	}
	return len(findings) == 0, s.Validate(value) == nil, true
}

// swaps are changes to the good document; the schema must see all but those
// marked, which need more than a pattern.
var swaps = []struct {
	old, new   string
	read, sees bool // whether Read and the schema accept the change
}{
	{"id: 12", "id: 12", true, true},
	{"id: 12", "id: true", true, true},
	{"id: 12", "id: ~", false, false},
	{"id: 12", "Id: 12", false, false},
	{"id: 12", "id: []", false, false},
	{"title: 2012-01-01", "title: null", true, true},
	{"title: 2012-01-01", "title: {a: b}", false, false},
	{"live: true", "live: yes", false, false},
	{"live: true", "live: False", true, true},
	{"live: true", `live: "true"`, false, false},
	{"live: true", "live:", true, true},
	{"count: -7", "count: 1.5", false, false},
	{"count: -7", "count: +7", true, true},
	{"count: -7", "count: '7'", false, false},
	{"count: -7", "count: 9223372036854775807", true, true},
	{"count: -7", "count: 9223372036854775808", false, false},
	{"count: -7", "count: 007", false, true},
	{"count: -7", "count: 1.0", false, true},
	{"small: 127", "small: 128", false, false},
	{"unsigned: 65535", "unsigned: -1", false, false},
	{"opened: 2026-03-29", "opened: 2026-3-29", false, false},
	{"opened: 2026-03-29", "opened: 2026-02-30", false, true},
	{"opened: 2026-03-29", "opened: 20260329", false, false},
	{"opened: 2026-03-29", "opened: yes", false, false},
	{"opened: 2026-03-29", "opened: true", false, false},
	{"length: 1h30m", "length: 90", false, false},
	{"amount: 99.50", "amount: '99.50'", true, true},
	{"amount: 99.50", "amount: about 99", false, false},
	{"amount: 99.50", "amount: 1e3", false, true},
	{"amount: 99.50", "amount: true", false, false},
	{"code: AB-123", "code: ab-123", false, false},
	{"code: AB-123", "code: 123", false, false},
	{"colour: dark-blue", "colour: blue", false, false},
	{"colour: dark-blue", "colour: 5", false, false},
	{"level: 1", "level: 'true'", true, true},
	{"level: 1", "level: true", true, true},
	{"level: 1", "level: 3", false, false},
	{"tags: [yes,", "tags: [~,", false, false},
	{"tags: [yes,", "tags: [[],", false, false},
	{"points: 5", "point: 5", false, false},
	{"points: 5", "points:", false, false},
	{"- name: half", "- nam: half", false, false},
	{"network: 3", "network: three", false, false},
	{"network: 3", "network:", false, false},
	{"lead: Ann", "lead:", false, false},
	{"week: 3", "week: 3, day: 2026-01-01", false, false},
	{"week: 3", "week: 3, day: ", true, true},
	{"week: 3", "week: ", false, false},
	{"mail: ann@example.org", "call: 012345", true, true},
	{"fixed:", "fixed: 2", false, false},
	{"rate: -0.5", "", false, false},
	{"rate: -0.5", "steps: [1, 2.0]", true, true},
	{"inner:", "outer:", false, false},
	{"from: 2026-01-01", "until: 2026-01-01", false, false},
	{"teams:\n  desk: {", "teams: {}\ninner2: {", false, false},
	{"teams:\n  desk: {lead: Ann, week: 3, mail: ann@example.org}", "teams: {}", false, false},
}

func TestSchemaAgrees(t *testing.T) {
	s := validator[rich](t)
	for _, c := range swaps {
		text := strings.Replace(good, c.old, c.new, 1)
		read, schema, known := verdicts(s, text)
		if read != c.read || schema != c.sees || !known {
			_, _, lines := readRich(text)
			t.Errorf("%s -> %s: Read accepts: %t, schema accepts: %t, is a document: %t\n%s", c.old, c.new, read, schema, known, lines)
		}
	}
}
