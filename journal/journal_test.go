package journal

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/fault"
	"towerbridge/span"
)

// put adds an entry of a ticket to a builder, as a reader of logs does.
func put(b *Builder, ticket string, row uint32, happened span.Instant, f Facts) Entry {
	e := Entry{Happened: happened, Learnt: happened, Ticket: b.Ticket([]byte(ticket)), Facts: b.Facts(f), Row: row}
	b.Add(e)
	return e
}

func mustMerge(t interface {
	Helper()
	Fatal(...any)
}, builders []*Builder, firstRow []uint32,
) *Journal {
	t.Helper()
	j, findings := Merge(builders, firstRow)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return j
}

func open(j *Journal) string {
	var b []byte
	for ticket := range j.Tickets() {
		for _, e := range j.Of(ticket) {
			b = append(j.AppendLine(b, e), '\n')
		}
	}
	return string(b)
}

// What an entry's open form and digest are must never change: bundles and chains
// stand on them. A change of these texts is a change of every digest ever issued.
func TestDigestIsStable(t *testing.T) {
	b := NewBuilder("tool")
	first := Entry{Happened: 0, Learnt: 3600, Ticket: b.Ticket([]byte("INC-1")), Row: 7, Facts: b.Facts(Facts{Event: Opened, Status: New, Kind: b.Name("incident"), Priority: b.Name("P1")})}
	b.Add(first)
	all := Entry{
		Happened: 60, Learnt: 60, Ticket: b.Ticket([]byte("INC-1")), Row: uint32(b.Name("k\"é\n")), Marks: Keyed | Corrects | Decided | Private | Backdated,
		Facts: b.Facts(Facts{
			Event: Measured, Status: Waiting, Line: 3, Kind: b.Name("incident"), Priority: b.Name("P2"), Service: b.Name("mail"), Site: b.Name("hq"),
			Party: b.Name("north"), Team: b.Name("desk"), Reason: b.Name("parts"), Related: b.Name("INC-2"), Series: b.Name("score"), Numerator: -4, Denominator: 5,
			Extra: b.Extra(map[string]string{"b": "2", "a": "1", "none": ""}),
		}),
	}
	b.Add(all)
	b.Correct(all, "7")
	b.Decide(all, Decision{"first", "Ann", "so"})
	b.Withhold(all, Salted("text", "5a", "words"))
	j := mustMerge(t, []*Builder{b}, []uint32{0})
	want := []struct{ line, digest string }{
		{
			`{"source":"tool","key":"7","ticket":"INC-1","happened":"1970-01-01T00:00:00Z","learnt":"1970-01-01T01:00:00Z","event":"opened","status":"new","kind":"incident","priority":"P1"}`,
			"sha256:987bbb3f27d5f7df1b8cdf6ff0dfb9c20233b53c592f5cb0c92946464455f3a4",
		},
		{
			`{"source":"tool","key":"k\"é\u000a","ticket":"INC-1","happened":"1970-01-01T00:01:00Z","learnt":"1970-01-01T00:01:00Z","event":"measured","status":"waiting",` +
				`"kind":"incident","priority":"P2","service":"mail","site":"hq","party":"north","team":"desk","line":3,"reason":"parts","related":"INC-2",` +
				`"series":"score","numerator":-4,"denominator":5,"fields":{"a":"1","b":"2"},"corrects":"7","backdated":true,` +
				`"decision":{"choice":"first","who":"Ann","why":"so"},"withheld":[{"name":"text","digest":"sha256:164d239391888ccffb78e450a0ffae467ac209496b5fb62da79a636acd5e2a5b"}]}`,
			"sha256:0c0a1511565e9e33297cfcd889239d890a47a1539cef8968fa06aa4d9b2482a4",
		},
	}
	for i, e := range j.Of(0) {
		if line := string(j.AppendLine(nil, e)); line != want[i].line {
			t.Errorf("entry %d is written as\n%s\nwant\n%s", i, line, want[i].line)
		}
		if digest := j.Digest(e); digest != want[i].digest {
			t.Errorf("entry %d has the digest %s, want %s", i, digest, want[i].digest)
		}
		if !json.Valid(j.AppendLine(nil, e)) {
			t.Errorf("entry %d is not JSON", i)
		}
	}
}

func TestStringsAreJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		var back string
		if err := json.Unmarshal(appendString(nil, text), &back); err != nil || back != text {
			t.Fatalf("%q comes back as %q: %v", text, back, err)
		}
	})
}

func TestMergeOrdersByHappened(t *testing.T) {
	b := NewBuilder("tool")
	for i, at := range []span.Instant{50, 10, 50, 30, -5, 10} {
		put(b, "A", uint32(i), at, Facts{})
		put(b, "B", uint32(100+i), span.Instant(i), Facts{})
	}
	j := mustMerge(t, []*Builder{b}, []uint32{0})
	var rows []uint32
	for _, e := range j.Of(0) {
		rows = append(rows, e.Row)
	}
	if !slices.Equal(rows, []uint32{4, 1, 5, 3, 0, 2}) { // ties in the order of the log
		t.Errorf("rows in the order %v", rows)
	}
	if j.Tickets() != 2 || j.Len() != 12 || len(j.Of(1)) != 6 || j.LastLearnt() != 50 {
		t.Errorf("%d tickets, %d entries, last learnt %d", j.Tickets(), j.Len(), j.LastLearnt())
	}
	if at, ok := j.Find("B"); !ok || at != 1 || j.TicketID(1) != "B" {
		t.Errorf("ticket B is %d", at)
	}
	if at, ok := j.Find("C"); ok || at != -1 {
		t.Errorf("ticket C is %d", at)
	}
}

func TestMergeOfNothing(t *testing.T) {
	for _, builders := range [][]*Builder{nil, {NewBuilder("tool")}} {
		j := mustMerge(t, builders, make([]uint32, len(builders)))
		if j.Tickets() != 0 || j.Len() != 0 || j.LastLearnt() != 0 {
			t.Errorf("%d tickets, %d entries", j.Tickets(), j.Len())
		}
	}
}

func TestLastLearntBefore1970(t *testing.T) {
	b := NewBuilder("tool")
	put(b, "A", 1, -100, Facts{})
	put(b, "A", 2, -50, Facts{})
	if j := mustMerge(t, []*Builder{b}, []uint32{0}); j.LastLearnt() != -50 {
		t.Errorf("last learnt %d", j.LastLearnt())
	}
}

// row is a row of a drawn log.
type row struct {
	ticket, team, reason, field string
	at                          span.Instant
	source                      int
	key                         string
}

func (r row) add(b *Builder, number uint32) {
	f := Facts{Event: Changed, Team: b.Name(r.team), Reason: b.Name(r.reason), By: b.Name(r.field)}
	if r.reason != "" {
		f.Status, f.Visibility = Waiting, Shared
	}
	if r.field != "" {
		f.Extra = b.Extra(map[string]string{"x": r.field, "y": r.team})
	}
	e := Entry{Happened: r.at, Learnt: r.at + 5, Ticket: b.Ticket([]byte(r.ticket)), Facts: b.Facts(f), Row: number}
	if r.source > 0 {
		e.Source, _ = b.Source(fmt.Sprint("source ", r.source))
	}
	if r.key != "" {
		e.Row, e.Marks = uint32(b.Name(r.key+fmt.Sprint(r.at, r.ticket))), Keyed
	}
	if r.team == "secret" {
		e.Marks |= Private
		b.Withhold(e, Salted("text", "5a", r.ticket))
	}
	b.Add(e)
}

