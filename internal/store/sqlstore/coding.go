package sqlstore

import (
	"bytes"
	_ "embed" // the dictionary
	"encoding/binary"
	"errors"
	"slices"
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// The ways in which lines are stored. A number is never used for another, and neither
// the dictionary nor its start is ever changed: another one has another number.
const (
	plain      = 0 // with line feeds between them
	compressed = 1 // as Zstandard: many lines, in little room
	familiar   = 2 // as S2 with the dictionary: the few lines of a ticket, read fast
)

// dictionary is lines such as there are. What is stored as familiar refers to it.
//
//go:embed dictionary.ndjson
var dictionary []byte

// familiarLines is the dictionary made ready. Its start is that of the last line.
var familiarLines = sync.OnceValue(func() *s2.Dict {
	start := bytes.LastIndexByte(dictionary[:len(dictionary)-1], '\n') + 1
	return s2.MakeDictManual(dictionary, uint16(start))
})

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

// pack returns many lines as they are stored.
func pack(lines []byte) (coding int64, data []byte) {
	return compressed, packer().EncodeAll(lines, make([]byte, 0, len(lines)/4))
}

// packFew returns a ticket's lines as they are stored.
func packFew(lines []byte) (coding int64, data []byte) {
	return familiar, slices.Clone(familiarLines().Encode(nil, lines))
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
	case familiar:
		n, err := s2.DecodedLen(data)
		if err != nil || n > maxUnpacked {
			return nil, errCoding
		}
		at := len(to)
		to = slices.Grow(to, n)[:at+n]
		out, err := familiarLines().Decode(to[at:], data)
		if err != nil || len(out) != n {
			return nil, errCoding
		}
		return to, nil
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
