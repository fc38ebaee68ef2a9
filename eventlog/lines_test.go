package eventlog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// act is a line that is no entry.
const act = `{"source":"desk","key":"9","learnt":"2026-05-01T10:00:00Z","act":"document.put","by":"north","subject":"estate.yaml",` +
	`"digest":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","fields":{"a":"1"},` +
	`"withheld":[{"name":"person","digest":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}]}`

// stored reads lines as a record keeps them.
func stored(t testing.TB, learnt span.Instant, text ...string) *journal.Journal {
	t.Helper()
	l := NewLines(learnt)
	for _, x := range text {
		line := []byte(x)
		if err := l.Add(line); err != nil {
			t.Fatal(err)
		}
		clear(line) // the caller may use it again
	}
	return merged(t, l)
}

func merged(t testing.TB, all ...*Lines) *journal.Journal {
	t.Helper()
	var builders []*journal.Builder
	for _, l := range all {
		builders = append(builders, l.Builder())
	}
	j, findings := journal.Merge(builders, make([]uint32, len(builders)))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

func TestLines(t *testing.T) {
	twoSources := []string{
		seventh, strings.Replace(seventh, `"tool"`, `"other"`, 1), strings.Replace(seventh, `"7"`, `"8"`, 1), strings.Replace(seventh, `"tool"`, `"t\"ol"`, 1),
		strings.Replace(seventh, `"7","ticket":"A"`, `"9","ticket":"B"`, 1), strings.Replace(seventh, `"7"`, `"10"`, 1),
	}
	var manySources []string
	for i := range 3 * nearSources {
		manySources = append(manySources, strings.Replace(seventh, "tool", fmt.Sprint("tool ", i%(2*nearSources)), 1))
		manySources[i] = strings.Replace(manySources[i], `"7"`, fmt.Sprintf(`"%d"`, i), 1)
	}
	var numbered []string
	for _, x := range storedLines(40, true) {
		numbered = append(numbered, string(x))
	}
	for name, text := range map[string][]string{
		"every member":      {seventh, full},
		"two sources":       twoSources,
		"many sources":      manySources,
		"many tickets":      numbered,
		"keys of all kinds": {seventh, key("0"), key("00"), key("4294967295"), key("4294967296"), key("01"), key("e1"), key("é"), key(`\\`), key("999999999"), key("1000000000")},
	} {
		t.Run(name, func(t *testing.T) {
			j := stored(t, 0, text...)
			if j.Len() != len(text) {
				t.Fatalf("%d entries of %d lines", j.Len(), len(text))
			}
			want := slices.Clone(text) // ticket by ticket, each in the order of the lines
			var order []string
			for ticket := range j.Tickets() {
				order = append(order, j.TicketID(ticket))
			}
			slices.SortStableFunc(want, func(a, b string) int {
				return slices.Index(order, between(a, `"ticket":"`)) - slices.Index(order, between(b, `"ticket":"`))
			})
			if got := lines(j); got != strings.Join(want, "\n")+"\n" {
				t.Errorf("read\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
		})
	}
}

func key(text string) string { return strings.Replace(seventh, `"7"`, `"`+text+`"`, 1) }

// between returns the text that follows on a beginning, up to a quote.
func between(line, after string) string {
	_, rest, _ := strings.Cut(line, after)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}

// Lines of several stretches make one journal, which knows what the whole has learnt.
func TestLinesInParts(t *testing.T) {
	all := storedLines(30, true)
	const learnt = span.Instant(4_000_000_000)
	one, first, second := NewLines(learnt), NewLines(learnt), NewLines(learnt)
	for i, x := range all {
		half := first
		if i >= len(all)/2 {
			half = second
		}
		if err := errors.Join(one.Add(x), half.Add(x)); err != nil {
			t.Fatal(err)
		}
	}
	whole, parts := merged(t, one), merged(t, first, NewLines(learnt), second)
	if lines(whole) != lines(parts) || whole.LastLearnt() != learnt || parts.LastLearnt() != learnt {
		t.Errorf("last learnt %s and %s", whole.LastLearnt(), parts.LastLearnt())
	}
	if j := merged(t, NewLines(learnt)); j.LastLearnt() != learnt || j.Tickets() != 0 || len(j.Sources()) != 0 {
		t.Errorf("an empty part knows %s, %d tickets, sources %q", j.LastLearnt(), j.Tickets(), j.Sources())
	}
	if j := stored(t, 0, seventh); j.LastLearnt().String() != "2026-05-01T09:00:00Z" {
		t.Errorf("a part that knows more than it was said has learnt up to %s", j.LastLearnt())
	}
}

func TestLinesPassOverActs(t *testing.T) {
	l := NewLines(0)
	for _, x := range []string{act, seventh, act, `{"source":"desk","key":"10","learnt":"2026-05-01T10:00:00Z","act":"read"}`} {
		if err := l.Add([]byte(x)); err != nil {
			t.Fatal(err)
		}
	}
	if l.Acts() != 3 || l.Builder().Len() != 1 {
		t.Errorf("%d acts, %d entries", l.Acts(), l.Builder().Len())
	}
}

func TestLinesRefuse(t *testing.T) {
	change := func(line, from, to string) string {
		out := strings.Replace(line, from, to, 1)
		if out == line {
			panic("there is no " + from)
		}
		return out
	}
	withheld := string(storedLines(1, true)[0])
	for name, line := range map[string]string{
		"nothing":             "",
		"cut":                 full[:100],
		"no end":              strings.TrimSuffix(seventh, "}"),
		"a line end":          seventh + "\n",
		"a space":             change(seventh, `,"key"`, `, "key"`),
		"another order":       change(full, `"kind":"incident","priority":"P1"`, `"priority":"P1","kind":"incident"`),
		"fields out of order": change(full, `"a":"1","b":"é\u0009"`, `"b":"é\u0009","a":"1"`),
		"an empty member":     change(full, `"kind":"incident"`, `"kind":""`),
		"no fields":           change(full, `{"a":"1","b":"é\u0009"}`, `{}`),
		"needless escape":     change(full, `incident`, `\u0069ncident`),
		"another escape":      change(full, `\u0009`, `\t`),
		"another offset":      change(seventh, `T09:00:00Z`, `T10:00:00+01:00`),
		"no seconds":          change(seventh, `T09:00:00Z`, `T09:00Z`),
		"no such day":         change(seventh, `-05-01`, `-02-30`),
		"no such hour":        change(seventh, `T09`, `T24`),
		"before all time":     change(seventh, `2026`, `1899`),
		"no learnt":           change(seventh, `,"learnt":"2026-05-01T09:00:00Z"`, ``),
		"no ticket":           change(seventh, `,"ticket":"A"`, ``),
		"empty ticket":        change(seventh, `"A"`, `""`),
		"empty key":           change(seventh, `"7"`, `""`),
		"empty source":        change(seventh, `"tool"`, `""`),
		"key not text":        change(seventh, `"7"`, `7`),
		"unknown event":       change(full, `measured`, `guessed`),
		"unknown state":       change(full, `"waiting"`, `"asleep"`),
		"unknown visibility":  change(full, `"party":"north"`, `"party":"north","visibility":"secret"`),
		"unknown member":      change(full, `"site"`, `"sight"`),
		"a member twice":      change(full, `"site":"hq"`, `"site":"hq","site":"hq"`),
		"the ticket twice":    change(full, `"event"`, `"ticket":"A","event"`),
		"a subject":           change(full, `"event"`, `"subject":"x","event"`),
		"a digest":            change(full, `,"backdated":true`, `,"digest":"`+journal.DigestLine([]byte(full))+`","backdated":true`),
		"content in clear":    change(seventh, `}`, `,"salt":"5a","text":"words"}`),
		"line zero":           change(full, `"line":2`, `"line":0`),
		"number as text":      change(full, `"line":2`, `"line":"2"`),
		"half a value":        change(full, `"numerator":-4,`, ``),
		"Latin-1":             change(full, `parts`, "par\xe9ts"),
		"Latin-1 in a key":    change(seventh, `"7"`, "\"\xe9\""),
		"NUL":                 change(full, `parts`, "par\x00ts"),
		"control character":   change(seventh, `"A"`, "\"A\x01\""),
		"nothing withheld":    change(seventh, `}`, `,"withheld":[]}`),
		"another digest":      change(withheld, `sha256:`, `sha512:`),
		"capital digits":      change(withheld, `abcdef`, `ABCDEF`),
		"no digits":           change(withheld, `abcdef`, `abcdeg`),
		"short digest":        change(withheld, `abcdef`, ``),
		"withheld, no name":   change(withheld, `"name":"person"`, `"name":""`),
		"withheld, more":      change(withheld, `"name":"person"`, `"name":"person","value":"Ann"`),
		"withheld, no comma":  change(withheld, `"}]}`, `"}{]}`),
		"something after":     change(withheld, `]}`, `],"backdated":true}`),
		"withheld in fields":  change(seventh, `}`, `,"fields":{"a":"1","withheld":[]}}`),
		"act with a ticket":   change(act, `"act"`, `"ticket":"A","act"`),
		"act in other order":  change(act, `"by":"north","subject":"estate.yaml"`, `"subject":"estate.yaml","by":"north"`),
		"act without name":    change(act, `document.put`, ``),
		"act without learnt":  change(act, `"learnt":"2026-05-01T10:00:00Z",`, ``),
		"act, no instant":     change(act, `T10:00:00Z`, `T10:00:00`),
		"act with an event":   change(act, `"act"`, `"event":"opened","act"`),
	} {
		t.Run(name, func(t *testing.T) {
			l := NewLines(0)
			for _, before := range []string{seventh, withheld} { // so that their sources are known
				if err := l.Add([]byte(before)); err != nil {
					t.Fatal(err)
				}
			}
			err := l.Add([]byte(line))
			var findings fault.Findings
			if !errors.As(err, &findings) || len(findings) != 1 {
				t.Fatalf("the line is taken: %v", err)
			}
			if l.Acts() != 0 || l.Builder().Len() != 2 {
				t.Errorf("%d acts, %d entries", l.Acts(), l.Builder().Len())
			}
			if err := l.Add([]byte(key("500"))); err != nil || l.Builder().Len() != 3 {
				t.Errorf("the next line: %v", err)
			}
		})
	}
	l := NewLines(0)
	for i := range journal.MaxSources + 1 {
		err := l.Add([]byte(strings.Replace(seventh, "tool", fmt.Sprint("tool ", i), 1)))
		if (err != nil) != (i == journal.MaxSources) {
			t.Fatalf("source %d: %v", i, err)
		}
	}
}

// Every line that a draft is written as is read, and written again as the same bytes.
func TestLinesReadDrafts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, text := NewLines(0), ""
		for i := range rapid.IntRange(1, 5).Draw(t, "lines") {
			d := anyDraft(t, i)
			line := d.Append(nil)
			if err := l.Add(line); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			text += string(line) + "\n"
		}
		j, findings := journal.Merge([]*journal.Builder{l.Builder()}, []uint32{0})
		if len(findings) > 0 || lines(j) != text {
			t.Fatalf("read\n%s\nwant\n%s\n%v", lines(j), text, findings)
		}
		result, err := Read([]Input{plain("log", text)}, nil, Options{})
		if err != nil || lines(result.Journal) != text {
			t.Fatalf("the log reads\n%v\nwant\n%s\n%v", result.Details, text, err)
		}
		a := anyAct(t)
		if err := l.Add(a.Append(nil)); err != nil || l.Acts() != 1 {
			t.Fatalf("%s: %v", a.Append(nil), err)
		}
	})
}

