package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/bits"
	"strconv"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
)

var journalPromises = []promise{
	{"an empty journal has no lines and the head of no lines", emptyJournal},
	{"lines are numbered from one without a gap", gapless},
	{"chain and root are those of the lines", chained},
	{"the ledger gives an entry its key and when it was learnt", stamped},
	{"what was learnt never goes back", neverBack},
	{"inclusion of every line is proved in every later journal", inclusion},
	{"every journal is proved to begin with every earlier one", consistency},
	{"lines may be read from anywhere and left anywhere", partialLines},
}

// Chain returns the chain and the root of the Merkle tree of a journal's lines, worked
// out as RFC 6962 says them and not as the ledger does.
func Chain(lines [][]byte) (chain, root [32]byte) {
	leaves := leavesOf(lines)
	for _, leaf := range leaves {
		chain = sha256.Sum256(append(chain[:], leaf[:]...))
	}
	return chain, treeOf(leaves)
}

func leavesOf(lines [][]byte) [][32]byte {
	leaves := make([][32]byte, len(lines))
	for i, line := range lines {
		leaves[i] = sha256.Sum256(append([]byte{0}, line...))
	}
	return leaves
}

// treeOf is MTH of RFC 6962, section 2.1: the left half is the largest power of two
// that is smaller than the whole.
func treeOf(leaves [][32]byte) [32]byte {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	default:
		k := 1 << (bits.Len(uint(n-1)) - 1)
		left, right := treeOf(leaves[:k]), treeOf(leaves[k:])
		return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
	}
}

// CheckHead checks that a head is that of a journal's lines.
func CheckHead(t testing.TB, h store.Head, lines [][]byte) {
	t.Helper()
	chain, root := Chain(lines)
	if h.Size != int64(len(lines)) {
		t.Errorf("the head's size is %d, there are %d lines", h.Size, len(lines))
	}
	if h.Chain != chain {
		t.Errorf("the head's chain is %x, that of the lines %x", h.Chain, chain)
	}
	if h.Size > 0 && h.Root != root {
		t.Errorf("the head's root is %x, that of the lines %x", h.Root, root)
	}
}

func emptyJournal(s *stand) {
	h := s.head()
	if h.Size != 0 || h.Chain != [32]byte{} || len(s.lines(1)) != 0 {
		s.Errorf("the head of a new ledger is %+v", h)
	}
	_, err := s.ledger.Ticket(s.Context(), "INC-1")
	s.refused(err, fault.NotFound, "a ticket of an empty ledger")
	found, err := s.ledger.List(s.Context(), &store.Query{Sight: store.Sight{All: true}, By: store.ByOpened, Limit: 10})
	if err != nil || len(found) != 0 {
		s.Errorf("an empty ledger lists %v (%v)", found, err)
	}
}

func gapless(s *stand) {
	var next int64 = 1
	for i := range 20 {
		c := Opening("petra", "", "mail", "desk")
		if i%3 == 0 {
			c.Acts = act("petra", "document.put", "x").Acts
		}
		n := int64(len(c.Entries) + len(c.Acts))
		r := s.commit(c)
		if r.First != next || r.Last != next+n-1 {
			s.Fatalf("commit %d of %d lines has numbers %d to %d, want from %d", i, n, r.First, r.Last, next)
		}
		next += n
	}
	if got := int64(len(s.lines(1))); got != next-1 || s.head().Size != got {
		s.Errorf("%d lines, the head says %d, want %d", got, s.head().Size, next-1)
	}
}

func chained(s *stand) {
	for i := range 17 {
		s.commit(Opening("petra", "", fmt.Sprint("service", i), "desk"))
		CheckHead(s.T, s.head(), s.lines(1))
	}
	CheckHead(s.T, s.head(), linesOf(s.T, s.open(), 1))
}

// lineOf is what a test reads of a line.
type lineOf struct {
	Source, Key, Ticket, Event, Act, Subject, Digest string
	Happened, Learnt                                 span.Instant
	Withheld                                         []struct{ Name, Digest, Salt, Value string }
}

func (s *stand) parse(line []byte) lineOf {
	s.Helper()
	var l lineOf
	if err := json.Unmarshal(line, &l); err != nil {
		s.Fatalf("%s: %v", line, err)
	}
	return l
}

