package floors

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Package is one package as it ships: its name relative to the module ("." for
// the top folder) and its parsed files, tests left out.
type Package struct {
	Name  string
	Files []*ast.File
}

// Load lists the packages of the module in a folder with the go command and
// parses their files, those that build constraints leave out on this machine
// included. It returns the module's path, the packages and where their text is.
func Load(folder string) (string, []Package, *token.FileSet, error) {
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Module,GoFiles,CgoFiles,IgnoredGoFiles", "./...")
	list.Dir = folder
	out, err := list.Output()
	if err != nil {
		return "", nil, nil, fmt.Errorf("go list in %s: %w", folder, err)
	}
	var module string
	var packages []Package
	files := token.NewFileSet()
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var listed struct {
			ImportPath, Dir                   string
			Module                            struct{ Path string }
			GoFiles, CgoFiles, IgnoredGoFiles []string
		}
		if err := decoder.Decode(&listed); errors.Is(err, io.EOF) {
			return module, packages, files, nil
		} else if err != nil {
			return "", nil, nil, fmt.Errorf("what go list printed: %w", err)
		}
		module = listed.Module.Path
		p := Package{Name: "."}
		if listed.ImportPath != module {
			p.Name = strings.TrimPrefix(listed.ImportPath, module+"/")
		}
		for _, name := range slices.Concat(listed.GoFiles, listed.CgoFiles, listed.IgnoredGoFiles) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(files, filepath.Join(listed.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return "", nil, nil, err
			}
			p.Files = append(p.Files, tree)
		}
		packages = append(packages, p)
	}
}
