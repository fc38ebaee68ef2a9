package statement_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/statement"
)

// flip changes one bit of a byte.
func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte {
		b[at] ^= 1
		return b
	}
}

func TestOpenTakesArchivesOfOtherPrograms(t *testing.T) {
	files := unzip(t, sample(t, nil))
	agrees(t, rezip(t, files))
	for _, folder := range []string{"calendars/", "holidays/", "zones/", "zones/Europe/"} {
		files = append(files, file{folder, nil}) // as many programs list them
	}
	agrees(t, rezip(t, files))
}

func TestOpenNamesTheChangedEntry(t *testing.T) {
	data := sample(t, nil)
	entries := text(t, data, "entries.ndjson")
	line := strings.Index(entries, `{"source":"desk","key":"e14"`)
	n := 1 + strings.Count(entries[:line], "\n")
	length := strings.Index(entries[line:], "\n")
	for at := range length {
		changed := change(t, data, "entries.ndjson", flip(line+at))
		_, err := open(changed)
		refused(t, err, fault.Disagrees, fmt.Sprintf("entries.ndjson:%d:", n), "entry", "does not have the digest")
	}
	_, err := open(change(t, data, "entries.ndjson", func(b []byte) []byte {
		return bytes.Replace(b, []byte("2026-04-14T16:00:00Z"), []byte("2026-04-14T15:00:00Z"), 1)
	}))
	refused(t, err, fault.Disagrees, `entry "e14" of ticket "INC-7"`, "TB1805")
}

func TestOpenNamesTheFirstOfTwoChangedEntries(t *testing.T) {
	_, err := open(change(t, sample(t, nil), "entries.ndjson", func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte("P3"), []byte("P4"))
	}))
	refused(t, err, fault.Disagrees, `entries.ndjson:1: TB1805: digest: entry "e1" of ticket "INC-1"`)
}

func TestOpenNamesTheChangedFile(t *testing.T) {
	data := sample(t, nil)
	for _, f := range unzip(t, data) {
		if f.name == "entries.ndjson" {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			for _, at := range []int{0, len(f.data) / 2, len(f.data) - 1} {
				_, err := open(change(t, data, f.name, flip(at)))
				if f.name == "manifest.txt" {
					refused(t, err, fault.KindOf(err), "manifest.txt")
				} else {
					refused(t, err, fault.Disagrees, f.name)
				}
			}
		})
	}
}

func TestOpenRefusesEntriesTheManifestDoesNotList(t *testing.T) {
	data := sample(t, nil)
	for name, edit := range map[string]func([]byte) []byte{
		"one left out":      func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] },
		"one twice":         func(b []byte) []byte { return append(b, b[:bytes.IndexByte(b, '\n')+1]...) },
		"no last line end":  func(b []byte) []byte { return b[:len(b)-1] },
		"two in wrong turn": func(b []byte) []byte { i := bytes.IndexByte(b, '\n') + 1; return append(b[i:len(b):len(b)], b[:i]...) },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(change(t, data, "entries.ndjson", edit))
			refused(t, err, fault.Disagrees, "entries.ndjson is not the file that manifest.txt lists")
		})
	}
}

// A bundle holds entries of tickets: what a record did to itself is no evidence, however
// well its digest fits.
func TestOpenRefusesActs(t *testing.T) {
	data := sample(t, nil)
	act := `{"source":"desk","key":"1","learnt":"2026-04-01T00:00:00Z","act":"document.put"}`
	act = strings.TrimSuffix(act, "}") + `,"digest":"` + journal.DigestLine([]byte(act)) + `"}`
	changed := change(t, data, "entries.ndjson", func(b []byte) []byte { return append(b, act+"\n"...) })
	_, err := open(relist(t, changed, must(open(data)).Statement.Digest))
	refused(t, err, fault.Invalid, "entries.ndjson has 1 lines that are no entries of a ticket")
}