// However a log is cut into stretches the journal is the same, to the last number.
func TestMergeDoesNotDependOnCuts(t *testing.T) {
	text := rapid.SampledFrom([]string{"a", "b", "c", "d", "eight888", "a much longer text than that", ""})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
			return row{
				ticket: "T" + text.Draw(t, "ticket"), team: rapid.SampledFrom([]string{"x", "y", "secret", ""}).Draw(t, "team"),
				reason: text.Draw(t, "reason"), field: text.Draw(t, "field"), at: span.Instant(rapid.IntRange(0, 9).Draw(t, "at")),
				source: rapid.IntRange(0, 1).Draw(t, "source"),
			}
		}), 0, 80).Draw(t, "rows")
		whole := NewBuilder("tool")
		whole.Source("source 1")
		for i, r := range rows {
			r.add(whole, uint32(i+1))
		}
		var builders []*Builder
		var first []uint32
		for i, r := range rows {
			if i == 0 || rapid.IntRange(0, 4).Draw(t, "cut") == 0 {
				b := NewBuilder("tool")
				b.Source("source 1")
				builders, first = append(builders, b), append(first, uint32(i))
			}
			n := len(builders) - 1
			r.add(builders[n], uint32(i+1)-first[n])
		}
		if len(builders) == 0 {
			return
		}
		a, b := mustMerge(t, []*Builder{whole}, []uint32{0}), mustMerge(t, builders, first)
		if open(a) != open(b) || !reflect.DeepEqual(a, b) {
			t.Fatalf("%d stretches:\n%s\nwant\n%s", len(builders), open(b), open(a))
		}
	})
}

// unpack returns an entry as it was added.
func (s *store) unpack(p packed) Entry {
	if p.ticket == isWhole {
		return *s.wholeAt(p)
	}
	e := Entry{Ticket: p.ticket, Facts: p.facts &^ learntOnce, Row: p.row}
	e.Happened, e.Learnt = s.instants(p)
	return e
}

// A builder keeps most entries packed; each comes out as it went in.
func TestStore(t *testing.T) {
	instant := rapid.Custom(func(t *rapid.T) span.Instant {
		return rapid.OneOf(rapid.Just(span.Instant(100)), rapid.Map(rapid.Int64Range(int64(span.Earliest), int64(span.Latest)), func(n int64) span.Instant { return span.Instant(n) })).Draw(t, "instant")
	})
	rapid.Check(t, func(t *rapid.T) {
		var s store
		entries := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Entry {
			e := Entry{
				Happened: instant.Draw(t, "happened"), Ticket: rapid.Uint32Max(isWhole-1).Draw(t, "ticket"),
				Facts: rapid.Uint32().Draw(t, "facts"), Row: rapid.Uint32().Draw(t, "row"),
			}
			e.Learnt = rapid.OneOf(rapid.Just(e.Happened), instant).Draw(t, "learnt")
			e.Source, e.Marks = uint16(rapid.IntRange(0, 1).Draw(t, "source")), Mark(rapid.IntRange(0, 1).Draw(t, "marks"))
			return e
		}), 0, 50).Draw(t, "entries")
		cut := rapid.IntRange(0, len(entries)).Draw(t, "cut")
		s.add(entries[:cut])
		s.add(entries[cut:])
		i := 0
		for _, block := range s.packed {
			for _, p := range block {
				if got := s.unpack(p); got != entries[i] {
					t.Fatalf("entry %d comes out as %+v, went in as %+v", i, got, entries[i])
				}
				i++
			}
		}
		if i != len(entries) || s.count != i {
			t.Fatalf("%d of %d entries", i, len(entries))
		}
	})
}

// More entries than a block holds, packed and whole.
func TestStoreBlocks(t *testing.T) {
	var s store
	for i := range 2*packedBlock + 1 {
		s.add([]Entry{{Row: uint32(i), Marks: Mark(i % 2 * int(Backdated))}})
	}
	for i := range 2*packedBlock + 1 {
		if e := s.unpack(s.packed[i/packedBlock][i%packedBlock]); e.Row != uint32(i) {
			t.Fatalf("entry %d comes out as %d", i, e.Row)
		}
	}
}

