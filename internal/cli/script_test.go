package cli_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"towerbridge/internal/cli"
	"towerbridge/internal/store"
	"towerbridge/internal/store/sqlstore"
	"towerbridge/span"
)

// The scripts under testdata/script run the program as people do. Beside the usual
// commands of testscript they have:
//
//	exec exits N towerbridge ...   the program must end with status N
//	flip FILE.zip NAME OLD NEW     changes a text in a file of an archive
//	gzip FILE KEPT                 writes FILE.gz, of which only KEPT bytes are kept (0: all)
//	latin1 FILE                    writes a text as Latin-1
//	field FILE N                   appends a row whose last field has N bytes
//	bom FILE                       writes a text with a byte-order mark and CRLF line ends
//	nul FILE OLD                   puts a NUL byte in place of a text
//	nest FILE N                    writes an XES log of N nested lists, compressed, as FILE.gz
//	archive FILE NAME N            writes an archive with a file of N zero bytes
//	key FILE OUT                   writes the public key that a journal's head names
//	sub FILE OUT OLD NEW           writes a text with another in place of one
//	empty-folder DIR               there is nothing in the folder, or no folder
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"towerbridge": func() {
			os.Exit(cli.Run(context.Background(), os.Args[1:], cli.World{
				Stdout: os.Stdout, Stderr: os.Stderr, Random: rand.Reader, Getenv: os.Getenv, Version: "test",
				Now: testNow, OpenLedger: openLedger,
			}))
		},
		"exits": exits,
	})
}

// testNow is the present of the scripts.
func testNow() span.Instant { return 1_790_000_000 } // September 2026

// openLedger opens a record in a file, as the program does.
func openLedger(ctx context.Context, url string, create bool) (store.Ledger, error) {
	if file, ok := sqlstore.File(url); ok && !create {
		if _, err := os.Stat(file); err != nil {
			return nil, store.FileError("the record", file, err)
		}
	}
	l, err := sqlstore.Open(ctx, url, sqlstore.Options{Now: testNow})
	if err != nil {
		return nil, err
	}
	return l, nil
}

func exits() {
	want, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	command := exec.Command(os.Args[2], os.Args[3:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	err = command.Run()
	var ended *exec.ExitError
	got := 0
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	if got != want {
		fmt.Fprintf(os.Stderr, "ended with status %d; want %d\n", got, want)
		os.Exit(1)
	}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
			if err != nil {
				return err
			}
			env.Setenv("EXAMPLES", examples)
			return os.CopyFS(filepath.Join(env.WorkDir, "desk"), os.DirFS("testdata/desk"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"flip": flip, "gzip": pack, "latin1": latin1, "field": field, "empty-folder": emptyFolder,
			"bom": bom, "nul": nul, "nest": nest, "archive": archive, "key": publicKey, "sub": substitute,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// publicKey writes the public key of a journal's head.
func publicKey(ts *testscript.TestScript, _ bool, args []string) {
	var head struct{ Key string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &head))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(head.Key+"\n"), 0o600))
}

// substitute writes a text in which another stands in place of one.
func substitute(ts *testscript.TestScript, _ bool, args []string) {
	old := ts.ReadFile(args[0])
	if !strings.Contains(old, args[2]) {
		ts.Fatalf("%s does not hold %q", args[0], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(old, args[2], args[3])), 0o600))
}

func flip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	in, err := zip.OpenReader(path)
	ts.Check(err)
	defer in.Close()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	changed := false
	for _, f := range in.File {
		r, err := f.Open()
		ts.Check(err)
		data, err := io.ReadAll(r)
		ts.Check(err)
		if f.Name == args[1] {
			now := bytes.Replace(data, []byte(args[2]), []byte(args[3]), 1)
			changed = !bytes.Equal(now, data)
			data = now
		}
		w, err := out.Create(f.Name)
		ts.Check(err)
		_, err = w.Write(data)
		ts.Check(err)
	}
	ts.Check(out.Close())
	if !changed {
		ts.Fatalf("%s of %s has no %q", args[1], args[0], args[2])
	}
	ts.Check(os.WriteFile(path, b.Bytes(), 0o644))
}

func pack(ts *testscript.TestScript, _ bool, args []string) {
	kept, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err = io.WriteString(w, ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(w.Close())
	if kept == 0 {
		kept = b.Len()
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0])+".gz", b.Bytes()[:kept], 0o644))
}

func latin1(ts *testscript.TestScript, _ bool, args []string) {
	var b []byte
	for _, r := range ts.ReadFile(args[0]) {
		b = append(b, byte(r))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

func field(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0]) + "INC-9,2026-03-06 09:00,,opened,P3,DESK-1,E-mail,," + string(bytes.Repeat([]byte("x"), n)) + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func bom(ts *testscript.TestScript, _ bool, args []string) {
	text := "\ufeff" + strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func nul(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.Replace(ts.ReadFile(args[0]), args[1], "\x00", 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func nest(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]) + ".gz")
	ts.Check(err)
	w := gzip.NewWriter(f)
	_, err = io.WriteString(w, "<log><trace><event>")
	ts.Check(err)
	step := bytes.Repeat([]byte("<list key=\"a\">"), 1024)
	for ; n > 0; n -= 1024 {
		_, err = w.Write(step)
		ts.Check(err)
	}
	ts.Check(w.Close())
	ts.Check(f.Close())
}

func archive(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[2], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	out := zip.NewWriter(f)
	w, err := out.Create(args[1])
	ts.Check(err)
	zeros := make([]byte, 1<<20)
	for ; n > 0; n -= int64(len(zeros)) {
		_, err = w.Write(zeros[:min(n, int64(len(zeros)))])
		ts.Check(err)
	}
	ts.Check(out.Close())
	ts.Check(f.Close())
}

func emptyFolder(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		ts.Check(err)
	}
	for _, e := range entries {
		ts.Fatalf("%s holds %s", args[0], e.Name())
	}
}