func stamped(s *stand) {
	c := Opening("petra", "", "mail", "desk")
	c.Acts = act("petra", "ticket.read", "x").Acts
	r := s.commit(c)
	late := Noting("petra", "", s.found(r.Ticket).TicketRow)
	late.Entries[0].Happened = Start - 3600
	s.clock.Set(Start + 60)
	s.commit(late)
	lines := s.lines(1)
	if len(lines) != 3 {
		s.Fatalf("%d lines, want 3", len(lines))
	}
	for i, want := range []lineOf{
		{Ticket: r.Ticket, Happened: Start, Learnt: Start},
		{Act: "ticket.read", Learnt: Start},
		{Ticket: r.Ticket, Happened: Start - 3600, Learnt: Start + 60},
	} {
		got := s.parse(lines[i])
		if got.Key != strconv.Itoa(i+1) || got.Source != Source || got.Ticket != want.Ticket || got.Act != want.Act || got.Learnt != want.Learnt || got.Happened != want.Happened {
			s.Errorf("line %d is %s, want %+v", i+1, lines[i], want)
		}
	}
	if r.Learnt != Start || s.head().Learnt != Start+60 {
		s.Errorf("learnt at %s, the head says %s", r.Learnt, s.head().Learnt)
	}
}

func neverBack(s *stand) {
	var last span.Instant
	for i, at := range []span.Instant{Start, Start + 100, Start + 50, Start - 1000, Start + 101} {
		s.clock.Set(at)
		l := s.ledger
		if i == 3 {
			l = s.open() // nor after the ledger was opened again
		}
		r, err := l.Commit(s.Context(), Opening("petra", "", "mail", "desk"))
		if err != nil {
			s.Fatal(err)
		}
		if want := max(at, last); r.Learnt != want {
			s.Errorf("at %s the ledger learnt at %s, want %s", at, r.Learnt, want)
		}
		last = r.Learnt
	}
	if got := s.head().Learnt; got != last {
		s.Errorf("the head says %s, want %s", got, last)
	}
}

func inclusion(s *stand) {
	s.tickets(13)
	lines := s.lines(1)
	for size := int64(1); size <= int64(len(lines)); size++ {
		_, root := Chain(lines[:size])
		for seq := int64(1); seq <= size; seq++ {
			in, err := s.ledger.Inclusion(s.Context(), seq, size)
			if err != nil {
				s.Fatal(err)
			}
			if in.Seq != seq || in.Size != size || !bytes.Equal(in.Line, lines[seq-1]) {
				s.Fatalf("asked for line %d of %d, got %d of %d: %s", seq, size, in.Seq, in.Size, in.Line)
			}
			proof := tlog.RecordProof(hashes(in.Proof))
			if err := tlog.CheckRecord(proof, size, root, seq-1, tlog.RecordHash(in.Line)); err != nil {
				s.Errorf("line %d of %d: %v", seq, size, err)
			}
			if size > 1 && tlog.CheckRecord(proof, size, root, seq-1, tlog.RecordHash([]byte("another line"))) == nil {
				s.Errorf("the proof of line %d of %d proves another line", seq, size)
			}
		}
	}
	for _, x := range [][2]int64{{0, 5}, {6, 5}, {1, 14}, {-1, 5}, {1, 0}} {
		_, err := s.ledger.Inclusion(s.Context(), x[0], x[1])
		if k := fault.KindOf(err); err == nil || k != fault.NotFound && k != fault.Invalid {
			s.Errorf("line %d of %d: %v", x[0], x[1], err)
		}
	}
}

func consistency(s *stand) {
	s.tickets(13)
	lines := s.lines(1)
	for to := int64(1); to <= int64(len(lines)); to++ {
		_, root := Chain(lines[:to])
		for from := int64(1); from <= to; from++ {
			_, before := Chain(lines[:from])
			proof, err := s.ledger.Consistency(s.Context(), from, to)
			if err != nil {
				s.Fatal(err)
			}
			if err := tlog.CheckTree(tlog.TreeProof(hashes(proof)), to, root, from, before); err != nil {
				s.Errorf("%d to %d: %v", from, to, err)
			}
		}
	}
	for _, x := range [][2]int64{{6, 5}, {1, 14}, {-1, 5}} {
		_, err := s.ledger.Consistency(s.Context(), x[0], x[1])
		if k := fault.KindOf(err); err == nil || k != fault.NotFound && k != fault.Invalid {
			s.Errorf("%d to %d: %v", x[0], x[1], err)
		}
	}
}

func hashes(list [][]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(list))
	for i, b := range list {
		out[i] = tlog.Hash(b)
	}
	return out
}

func partialLines(s *stand) {
	s.tickets(9)
	all := s.lines(1)
	for from := int64(1); from <= 10; from++ {
		if got := s.lines(from); len(got) != len(all[from-1:]) || len(got) > 0 && !bytes.Equal(got[0], all[from-1]) {
			s.Errorf("from %d there are %d lines, want %d", from, len(got), len(all[from-1:]))
		}
	}
	var n int
	err := s.ledger.Lines(s.Context(), 3, func(int64, []byte) bool { n++; return n < 4 })
	if err != nil || n != 4 {
		s.Errorf("left after 4 lines, called %d times (%v)", n, err)
	}
	s.tickets(1) // leaving the lines must have left the ledger free
	if got := len(s.lines(1)); got != 10 {
		s.Errorf("%d lines, want 10", got)
	}
}