func TestOpenRefusesFilesThatDoNotBelong(t *testing.T) {
	files := unzip(t, sample(t, nil))
	for _, name := range []string{
		"../estate.yaml", "/estate.yaml", "calendars/../x.yaml", "calendars/a/b.yaml", `calendars\x.yaml`, `C:\x`, "other/", "../", "/", "calendars/x/", "zones/../../x",
		"zones//UTC", "ESTATE.yaml", "manifest.pub", "key.pub", "calendars/.yaml", "", "zones/a/b/c/d", "entries.ndjson/x",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(rezip(t, append(files[:len(files):len(files)], file{name, []byte("x")})))
			refused(t, err, fault.Invalid, "is no file of a bundle")
		})
	}
	_, err := open(rezip(t, append(files[:len(files):len(files)], file{"zones/Europe/Paris", []byte("x")})))
	refused(t, err, fault.Disagrees, "zones/Europe/Paris is in the bundle but not in manifest.txt")
	_, err = open(rezip(t, append(files[:len(files):len(files)], files[4])))
	refused(t, err, fault.Invalid, files[4].name+" is in the bundle twice")
}

func TestOpenRefusesMissingFiles(t *testing.T) {
	files := unzip(t, sample(t, nil))
	for i, f := range files {
		t.Run(f.name, func(t *testing.T) {
			_, err := open(rezip(t, append(files[:i:i], files[i+1:]...)))
			refused(t, err, fault.KindOf(err), f.name)
		})
	}
}

