package document_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"towerbridge/document"
	"towerbridge/fault"
)

// seen are the rules whose breach a schema can see. A value that cannot be read is
// not among them: a pattern sees some of these values, and a number has none.
var seen = []fault.Rule{
	document.UnknownKey, document.MissingKey, document.WrongKind, document.NotAllowed, document.Choice, document.TooFew,
}

// disagreement returns what is wrong between Read and the schema about a text that
// is a document: the schema refuses what Read accepts, or accepts a document with
// a breach that a schema can see. It is empty when they agree.
func disagreement(s *jsonschema.Schema, text string) string {
	_, _, findings := document.Read[rich]("a.yaml", []byte(text))
	value, broken := document.ToJSON("a.yaml", []byte(text))
	if len(broken) > 0 {
		if len(findings) == 0 {
			return "ToJSON refuses what Read accepts: " + broken.Error()
		}
		return ""
	}
	if err := s.Validate(value); err != nil {
		if len(findings) == 0 {
			return "the schema refuses what Read accepts: " + err.Error()
		}
		return ""
	}
	for _, f := range findings {
		// To a schema 1.0 is the 1 that the field level allows.
		if slices.Contains(seen, f.Rule) && f.Field != "level" {
			return "the schema accepts what Read refuses: " + f.Error()
		}
	}
	return ""
}

// scalars are values that YAML, a schema and a reader are likely to see unalike.
var scalars = []string{
	"", "~", "null", "Null", "true", "TRUE", "yes", "no", "0", "-0", "007", "+5", "-7", "0x1F", "0o17", "0b1", "1_000", "1.0", "1.50",
	".5", "5.", "1e3", "1E-2", "1e400", "1e401", ".inf", "-.INF", ".nan", "2012", "2012-04", "2012-04-01", "2012-04-31", "10:30", "1h30m",
	"95", "'95'", `"95"`, `"true"`, "''", "red", "Red", "AB-123", "none", "[]", "{}", "[1]", "[~]", "{a: 1}", "{name: x}", "{lead: x}",
	"127", "128", "-128", "-129", "65536", "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "x y", "é", `"\n"`,
}

// TestReadAndSchemaAgree changes values, keys and lines of the good document at
// random.
func TestReadAndSchemaAgree(t *testing.T) {
	s := validator[rich](t)
	rapid.Check(t, func(t *rapid.T) {
		rows := strings.Split(strings.TrimSpace(good), "\n")
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			i := rapid.IntRange(0, len(rows)-1).Draw(t, "row")
			key, _, found := strings.Cut(rows[i], ": ")
			switch how := rapid.SampledFrom([]string{"value", "key", "drop", "swap"}).Draw(t, "how"); {
			case how == "value" && found:
				rows[i] = key + ": " + rapid.SampledFrom(scalars).Draw(t, "scalar")
			case how == "key":
				rows[i] = strings.Replace(rows[i], ":", rapid.SampledFrom([]string{"s:", "_:", " :"}).Draw(t, "end"), 1)
			case how == "drop" && len(rows) > 1:
				rows = slices.Delete(rows, i, i+1)
			case how == "swap":
				c := rapid.SampledFrom(swaps).Draw(t, "swap")
				rows = strings.Split(strings.Replace(strings.Join(rows, "\n"), c.old, c.new, 1), "\n")
			}
		}
		text := strings.Join(rows, "\n")
		if wrong := disagreement(s, text); wrong != "" {
			t.Fatalf("%s\n%s", wrong, text)
		}
	})
}
