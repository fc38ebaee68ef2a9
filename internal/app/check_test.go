package app

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"towerbridge/document"
)

// tree makes a file system of the town's documents below a folder, and further files.
func tree(t *testing.T, folder string, more map[string]string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, s := range townHall(t, "", nil).sources {
		out[path.Join(folder, s.Name)] = &fstest.MapFile{Data: s.Data}
	}
	for name, text := range more {
		if text == "" {
			delete(out, name)
			continue
		}
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func check(t *testing.T, files fs.FS, update bool) *Checked {
	t.Helper()
	found, err := Check(context.Background(), files, func(name string) string { return "/at/" + name }, update)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

const example = `# An hour of a morning.
expect open office 2026-03-02T09:00 to 2026-03-02T10:00 1h
-- calendars/office.yaml --
id: office
zone: Europe/London
versions:
  - week:
      monday: [09:00-17:00]
`

func TestCheck(t *testing.T) {
	office := "id: office\nzone: Europe/London\nversions:\n  - always: true\n"
	for _, c := range []struct {
		name             string
		files            fstest.MapFS
		books, documents int
		want             []string // beginnings of findings
	}{
		{"one estate", tree(t, "town", nil), 1, 4, nil},
		{"at the top", tree(t, ".", nil), 1, 4, nil},
		{"hidden folders and packages are passed over", tree(t, "town", map[string]string{".git/estate.yaml": "x", "node_modules/a/estate.yaml": "x"}), 1, 4, nil},
		{"a calendar by itself", fstest.MapFS{"calendars/office.yaml": {Data: []byte(office)}}, 0, 1, nil},
		{"a wrong calendar by itself", fstest.MapFS{"a/calendars/office.yaml": {Data: []byte("id: office\nzone: Atlantis\nversions:\n  - always: true\n")}}, 0, 1, []string{"/at/a/calendars/office.yaml:2:7: TB1101: zone"}},
		{"a wrong mapping by itself", fstest.MapFS{"mappings/m.yaml": {Data: []byte("id: m\nformat: ndjson\nmood: good\n")}}, 0, 1, []string{"/at/mappings/m.yaml:3:1: TB1010: mood"}},
		{"contracts without an estate", tree(t, "town", map[string]string{"town/estate.yaml": ""}), 1, 3, []string{"/at/town/estate.yaml: TB1801"}},
		{"a calendar too few", tree(t, "town", map[string]string{"town/estate.yaml": strings.Replace(string(townHall(t, "", nil).sources[0].Data), "kind: integrator, calendar: office", "kind: integrator, calendar: hours", 1)}), 1, 4, []string{`/at/town/estate.yaml:7:`}},
		{"nothing", fstest.MapFS{"notes.txt": {Data: []byte("x")}}, 0, 0, []string{"/at/.: TB1904"}},
		{"too long", fstest.MapFS{"calendars/office.yaml": {Data: []byte(strings.Repeat("#\n", document.MaxBytes/2+1))}}, 0, 1, []string{"/at/calendars/office.yaml: TB1001"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := check(t, c.files, false)
			if found.Books != c.books || found.Documents != c.documents {
				t.Errorf("%d estates, %d documents; want %d and %d", found.Books, found.Documents, c.books, c.documents)
			}
			if len(found.Findings) != len(c.want) {
				t.Fatalf("findings:\n%v\nwant %q", found.Findings.Err(), c.want)
			}
			for i, w := range c.want {
				if !strings.HasPrefix(found.Findings[i].Error(), w) {
					t.Errorf("finding %q; want %q", found.Findings[i], w)
				}
			}
		})
	}
}

// TestCheckBlamesOnce says nothing of a contract that is there and cannot be read.
func TestCheckBlamesOnce(t *testing.T) {
	found := check(t, tree(t, "town", map[string]string{"town/contracts/net.yaml": "id: net\n"}), false)
	for _, f := range found.Findings {
		if !strings.HasPrefix(f.Position.File, "/at/town/contracts/net.yaml") {
			t.Errorf("finding elsewhere: %v", f)
		}
	}
	if len(found.Findings) == 0 {
		t.Error("no finding in a contract that is cut short")
	}
}

func TestCheckExamples(t *testing.T) {
	wrong := strings.Replace(example, " 1h\n", " 2h\n", 1)
	files := fstest.MapFS{"a/good.worked": {Data: []byte(example)}, "b/wrong.worked": {Data: []byte(wrong)}, "c/odd.worked": {Data: []byte("hope\n")}}
	found := check(t, files, false)
	x := found.Examples
	if x.Scripts != 2 || x.Expected != 2 || x.Passed != 1 || len(x.Failures) != 1 {
		t.Fatalf("%+v; want two examples, one of two expectations holding", x)
	}
	if f := x.Failures[0]; f.File != "/at/b/wrong.worked" || f.Line != 2 || f.Why != "An hour of a morning." {
		t.Errorf("failure %+v; want line 2 of b/wrong.worked, with its why", f)
	}
	if len(found.Findings) != 1 || found.Findings[0].Position.File != "/at/c/odd.worked" {
		t.Errorf("findings %v; want one in c/odd.worked", found.Findings)
	}
	if len(x.Updated) != 0 {
		t.Errorf("updated without being asked: %v", x.Updated)
	}
	x = check(t, files, true).Examples
	if x.Passed != 2 || len(x.Failures) != 0 || len(x.Updated) != 1 {
		t.Fatalf("after updating: %+v", x)
	}
	again := strings.Replace(string(x.Updated[0].Data), " 1h00m\n", " 1h\n", 1)
	if x.Updated[0].Name != "/at/b/wrong.worked" || again != example {
		t.Errorf("updated %s to:\n%s", x.Updated[0].Name, x.Updated[0].Data)
	}
}

// broken is a file system in which a file cannot be read.
type broken struct{ fstest.MapFS }

func (b broken) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".worked") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.MapFS.Open(name)
}

func TestCheckReadsOrSays(t *testing.T) {
	files := broken{fstest.MapFS{"a.worked": {Data: []byte(example)}}}
	_, err := Check(context.Background(), files, path.Clean, false)
	if err == nil || !strings.Contains(err.Error(), "the file a.worked may not be read") {
		t.Errorf("error %v", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Check(stopped, files, path.Clean, false); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped check gives %v", err)
	}
}

func TestSplit(t *testing.T) {
	for name, want := range map[string][2]string{
		"estate.yaml":               {".", "estate.yaml"},
		"a/b/estate.yaml":           {"a/b", "estate.yaml"},
		"a/contracts/x.yaml":        {"a", "contracts/x.yaml"},
		"calendars/x.yaml":          {".", "calendars/x.yaml"},
		"a/contracts/deep/x.yaml":   {"", ""},
		"a/contracts/x.yml":         {"", ""},
		"a/schedules/x.yaml":        {"", ""},
		"mappings/calendars/x.yaml": {"mappings", "calendars/x.yaml"},
	} {
		if folder, inner := split(name); folder != want[0] || inner != want[1] {
			t.Errorf("split(%s) = %q, %q; want %q", name, folder, inner, want)
		}
	}
}

func TestSchemas(t *testing.T) {
	schemas, err := Schemas()
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, s := range schemas {
		kinds = append(kinds, s.Kind)
		if !strings.Contains(string(s.Text), document.Dialect) || s.File() != s.Kind+".schema.json" {
			t.Errorf("%s is no schema of the dialect", s.File())
		}
	}
	if want := []string{"audit", "calendar", "contract", "estate", "mapping", "reconcile", "simulate"}; !slices.Equal(kinds, want) {
		t.Errorf("schemas of %v; want %v", kinds, want)
	}
}
