package sqlstore

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/eventlog"
)

// The dictionary is lines as they are: otherwise it would not be of use.
func TestDictionary(t *testing.T) {
	lines := eventlog.NewLines(0)
	for n, line := range bytes.Split(bytes.TrimSuffix(dictionary, []byte("\n")), []byte("\n")) {
		if err := lines.Add(line); err != nil {
			t.Errorf("line %d: %v", n+1, err)
		}
	}
}

// What is stored by the dictionary at hand is read by it for ever: these are the bytes
// of one line as they were first written.
func TestFamiliarFormIsPinned(t *testing.T) {
	const line = `{"source":"desk","key":"7","ticket":"INC0000007","happened":"2026-06-01T08:00:00Z","learnt":"2026-06-01T08:00:00Z","event":"responded","status":"in-progress"}`
	const pinned = "9e01150010003752970000374e970018362d30315430381500114220003d38a1301500100873227d"
	stored, err := hex.DecodeString(pinned)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := unpack(nil, familiar, stored); err != nil || string(got) != line {
		t.Errorf("read is %s, %v", got, err)
	}
	if _, now := packFew([]byte(line)); len(now) > len(stored) {
		t.Errorf("it takes %d bytes now, and took %d", len(now), len(stored))
	}
}

func TestPackedLinesAreUnpacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SliceOfN(rapid.ByteRange(' ', '~'), 1, 300), 1, 40).Draw(t, "lines")
		text := joinLines(lines)
		for name, pack := range map[string]func([]byte) (int64, []byte){"many": pack, "few": packFew, "plain": func(b []byte) (int64, []byte) { return plain, b }} {
			coding, data := pack(text)
			got, err := unpack([]byte("before"), coding, data)
			if err != nil || string(got) != "before"+string(text) {
				t.Fatalf("%s: unpacked is %q, %v", name, got, err)
			}
			if !slices.EqualFunc(splitLines(got[len("before"):], len(lines)), lines, bytes.Equal) {
				t.Fatalf("%s: the lines are others", name)
			}
		}
	})
}

func TestDistances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seqs := slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.Int64Range(1, 1<<40), 1, 100).Draw(t, "seqs"))))
		got, err := appendSeqs(nil, seqs[0], appendDistances(nil, seqs))
		if err != nil || !slices.Equal(got, seqs) {
			t.Fatalf("%v became %v, %v", seqs, got, err)
		}
	})
	if _, err := appendSeqs(nil, 1, []byte{0x80}); !errors.Is(err, errCoding) {
		t.Errorf("half a number: %v", err)
	}
}

func TestDamagedLines(t *testing.T) {
	text := []byte(strings.Repeat(`{"source":"desk","key":"1000"}`+"\n", 50))
	_, many := pack(text)
	_, few := packFew(text)
	for what, x := range map[string]struct {
		coding int64
		data   []byte
	}{
		"an unknown coding":   {9, text},
		"nothing of many":     {compressed, []byte("x")},
		"many, cut":           {compressed, many[:len(many)-3]},
		"few, cut":            {familiar, few[:len(few)-3]},
		"few, of great size":  {familiar, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}},
		"few, without a size": {familiar, nil},
	} {
		if got, err := unpack(nil, x.coding, x.data); !errors.Is(err, errCoding) {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
}

// A stored chunk, whatever its bytes, is lines or an error, and takes no more memory
// than is allowed.
func FuzzUnpack(f *testing.F) {
	for n, line := range bytes.Split(dictionary, []byte("\n"))[:4] {
		_, few := packFew(line)
		_, many := pack(line)
		f.Add(int64(familiar), few, []byte{byte(n)})
		f.Add(int64(compressed), many, []byte{1, 0x80, 1})
		f.Add(int64(plain), line, []byte{0x80})
	}
	f.Fuzz(func(t *testing.T, coding int64, data, distances []byte) {
		text, err := unpack(nil, coding, data)
		if err != nil {
			return
		}
		if got := joinLines(splitLines(text, 1)); !bytes.Equal(got, text) {
			t.Errorf("%q became %q", text, got)
		}
		seqs, err := appendSeqs(nil, 1, distances)
		if err == nil && len(seqs) > len(distances)+1 {
			t.Error(fmt.Sprint(len(seqs), " numbers of ", len(distances), " bytes"))
		}
	})
}
