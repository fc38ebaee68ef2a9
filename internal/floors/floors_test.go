package floors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRepository holds the repository itself to its table.
func TestRepository(t *testing.T) {
	text, err := os.Open("../../floors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	seeEveryFolder(t)
	table, breaches, err := ReadTable(text)
	if err != nil {
		t.Fatal(err)
	}
	module, packages, files, err := Load("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 3 {
		t.Fatalf("only %d packages were found; the list is broken", len(packages))
	}
	for _, b := range append(breaches, Check(table, module, packages, files)...) {
		t.Error(b)
	}
}

// seeEveryFolder opens every folder of sources, so that the go command, which sees
// what a test opens but not what its go list does, never answers from its cache
// when a file has come or gone.
func seeEveryFolder(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if hidden := strings.HasPrefix(d.Name(), ".") && d.Name() != ".."; hidden || slices.Contains([]string{"node_modules", "data", "out"}, d.Name()) {
			return filepath.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

const plan = `
# a comment, and a blank line above
0 fault        :
1 span         : fault
5 clock        : span fault
6 measure      : clock span fault
9 simulate     : clock span fault
12 internal/app : measure clock
14 internal/tools/... : internal/app
0 bench/...    :
`

func TestReadTable(t *testing.T) {
	table, breaches, err := ReadTable(strings.NewReader(plan))
	if err != nil || len(breaches) > 0 {
		t.Fatal(err, breaches)
	}
	for pkg, floor := range map[string]int{"fault": 0, "measure": 6, "internal/tools": 14, "internal/tools/schema/deep": 14} {
		if row, ok := table.Of(pkg); !ok || row.Floor != floor {
			t.Errorf("Of(%s) = %v, %v; want floor %d", pkg, row, ok, floor)
		}
	}
	for _, pkg := range []string{"internal", "internal/toolshed", "clock/face"} {
		if row, ok := table.Of(pkg); ok {
			t.Errorf("Of(%s) = %v; want none", pkg, row)
		}
	}
}

func TestReadTableBreaches(t *testing.T) {
	for text, want := range map[string]string{
		"0 fault":                         "want \"floor package : may import\"",
		"fault : span":                    "want \"floor package : may import\"",
		"low fault :":                     "is not a number",
		"0 fault :\n1 fault :":            "has a line already, line 1",
		"1 span : fault":                  "may import fault, which has no line",
		"0 fault : span\n1 span :":        "fault (floor 0) may not stand on span (floor 1)",
		"1 span : money\n1 money :":       "span (floor 1) may not stand on money (floor 1)",
		"3 clock : internal/\n2 internal": "clock may import internal/, which has no line",
	} {
		_, breaches, err := ReadTable(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(breaches, func(b string) bool { return strings.Contains(b, want) }) {
			t.Errorf("%q: breaches %q; want %q", text, breaches, want)
		}
	}
}

// check runs the checker over one file of one package, against the plan above.
func check(t *testing.T, pkg, source string) []string {
	t.Helper()
	table, breaches, err := ReadTable(strings.NewReader(plan))
	if err != nil || len(breaches) > 0 {
		t.Fatal(err, breaches)
	}
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, pkg+"/planted.go", "package p\n"+source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return Check(table, "towerbridge", []Package{{Name: pkg, Files: []*ast.File{tree}}}, files)
}

func TestCheckFindsWhatIsPlanted(t *testing.T) {
	timeCall := func(expr string) string { return "import \"time\"\nvar _ = " + expr }
	randCall := func(expr string) string { return "import \"math/rand/v2\"\nvar _ = " + expr }
	plants := []struct{ pkg, source, want string }{
		{"clock", "import _ \"towerbridge/measure\"", "clock imports measure; floors.txt does not let it"},
		{"measure", "import _ \"towerbridge/internal/app\"", "measure imports internal/app"},
		{"internal/app", "import _ \"towerbridge/fault\"", "internal/app imports fault"},
		{"clock", "import _ \"towerbridge/bench/gen\"", "clock imports bench/gen"},
		{"bench/gen", "import _ \"towerbridge/clock\"", "bench/gen imports clock"},
		{"ledger", "", "ledger has no floor"},
		{"clock/face", "", "clock/face has no floor"},
		{"internal/secret", "", "internal/secret has no floor"},
		{"clock", timeCall("time.Now()"), "clock is pure and uses time.Now"},
		{"clock", timeCall("time.Now"), "uses time.Now"},
		{"clock", timeCall("time.Since(x)"), "uses time.Since"},
		{"clock", timeCall("time.Until(x)"), "uses time.Until"},
		{"clock", timeCall("time.After(1)"), "uses time.After"},
		{"clock", timeCall("time.AfterFunc(1, f)"), "uses time.AfterFunc"},
		{"clock", timeCall("time.Tick(1)"), "uses time.Tick"},
		{"clock", timeCall("time.NewTimer(1)"), "uses time.NewTimer"},
		{"clock", timeCall("time.NewTicker(1)"), "uses time.NewTicker"},
		{"clock", "import \"time\"\nfunc f() { time.Sleep(1) }", "uses time.Sleep"},
		{"clock", timeCall("time.LoadLocation(\"UTC\")"), "uses time.LoadLocation"},
		{"clock", timeCall("time.Date(1, 1, 1, 0, 0, 0, 0, time.Local)"), "uses time.Local"},
		{"clock", timeCall("time.Time{}.Local()"), "reads the machine's zone"},
		{"clock", timeCall("time.Unix(1, 0).Format(\"15:04\")"), "uses time.Unix in the machine's zone"},
		{"clock", timeCall("time.UnixMilli(1)"), "uses time.UnixMilli in the machine's zone"},
		{"clock", "import wall \"time\"\nvar _ = wall.Now()", "imports \"time\" under another name"},
		{"clock", "import . \"time\"\nvar _ = Now()", "imports \"time\" under another name"},
		{"clock", "import _ \"unsafe\"\n//go:linkname now time.now\nfunc now() int64", "by go:linkname"},
		{"clock", "import _ \"math/rand/v2\"", "imports math/rand/v2, which only audit, simulate, whatif may"},
		{"simulate", "import _ \"math/rand\"", "simulate is pure and imports math/rand"},
		{"simulate", "import dice \"math/rand/v2\"\nvar _ = dice.IntN(6)", "imports \"math/rand/v2\" under another name"},
		{"simulate", randCall("rand.IntN(6)"), "uses rand.IntN"},
		{"simulate", randCall("rand.New(rand.NewChaCha8(key))"), "uses rand.NewChaCha8"},
		{"simulate", randCall("rand.New(source)"), "uses rand.New;"},
		{"simulate", randCall("rand.NewPCG(1, 2)"), "uses rand.NewPCG"},
		{"clock", "import _ \"example.com/anything\"", "not among the modules known to be pure"},
		{"clock", "import _ \"golang.org/x/term\"", "not among the modules known to be pure"},
	}
	for _, reach := range []string{
		"C", "context", "crypto/rand", "database/sql", "database/sql/driver", "expvar", "flag", "io/ioutil", "log", "log/slog",
		"net", "net/http", "net/url", "os", "os/exec", "os/signal", "path/filepath", "plugin", "syscall", "testing", "testing/fstest",
	} {
		plants = append(plants, struct{ pkg, source, want string }{"clock", "import _ \"" + reach + "\"", "clock is pure and imports " + reach})
	}
	for _, p := range plants {
		breaches := check(t, p.pkg, p.source)
		if !slices.ContainsFunc(breaches, func(b string) bool { return strings.Contains(b, p.want) }) {
			t.Errorf("%s with %q: breaches %q; want %q", p.pkg, p.source, breaches, p.want)
		}
	}
}

func TestCheckLetsPass(t *testing.T) {
	for _, p := range []struct{ pkg, source string }{
		{"clock", "import (\n\"towerbridge/span\"\n\"time\"\n_ \"unsafe\"\n_ \"embed\"\n_ \"io/fs\"\n_ \"path\"\n)\n" +
			"var _, _ = time.Unix(1, 0).UTC(), time.UnixMilli(1).In(z)\nvar _ = span.Now()"},
		{"clock", "func f(rand, time source) { rand.Read(); time.Now() }"}, // names of its own, not the packages
		{"clock", "import _ \"github.com/cockroachdb/apd/v3\"\nimport _ \"golang.org/x/mod/sumdb/note\""},
		{"simulate", "import \"math/rand/v2\"\nfunc f(r *rand.Rand) { r = rand.New(rand.NewPCG(1, 2)); r.IntN(6) }"},
		{"internal/app", "import (\n\"os\"\n\"time\"\n_ \"towerbridge/measure\"\n)\nvar _, _ = time.Now(), os.Args"},
		{"internal/tools/schema", "import _ \"towerbridge/internal/app\""},
		{"bench/compare", "import \"time\"\nvar _ = time.Now()"},
	} {
		for _, b := range check(t, p.pkg, p.source) {
			t.Errorf("%s with %q: %s", p.pkg, p.source, b)
		}
	}
}

// TestPlantedModule goes the whole way, go list included: a module of three
// packages, one of which reads the wall clock in a file that this machine would
// not even build, is found out by file and line; its test file is left alone.
func TestPlantedModule(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":              "module towerbridge\n\ngo 1.26\n",
		"span/span.go":        "package span\n",
		"clock/clock.go":      "package clock\n\nimport _ \"towerbridge/span\"\n",
		"clock/clock_test.go": "package clock\n\nimport \"os\"\n\nvar _ = os.Args\n",
		"clock/odd.go":        "//go:build never\n\npackage clock\n\nimport \"time\"\n\nvar started = time.Now()\n",
		"attic/attic.go":      "package attic\n",
	} {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	module, packages, files, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	table, _, err := ReadTable(strings.NewReader(plan))
	if err != nil {
		t.Fatal(err)
	}
	breaches := Check(table, module, packages, files)
	want := []string{"attic has no floor", filepath.Join("clock", "odd.go") + ":7:15: clock is pure and uses time.Now"}
	if len(breaches) != len(want) {
		t.Fatalf("breaches %q; want %q", breaches, want)
	}
	for i, w := range want {
		if !strings.Contains(breaches[i], w) {
			t.Errorf("breach %q; want %q", breaches[i], w)
		}
	}
}

func TestLoadRefusesWhatItCannotParse(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module towerbridge\n\ngo 1.26\n", "broken.go": "package broken\n\nfunc {\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, packages, _, err := Load(folder); err == nil {
		t.Errorf("a file that does not parse was accepted: %v", packages)
	}
	if _, _, _, err := Load(filepath.Join(folder, "nowhere")); err == nil {
		t.Error("a folder that does not exist was accepted")
	}
}
