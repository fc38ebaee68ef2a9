package floors

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// worldly are the imports by which a package reaches outside its arguments, or
// learns what machine it runs on. A name ending in "/..." covers all below it.
var worldly = []string{
	"C", "context", "crypto/rand", "database/sql/...", "expvar", "flag", "io/ioutil", "log/...", "math/rand",
	"net/...", "os/...", "path/filepath", "plugin", "syscall/...", "testing/...",
}

// pureModules are the only modules of others that a pure package may use: they
// compute from their arguments.
var pureModules = []string{
	"cel.dev/cel-go/...", "github.com/cedar-policy/cedar-go/...", "github.com/cockroachdb/apd/v3/...", "github.com/goccy/go-yaml/...",
	"golang.org/x/mod/...", "golang.org/x/text/...", "golang.org/x/tools/txtar", "google.golang.org/genproto/...", "google.golang.org/protobuf/...",
}

// wallClock are the names of package time that read the machine's clock or its
// zone. time.Unix and its kin answer in the machine's zone too; see [unzoned].
var wallClock = []string{
	"After", "AfterFunc", "LoadLocation", "Local", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until",
}

// unzoned are the functions of package time whose result is in the machine's
// zone, until .UTC() or .In(zone) follows at once.
var unzoned = []string{"Unix", "UnixMicro", "UnixMilli"}

// dice are the pure packages that may draw random numbers, from a seed.
var dice = []string{"audit", "simulate", "whatif"}

// pure reports whether a package may touch nothing but its arguments. The
// programs that time the rivals under bench are no part of the product: they
// read clocks and files by trade, so they are exempt, and nothing may import
// them.
func pure(pkg string) bool {
	top, _, _ := strings.Cut(pkg, "/")
	return top != "internal" && top != "cmd" && top != "bench"
}

// covers reports whether a list of names holds a path, "/..." covering the name
// itself and all below it.
func covers(names []string, importPath string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		folder, wide := strings.CutSuffix(name, "/...")
		return importPath == folder || wide && strings.HasPrefix(importPath, folder+"/")
	})
}

// Check returns every breach of the floors by the packages of a module, each
// with its place: a package without a line, an import that its line does not
// name, and in a pure package a worldly import, another's module not known to
// be pure, the wall clock, the machine's zone, or a random number without a seed.
func Check(table Table, module string, packages []Package, files *token.FileSet) []string {
	c := checker{module: module, files: files}
	for _, p := range packages {
		row, ok := table.Of(p.Name)
		if !ok {
			c.breaches = append(c.breaches, fmt.Sprintf("%s has no floor: give it a line in floors.txt", p.Name))
		}
		for _, file := range p.Files {
			c.imports(p.Name, row, file)
			if pure(p.Name) {
				c.purity(p.Name, file)
			}
		}
	}
	return c.breaches
}

// checker gathers breaches.
type checker struct {
	module   string
	files    *token.FileSet
	breaches []string
}

func (c *checker) breach(at ast.Node, format string, args ...any) {
	c.breaches = append(c.breaches, c.files.Position(at.Pos()).String()+": "+fmt.Sprintf(format, args...))
}

// imports checks a file's imports against its package's row, and for purity.
func (c *checker) imports(pkg string, row Row, file *ast.File) {
	for _, spec := range file.Imports {
		target := pathOf(spec)
		ours, isOurs := strings.CutPrefix(target, c.module+"/")
		first, _, _ := strings.Cut(target, "/")
		switch {
		case isOurs:
			if !slices.Contains(row.May, ours) {
				c.breach(spec, "%s imports %s; floors.txt does not let it", pkg, ours)
			}
		case !pure(pkg):
		case covers(worldly, target):
			c.breach(spec, "%s is pure and imports %s", pkg, target)
		case target == "math/rand/v2" && !slices.Contains(dice, pkg):
			c.breach(spec, "%s is pure and imports %s, which only %s may", pkg, target, strings.Join(dice, ", "))
		case strings.Contains(first, ".") && !covers(pureModules, target):
			c.breach(spec, "%s is pure and imports %s, which is not among the modules known to be pure", pkg, target)
		case (target == "time" || target == "math/rand/v2") && spec.Name != nil:
			c.breach(spec, "%s imports %q under another name; its calls could not be checked", pkg, target)
		}
	}
}

// purity checks what a pure package's file does with the time, and with chance.
func (c *checker) purity(pkg string, file *ast.File) {
	for _, group := range file.Comments {
		for _, line := range group.List {
			if strings.HasPrefix(line.Text, "//go:linkname") {
				c.breach(line, "%s is pure and reaches into another package by go:linkname", pkg)
			}
		}
	}
	has := func(target string) bool {
		return slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool { return pathOf(s) == target })
	}
	clock, chance := has("time"), has("math/rand/v2")
	seeded := map[ast.Node]bool{} // rand.New and rand.NewPCG where they stand together
	zoned := map[ast.Node]bool{}  // time.Unix where a zone follows at once
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if isName(n.Fun, "rand", "New") && len(n.Args) == 1 {
				if source, ok := n.Args[0].(*ast.CallExpr); ok && isName(source.Fun, "rand", "NewPCG") {
					seeded[n.Fun], seeded[source.Fun] = true, true
				}
			}
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Local" && len(n.Args) == 0 {
				c.breach(n, "%s reads the machine's zone; name the zone", pkg)
			}
		case *ast.SelectorExpr:
			if call, ok := n.X.(*ast.CallExpr); ok && (n.Sel.Name == "UTC" || n.Sel.Name == "In") {
				zoned[call.Fun] = true
			}
			if clock && isName(n, "time", n.Sel.Name) {
				c.time(pkg, n, zoned[n])
			}
			if chance && isName(n, "rand", n.Sel.Name) && n.Sel.Name != "Rand" && !seeded[n] {
				c.breach(n, "%s uses rand.%s; draw only from rand.New(rand.NewPCG(seed, stream))", pkg, n.Sel.Name)
			}
		}
		return true
	})
}

// time checks one name of package time.
func (c *checker) time(pkg string, n *ast.SelectorExpr, zoned bool) {
	name := n.Sel.Name
	switch {
	case slices.Contains(wallClock, name):
		c.breach(n, "%s is pure and uses time.%s; take the time or the zone as an argument", pkg, name)
	case slices.Contains(unzoned, name) && !zoned:
		c.breach(n, "%s uses time.%s in the machine's zone; let .UTC() or .In(zone) follow at once", pkg, name)
	}
}

// isName reports whether an expression is the qualified name pkg.name.
func isName(e ast.Expr, pkg, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// pathOf returns the path that an import names.
func pathOf(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value
	}
	return path.Clean(p)
}