// made packs headers with bodies that are written as they are.
func made(t *testing.T, headers []*zip.FileHeader, bodies [][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i, h := range headers {
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write(bodies[i])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// raw packs files by hand, one of them with a header that edit changes.
func raw(t *testing.T, files []file, name string, edit func(*zip.FileHeader, *[]byte)) []byte {
	t.Helper()
	var headers []*zip.FileHeader
	var bodies [][]byte
	for _, f := range files {
		h, body := &zip.FileHeader{Name: f.name, Method: zip.Deflate}, deflated(f.data)
		h.CRC32, h.UncompressedSize64 = crc32.ChecksumIEEE(f.data), uint64(len(f.data))
		h.CompressedSize64 = uint64(len(body))
		if f.name == name {
			edit(h, &body)
		}
		headers, bodies = append(headers, h), append(bodies, body)
	}
	return made(t, headers, bodies)
}

func deflated(data []byte) []byte {
	var out bytes.Buffer
	w := must(flate.NewWriter(&out, 9))
	w.Write(data)
	w.Close()
	return out.Bytes()
}

func TestOpenRefusesBombs(t *testing.T) {
	files := unzip(t, sample(t, nil))
	zeros := make([]byte, 64<<20)
	for _, name := range []string{"entries.ndjson", "statement.json"} {
		_, err := open(raw(t, files, name, func(h *zip.FileHeader, body *[]byte) {
			*body = deflated(zeros)
			h.CompressedSize64, h.UncompressedSize64, h.CRC32 = uint64(len(*body)), uint64(len(zeros)), crc32.ChecksumIEEE(zeros)
		}))
		refused(t, err, fault.Invalid, name, "more than 200 times")
		_, err = open(raw(t, files, name, func(h *zip.FileHeader, body *[]byte) { // a bomb that says it is small
			*body = deflated(zeros)
			h.CompressedSize64 = uint64(len(*body))
		}))
		refused(t, err, fault.Disagrees, name)
	}
}

func TestOpenKeepsItsLimits(t *testing.T) {
	data := sample(t, nil)
	files := unzip(t, data)
	_, err := statement.Open(bytes.NewReader(data), statement.MaxBundle+1)
	refused(t, err, fault.Invalid, "more than the 1073741824 allowed")

	many := files
	for i := range statement.MaxFiles {
		many = append(many, file{fmt.Sprintf("calendars/c%d.yaml", i), nil})
	}
	_, err = open(rezip(t, many))
	refused(t, err, fault.Invalid, "more than the 4096 allowed")

	claim := func(size uint64) func(*zip.FileHeader, *[]byte) {
		return func(h *zip.FileHeader, _ *[]byte) { h.UncompressedSize64 = size }
	}
	for name, size := range map[string]uint64{
		"entries.ndjson": statement.MaxFile, "statement.json": statement.MaxRecord, "estate.yaml": 4 << 20, "zones/UTC": 64 << 10,
		"holidays/england-and-wales.csv": 1 << 20,
	} {
		_, err = open(raw(t, files, name, claim(size+1)))
		refused(t, err, fault.Invalid, name, "more than the")
	}
	var lying []*zip.FileHeader
	for i := range 20 { // each within its own limit
		lying = append(lying, &zip.FileHeader{Name: fmt.Sprintf("calendars/c%d.yaml", i), Method: zip.Store, CompressedSize64: 1 << 16, UncompressedSize64: 4 << 20})
	}
	bodies := make([][]byte, len(lying))
	for i := range bodies {
		bodies[i] = make([]byte, 1<<16)
	}
	_, err = open(made(t, lying, bodies))
	refused(t, err, fault.Invalid, "the documents of the bundle have")
}

func TestOpenRefusesWhatIsNotPlain(t *testing.T) {
	files := unzip(t, sample(t, nil))
	for name, c := range map[string]struct {
		edit func(*zip.FileHeader, *[]byte)
		says string
	}{
		"a symbolic link":    {func(h *zip.FileHeader, _ *[]byte) { h.SetMode(fs.ModeSymlink | 0o777) }, "is no file of a bundle"},
		"a password":         {func(h *zip.FileHeader, _ *[]byte) { h.Flags |= 1 }, "packed in a way"},
		"another method":     {func(h *zip.FileHeader, _ *[]byte) { h.Method = 12 }, "packed in a way"},
		"a stream that ends": {func(_ *zip.FileHeader, b *[]byte) { clear((*b)[len(*b)/2:]) }, "estate.yaml is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(raw(t, files, "estate.yaml", c.edit))
			refused(t, err, fault.KindOf(err), c.says)
		})
	}
}

func TestOpenRefusesTruncation(t *testing.T) {
	data := sample(t, nil)
	for n := 0; n < len(data); n += 97 {
		_, err := open(data[:n])
		refused(t, err, fault.Invalid, "not a bundle, or the end of it is missing")
	}
}

// TestOpenProveFlips changes single bits anywhere in an archive: each is refused, or
// changes nothing that is read.
func TestOpenProveFlips(t *testing.T) {
	n := 400
	if os.Getenv("TOWERBRIDGE_PROVE") != "" {
		n = 4000
	}
	key, keys := pair(t, "atlas.example")
	data := sample(t, key)
	want := unzip(t, data)
	dice := rand.New(rand.NewPCG(1, 2))
	kept := 0
	for range n {
		at, bit := dice.IntN(len(data)), byte(1)<<dice.IntN(8)
		changed := bytes.Clone(data)
		changed[at] ^= bit
		b, err := open(changed)
		if err != nil {
			continue
		}
		r, err := statement.Verify(b, keys, 1)
		if err != nil {
			continue
		}
		kept++
		if !r.Agrees || r.Signed != "atlas.example" || string(statement.Encode(b.Statement)) != string(fileOf(want, "statement.json")) {
			t.Fatalf("bit %d of byte %d: agrees %v, signed %q", bit, at, r.Agrees, r.Signed)
		}
	}
	if kept == n {
		t.Error("no change was refused")
	}
}

func fileOf(files []file, name string) []byte {
	for _, f := range files {
		if f.name == name {
			return f.data
		}
	}
	return nil
}

func FuzzOpen(f *testing.F) {
	data := sample(f, nil)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add(rezip(f, unzip(f, data)))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := open(data)
		if (b == nil) == (err == nil) {
			t.Fatal("neither a bundle nor an error, or both")
		}
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatalf("an error without a kind: %v", err)
			}
			return
		}
		if r, err := statement.Verify(b, nil, 1); err == nil && r.Agrees && b.Statement.Digest == "" {
			t.Fatal("agrees without a digest")
		}
	})
}

// FuzzOpenFiles changes the content of files, behind checksums that hold.
func FuzzOpenFiles(f *testing.F) {
	files := unzip(f, sample(f, nil))
	for i := range files {
		f.Add(i, files[i].data)
	}
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		if which < 0 || which >= len(files) {
			return
		}
		changed := append([]file{}, files...)
		changed[which].data = data
		b, err := open(rezip(t, changed))
		if err == nil && !bytes.Equal(data, files[which].data) {
			t.Fatalf("%s was changed and not refused", files[which].name)
		}
		if err == nil {
			agreesWith(t, b)
		}
	})
}

func agreesWith(t *testing.T, b *statement.Bundle) {
	t.Helper()
	r, err := statement.Verify(b, nil, 1)
	if err != nil || !r.Agrees {
		t.Fatalf("does not agree: %v %v", err, r.First)
	}
}
