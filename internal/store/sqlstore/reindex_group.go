package sqlstore

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"towerbridge/fault"
)

// group is a temporary file with the lines of some tickets, in the order of their
// numbers, and the ids of those that the index has. It is written from front to back,
// in compressed blocks, and then read once.
//
//	file  = (length block)*              block: Zstandard of entries
//	entry = seq length id length line    seq zero: the index has the ticket
type group struct {
	name  string
	block []byte
}

// groupBlock is the size at which a block is written, in bytes.
const groupBlock = 128 << 10

func newGroup(folder string) (*group, error) {
	f, err := os.CreateTemp(folder, "group-")
	if err != nil {
		return nil, noRoom(err)
	}
	return &group{name: f.Name()}, noRoom(f.Close())
}

func noRoom(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(fault.Unavailable, err, "there is no room for temporary files")
}

// add adds a line of a ticket, or that the index has the ticket.
func (g *group) add(seq int64, id string, line []byte) error {
	g.block = binary.AppendUvarint(g.block, uint64(seq))
	g.block = append(binary.AppendUvarint(g.block, uint64(len(id))), id...)
	g.block = append(binary.AppendUvarint(g.block, uint64(len(line))), line...)
	if len(g.block) >= groupBlock {
		return g.flush()
	}
	return nil
}

// flush writes what is not in the file yet. The file is not kept open: there may be
// more groups than a process may have files.
func (g *group) flush() error {
	if len(g.block) == 0 {
		return nil
	}
	data := packer().EncodeAll(g.block, nil)
	g.block = g.block[:0]
	f, err := os.OpenFile(g.name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return noRoom(err)
	}
	_, err = f.Write(append(binary.AppendUvarint(nil, uint64(len(data))), data...))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return noRoom(err)
}

// read returns the group's tickets, in the order in which they first appear, and
// removes the file.
func (g *group) read() ([]*remade, error) {
	defer os.Remove(g.name)
	f, err := os.Open(g.name)
	if err != nil {
		return nil, noRoom(err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var all []*remade
	byID := map[string]*remade{}
	for {
		size, err := binary.ReadUvarint(in)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, noRoom(err)
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(in, data); err != nil {
			return nil, noRoom(err)
		}
		block, err := unpacker().DecodeAll(data, nil)
		if err != nil {
			return nil, noRoom(err)
		}
		for len(block) > 0 {
			var seq int64
			var id, line []byte
			seq, id, line, block = cutEntry(block)
			t := byID[string(id)]
			if t == nil {
				t = &remade{id: string(id)}
				byID[t.id] = t
				all = append(all, t)
			}
			if seq == 0 {
				t.listed = true
				continue
			}
			t.lines.Seq, t.lines.Line = append(t.lines.Seq, seq), append(t.lines.Line, line)
		}
	}
}

// cutEntry takes an entry from a block that this process has written. The texts are
// parts of the block.
func cutEntry(b []byte) (seq int64, id, line, rest []byte) {
	number := func() int {
		n, size := binary.Uvarint(b)
		b = b[size:]
		return int(n)
	}
	seq = int64(number())
	size := number()
	id, b = b[:size], b[size:]
	size = number()
	return seq, id, b[:size], b[size:]
}
