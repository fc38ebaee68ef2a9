package statement

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"io"
	"regexp"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/journal"
)

// The names of the files in a bundle. Calendars, holiday sets and zones stand in
// folders, by their own names.
const (
	recordName   = "statement.json"
	contractName = "contract.yaml"
	estateName   = "estate.yaml"
	entriesName  = "entries.ndjson"
	manifestName = "manifest.txt"
	noteName     = "manifest.note"
	versionName  = "zones/VERSION"

	calendarFolder = "calendars/"
	holidayFolder  = "holidays/"
	zoneFolder     = "zones/"
)

// Issue writes a statement's bundle: a zip archive of the record, everything that
// it was computed from, and a manifest of their digests, which the signer, if there
// is one, signs. The statement is one that [Draw] returned for this book and this
// journal. The same statement gives the same bytes.
//
// What is withheld is not in a bundle, only the salted digests that stand for it.
// Nothing is written to w before all of the bundle is ready.
func Issue(w io.Writer, b *Book, j *journal.Journal, s *Statement, signer note.Signer) error {
	c, ok := b.Contracts[s.Contract]
	if !ok || s.journal != j || !slices.Equal(b.documents(c), s.Documents) {
		return fault.New(fault.Invalid, "Issue what Draw returned, with the documents and the journal given to it.",
			"the statement of %s for %s was not drawn from these documents and this journal", s.Contract, s.Period)
	}
	sources, err := b.carry(c)
	if err != nil {
		return err
	}
	sources = append(sources, Source{recordName, Encode(s)})
	slices.SortFunc(sources, func(a, b Source) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	m := manifest{statement: s.Digest}
	var files []*packed
	for _, x := range sources {
		f := pack(x.Name, x.Data)
		m.add(x.Name, sha256.Sum256(x.Data), f.size)
		files = append(files, f)
	}
	entries, sum := packEntries(j, s)
	m.add(entriesName, sum, entries.size)
	text := m.text()
	head := []*packed{pack(manifestName, text)}
	if signer != nil {
		signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
		if err != nil {
			return fault.Wrap(fault.Internal, err, "the bundle cannot be signed as %s", signer.Name())
		}
		head = append(head, pack(noteName, signed))
	}
	files = append(append(head, files...), entries)
	if err := withinLimits(files); err != nil {
		return err
	}
	return writeArchive(w, files)
}

// carry lists the documents, zones and holiday sets that a contract's statements
// are computed by, and those by which the parties' own time is valued.
func (b *Book) carry(c *contract.Contract) ([]Source, error) {
	out := []Source{{estateName, b.sources["estate"].Data}, {contractName, b.sources["contract/"+c.ID].Data}}
	ids, zones := c.CalendarIDs(), []string{c.Zone}
	for _, r := range b.Estate.References() {
		switch r.Kind {
		case "calendar":
			ids = append(ids, r.ID)
		case "zone":
			zones = append(zones, r.ID)
		}
	}
	var sets []string
	for _, id := range distinct(ids) {
		f, ok := b.sources["calendar/"+id]
		if !ok {
			continue // the estate's: contracts are not read without theirs
		}
		d, _, findings := document.Read[calendar.Document](f.Name, f.Data)
		if len(findings) > 0 {
			return nil, findings
		}
		out = append(out, Source{calendarFolder + plainName(id) + ".yaml", f.Data})
		zones = append(zones, d.Zone)
		for i := range d.Versions {
			sets = append(sets, d.Versions[i].Holidays.Sets...)
		}
	}
	for _, name := range distinct(sets) {
		if set, ok := b.holidays(name); ok {
			out = append(out, Source{holidayFolder + name + ".csv", set.Data()})
		}
	}
	out = append(out, Source{versionName, []byte(b.Zones.Version() + "\n")})
	for _, name := range distinct(zones) {
		if data, err := b.Zones.Data(name); err == nil {
			out = append(out, Source{zoneFolder + name, data})
		}
	}
	return out, nil
}

func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

var plainForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// plainName returns an id as the name of a file: itself, or where it has spaces or
// strokes the start of its digest. Bundles are read by content, never by these names.
func plainName(id string) string {
	if plainForm.MatchString(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "id-" + hex.EncodeToString(sum[:8])
}

// packed is a file that is ready for the archive.
type packed struct {
	name string
	size int64
	crc  uint32
	body [][]byte // compressed
	kept int64    // bytes of body
}

func pack(name string, data []byte) *packed {
	f := &packed{name: name, size: int64(len(data)), crc: crc32.ChecksumIEEE(data)}
	f.append(deflate(data), closing)
	return f
}

func (f *packed) append(pieces ...[]byte) {
	for _, p := range pieces {
		f.body = append(f.body, p)
		f.kept += int64(len(p))
	}
}

// deflate compresses a stretch of a file. Stretches that are compressed by
// themselves follow on one another in one stream; closing ends it.
func deflate(data []byte) []byte {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.BestSpeed) // the level is a good one
	w.Write(data)                                  // a buffer takes everything
	w.Flush()
	return out.Bytes()
}

// closing is the last block of a deflate stream: final, stored, and empty.
var closing = []byte{0x01, 0x00, 0x00, 0xff, 0xff}

// stretchEntries is the number of entries that are written and compressed at once.
const stretchEntries = 1 << 14

// packEntries writes the entries of the statement's tickets that were known at its
// instant, and those that corrections among them name, in the order of the journal.
func packEntries(j *journal.Journal, s *Statement) (*packed, [sha256.Size]byte) {
	cuts := stretches(j, s.used)
	f, all := &packed{name: entriesName}, sha256.New()
	turn := make([]chan struct{}, len(cuts))
	for i := range turn {
		turn[i] = make(chan struct{})
	}
	close(turn[0])
	parallel(len(cuts)-1, 0, func(i int) error {
		lines := make([]byte, 0, stretchEntries*320) // about what a stretch needs
		for _, t := range s.used[cuts[i]:cuts[i+1]] {
			lines = appendTicket(lines, j, int(t), s)
		}
		body := deflate(lines)
		<-turn[i]
		all.Write(lines)
		f.crc = crc32.Update(f.crc, crc32.IEEETable, lines)
		f.size += int64(len(lines))
		f.append(body)
		close(turn[i+1])
		return nil
	})
	f.append(closing)
	return f, [sha256.Size]byte(all.Sum(nil))
}

// stretches cuts the tickets into stretches of about as many entries each.
func stretches(j *journal.Journal, tickets []uint32) []int {
	cuts, n := []int{0}, 0
	for i, t := range tickets {
		if n += len(j.Of(int(t))); n >= stretchEntries {
			cuts, n = append(cuts, i+1), 0
		}
	}
	if cuts[len(cuts)-1] < len(tickets) {
		cuts = append(cuts, len(tickets))
	}
	return cuts
}

func appendTicket(b []byte, j *journal.Journal, ticket int, s *Statement) []byte {
	entries := j.Of(ticket)
	var named map[journal.Key]bool
	for _, e := range entries {
		if e.Marks&journal.Corrects != 0 && e.Learnt <= s.AsOf {
			named = correctedBy(j, entries, s)
			break
		}
	}
	for _, e := range entries {
		if e.Learnt <= s.AsOf || named[e.Key()] {
			b = appendEntry(b, j, e)
		}
	}
	return b
}

// correctedBy returns the entries that known corrections name, and those that these
// name in turn, so that every correction in a bundle finds its entry.
func correctedBy(j *journal.Journal, entries []journal.Entry, s *Statement) map[journal.Key]bool {
	named := map[journal.Key]bool{}
	for more := true; more; {
		more = false
		for _, e := range entries {
			if e.Learnt > s.AsOf && !named[e.Key()] {
				continue
			}
			if k, ok := j.Corrected(e); ok && !named[k] {
				named[k], more = true, true
			}
		}
	}
	return named
}

const digestMember = `,"digest":"`

// appendEntry appends an entry's open form with its digest as a further member, and
// a line end.
func appendEntry(b []byte, j *journal.Journal, e journal.Entry) []byte {
	start := len(b)
	b = j.AppendLine(b, e)
	sum := sha256.Sum256(b[start:])
	b = append(append(b[:len(b)-1], digestMember...), "sha256:"...)
	return append(hex.AppendEncode(b, sum[:]), "\"}\n"...)
}

// writeArchive writes the files with one fixed stamp, and nothing else about them.
func writeArchive(w io.Writer, files []*packed) error {
	const firstOf1980 = 1<<5 | 1 // of January, in the form of MS-DOS
	z := zip.NewWriter(w)
	for _, f := range files {
		h := &zip.FileHeader{
			Name: f.name, Method: zip.Deflate, ReaderVersion: 20, CreatorVersion: 20,
			CRC32: f.crc, CompressedSize64: uint64(f.kept), UncompressedSize64: uint64(f.size),
		}
		//lint:ignore SA1019 a header that is written raw is not stamped by Modified
		h.ModifiedDate = firstOf1980
		out, err := z.CreateRaw(h)
		for _, piece := range f.body {
			if err == nil {
				_, err = out.Write(piece)
			}
		}
		if err != nil {
			return fault.Wrap(fault.Unavailable, err, "the bundle cannot be written")
		}
	}
	if err := z.Close(); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the bundle cannot be written")
	}
	return nil
}
