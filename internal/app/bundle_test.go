package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/fault"
	"towerbridge/statement"
)

const late = `INC-1,2026-03-02 09:00,,opened,P3,DESK-1,E-mail,,Ada
INC-1,2026-03-02 10:00,2026-04-20 10:00,waits,,,,user,
INC-1,2026-03-03 10:00,2026-04-20 10:00,goes on,,,,user,
INC-1,2026-03-03 15:00,,fixed,,,,,Bob
`

// issue writes the bundle of March's statement of the desk and returns its path.
func issue(t *testing.T, signer note.Signer) (string, *statement.Statement) {
	t.Helper()
	drawn, err := DrawStatements(context.Background(), townHall(t, late, nil), Draw{Contracts: []string{"desk"}, Periods: periods(t, "2026-03")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := statement.Issue(&b, drawn.Book, drawn.Log.Journal, drawn.Statements[0], signer); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "march.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path, drawn.Statements[0]
}

func TestVerifyBundle(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "joiner.key")
	public, err := NewKey(rand.Reader, "joiner.example", file)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := Signer(file)
	if err != nil {
		t.Fatal(err)
	}
	path, s := issue(t, signer)
	pub := filepath.Join(dir, "joiner.pub")
	if err := os.WriteFile(pub, []byte(public+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{public, pub} {
		keys, err := Verifiers(key)
		if err != nil {
			t.Fatal(err)
		}
		report, err := VerifyBundle(path, keys, 1)
		if err != nil || !report.Agrees || report.Signed != "joiner.example" || report.Statement.Digest != s.Digest {
			t.Errorf("verified with %s: %+v, %v", key, report, err)
		}
	}
	unsigned, _ := issue(t, nil)
	keys, _ := Verifiers(public)
	_, err = VerifyBundle(unsigned, keys, 1)
	wantError(t, err, fault.Disagrees, "march.zip", "not signed")
	_, err = VerifyBundle(filepath.Join(dir, "none.zip"), nil, 1)
	wantError(t, err, fault.NotFound, "does not exist")
	_, err = VerifyBundle(dir, nil, 1)
	wantError(t, err, fault.Invalid, "not a plain file")
	_, err = VerifyBundle(file, nil, 1)
	wantError(t, err, fault.Invalid, "not a bundle")
}

func TestEarlierBundles(t *testing.T) {
	path, s := issue(t, nil)
	list, err := EarlierBundles([]string{path})
	if err != nil || len(list) != 1 || list[0].Digest != s.Digest {
		t.Fatalf("%v, %v; want the statement %s", list, err, s.Digest)
	}
	_, err = EarlierBundles([]string{path, "/none/a.zip", "/none/b.zip"})
	wantError(t, err, fault.NotFound, "/none/a.zip", "/none/b.zip")
}

func TestSupersede(t *testing.T) {
	path, s := issue(t, nil)
	x, err := Supersede(context.Background(), path, townHall(t, late, nil), nil, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !x.Changed() || x.Statement.Supersedes != s.Digest || x.Statement.AsOf.String() != "2026-04-20T09:00:00Z" {
		t.Errorf("changed %v, supersedes %s, as of %s", x.Changed(), x.Statement.Supersedes, x.Statement.AsOf)
	}
	var lines []string
	for _, c := range x.Changes {
		lines = append(lines, c.Line)
	}
	if got := strings.Join(lines, ", "); !strings.Contains(got, "measure KPI-1") || !strings.Contains(got, "ticket INC-1 of KPI-1") {
		t.Errorf("changed lines: %s", got)
	}
	same, err := Supersede(context.Background(), path, townHall(t, late, nil), &s.AsOf, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if same.Changed() || len(same.Changes) != 0 || same.Statement.Digest != s.Digest {
		t.Errorf("as of the old instant it is %s with changes %v; want %s", same.Statement.Digest, same.Changes, s.Digest)
	}
}

func TestNewKey(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.key")
	public, err := NewKey(rand.Reader, "a.example", file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key has mode %v, %v; want 0600", info.Mode(), err)
	}
	before, _ := os.ReadFile(file)
	_, err = NewKey(rand.Reader, "a.example", file)
	wantError(t, err, fault.Conflict, "a.key exists")
	if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
		t.Error("a key was written over")
	}
	_, err = NewKey(rand.Reader, "two words", filepath.Join(dir, "b.key"))
	wantError(t, err, fault.Invalid, "cannot name a key")
	_, err = NewKey(rand.Reader, "c", filepath.Join(dir, "none", "c.key"))
	wantError(t, err, fault.NotFound, "c.key")
	_, err = NewKey(io.LimitReader(rand.Reader, 3), "d", filepath.Join(dir, "d.key"))
	wantError(t, err, fault.Unavailable, "randomness")
	if !strings.HasPrefix(public, "a.example+") {
		t.Errorf("public key %q", public)
	}
}

// TestKeysAreNeverShown gives private keys where none belong, and damaged ones.
func TestKeysAreNeverShown(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.key")
	if _, err := NewKey(rand.Reader, "a.example", file); err != nil {
		t.Fatal(err)
	}
	private, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimSpace(string(private))
	damaged := filepath.Join(dir, "damaged.key")
	if err := os.WriteFile(damaged, private[:len(private)-6], 0o600); err != nil {
		t.Fatal(err)
	}
	_, asText := Verifiers(secret)
	_, asFile := Verifiers(file)
	_, asSigner := Signer(damaged)
	_, cut := Verifiers(secret[:len(secret)-4])
	for _, err := range []error{asText, asFile, asSigner, cut} {
		if err == nil {
			t.Error("a private key verifies, or a damaged one signs")
			continue
		}
		if strings.Contains(err.Error(), secret[len(secret)-30:len(secret)-8]) {
			t.Errorf("the private key is shown: %v", err)
		}
	}
}

func TestEstateOn(t *testing.T) {
	date := periods(t, "2026-03")[0].From
	view, err := EstateOn(context.Background(), townHall(t, "", nil), date)
	if err != nil || view.Estate != "town" || len(view.Supplies) != 2 {
		t.Errorf("%+v, %v; want the town with two supplies", view, err)
	}
	_, err = EstateOn(context.Background(), townHall(t, "", func(name, text string) string {
		if name == "estate.yaml" {
			return "id: town\n"
		}
		return text
	}), date)
	wantError(t, err, fault.Invalid, "town/estate.yaml:1:1: TB1011")
	_, err = EstateOn(context.Background(), &memory{}, date)
	wantError(t, err, fault.NotFound, "there is no town/estate.yaml")
}
