package sqlstore

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"towerbridge/fault"
	"towerbridge/span"
)

// A backup is an archive: one stream of Zstandard that holds frames, each a byte that
// says its kind, its length and its content.
//
//	archive = magic header (table row*)* end
//	header  = 'H' JSON: the form's number, the head, how many rows there are
//	table   = 'T' JSON: the name and the columns of the rows that follow
//	row     = 'R' a value for each column
//	end     = 'E' JSON: SHA-256 of all that stands before
//	value   = 0                 nothing
//	        | 1 varint          a whole number
//	        | 2 length bytes    a text
//	        | 3 length bytes    bytes
//
// Lengths are unsigned varints. Rows are those of the database's tables, in the order
// of their keys, so two backups of one moment are the same bytes on either engine.
const (
	archiveMagic = "towerbridge record\n"
	archiveForm  = 1

	headerFrame = 'H'
	tableFrame  = 'T'
	rowFrame    = 'R'
	endFrame    = 'E'

	nothing = 0
	integer = 1
	words   = 2
	octets  = 3
)

// maxFrame is the length of the longest frame that is read, in bytes: a guard against
// a damaged or hostile archive.
const maxFrame = 1 << 30

// archiveHeader is what an archive says of itself before its rows.
type archiveHeader struct {
	Form    int              `json:"form"`
	Size    int64            `json:"size"`  // number of lines
	Chain   string           `json:"chain"` // hexadecimal
	Root    string           `json:"root"`
	Learnt  span.Instant     `json:"learnt"`
	Acted   span.Instant     `json:"acted"`
	Book    int64            `json:"book"`
	Tickets int64            `json:"tickets"` // number of the last
	Mark    string           `json:"mark"`    // of the record's secret
	Rows    map[string]int64 `json:"rows"`    // by table
}

// archiveTable is the name and the columns of the rows that follow.
type archiveTable struct {
	Name    string   `json:"table"`
	Columns []string `json:"columns"`
}

type archiveEnd struct {
	Digest string `json:"digest"` // hexadecimal SHA-256
}

// archiveWriter writes an archive.
type archiveWriter struct {
	zip   *zstd.Encoder
	out   *bufio.Writer
	sum   hash.Hash
	row   []byte
	table archiveTable
}

func newArchiveWriter(w io.Writer, h *archiveHeader) (*archiveWriter, error) {
	zip, err := zstd.NewWriter(w)
	if err != nil {
		return nil, err
	}
	a := &archiveWriter{zip: zip, sum: sha256.New()}
	a.out = bufio.NewWriterSize(io.MultiWriter(zip, a.sum), 1<<16)
	if _, err := a.out.WriteString(archiveMagic); err != nil {
		return nil, err
	}
	return a, a.describe(headerFrame, h)
}

func (a *archiveWriter) frame(kind byte, content []byte) error {
	var head [1 + binary.MaxVarintLen64]byte
	head[0] = kind
	n := binary.PutUvarint(head[1:], uint64(len(content)))
	if _, err := a.out.Write(head[:1+n]); err != nil {
		return err
	}
	_, err := a.out.Write(content)
	return err
}

func (a *archiveWriter) describe(kind byte, what any) error {
	content, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return a.frame(kind, content)
}

// begin begins the rows of a table.
func (a *archiveWriter) begin(t archiveTable) error {
	a.table = t
	return a.describe(tableFrame, t)
}

// add adds a row of the table begun last.
func (a *archiveWriter) add(values []any) error {
	row, err := appendRow(a.row[:0], values)
	a.row = row
	if err != nil {
		return err
	}
	return a.frame(rowFrame, row)
}

// end writes the end. Nothing may follow.
func (a *archiveWriter) end() error {
	if err := a.out.Flush(); err != nil {
		return err
	}
	if err := a.describe(endFrame, archiveEnd{hex.EncodeToString(a.sum.Sum(nil))}); err != nil {
		return err
	}
	return errors.Join(a.out.Flush(), a.zip.Close())
}

// appendRow appends the values of a row as a database's driver returns them.
func appendRow(b []byte, values []any) ([]byte, error) {
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, nothing)
		case int64:
			b = binary.AppendVarint(append(b, integer), v)
		case string:
			b = append(binary.AppendUvarint(append(b, words), uint64(len(v))), v...)
		case []byte:
			b = append(binary.AppendUvarint(append(b, octets), uint64(len(v))), v...)
		default:
			return b, fmt.Errorf("a row has a value of type %T", v)
		}
	}
	return b, nil
}

