package statement_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/fault"
	"towerbridge/statement"
)

// seed is randomness of the tests: a run of the same byte.
type seed byte

func (s seed) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(s)
	}
	return len(b), nil
}

// pair returns a key to sign with and the one to verify by.
func pair(t testing.TB, name string) (note.Signer, note.Verifiers) {
	t.Helper()
	return pairOf(t, name, 7)
}

func pairOf(t testing.TB, name string, from seed) (note.Signer, note.Verifiers) {
	t.Helper()
	private, public, err := statement.GenerateKey(name, from)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := statement.NewSigner(" " + private + "\n")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := statement.NewVerifiers(public + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return signer, keys
}

func TestVerifySignature(t *testing.T) {
	signer, keys := pair(t, "atlas.example")
	_, others := pairOf(t, "other.example", 8)
	_, namesake := pairOf(t, "atlas.example", 9)
	signed, unsigned := sample(t, signer), sample(t, nil)

	r, err := statement.Verify(opened(t, signed), keys, 0)
	if err != nil || !r.Agrees || r.Seal() != "signed by atlas.example" {
		t.Errorf("%v, %s", err, r.Seal())
	}
	if r := agrees(t, signed); r.Signed != "" || r.Seal() != "says it is signed by atlas.example, not checked: no public key was given" {
		t.Error(r.Seal())
	}
	if r := agrees(t, unsigned); r.Seal() != "unsigned" {
		t.Error(r.Seal())
	}
	_, err = statement.Verify(opened(t, unsigned), keys, 0)
	refused(t, err, fault.Disagrees, "the bundle is not signed")
	_, err = statement.Verify(opened(t, signed), others, 0)
	refused(t, err, fault.Disagrees, "not signed by the key given", "atlas.example")
	_, err = statement.Verify(opened(t, signed), namesake, 0)
	refused(t, err, fault.Disagrees, "not signed by the key given")
}

func TestVerifyWantsThisManifestSigned(t *testing.T) {
	signer, keys := pair(t, "atlas.example")
	other := issue(t, book(t), newLog().april2026().journal(t), signer)
	signed := change(t, sample(t, signer), "manifest.note", func([]byte) []byte { return []byte(text(t, other, "manifest.note")) })
	_, err := statement.Verify(opened(t, signed), keys, 0)
	refused(t, err, fault.Disagrees, "what is signed in manifest.note is not manifest.txt")

	garbage := change(t, signed, "manifest.note", func([]byte) []byte { return []byte("I signed this. Trust me.\n") })
	_, err = statement.Verify(opened(t, garbage), keys, 0)
	refused(t, err, fault.Disagrees, "nobody, for its signature cannot be read")
}

// TestKeyInBundleProvesNothing lets a forger change the log, draw and sign anew with
// a key of the same name: only the key that came another way tells.
func TestKeyInBundleProvesNothing(t *testing.T) {
	_, keys := pair(t, "atlas.example")
	forger, _ := pairOf(t, "atlas.example", 66)
	forged := issue(t, book(t), newLog().april2026().journal(t), forger)
	_, err := statement.Verify(opened(t, forged), keys, 0)
	refused(t, err, fault.Disagrees, "not signed by the key given")
	_, err = open(rezip(t, append(unzip(t, forged), file{"key.pub", []byte("atlas.example+...")})))
	refused(t, err, fault.Invalid, `"key.pub" is no file of a bundle`)
}

func TestSignaturesAreDeterministic(t *testing.T) {
	signer, _ := pair(t, "atlas.example")
	if !bytes.Equal(sample(t, signer), sample(t, signer)) {
		t.Error("two bundles differ")
	}
}

func TestKeysThatCannotBeRead(t *testing.T) {
	private, public, err := statement.GenerateKey("atlas.example", seed(3))
	if err != nil {
		t.Fatal(err)
	}
	secret := private[strings.LastIndex(private, "+")+1:]
	for _, bad := range []string{"", public, "PRIVATE+KEY+", private[:len(private)-8], strings.Replace(private, "atlas", "other", 1), private + "x"} {
		_, err := statement.NewSigner(bad)
		refused(t, err, fault.Invalid, "private key")
		if strings.Contains(err.Error(), secret[:12]) {
			t.Errorf("the error holds the secret: %v", err)
		}
	}
	for _, bad := range []string{"", "atlas.example", public[:len(public)-8], private} {
		_, err := statement.NewVerifiers(bad)
		refused(t, err, fault.Invalid, "key")
		if strings.Contains(err.Error(), secret[:12]) {
			t.Errorf("the error holds the secret: %v", err)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", "\xff"} {
		_, _, err := statement.GenerateKey(name, seed(3))
		refused(t, err, fault.Invalid, "cannot name a key")
	}
	_, _, err = statement.GenerateKey("a", bytes.NewReader(nil))
	refused(t, err, fault.Unavailable, "no randomness")
}
