package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestInsertion(t *testing.T) {
	for want, in := range map[string]*insertion{
		"INSERT INTO x (a, b) VALUES ($1, $2), ($3, $4)":                                                                                       newInsertion("x", 0, "a", "b"),
		"INSERT INTO x (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT (a) DO UPDATE SET b = excluded.b":                                          newInsertion("x", 1, "a", "b"),
		"INSERT INTO x (a, b, c, d) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8) ON CONFLICT (a, b) DO UPDATE SET c = excluded.c, d = excluded.d": newInsertion("x", 2, "a", "b", "c", "d"),
	} {
		if in.texts[1] != want {
			t.Errorf("for two rows it is\n%s, want\n%s", in.texts[1], want)
		}
	}
}

// Rows are parted into few statements of few sizes, and none is lost or moved.
func TestPartsOfAnInsertion(t *testing.T) {
	in := newInsertion("x", 0, "a", "b")
	for count := range 300 {
		var rows [][]any
		var want []any
		for n := range count {
			rows = append(rows, []any{n, -n})
			want = append(want, n, -n)
		}
		var got []any
		statements := 0
		in.parts(rows, func(text string, args []any) {
			statements++
			got = append(got, args...)
			if places := strings.Count(text, "$"); places != len(args) {
				t.Fatalf("%d values for %d places", len(args), places)
			}
		})
		if !slices.Equal(got, want) || statements > count/maxRows+7 {
			t.Fatalf("%d rows became %d statements with %v", count, statements, got)
		}
	}
}

func TestPadded(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 256: 256, 200: 256} {
		list := make([]int64, n)
		for i := range list {
			list[i] = int64(i)
		}
		got := padded(list)
		if len(got) != want || n > 0 && got[len(got)-1] != int64(n-1) {
			t.Errorf("%d values are padded to %d, want %d", n, len(got), want)
		}
	}
}

// Both engines run a batch in its order, read what it has written, and take every kind
// of value back as it was given, by the number of its place.
func TestBatch(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		tx, err := s.engine.begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.rollback()
		var read []string
		var b batch
		var rows [][]any
		for n := range 70 {
			rows = append(rows, []any{"prefix" + fmt.Sprint(n), int64(n)})
		}
		b.insert(intoCounter, rows)
		b.insert(intoCounter, [][]any{{"prefix7", int64(1) << 62}, {"é€𝄞", int64(-1)}})
		b.exec("UPDATE counter SET last = $2 WHERE prefix = $1", "prefix8", int64(88))
		b.query(func(scan func(...any) error) error {
			var prefix string
			var last int64
			err := scan(&prefix, &last)
			read = append(read, fmt.Sprint(prefix, " ", last))
			return err
		}, "SELECT prefix, last FROM counter WHERE last > $2 OR prefix = $1 ORDER BY prefix", "é€𝄞", int64(67))
		b.insert(intoWithheld, [][]any{
			{int64(1), int64(0), "", "a", "d", []byte{0, 255}, []byte{}}, {int64(1), int64(1), "", "b", "d", nil, nil},
		})
		var shards []string
		b.query(func(scan func(...any) error) error {
			var shard, sealed []byte
			err := scan(&shard, &sealed)
			shards = append(shards, fmt.Sprintf("%x %t %x", shard, shard == nil, sealed))
			return err
		}, "SELECT shard, sealed FROM withheld ORDER BY place")
		if err := tx.run(ctx, &b); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprint([]string{"prefix68 68", "prefix69 69", "prefix7 4611686018427387904", "prefix8 88", "é€𝄞 -1"})
		if fmt.Sprint(read) != want {
			t.Errorf("read is %v, want %s", read, want)
		}
		if got := fmt.Sprint(shards); got != "[00ff false   true ]" {
			t.Errorf("bytes are %s", got)
		}
		tx.rollback()
		if err := s.engine.readers().QueryRowContext(ctx, "SELECT count(*) FROM counter").Scan(&read[0]); err != nil || read[0] != "0" {
			t.Errorf("after the transaction was undone there are %s rows, %v", read[0], err)
		}
	})
}

// A statement that fails fails the whole, and the next transaction is not harmed.
func TestBatchThatFails(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		s := p.open(t)
		for _, last := range []bool{false, true} {
			tx, err := s.engine.begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var b batch
			b.exec("INSERT INTO counter (prefix, last) VALUES ($1, $2)", "a", int64(1))
			b.exec("INSERT INTO counter (prefix, last) VALUES ($1, $2)", "a", int64(2))
			if last {
				err = tx.finish(ctx, &b)
			} else {
				err = tx.run(ctx, &b)
			}
			if err == nil {
				t.Error("a key was there twice")
			}
			tx.rollback()
			tx.rollback()
		}
		if _, err := s.Commit(ctx, opening("INC")); err != nil {
			t.Error(err)
		}
	})
}
