package eventlog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/fault"
	"towerbridge/journal"
)

// full is a line with every member, as the journal writes it.
const full = `{"source":"tool","key":"k\"1","ticket":"A","happened":"2026-05-01T10:00:00Z","learnt":"2026-05-02T10:00:00Z",` +
	`"event":"measured","status":"waiting","kind":"incident","priority":"P1","service":"mail","site":"hq","party":"north","team":"desk","line":2,` +
	`"reason":"parts","related":"B","series":"score","numerator":-4,"denominator":5,"fields":{"a":"1","b":"é\u0009"},` +
	`"corrects":"7","backdated":true,"decision":{"choice":"first","who":"Ann","why":"so"},` +
	`"withheld":[{"name":"text","digest":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}]}`

const seventh = `{"source":"tool","key":"7","ticket":"A","happened":"2026-05-01T09:00:00Z","learnt":"2026-05-01T09:00:00Z"}`

func TestNDJSON(t *testing.T) {
	want := seventh + "\n" + full + "\n"
	digest := journal.DigestLine([]byte(full))
	for name, text := range map[string]string{
		"as written":      want,
		"corrected later": full + "\n" + seventh + "\n",
		"no line end":     seventh + "\n" + full,
		"mark and CRLF":   "\ufeff" + seventh + "\r\n\r\n" + full + "\r\n",
		"with digests":    strings.TrimSuffix(seventh, "}") + `,"digest":"` + journal.DigestLine([]byte(seventh)) + "\"}\n" + strings.TrimSuffix(full, "}") + `,"digest":"` + digest + "\"}\n",
		"digest first":    seventh + "\n" + `{"digest":"` + digest + `",` + full[1:],
		"spaced":          strings.ReplaceAll(want, `":`, `" : `),
		"other escapes":   strings.NewReplacer(`k\"1`, `\u006b\u00221`, "é", `\u00e9`, `\u0009`, `\t`).Replace(want),
		"other order":     seventh + "\n" + strings.Replace(strings.Replace(full, `"source":"tool",`, "", 1), `"ticket"`, `"source":"tool","ticket"`, 1),
		"other fields":    seventh + "\n" + strings.Replace(full, `{"a":"1","b":"é\u0009"}`, `{"b":"é\u0009","a":"1"}`, 1),
		"learnt left out": strings.Replace(seventh, `,"learnt":"2026-05-01T09:00:00Z"`, "", 1) + "\n" + full,
		"other instants":  strings.ReplaceAll(strings.Replace(want, "10:00:00Z", "12:00:00+02:00", 2), "09:00:00Z", "09:00Z"),
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, nil, Options{}, plain("entries.ndjson", text))
			if open := lines(got.Journal); open != want {
				t.Errorf("read\n%s\nwant\n%s\n%v", open, want, got.Details)
			}
			if s := got.Journal.Sources(); !slices.Equal(s, []string{"tool"}) {
				t.Errorf("sources %q", s)
			}
		})
	}
	j := mustRead(t, mustMap(t, "id: own\nformat: ndjson\n"), Options{}, plain("entries.ndjson", want)).Journal
	e := j.Of(0)[1]
	if k, ok := j.Corrected(e); !ok || k != j.Of(0)[0].Key() || e.Marks != journal.Keyed|journal.Corrects|journal.Decided|journal.Private|journal.Backdated {
		t.Errorf("marks %b, corrects %v", e.Marks, k)
	}
}

