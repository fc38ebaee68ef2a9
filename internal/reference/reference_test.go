package reference

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"towerbridge/contract"
	"towerbridge/eventlog"
	"towerbridge/journal"
)

var write = flag.Bool("write", false, "write the generated files instead of comparing them")

const root = "../.."

// TestCurrent compares the committed files with what the code says.
func TestCurrent(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 8 {
		t.Errorf("%d files are generated; want at least 8", len(files))
	}
	for _, f := range files {
		path := filepath.Join(root, filepath.FromSlash(f.Name))
		if *write {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Text, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		committed, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v; run: go generate ./...", err)
			continue
		}
		if !bytes.Equal(committed, f.Text) {
			t.Errorf("%s is not what the code says, from line %d on; run: go generate ./...", f.Name, firstDifference(committed, f.Text))
		}
	}
}

func firstDifference(a, b []byte) int {
	x, y := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(x), len(y)) {
		if !bytes.Equal(x[i], y[i]) {
			return i + 1
		}
	}
	return min(len(x), len(y)) + 1
}

// TestFilesAreStable generates twice: what depends on the order of a map would differ.
func TestFilesAreStable(t *testing.T) {
	first, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := Files()
		if err != nil {
			t.Fatal(err)
		}
		for i := range first {
			if !bytes.Equal(first[i].Text, again[i].Text) {
				t.Fatalf("%s differs from one run to the next", first[i].Name)
			}
		}
	}
}

// TestEveryNameHasAMeaning holds the tables of meanings to the names of the journal.
func TestEveryNameHasAMeaning(t *testing.T) {
	for _, c := range []struct {
		what     string
		names    []string
		meanings map[string]string
	}{
		{"event", journal.EventNames(), eventMeanings},
		{"state", journal.StatusNames(), stateMeanings},
		{"member", eventlog.Members(), texts(memberMeanings)},
	} {
		known := map[string]bool{}
		for _, name := range c.names {
			known[name] = true
			if c.meanings[name] == "" {
				t.Errorf("%s %s has no meaning", c.what, name)
			}
		}
		for name := range c.meanings {
			if !known[name] {
				t.Errorf("the journal has no %s %s", c.what, name)
			}
		}
	}
}

func texts(meanings map[string]meaning) map[string]string {
	out := map[string]string{}
	for name, m := range meanings {
		if m.form != "" {
			out[name] = m.text
		}
	}
	return out
}

func TestScopeExamplesCompile(t *testing.T) {
	for _, e := range examples {
		if _, err := contract.CompileScope(e); err != nil {
			t.Errorf("%s: %v", e, err)
		}
	}
}

func TestCommandsAreComplete(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(files, func(f File) bool { return f.Name == "docs/reference/commands.md" })
	text := string(files[at].Text)
	for _, name := range []string{"demo", "check", "estate", "statement", "verify", "supersede", "explain", "key new", "schema", "version"} {
		at := strings.Index(text, "\n## towerbridge "+name+"\n")
		if at < 0 {
			t.Errorf("there is no command %s", name)
			continue
		}
		section, _, _ := strings.Cut(text[at+4:], "\n## ")
		if !strings.Contains(section, "Example:\n\n    towerbridge "+name) {
			t.Errorf("command %s has no example", name)
		}
	}
}

// TestSchemasAreSchemas compiles each schema with an independent implementation.
func TestSchemasAreSchemas(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if !strings.HasPrefix(f.Name, "schema/") {
			continue
		}
		n++
		text, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(f.Name, text); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Compile(f.Name); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if n < 6 { // estate, calendar, contract, mapping, audit, simulate
		t.Errorf("%d schemas; want 6 or more", n)
	}
}
