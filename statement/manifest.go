package statement

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towerbridge/fault"
)

// BundleFormat names the form of a bundle; it changes when the form does.
const BundleFormat = "towerbridge-bundle/1"

// manifest lists the files of a bundle, all but itself and its signature, by name.
// Its text is what is signed:
//
//	towerbridge-bundle/1 sha256:<digest of the statement>
//	<SHA-256 of the file>  <bytes>  <name>
type manifest struct {
	statement string // digest
	files     []manifestLine
}

type manifestLine struct {
	sum  [sha256.Size]byte
	size int64
	name string
}

func (m *manifest) add(name string, sum [sha256.Size]byte, size int64) {
	m.files = append(m.files, manifestLine{sum, size, name})
}

// text writes the manifest with its lines in the order of their names.
func (m *manifest) text() []byte {
	slices.SortFunc(m.files, func(a, b manifestLine) int { return strings.Compare(a.name, b.name) })
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s\n", BundleFormat, m.statement)
	for _, f := range m.files {
		fmt.Fprintf(&b, "%x  %d  %s\n", f.sum, f.size, f.name)
	}
	return b.Bytes()
}

// readManifest reads what text writes, and nothing else.
func readManifest(text []byte) (*manifest, error) {
	first, rest, _ := strings.Cut(string(text), "\n")
	form, statement, _ := strings.Cut(first, " ")
	if form != BundleFormat {
		return nil, fault.New(fault.Invalid, "Use the version of the program that wrote it.", "%s has the form %.40q, not %q", manifestName, form, BundleFormat)
	}
	m := &manifest{statement: statement}
	for n := 2; rest != ""; n++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		part := strings.SplitN(line, "  ", 3)
		if len(part) != 3 {
			return nil, fault.New(fault.Disagrees, "Ask for the bundle as it was issued.", "%s:%d is not the line of a file", manifestName, n)
		}
		sum, err := hex.DecodeString(part[0])
		size, err2 := strconv.ParseInt(part[1], 10, 64)
		if err != nil || err2 != nil || len(sum) != sha256.Size {
			return nil, fault.New(fault.Disagrees, "Ask for the bundle as it was issued.", "%s:%d is not the line of a file", manifestName, n)
		}
		m.add(part[2], [sha256.Size]byte(sum), size)
	}
	if !bytes.Equal(m.text(), text) {
		return nil, fault.New(fault.Disagrees, "Ask for the bundle as it was issued.", "%s is not written as manifests are: it was changed", manifestName)
	}
	return m, nil
}

// of returns the line of a file.
func (m *manifest) of(name string) (manifestLine, bool) {
	i, found := slices.BinarySearchFunc(m.files, name, func(f manifestLine, name string) int { return strings.Compare(f.name, name) })
	if !found {
		return manifestLine{}, false
	}
	return m.files[i], true
}

// check compares a file with its line.
func (m *manifest) check(name string, sum [sha256.Size]byte, size int64) error {
	if f, ok := m.of(name); !ok || f.sum != sum || f.size != size {
		return changedFile(name)
	}
	return nil
}

func changedFile(name string) error {
	return fault.New(fault.Disagrees, "Ask for the bundle as it was issued.", "%s is not the file that %s lists: one of them was changed", name, manifestName)
}