func TestNDJSONRefusedRows(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(full, from, to, 1) }
	for name, c := range map[string]struct {
		line string
		rule fault.Rule
	}{
		"unknown member":       {change(`"site"`, `"sight"`), unknownMember},
		"unknown event":        {change(`measured`, `guessed`), badLine},
		"unknown state":        {change(`"waiting"`, `"asleep"`), badLine},
		"no source":            {change(`"source":"tool",`, ``), badLine},
		"no ticket":            {change(`"ticket":"A"`, `"ticket":""`), badLine},
		"no happened":          {change(`"happened":"2026-05-01T10:00:00Z",`, ``), badLine},
		"wall clock":           {change(`T10:00:00Z`, `T10:00:00`), badStamp},
		"member twice":         {change(`"site":"hq"`, `"site":"hq","site":"hq"`), badLine},
		"number twice":         {change(`"line":2`, `"line":2,"line":2`), badLine},
		"line too high":        {change(`"line":2`, `"line":256`), badLine},
		"line zero":            {change(`"line":2`, `"line":0`), badLine},
		"a fraction":           {change(`-4`, `-4.5`), badLine},
		"a leading zero":       {change(`-4`, `-04`), badLine},
		"denominator zero":     {change(`"denominator":5`, `"denominator":0`), badLine},
		"no numerator":         {change(`"numerator":-4,`, ``), badLine},
		"no series":            {change(`"series":"score",`, ``), badLine},
		"field twice":          {change(`"b":"é`, `"a":"é`), badLine},
		"field without value":  {change(`"a":"1"`, `"a":""`), badLine},
		"field not text":       {change(`"a":"1"`, `"a":1`), badLine},
		"backdated false":      {change(`"backdated":true`, `"backdated":false`), badLine},
		"decision without who": {change(`"who":"Ann",`, ``), badLine},
		"decision with more":   {change(`"who":"Ann"`, `"who":"Ann","when":"now"`), badLine},
		"withheld in clear":    {change(`{"name":"text",`, `{"name":"text","value":"x",`), badLine},
		"withheld, no digest":  {change(`sha256:0123`, `md5:0123`), badLine},
		"digest of words":      {change(`"backdated":true`, `"digest":"x"`), badLine},
		"clear without salt":   {change(`"backdated":true`, `"text":"x"`), badLine},
		"NUL":                  {change(`parts`, "par\x00ts"), holdsNUL},
		"NUL by number":        {change(`parts`, `par\u0000ts`), badLine},
		"control character":    {change(`parts`, "par\tts"), badLine},
		"Latin-1":              {change(`parts`, "par\xe9ts"), notUTF8},
		"half a character":     {change(`parts`, `\ud800`), badLine},
		"wrong half":           {change(`parts`, `\ud800\u0041`), badLine},
		"odd escape":           {change(`parts`, `\x41`), badLine},
		"cut":                  {full[:100], badLine},
		"two objects":          {full + full, badLine},
		"a list":               {"[" + full + "]", badLine},
		"a comma at the end":   {strings.TrimSuffix(full, "}") + ",}", badLine},
		"no comma":             {change(`,"site"`, `"site"`), badLine},
		"not JSON":             {"ticket A", badLine},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, nil, Options{}, plain("entries.ndjson", seventh+"\n"+c.line+"\n"))
			if got.Rows != 2 || got.Entries != 1 || len(got.Details) != 1 {
				t.Fatalf("%s: %s", got.Summary(), lines(got.Journal))
			}
			if d := got.Details[0]; d.Row != 2 || d.Finding.Rule != c.rule || d.Finding.Position.Line != 2 {
				t.Errorf("refused as %v", d)
			}
		})
	}
}

func TestNDJSONKeys(t *testing.T) {
	line := func(source, key, team string) string {
		return fmt.Sprintf(`{"source":%q,"key":%q,"ticket":"A","happened":"2026-05-01T09:00:00Z","team":%q}`+"\n", source, key, team)
	}
	text := line("a", "1", "x") + line("b", "1", "x") + line("a", "1", "x") + line("a", "1", "y") + line("a", "01", "x") + line("a", "k", "x") +
		strings.Replace(line("a", "k", "x"), `:00:00Z"`, `:00:00.5Z"`, 1)
	got := mustRead(t, nil, Options{}, plain("entries.ndjson", text))
	if got.Entries != 4 || got.Refused != 3 {
		t.Fatal(got.Summary(), got.Details)
	}
	if got.Details[0].Finding.Rule != repeated || got.Details[1].Finding.Rule != conflict || got.Details[2].Finding.Rule != repeated {
		t.Errorf("refused as %v", got.Details)
	}
	var keys []string // the order of the file, although two sources are mixed
	for _, e := range got.Journal.Of(0) {
		keys = append(keys, got.Journal.Sources()[e.Source]+got.Journal.KeyText(e.Key()))
	}
	if !slices.Equal(keys, []string{"a1", "b1", "a01", "ak"}) {
		t.Errorf("keys %v", keys)
	}
}

func TestNDJSONWrongDigest(t *testing.T) {
	good := strings.TrimSuffix(seventh, "}") + `,"digest":"` + journal.DigestLine([]byte(seventh)) + `"}`
	bad := strings.Replace(good, `"ticket":"A"`, `"ticket":"B"`, 1)
	findings := mustFail(t, nil, Options{}, plain("entries.ndjson", good+"\n"+bad+"\n"))
	if len(findings) != 1 || findings[0].Rule != wrongDigest || findings[0].Position.Line != 2 || !strings.Contains(findings[0].Message, `"7" of "tool"`) {
		t.Errorf("findings %v", findings)
	}
	if findings = mustFail(t, nil, Options{}, plain("entries.ndjson", strings.Repeat(bad+"\n", 500))); len(findings) != maxDigests {
		t.Errorf("%d findings", len(findings))
	}
}