// splitRow undoes [appendRow]. The values are copies.
func splitRow(b []byte, columns int) ([]any, error) {
	out := make([]any, 0, columns)
	for len(b) > 0 && len(out) < columns {
		kind := b[0]
		b = b[1:]
		switch kind {
		case nothing:
			out = append(out, nil)
			continue
		case integer:
			v, n := binary.Varint(b)
			if n <= 0 {
				return nil, errArchive
			}
			out, b = append(out, v), b[n:]
			continue
		case words, octets:
		default:
			return nil, errArchive
		}
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return nil, errArchive
		}
		content := b[n : n+int(size)]
		b = b[n+int(size):]
		if kind == words {
			out = append(out, string(content))
		} else {
			out = append(out, append([]byte{}, content...))
		}
	}
	if len(b) > 0 || len(out) != columns {
		return nil, errArchive
	}
	return out, nil
}

const archiveRemedy = "Fetch it again, or take another backup."

var errArchive = fault.New(fault.Invalid, archiveRemedy, "the backup is damaged")

// archiveReader reads an archive.
type archiveReader struct {
	zip    *zstd.Decoder
	in     *bufio.Reader
	sum    hash.Hash
	header archiveHeader
	table  archiveTable
	buf    bytes.Buffer
}

// newArchiveReader reads the beginning of an archive.
func newArchiveReader(r io.Reader) (*archiveReader, error) {
	zip, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return nil, errArchive
	}
	a := &archiveReader{zip: zip, in: bufio.NewReaderSize(zip, 1<<16), sum: sha256.New()}
	if err := a.start(); err != nil {
		zip.Close()
		return nil, err
	}
	return a, nil
}

func (a *archiveReader) start() error {
	magic := make([]byte, len(archiveMagic))
	if _, err := io.ReadFull(a.in, magic); err != nil || string(magic) != archiveMagic {
		return fault.New(fault.Invalid, "Give a file that the backup command wrote.", "this is no backup of a record")
	}
	a.sum.Write(magic)
	kind, content, err := a.next()
	if err != nil {
		return err
	}
	if kind != headerFrame || json.Unmarshal(content, &a.header) != nil {
		return errArchive
	}
	if a.header.Form != archiveForm {
		return fault.New(fault.Invalid, "Use the program that made it, or a newer one.", "the backup is of form %d, and this program reads form %d", a.header.Form, archiveForm)
	}
	return nil
}

func (a *archiveReader) close() { a.zip.Close() }

// next reads a frame. Its content is valid until the next one is read. That of the end
// does not enter the sum.
func (a *archiveReader) next() (kind byte, content []byte, err error) {
	if kind, err = a.in.ReadByte(); err != nil {
		return 0, nil, a.failed(err)
	}
	size, err := binary.ReadUvarint(a.in)
	if err != nil {
		return 0, nil, a.failed(err)
	}
	if size > maxFrame {
		return 0, nil, errArchive
	}
	a.buf.Reset()
	// A length that is not true costs no more memory than there is content.
	if _, err := io.CopyN(&a.buf, a.in, int64(size)); err != nil {
		return 0, nil, a.failed(err)
	}
	if kind != endFrame {
		a.sum.Write(binary.AppendUvarint([]byte{kind}, size))
		a.sum.Write(a.buf.Bytes())
	}
	return kind, a.buf.Bytes(), nil
}

// failed says why an archive cannot be read on: it ends too early, it is damaged, or
// where it comes from has failed.
func (a *archiveReader) failed(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Invalid, archiveRemedy, "the backup ends before its end")
	}
	return fault.Wrap(fault.Invalid, err, "the backup cannot be read")
}

// row reads the next row, and the table that it is of first where that is another. It
// returns nil at the end of a whole archive.
func (a *archiveReader) row() ([]any, error) {
	for {
		kind, content, err := a.next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case tableFrame:
			a.table = archiveTable{}
			if json.Unmarshal(content, &a.table) != nil || a.table.Name == "" || len(a.table.Columns) == 0 {
				return nil, errArchive
			}
		case rowFrame:
			if a.table.Name == "" {
				return nil, errArchive
			}
			return splitRow(content, len(a.table.Columns))
		case endFrame:
			return nil, a.finish(content)
		default:
			return nil, errArchive
		}
	}
}

// finish checks the end.
func (a *archiveReader) finish(content []byte) error {
	var end archiveEnd
	if json.Unmarshal(content, &end) != nil || end.Digest != hex.EncodeToString(a.sum.Sum(nil)) {
		return fault.New(fault.Invalid, archiveRemedy, "the backup has been altered: its digest is another")
	}
	if _, err := a.in.ReadByte(); !errors.Is(err, io.EOF) {
		return errArchive
	}
	return nil
}
