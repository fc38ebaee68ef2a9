package api

import (
	"strings"
	"testing"

	"towerbridge/internal/store"
)

func fuzzCursors(t testing.TB) cursors {
	t.Helper()
	c, err := newCursors([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// FuzzCursor reads texts as cursors: only those that were given are places.
func FuzzCursor(f *testing.F) {
	c := fuzzCursors(f)
	f.Add(c.write(&store.Cursor{Value: 1, Number: 2}, "way"), "way")
	f.Add(c.writeItem(&store.Item{ID: "a", Sort: "b"}, "way"), "other")
	f.Add("AAAA", "")
	f.Fuzz(func(t *testing.T, text, way string) {
		place, err := c.read(text, way)
		if err != nil {
			return
		}
		if again, err := c.read(c.write(place, way), way); err != nil || *again != *place {
			t.Errorf("%q is %+v, and then %+v, %v", text, place, again, err)
		}
		if _, err := c.read(text, way+"x"); err == nil {
			t.Errorf("%q is a place in another list", text)
		}
	})
}

// FuzzETag reads texts as ETags.
func FuzzETag(f *testing.F) {
	f.Add(`"128"`)
	f.Add(`W/"1", "2"`)
	f.Add("*")
	f.Fuzz(func(t *testing.T, text string) {
		if n, ok := versionOf(text); ok && (n <= 0 || !(Unmatched{text}).holds(etagOf(n)) && etagOf(n) == text) {
			t.Errorf("%q is version %d", text, n)
		}
		if (Unmatched{text}).holds(`"7"`) && !strings.Contains(text, "7") && text != "*" {
			t.Errorf("%q holds version 7", text)
		}
	})
}

func TestConditions(t *testing.T) {
	for match, want := range map[string]int64{"": 0, "*": 0, `"1"`: 1, `"922337203685477580"`: 922337203685477580} {
		if got, err := (Matched{match}).version(); err != nil || got != want {
			t.Errorf("%q: %d, %v", match, got, err)
		}
	}
	for _, match := range []string{`W/"1"`, "1", `"0"`, `"-1"`, `"1`, `"1", "2"`, `"9223372036854775808"`} {
		if got, err := (Matched{match}).version(); err == nil {
			t.Errorf("%q is version %d", match, got)
		}
	}
}

// TestItemCursor holds a cursor of a shelf against one of tickets, and the shortest.
func TestItemCursor(t *testing.T) {
	c := fuzzCursors(t)
	item, err := c.readItem(c.writeItem(&store.Item{ID: "p-1", Sort: "ada mercer"}, "way"), "way")
	if err != nil || item.ID != "p-1" || item.Sort != "ada mercer" {
		t.Errorf("%+v, %v", item, err)
	}
	if place, err := c.read(c.writeItem(&store.Item{ID: "x"}, "way"), "way"); err == nil {
		t.Errorf("a place on a shelf is one in a list of tickets: %+v", place)
	}
	if c.write(nil, "way") != "" || c.writeItem(nil, "way") != "" {
		t.Error("the last page has a next one")
	}
}
