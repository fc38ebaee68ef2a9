package storetest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/journal"
)

var withheldPromises = []promise{
	{"what is kept out of a line is read back and is what its digest stands for", withheldContent},
	{"texts are in no file in clear", sealedFiles},
	{"what was erased is gone from the record and from its rows, and the journal stands", erasing},
	{"an erasure that is refused erases nothing", erasureRefused},
	{"an erasure tried dry erases nothing", erasureDry},
}

// Secrets are texts that must stand in no file. They are not made of words, so that
// they are not found by chance.
const (
	secretText    = "qv7ZtNotePlantedXw93"
	secretPerson  = "hK2mPersonPlantedRr08"
	secretSummary = "bb5YsummaryPlantedQ1z"
)

// secretive opens a ticket with texts and a person, and notes on it.
func (s *stand) secretive() (id string, opened, noted int64) {
	s.Helper()
	c := Opening("petra", "", "mail", "desk")
	c.Entries[0].Clear = []store.Clear{
		{Name: "person", Value: secretPerson}, {Name: store.ReporterName, Value: secretPerson}, {Name: store.SummaryName, Value: secretSummary},
	}
	c.Rows[0].Reporter = secretPerson
	r := s.commit(c)
	n := s.commit(Noting("petra", "", s.found(r.Ticket).TicketRow, store.Clear{Name: "text", Value: secretText}, store.Clear{Name: "person", Value: "p2"}))
	return r.Ticket, r.Last, n.Last
}

func withheldContent(s *stand) {
	_, opened, noted := s.secretive()
	a := act("anna", "note.erased", "x")
	a.Acts[0].Clear = []store.Clear{{Name: "reason", Value: "asked for"}}
	acted := s.commit(a).Last
	got, err := s.ledger.Withheld(s.Context(), []int64{acted, opened, noted, 99})
	if err != nil {
		s.Fatal(err)
	}
	lines := s.lines(1)
	salts := map[string]bool{}
	for seq, want := range map[int64][]store.Clear{
		opened: {{Name: "person", Value: secretPerson}, {Name: store.ReporterName, Value: secretPerson}, {Name: store.SummaryName, Value: secretSummary}},
		noted:  {{Name: "text", Value: secretText}, {Name: "person", Value: "p2"}},
		acted:  {{Name: "reason", Value: "asked for"}},
		99:     nil,
	} {
		if len(got[seq]) != len(want) {
			s.Fatalf("line %d withholds %+v, want %+v", seq, got[seq], want)
		}
		for i, w := range got[seq] {
			if w.Name != want[i].Name || w.Value != want[i].Value || len(w.Salt) < 32 || !w.Verify() || w.Erased || salts[w.Salt] {
				s.Errorf("line %d withholds %+v, want %+v under a salt of its own", seq, w, want[i])
			}
			salts[w.Salt] = true
			if l := s.parse(lines[seq-1]); l.Withheld[i].Name != w.Name || l.Withheld[i].Digest != w.Digest || l.Withheld[i].Salt != "" || l.Withheld[i].Value != "" {
				s.Errorf("line %d is %s, and withholds %+v", seq, lines[seq-1], w)
			}
		}
	}
}

// Contains returns the files below some folders that hold a text. Files that go while
// they are looked for are left out.
func Contains(t testing.TB, folders []string, text string) (out []string) {
	t.Helper()
	for _, folder := range folders {
		out = append(out, containing(t, folder, text)...)
	}
	return out
}