// A builder refuses sources beyond its limit and still knows the earlier ones.
func TestMaxSources(t *testing.T) {
	b := NewBuilder("0")
	for i := range MaxSources {
		if at, ok := b.Source(fmt.Sprint(i)); !ok || int(at) != i {
			t.Fatalf("source %d is %d", i, at)
		}
	}
	if _, ok := b.Source("one more"); ok {
		t.Error("one more source is taken")
	}
	if at, ok := b.Source("999"); !ok || at != 999 {
		t.Errorf("source 999 is %d", at)
	}
}

// Tickets that count are found by number, and others by their texts, whatever the
// numbers: near and far, of other lengths, and with other beginnings.
func TestNumberedTexts(t *testing.T) {
	in := NewInterner(0)
	known := map[string]Symbol{}
	check := func(text string) {
		t.Helper()
		s := in.InternString(text)
		if want, ok := known[text]; ok && s != want || !ok && int(s) != len(known)+1 || in.Name(s) != text {
			t.Fatalf("%q is %d (%q), want %d", text, s, in.Name(s), known[text])
		}
		known[text] = s
	}
	for round := range 2 {
		for i := range 3000 {
			check(fmt.Sprintf("INC%07d", i))           // near
			check(fmt.Sprintf("INC%07d", i*3331))      // far: most of these pages are not worth making
			check(fmt.Sprintf("INC%08d", i))           // longer
			check(fmt.Sprintf("REQ%07d", i))           // other beginning
			check(fmt.Sprintf("INC%06dx", i))          // ends in a letter
			check(fmt.Sprintf("INC%06d%c", i, '0'+10)) // the byte after nine
			check(fmt.Sprintf("INC%c%06d", '0'-1, i))  // the byte before zero
			check(fmt.Sprintf("INC%06d\xb0", i)[:10])  // a byte with its top bit set
		}
		if round == 0 && (in.count.made == 0 || in.hashed == 0 || in.count.made > spare+len(known)/minFill) {
			t.Fatalf("%d pages, %d texts hashed of %d", in.count.made, in.hashed, len(known))
		}
	}
	for text, s := range known {
		if got, ok := in.Lookup(text); !ok || got != s {
			t.Fatalf("looking up %q gives %d, want %d", text, got, s)
		}
	}
	if _, ok := in.Lookup("INC9999999"); ok {
		t.Error("a text that was never given is known")
	}
}

// AddAll is Ticket and Add for each.
func TestAddAll(t *testing.T) {
	one, all := NewBuilder("tool"), NewBuilder("tool")
	var entries []Entry
	var names [][]byte
	for i := range 1000 {
		name := []byte(fmt.Sprint("INC", i*i%377))
		e := Entry{Happened: span.Instant(i % 60), Learnt: span.Instant(i), Row: uint32(i)}
		entries, names = append(entries, e), append(names, name)
		e.Ticket = one.Ticket(name)
		e.Facts = one.Facts(Facts{})
		one.Add(e)
	}
	all.Facts(Facts{})
	all.AddAll(entries, names)
	all.AddAll(nil, nil)
	if a, b := mustMerge(t, []*Builder{one}, []uint32{0}), mustMerge(t, []*Builder{all}, []uint32{0}); !reflect.DeepEqual(a, b) || all.Len() != 1000 {
		t.Errorf("%d tickets, want %d", b.Tickets(), a.Tickets())
	}
}

