package journal

import (
	"encoding/json"
	"testing"

	"towerbridge/span"
)

// What a draft and an act are written as must never change: the chain of a record stands
// on these bytes.
func TestDraftsAreStable(t *testing.T) {
	all := Draft{
		Source: "desk", Key: "8", Ticket: "INC-1", Happened: 0, Learnt: 3600, Event: Noted, Status: Waiting, Kind: "incident", Priority: "P1",
		Service: "mail", Site: "hq", Party: "north", Team: "desk", Reason: "parts", Related: "INC-2", Series: "score", Correct: "7", Line: 2,
		Numerator: -4, Denominator: 5, Fields: map[string]string{"b": "2", "a": "1", "none": ""}, By: "south", Visibility: Shared, Backdated: true,
		Withheld: []Withheld{Salted("person", "5a", "Ann"), Salted("text", "5b", "words")},
	}
	act := ActDraft{
		Source: "desk", Key: "9", Learnt: 60, Act: "document.put", By: "south", Subject: "estate.yaml", Digest: DigestLine([]byte("x")),
		Fields: map[string]string{"version": "2"}, Withheld: []Withheld{Salted("person", "5a", "Ann")},
	}
	for _, c := range []struct{ got, want string }{
		{string(all.Append(nil)), `{"source":"desk","key":"8","ticket":"INC-1","happened":"1970-01-01T00:00:00Z","learnt":"1970-01-01T01:00:00Z","event":"noted","status":"waiting",` +
			`"kind":"incident","priority":"P1","service":"mail","site":"hq","party":"north","team":"desk","line":2,"reason":"parts","related":"INC-2",` +
			`"series":"score","numerator":-4,"denominator":5,"by":"south","visibility":"shared","fields":{"a":"1","b":"2"},"corrects":"7","backdated":true,` +
			`"withheld":[{"name":"person","digest":"` + all.Withheld[0].Digest + `"},{"name":"text","digest":"` + all.Withheld[1].Digest + `"}]}`},
		{
			string((&Draft{Source: "desk", Key: "1", Ticket: "A", Happened: 60, Learnt: 60}).Append([]byte("before "))),
			`before {"source":"desk","key":"1","ticket":"A","happened":"1970-01-01T00:01:00Z","learnt":"1970-01-01T00:01:00Z"}`,
		},
		{string(act.Append(nil)), `{"source":"desk","key":"9","learnt":"1970-01-01T00:01:00Z","act":"document.put","by":"south","subject":"estate.yaml",` +
			`"digest":"` + act.Digest + `","fields":{"version":"2"},"withheld":[{"name":"person","digest":"` + act.Withheld[0].Digest + `"}]}`},
	} {
		if c.got != c.want {
			t.Errorf("written as\n%s\nwant\n%s", c.got, c.want)
		}
	}
	if !json.Valid(all.Append(nil)) || !json.Valid(act.Append(nil)) {
		t.Error("a line is not JSON")
	}
}

func TestVisibilities(t *testing.T) {
	for v, name := range map[Visibility]string{OwnParty: "own", Shared: "shared", Public: "public"} {
		if got, ok := ParseVisibility(name); !ok || got != v || v.String() != name {
			t.Errorf("%q is %d, which is %q", name, got, v)
		}
	}
	for _, name := range []string{"", "secret", "Own"} {
		if v, ok := ParseVisibility(name); ok || v != NoVisibility {
			t.Errorf("%q is visibility %d", name, v)
		}
	}
}

// A journal of a part knows when the whole learnt last, in whichever builder it is said.
func TestLearntUpTo(t *testing.T) {
	part := func(learnt, whole span.Instant) *Builder {
		b := NewBuilder("tool")
		if learnt != 0 {
			put(b, "A", 1, learnt, Facts{})
		}
		if whole != 0 {
			b.LearntUpTo(whole)
			b.LearntUpTo(whole - 5) // what was said stays
		}
		return b
	}
	for _, c := range []struct {
		name     string
		builders []*Builder
		want     span.Instant
	}{
		{"the whole is later", []*Builder{part(10, 50)}, 50},
		{"the part is later", []*Builder{part(60, 50)}, 60},
		{"said by the second", []*Builder{part(10, 0), part(20, 50)}, 50},
		{"said of no entries", []*Builder{part(0, 50)}, 50},
		{"before 1970", []*Builder{part(0, -50)}, -50},
		{"entries before 1970", []*Builder{part(-60, -50), part(-70, 0)}, -50},
		{"not said", []*Builder{part(10, 0)}, 10},
		{"nothing at all", []*Builder{part(0, 0)}, 0},
	} {
		if got := mustMerge(t, c.builders, make([]uint32, len(c.builders))).LastLearnt(); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// Combinations keep their numbers when they become many.
func TestFactsList(t *testing.T) {
	var l factsList
	for range 2 {
		for i := range 3 * fewFacts {
			if n := l.number(Facts{Numerator: int64(i)}); n != uint32(i) {
				t.Fatalf("combination %d has the number %d", i, n)
			}
		}
	}
	if len(l.list) != 3*fewFacts || l.index == nil {
		t.Errorf("%d combinations", len(l.list))
	}
}