func containing(t testing.TB, folder, text string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(data, []byte(text)) {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *stand) inNoFile(texts ...string) {
	s.Helper()
	for _, text := range texts {
		if files := Contains(s.T, s.place.Folders, text); len(files) > 0 {
			s.Errorf("%q stands in %v", text, files)
		}
	}
}

func sealedFiles(s *stand) {
	id, _, _ := s.secretive()
	s.inNoFile(secretText, secretSummary)
	if len(Contains(s.T, s.place.Folders, id)) == 0 {
		s.Errorf("ticket %s stands in no file of %q: they were not searched", id, s.place.Folders)
	}
}

func erasing(s *stand) {
	id, opened, noted := s.secretive()
	other, otherOpened, _ := s.secretive()
	before := s.lines(1)
	c := act("anna", "erased", id)
	r, err := s.ledger.Erase(s.Context(), []store.Withheld{{Seq: opened}, {Seq: noted, Name: "text"}}, c)
	if err != nil {
		s.Fatal(err)
	}
	lines := s.lines(1)
	if r.First != int64(len(before)+1) || len(lines) != len(before)+1 || !slices.EqualFunc(lines[:len(before)], before, bytes.Equal) {
		s.Errorf("an erasure came to %+v and has changed lines", r)
	}
	CheckHead(s.T, s.head(), lines)
	for _, l := range []store.Ledger{s.ledger, s.open()} {
		got, err := l.Withheld(s.Context(), []int64{opened, noted, otherOpened})
		if err != nil {
			s.Fatal(err)
		}
		for seq, list := range got {
			for _, w := range list {
				gone := seq == opened || seq == noted && w.Name == "text"
				if gone != w.Erased || gone != (w.Value == "") || gone != (w.Salt == "") || w.Digest == "" || !w.Verify() {
					s.Errorf("after the erasure line %d withholds %+v", seq, w)
				}
			}
		}
		if len(got[opened]) != 3 || len(got[noted]) != 2 || len(got[otherOpened]) != 3 {
			s.Errorf("after the erasure the lines withhold %+v", got)
		}
	}
	if f := s.found(id); f.Reporter != "" {
		s.Errorf("after the erasure the row's reporter is %q", f.Reporter)
	}
	if f := s.found(other); f.Reporter != secretPerson {
		s.Errorf("an erasure of another ticket has left the reporter %q", f.Reporter)
	}
	found, err := s.ledger.List(s.Context(), &store.Query{Sight: store.Sight{Reporter: secretPerson}, By: store.ByOpened, Limit: 10})
	if err != nil || len(found) != 1 || found[0].ID != other {
		s.Errorf("by its reporter %d tickets are found (%v), want the other one", len(found), err)
	}
	// What comes later does not bring back what was erased.
	row := s.found(id).TicketRow
	row.Reporter = secretPerson
	s.commit(Noting("petra", "", row))
	if f := s.found(id); f.Reporter != "" {
		s.Errorf("a later change has brought the reporter %q back", f.Reporter)
	}
	// Erased again, nothing is wrong and the decision is in the journal.
	if _, err := s.ledger.Erase(s.Context(), []store.Withheld{{Seq: opened}}, act("anna", "erased", id)); err != nil {
		s.Error(err)
	}
	s.inNoFile(secretText, secretSummary)
}

func erasureRefused(s *stand) {
	id, opened, noted := s.secretive()
	row := s.found(id).TicketRow
	row.Version = 1
	c := Noting("anna", "", row)
	_, err := s.ledger.Erase(s.Context(), []store.Withheld{{Seq: opened}, {Seq: noted}}, c)
	s.refused(err, fault.Conflict, "an erasure decided on an old version")
	_, err = s.ledger.Erase(s.Context(), []store.Withheld{{Seq: opened}, {Seq: noted, Name: "none such"}}, act("anna", "erased", id))
	s.refused(err, fault.NotFound, "an erasure of what there is not")
	s.allThere(opened, noted)
}

func erasureDry(s *stand) {
	id, opened, noted := s.secretive()
	c := act("anna", "erased", id)
	c.Dry = true
	if _, err := s.ledger.Erase(s.Context(), []store.Withheld{{Seq: opened}, {Seq: noted}}, c); err != nil {
		s.Fatal(err)
	}
	s.allThere(opened, noted)
	if f := s.found(id); f.Reporter != secretPerson || s.head().Size != 2 {
		s.Errorf("a dry erasure has left the reporter %q and %d lines", f.Reporter, s.head().Size)
	}
}

func (s *stand) allThere(seqs ...int64) {
	s.Helper()
	got, err := s.ledger.Withheld(s.Context(), seqs)
	if err != nil {
		s.Fatal(err)
	}
	var all []journal.Withheld
	for _, list := range got {
		all = append(all, list...)
	}
	if len(all) != 5 || slices.ContainsFunc(all, func(w journal.Withheld) bool { return w.Erased || w.Value == "" }) {
		s.Errorf("after a refused erasure the lines withhold %s", fmt.Sprint(all))
	}
}