func TestCorrections(t *testing.T) {
	// Row 1 of ticket A, a keyed entry "k" of A, row 3 of B; "3" is also the name of a team.
	build := func(corrects map[string]string) (*Journal, fault.Findings) {
		b := NewBuilder("tool")
		b.Name("3")
		for _, x := range []struct {
			ticket, key string
			row         uint32
		}{{"A", "", 1}, {"A", "k", 0}, {"B", "", 3}, {"B", "", 4}, {"A", "k2", 0}} {
			e := Entry{Ticket: b.Ticket([]byte(x.ticket)), Facts: b.Facts(Facts{}), Row: x.row}
			name := fmt.Sprint(x.row)
			if x.key != "" {
				e.Row, e.Marks, name = uint32(b.Name(x.key)), Keyed, x.key
			}
			if target, ok := corrects[name]; ok {
				e.Marks |= Corrects
				b.Correct(e, target)
			}
			b.Add(e)
		}
		return Merge([]*Builder{b}, []uint32{0})
	}
	for name, c := range map[string]struct {
		corrects map[string]string
		want     []int
	}{
		"by number":                     {map[string]string{"k": "1"}, nil},
		"by key":                        {map[string]string{"1": "k"}, nil},
		"by a number that is a name":    {map[string]string{"4": "3"}, nil},
		"of a correction":               {map[string]string{"k": "1", "k2": "k"}, nil},
		"of another ticket":             {map[string]string{"k": "3"}, []int{1602}},
		"of nothing":                    {map[string]string{"k": "9", "1": "z"}, []int{1602, 1602}},
		"by a number written otherwise": {map[string]string{"k": "01"}, []int{1602}},
		"of itself":                     {map[string]string{"k": "k"}, []int{1603}},
		"in a circle":                   {map[string]string{"k": "1", "1": "k2", "k2": "k", "4": "3"}, []int{1603}},
	} {
		t.Run(name, func(t *testing.T) {
			j, findings := build(c.corrects)
			var got []int
			for _, f := range findings {
				got = append(got, f.Rule.Number)
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("findings %v, want %v", findings, c.want)
			}
			for ticket := range j.Tickets() {
				for _, e := range j.Of(ticket) {
					k, ok := j.Corrected(e)
					if want := c.corrects[j.KeyText(e.Key())]; len(c.want) == 0 && (ok != (want != "") || ok && j.KeyText(k) != want) {
						t.Errorf("entry %s corrects %q, want %q", j.KeyText(e.Key()), j.KeyText(k), want)
					}
				}
			}
		})
	}
}

// A correction in a later stretch finds an entry of an earlier one.
func TestCorrectionAcrossStretches(t *testing.T) {
	a, b := NewBuilder("tool"), NewBuilder("tool")
	put(a, "A", 1, 10, Facts{})
	e := Entry{Ticket: b.Ticket([]byte("A")), Facts: b.Facts(Facts{}), Row: 1, Happened: 20, Learnt: 20, Marks: Corrects}
	b.Add(e)
	b.Correct(e, "1")
	j := mustMerge(t, []*Builder{a, b}, []uint32{0, 1})
	if k, ok := j.Corrected(j.Of(0)[1]); !ok || k != j.Of(0)[0].Key() {
		t.Errorf("row 2 corrects %v", k)
	}
}

func TestReasons(t *testing.T) {
	b := NewBuilder("tool")
	for i := range MaxReasons + 1 {
		put(b, "A", uint32(i), 0, Facts{Status: Waiting, Reason: b.Name(fmt.Sprint("reason ", i%MaxReasons))})
	}
	put(b, "A", 99, 0, Facts{Status: CancelledStatus, Reason: b.Name("not a pause")})
	put(b, "A", 99, 0, Facts{Event: Paused, Reason: b.Name("reason 2")})
	j := mustMerge(t, []*Builder{b}, []uint32{0})
	if len(j.Reasons()) != MaxReasons || j.ReasonBit(j.Symbol("reason 62")) != 1<<62 || j.ReasonBit(j.Symbol("not a pause")) != 0 {
		t.Errorf("%d reasons", len(j.Reasons()))
	}
	b = NewBuilder("tool")
	for i := range MaxReasons + 1 {
		put(b, "A", uint32(i), 0, Facts{Status: Waiting, Reason: b.Name(fmt.Sprint("reason ", i))})
	}
	if _, findings := Merge([]*Builder{b}, []uint32{0}); len(findings) != 1 || findings[0].Rule.Number != 1601 {
		t.Errorf("findings %v", findings)
	}
}

