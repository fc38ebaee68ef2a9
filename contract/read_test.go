package contract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/fault"
)

// The schema of contracts, read by another program, takes the good contract and
// refuses words that contracts do not have.
func TestSchema(t *testing.T) {
	text, err := document.Schema[contract.Document]("https://example.org/contract.json", "Contract")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("contract.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("contract.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text string) error {
		value, findings := document.ToJSON("tower-a.yaml", []byte(text))
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		return compiled.Validate(value)
	}
	if err := validate(good); err != nil {
		t.Errorf("the good contract: %v", err)
	}
	for name, text := range map[string]string{
		"word":    edited(t, "stop: responded", "stop: answered"),
		"choice":  edited(t, "    within: 15m", "    within: 15m\n    businessDays: 1"),
		"missing": edited(t, "currency: GBP\n", ""),
		"pattern": edited(t, "atLeast: 98%", "atLeast: 98 %"),
		"kind":    edited(t, "businessDays: 3", "businessDays: three"),
	} {
		if validate(text) == nil {
			t.Errorf("the schema takes a contract with a wrong %s", name)
		}
		if _, _, findings := contract.Read("tower-a.yaml", []byte(text)); len(findings) == 0 {
			t.Errorf("the reader takes a contract with a wrong %s", name)
		}
	}
}

// Lists beyond the limits are one finding each, and nothing in them is compared.
func TestLimits(t *testing.T) {
	long := func(rows int) string {
		var b strings.Builder
		for i := range rows {
			fmt.Fprintf(&b, "  - {clock: respond, priorities: [Q%d], within: 15m}\n", i)
		}
		return edited(t, "targets:\n", "targets:\n"+b.String())
	}
	const already = 6 // rows of the good contract
	if _, _, findings := contract.Read("tower-a.yaml", []byte(long(contract.MaxRows-already))); len(findings) > 0 {
		t.Errorf("at the limit: %v", findings[0])
	}
	_, _, findings := contract.Read("tower-a.yaml", []byte(long(contract.MaxRows-already+1)))
	if len(findings) != 1 || findings[0].Rule.Number != contract.RuleTooMany.Number {
		t.Errorf("beyond the limit: %v", findings)
	}
	bands := strings.Repeat("      - {name: minor, atLeast: 96%, below: 98%, points: 1}\n", contract.MaxBands)
	_, _, findings = contract.Read("tower-a.yaml", []byte(edited(t, "      - {name: minor, atLeast: 96%, below: 98%, points: 1}\n", bands)))
	if len(findings) != 1 || findings[0].Rule.Number != contract.RuleTooMany.Number {
		t.Errorf("too many bands: %v", findings)
	}
}

// Every finding of a text has a place in its file, a number of this package or of
// documents, and a remedy; what has none can be compiled or is refused politely.
func FuzzRead(f *testing.F) {
	f.Add(good)
	f.Add(strings.ReplaceAll(good, "2026-04-01", "2026-02-30"))
	f.Add(strings.ReplaceAll(good, "98%", "98.95%"))
	f.Add(strings.ReplaceAll(good, "months: 6", "months: 9223372036854775807"))
	f.Add(strings.ReplaceAll(good, "decimals: 2", "decimals: -34"))
	f.Add(strings.ReplaceAll(good, "resolve", "respond"))
	f.Add("id: a\ncustomer: b\nsupplier: c\nzone: UTC\ncurrency: GBP\nterm: {start: 2199-12-31, end: 1900-01-01}\n")
	w := world(f)
	f.Fuzz(func(t *testing.T, text string) {
		doc, where, findings := contract.Read("fuzz.yaml", []byte(text))
		alone := len(findings) == 0
		if alone {
			findings = doc.Check(where, w)
		}
		for _, x := range findings {
			if x.Position.File != "fuzz.yaml" || x.Fix() == "" || x.Rule.Number < 1000 || x.Rule.Number > 1499 {
				t.Errorf("finding %v", x)
			}
		}
		if !alone || len(findings) > 0 {
			return
		}
		if _, err := contract.Compile(doc, w.Calendars, w.Zones); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		} else if err != nil {
			t.Errorf("nothing was found wrong, and yet: %v", err)
		}
	})
}
