package sqlstore

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// drawRow draws the values of a row.
func drawRow(t *rapid.T, columns int) []any {
	return rapid.SliceOfN(rapid.OneOf(
		rapid.Just(any(nil)), rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.String(), func(s string) any { return s }), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) any { return append([]byte{}, b...) }),
	), columns, columns).Draw(t, "row")
}

// What is written to an archive is read from it.
func TestArchive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var out bytes.Buffer
		w, err := newArchiveWriter(&out, &archiveHeader{Form: archiveForm, Size: 7, Rows: map[string]int64{"a": 1}})
		if err != nil {
			t.Fatal(err)
		}
		var want [][]any
		for _, table := range []archiveTable{{"a", []string{"x"}}, {"b", []string{"x", "y", "z"}}} {
			if err := w.begin(table); err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 5).Draw(t, "rows") {
				row := drawRow(t, len(table.Columns))
				want = append(want, row)
				if err := w.add(row); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.end(); err != nil {
			t.Fatal(err)
		}
		got, err := readArchive(out.Bytes())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("read were\n%v (%v), want\n%v", got, err, want)
		}
	})
}

// readArchive reads all rows of an archive.
func readArchive(data []byte) (rows [][]any, err error) {
	r, err := newArchiveReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.close()
	for {
		row, err := r.row()
		if err != nil || row == nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

// Every end of a backup but the right one is refused.
func TestArchiveEnds(t *testing.T) {
	var out bytes.Buffer
	w, err := newArchiveWriter(&out, &archiveHeader{Form: archiveForm})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.begin(archiveTable{"a", []string{"x", "y"}}), w.add([]any{int64(math.MinInt64), "text"}), w.end()); err != nil {
		t.Fatal(err)
	}
	for n := range out.Len() {
		if _, err := readArchive(out.Bytes()[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken for the whole", n, out.Len())
		}
	}
	if _, err := readArchive(out.Bytes()); err != nil {
		t.Error(err)
	}
	if err := w.add([]any{3.5}); err == nil {
		t.Error("a fraction was written")
	}
}

// A writer that fails is not taken for success.
func TestArchiveWriterFails(t *testing.T) {
	for most := range 40 {
		w, err := newArchiveWriter(&limited{most: most}, &archiveHeader{Form: archiveForm})
		if err == nil {
			err = errors.Join(w.begin(archiveTable{"a", []string{"x"}}), w.add([]any{"text"}), w.end())
		}
		if err == nil {
			t.Errorf("%d bytes were room enough", most)
		}
	}
}

// limited is a writer that takes some bytes only.
type limited struct{ most int }

func (l *limited) Write(b []byte) (int, error) {
	if l.most -= len(b); l.most < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

// Whatever the bytes, reading an archive ends, with rows of the columns of their table.
func FuzzArchive(f *testing.F) {
	var out bytes.Buffer
	w, err := newArchiveWriter(&out, &archiveHeader{Form: archiveForm})
	if err != nil {
		f.Fatal(err)
	}
	if err := errors.Join(w.begin(archiveTable{"a", []string{"x", "y"}}), w.add([]any{nil, []byte{1, 2}}), w.end()); err != nil {
		f.Fatal(err)
	}
	plain, err := unpacker().DecodeAll(out.Bytes(), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	f.Fuzz(func(t *testing.T, plain []byte) {
		r, err := newArchiveReader(bytes.NewReader(packer().EncodeAll(plain, nil)))
		if err != nil {
			return
		}
		defer r.close()
		for {
			row, err := r.row()
			if err != nil || row == nil {
				return
			}
			if len(row) != len(r.table.Columns) {
				t.Fatalf("a row has %d values for %d columns", len(row), len(r.table.Columns))
			}
			b, err := appendRow(nil, row)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := splitRow(b, len(row)); err != nil || !reflect.DeepEqual(again, row) {
				t.Fatalf("%v comes back as %v (%v)", row, again, err)
			}
		}
	})
}