// anyDraft draws an entry about ticket A, which says anything that an entry may say.
func anyDraft(t *rapid.T, number int) journal.Draft {
	text := func(name string) string {
		return rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[ -~é\x09]{1,8}`)).Draw(t, name)
	}
	at := func(name string) span.Instant {
		return span.Instant(rapid.Int64Range(int64(span.Earliest), int64(span.Latest)-1).Draw(t, name))
	}
	d := journal.Draft{
		Source: text("source") + "x", Key: fmt.Sprint(text("key"), number), Ticket: "A", Happened: span.Instant(number), Learnt: at("learnt"),
		Event: journal.Event(rapid.IntRange(0, len(journal.EventNames())).Draw(t, "event")), Status: journal.Status(rapid.IntRange(0, len(journal.StatusNames())).Draw(t, "status")),
		Kind: text("kind"), Priority: text("priority"), Service: text("service"), Site: text("site"), Party: text("party"), Team: text("team"),
		Reason: text("reason"), Related: text("related"), Series: text("series"), Line: rapid.Byte().Draw(t, "line"),
		By: text("by"), Visibility: journal.Visibility(rapid.IntRange(0, 3).Draw(t, "visibility")), Backdated: rapid.Bool().Draw(t, "backdated"),
	}
	if d.Series != "" {
		d.Numerator, d.Denominator = rapid.Int64().Draw(t, "numerator"), rapid.Int64Min(0).Draw(t, "denominator")
	}
	d.Fields = anyFields(t)
	d.Withheld = anyWithheld(t)
	return d
}

func anyAct(t *rapid.T) journal.ActDraft {
	return journal.ActDraft{
		Source: "desk", Key: "1", Learnt: 60, Act: rapid.StringMatching(`[a-z"]{1,5}`).Draw(t, "act"), By: rapid.StringMatching(`[a-z]{0,3}`).Draw(t, "by"),
		Subject: rapid.StringMatching(`[a-zé]{0,3}`).Draw(t, "subject"), Fields: anyFields(t), Withheld: anyWithheld(t),
		Digest: rapid.SampledFrom([]string{"", journal.DigestLine(nil)}).Draw(t, "digest"),
	}
}

func anyFields(t *rapid.T) map[string]string {
	return rapid.MapOfN(rapid.StringMatching(`[a-c"]{1,2}`), rapid.StringMatching(`[a-z,é]{0,3}`), 0, 3).Draw(t, "fields")
}

func anyWithheld(t *rapid.T) []journal.Withheld {
	var out []journal.Withheld
	for i := range rapid.IntRange(0, 3).Draw(t, "withheld") {
		out = append(out, journal.Salted(rapid.SampledFrom([]string{"person", "text", "é", `a"b`}).Draw(t, "name"), "5a", fmt.Sprint(i)))
	}
	return out
}

// What is taken is written again as the same bytes; nothing brings the reader down.
func FuzzLines(f *testing.F) {
	f.Add(seventh, full)
	f.Add(act, string(storedLines(1, true)[1]))
	f.Add(seventh, strings.Replace(seventh, `}`, `,"fields":{"x,":"withheld"},"corrects":"7","withheld":[{"name":"a","digest":"`+journal.DigestLine(nil)+`"}]}`, 1))
	f.Add(seventh, string(storedLines(1, false)[5]))
	f.Fuzz(func(t *testing.T, first, second string) {
		for _, text := range [][]string{{first}, {seventh, first}, {first, second}} {
			l, want := NewLines(0), map[string]bool{}
			for _, line := range text {
				acts := l.Acts()
				if l.Add([]byte(line)) == nil && l.Acts() == acts {
					want[line] = true
				}
			}
			entries := l.Builder().Len()
			j, findings := journal.Merge([]*journal.Builder{l.Builder()}, []uint32{0})
			if len(findings) > 0 || entries != len(want) || twice(j) {
				continue // corrects what is not here, or has the key of another
			}
			for ticket := range j.Tickets() {
				for _, e := range j.Of(ticket) {
					if line := string(j.AppendLine(nil, e)); !want[line] {
						t.Fatalf("read %q, written %q", text, line)
					}
				}
			}
		}
	})
}

// storedLines are lines as a record keeps them: so many tickets of eight entries, each
// withholding who did it, or none.
func storedLines(tickets int, withhold bool) [][]byte {
	steps := []string{
		`"event":"opened","kind":"incident","priority":"P%d","service":"mail","site":"hq","by":"north"`,
		`"event":"assigned","party":"north","team":"desk %d","line":1,"by":"north"`,
		`"event":"accepted","by":"north"`,
		`"event":"responded","by":"north","visibility":"public"`,
		`"event":"paused","reason":"awaiting-user","by":"north"`,
		`"event":"resumed","reason":"awaiting-user","by":"north"`,
		`"event":"resolved","by":"north","visibility":"public"`,
		`"event":"closed","by":"north"`,
	}
	tail := "}"
	if withhold {
		tail = `,"withheld":[{"name":"person","digest":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}]}`
	}
	var out [][]byte
	for i := range tickets {
		for k, step := range steps {
			if k < 2 {
				step = fmt.Sprintf(step, i%4+1)
			}
			out = append(out, fmt.Appendf(nil, `{"source":"towerbridge","key":"%d","ticket":"INC%07d","happened":"2026-05-%02dT10:%02d:00Z","learnt":"2026-05-%02dT10:%02d:00Z",%s%s`,
				len(out)+1, i+1, i%28+1, k, i%28+1, k, step, tail))
		}
	}
	return out
}

// BenchmarkLines makes a journal of one ticket, of a page of tickets, and of many.
func BenchmarkLines(b *testing.B) {
	for _, withhold := range []bool{false, true} {
		for _, tickets := range []int{1, 50, 100_000} {
			b.Run(fmt.Sprintf("tickets=%d/withhold=%v", tickets, withhold), func(b *testing.B) {
				all := storedLines(tickets, withhold)
				b.ReportAllocs()
				for b.Loop() {
					l := NewLines(0)
					for _, x := range all {
						if err := l.Add(x); err != nil {
							b.Fatal(err)
						}
					}
					if j, findings := journal.Merge([]*journal.Builder{l.Builder()}, []uint32{0}); len(findings) > 0 || j.Tickets() != tickets {
						b.Fatal(findings)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/line")
			})
		}
	}
}