func TestNDJSONClearContent(t *testing.T) {
	text := strings.TrimSuffix(seventh, "}") + `,"salt":"5a","text":"words","people":["Ann","Ann"],"attachments":["screen.png"]}` + "\n"
	j := mustRead(t, nil, Options{}, plain("entries.ndjson", text)).Journal
	w := j.WithheldOf(j.Of(0)[0])
	var names []string
	seen := map[string]bool{}
	for _, x := range w {
		names = append(names, x.Name+" "+x.Value)
		if !x.Verify() || seen[x.Digest] || x.Salt == "" {
			t.Errorf("withheld %+v", x)
		}
		seen[x.Digest] = true
	}
	if !slices.Equal(names, []string{"text words", "person Ann", "person Ann", "attachment screen.png"}) {
		t.Errorf("withheld %q", names)
	}
	// What the journal writes of it is read again, the content gone.
	open := lines(j)
	again := mustRead(t, nil, Options{}, plain("entries.ndjson", open)).Journal
	if lines(again) != open || strings.Contains(open, "Ann") || strings.Contains(open, "5a\"") {
		t.Errorf("read again\n%s\nwant\n%s", lines(again), open)
	}
}

func TestNDJSONUnreadableFiles(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"long line":      {seventh + "\n" + strings.Repeat("x", MaxLine+1), tooLong.Number},
		"cut compressed": {zip(t, strings.Repeat(seventh+"\n", 100))[:50], cutShort.Number},
	} {
		if findings := mustFail(t, nil, Options{}, plain("entries.ndjson", c.text)); findings[0].Rule.Number != c.want {
			t.Errorf("%s: %v", name, findings)
		}
	}
}

func TestNDJSONCorrectsNothing(t *testing.T) {
	text := strings.Replace(full, `"corrects":"7"`, `"corrects":"9"`, 1) + "\n" + seventh
	if findings := mustFail(t, nil, Options{}, plain("entries.ndjson", text)); findings[0].Rule.Number != 1602 {
		t.Errorf("findings %v", findings)
	}
}

func TestNDJSONManySources(t *testing.T) {
	var b strings.Builder
	for i := range journal.MaxSources + 5 {
		b.WriteString(strings.Replace(seventh, "tool", fmt.Sprint("tool ", i), 1) + "\n")
	}
	got := mustRead(t, nil, Options{}, plain("entries.ndjson", b.String()+seventh+"\n"+strings.Replace(seventh, "tool", "tool 3", 1)))
	if got.Entries != journal.MaxSources || got.Refused != 7 || got.Reasons[1].Rule != badLine {
		t.Errorf("%s: %v", got.Summary(), got.Reasons)
	}
}

// A record that was exported has lines about itself among its entries.
func TestNDJSONActs(t *testing.T) {
	own := strings.Replace(full, `"fields"`, `"by":"north","visibility":"own","fields"`, 1)
	change := func(from, to string) string { return strings.Replace(act, from, to, 1) }
	text := strings.Join([]string{
		act, seventh, own, strings.ReplaceAll(act, `":`, `" : `), strings.Replace(act, `"source":"desk",`, ``, 1)[:1] + `"act":"read","key":"1","source":"x","learnt":"2026-05-01T11:00+01:00"}`,
		change(`"act":"document.put"`, `"act":""`), change(`"key":"9",`, ``), change(`"learnt":"2026-05-01T10:00:00Z",`, ``), change(`T10:00:00Z`, `T10:00`),
		change(`"subject"`, `"ticket":"A","subject"`), change(`"subject"`, `"salt":"5a","text":"x","subject"`), change(`"act":"document.put",`, ``),
		strings.Replace(seventh, `}`, `,"subject":"x"}`, 1), strings.Replace(seventh, `}`, `,"visibility":"secret"}`, 1),
	}, "\n")
	got := mustRead(t, nil, Options{}, plain("record.ndjson", text))
	if got.Rows != 14 || got.Entries != 2 || got.Acts != 3 || got.Refused != 9 {
		t.Fatal(got.Summary(), got.Details)
	}
	if open := lines(got.Journal); open != seventh+"\n"+own+"\n" || len(got.Journal.Sources()) != 1 {
		t.Errorf("read\n%s of %q", open, got.Journal.Sources())
	}
	var fields []string
	for _, d := range got.Details {
		fields = append(fields, fmt.Sprint(d.Finding.Position.Line, " ", d.Finding.Field))
	}
	if want := []string{"6 act", "7 key", "8 learnt", "9 learnt", "10 ticket", "11 salt", "12 ticket", "13 subject", "14 visibility"}; !slices.Equal(fields, want) {
		t.Errorf("refused at %q, want %q", fields, want)
	}
	if s := got.Summary(); s != "14 rows = 2 entries + 0 held + 9 refused + 3 acts on the record" {
		t.Error(s)
	}
	cut := mustRead(t, nil, Options{Workers: 2, stretch: 300}, anywhere("record.ndjson", text))
	if cut.Summary() != got.Summary() || lines(cut.Journal) != lines(got.Journal) {
		t.Errorf("cut into stretches: %s", cut.Summary())
	}
}
