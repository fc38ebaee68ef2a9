package sqlstore

import (
	"context"
	"slices"
	"strconv"

	"towerbridge/journal"
)

// Withheld returns the content of withheld items: see [store.Reader]. What was erased
// has the mark of erasure; what was never given to the record is not among them.
func (s *Store) Withheld(ctx context.Context, seqs []int64, names ...string) (map[int64][]journal.Withheld, error) {
	out := make(map[int64][]journal.Withheld, len(seqs))
	err := s.read(ctx, func(v *view) error {
		for some := range slices.Chunk(seqs, maxList) {
			values := padded(some)
			where := " WHERE seq" + among(values)
			for i, name := range names {
				values = append(values, name)
				word := " OR name = $"
				if i == 0 {
					word = " AND (name = $"
				}
				where += word + strconv.Itoa(len(values))
			}
			if len(names) > 0 {
				where += ")"
			}
			err := v.query(func(scan func(...any) error) error {
				var seq int64
				var w journal.Withheld
				var shard, sealed []byte
				if err := scan(&seq, &w.Name, &w.Digest, &shard, &sealed); err != nil {
					return err
				}
				w, err := s.sealer.reveal(w, shard, sealed)
				out[seq] = append(out[seq], w)
				return err
			}, "SELECT seq, name, digest, shard, sealed FROM withheld"+where+" ORDER BY seq, place", values...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