func TestWithheldVerifies(t *testing.T) {
	w := Salted("text", "5a", "words")
	if !w.Verify() {
		t.Error("what was salted does not verify")
	}
	changed := w
	if changed.Value = "other words"; changed.Verify() {
		t.Error("other content verifies")
	}
	changed = w
	if changed.Salt = "5b"; changed.Verify() {
		t.Error("another salt verifies")
	}
	changed = w
	if changed.Value = ""; !changed.Verify() {
		t.Error("erased content does not pass")
	}
}

func TestKnownAt(t *testing.T) {
	entries := []Entry{{Learnt: 5}, {Learnt: 9}, {Learnt: 7}}
	if KnownAt(entries, 8) || !KnownAt(entries, 9) || !KnownAt(nil, 0) {
		t.Error("what is known at an instant is what was learnt until then")
	}
}

func TestInterner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := NewInterner(rapid.IntRange(0, 100).Draw(t, "room"))
		known := map[string]Symbol{}
		var batch [][]byte
		check := func(text string, s Symbol) {
			if want, ok := known[text]; ok && s != want || !ok && text != "" && int(s) != len(known)+1 || text == "" && s != 0 {
				t.Fatalf("%q is %d, known is %v", text, s, known)
			}
			if text != "" {
				known[text] = s
			}
			if in.Name(s) != text || in.Len() != len(known) {
				t.Fatalf("%d is %q, want %q", s, in.Name(s), text)
			}
		}
		for range rapid.IntRange(0, 200).Draw(t, "texts") {
			text := rapid.SampledFrom([]string{"", "a", "b", "12345678", "123456789", "\x00", "\x00\x00", "12345678\x00"}).Draw(t, "base") +
				rapid.StringMatching(`[a-c]{0,3}`).Draw(t, "text")
			if s, ok := in.Lookup(text); ok != (known[text] != 0) || s != known[text] {
				t.Fatalf("looking up %q gives %d", text, s)
			}
			if rapid.Bool().Draw(t, "later") && text != "" {
				batch = append(batch, []byte(text))
				continue
			}
			check(text, in.InternString(text))
		}
		symbols := make([]Symbol, len(batch))
		in.internAll(batch, symbols)
		for i, b := range batch {
			if in.Name(symbols[i]) != string(b) || known[string(b)] != 0 && known[string(b)] != symbols[i] {
				t.Fatalf("%q is %d", b, symbols[i])
			}
			known[string(b)] = symbols[i]
		}
		if in.Len() != len(known) {
			t.Fatalf("%d symbols for %d texts", in.Len(), len(known))
		}
	})
}

// Names, once part of the open form, never change.
func TestNames(t *testing.T) {
	if got := strings.Join(EventNames(), " "); got != "opened changed assigned accepted rejected responded paused resumed resolved reopened "+
		"closed cancelled noted linked disputed settled measured excused voided erased" {
		t.Errorf("events %s", got)
	}
	if got := strings.Join(StatusNames(), " "); got != "new assigned in-progress waiting resolved closed cancelled" {
		t.Errorf("states %s", got)
	}
	for e := Opened; e < eventEnd; e++ {
		if back, ok := ParseEvent(e.String()); !ok || back != e {
			t.Errorf("event %d comes back as %d", e, back)
		}
	}
	for s := New; s <= CancelledStatus; s++ {
		if back, ok := ParseStatus(s.String()); !ok || back != s || s.Done() != (s >= ResolvedStatus) {
			t.Errorf("state %d comes back as %d", s, back)
		}
	}
	if _, ok := ParseEvent(""); ok {
		t.Error("the empty text is an event")
	}
	if _, ok := ParseStatus("asleep"); ok {
		t.Error("asleep is a state")
	}
}
