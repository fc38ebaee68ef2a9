package sqlstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// The ways in which lines are stored. A number is never used for another.
const (
	plain      = 0 // with line feeds between them
	compressed = 1 // as Zstandard
)

// maxUnpacked is the size to which stored lines may grow, in bytes: a guard against a
// damaged or hostile database.
const maxUnpacked = 256 << 20

var packer = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		panic("sqlstore: " + err.Error()) // the options are constant
	}
	return e
})

var unpacker = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxUnpacked))
	if err != nil {
		panic("sqlstore: " + err.Error())
	}
	return d
})

// pack returns lines in the way that takes the least room.
func pack(lines []byte) (coding int64, data []byte) {
	data = packer().EncodeAll(lines, make([]byte, 0, len(lines)/4))
	if len(data) >= len(lines) {
		return plain, lines
	}
	return compressed, data
}

var errCoding = errors.New("stored lines are damaged")

// unpack appends the lines that were stored.
func unpack(to []byte, coding int64, data []byte) ([]byte, error) {
	switch coding {
	case plain:
		return append(to, data...), nil
	case compressed:
		out, err := unpacker().DecodeAll(data, to)
		if err != nil {
			return nil, errCoding
		}
		return out, nil
	}
	return nil, errCoding
}

// joinLines returns lines with line feeds between them.
func joinLines(lines [][]byte) []byte { return bytes.Join(lines, []byte{'\n'}) }

// splitLines undoes [joinLines]. The lines are parts of the text.
func splitLines(text []byte, count int) [][]byte {
	lines := make([][]byte, 0, count)
	for {
		line, rest, more := bytes.Cut(text, []byte{'\n'})
		lines = append(lines, line)
		if !more {
			return lines
		}
		text = rest
	}
}

// appendDistances appends the distances between sequence numbers.
func appendDistances(b []byte, seqs []int64) []byte {
	for i := 1; i < len(seqs); i++ {
		b = binary.AppendUvarint(b, uint64(seqs[i]-seqs[i-1]))
	}
	return b
}

// appendSeqs undoes [appendDistances].
func appendSeqs(to []int64, first int64, distances []byte) ([]int64, error) {
	to = append(to, first)
	for len(distances) > 0 {
		d, n := binary.Uvarint(distances)
		if n <= 0 {
			return nil, errCoding
		}
		first += int64(d)
		to = append(to, first)
		distances = distances[n:]
	}
	return to, nil
}
