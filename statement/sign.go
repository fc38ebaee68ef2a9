package statement

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"towerbridge/fault"
)

// GenerateKey makes a pair of Ed25519 keys for a name, such as the domain of the
// party that signs, in the form of golang.org/x/mod/sumdb/note. The private key is
// secret; the public one goes to the other party by another way than the bundles.
// The randomness is the caller's and must be fit for keys.
func GenerateKey(name string, random io.Reader) (private, public string, err error) {
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsSpace) || strings.Contains(name, "+") {
		return "", "", fault.New(fault.Invalid, "Give a name such as statements.example.org.",
			"%q cannot name a key: it is empty, or has a space or a plus sign", name)
	}
	private, public, err = note.GenerateKey(random, name)
	if err != nil {
		return "", "", fault.Wrap(fault.Unavailable, err, "no randomness for a key")
	}
	return private, public, nil
}

const privateMark = "PRIVATE+KEY+"

// NewSigner reads a private key as [GenerateKey] writes it; space around it is
// left out. No part of the key is ever in the error.
func NewSigner(private string) (note.Signer, error) {
	private = strings.TrimSpace(private)
	if !strings.HasPrefix(private, privateMark) {
		return nil, fault.New(fault.Invalid, "Give the private key of the pair: one line that begins with "+privateMark+".",
			"the key to sign with is not a private key")
	}
	s, err := note.NewSigner(private)
	if err != nil {
		return nil, fault.New(fault.Invalid, "Make a pair with key new; the line must be whole and unchanged.",
			"the private key cannot be read")
	}
	return s, nil
}

// NewVerifiers reads public keys as [GenerateKey] writes them; space around them is
// left out. A private key is refused without being shown.
func NewVerifiers(public ...string) (note.Verifiers, error) {
	list := make([]note.Verifier, len(public))
	for i, key := range public {
		key = strings.TrimSpace(key)
		if strings.HasPrefix(key, privateMark) {
			return nil, fault.New(fault.Invalid, "Give the public key of the pair, and keep this one secret.",
				"the key to verify with is a private key")
		}
		v, err := note.NewVerifier(key)
		if err != nil {
			return nil, fault.New(fault.Invalid, "Give the line that key new printed as the public key, whole and unchanged.",
				"the public key %.100q cannot be read", key)
		}
		list[i] = v
	}
	return note.VerifierList(list...), nil
}

// checkSignature returns the name of the first key that signed the manifest. Only
// keys of the caller's prove anything: one that comes with the bundle is not asked.
func checkSignature(signed, manifest []byte, keys note.Verifiers) (string, error) {
	if len(signed) == 0 {
		return "", fault.New(fault.Disagrees, "Ask for the signed bundle.", "the bundle is not signed")
	}
	n, err := note.Open(signed, keys)
	if err != nil {
		return "", fault.New(fault.Disagrees, "Check that the public key is the signer's; if it is, the bundle was changed.",
			"the bundle is not signed by the key given: it claims the key of %s", claimed(signed))
	}
	if n.Text != string(manifest) {
		return "", fault.New(fault.Disagrees, "Ask for the bundle as it was issued.", "what is signed in %s is not %s", noteName, manifestName)
	}
	return n.Sigs[0].Name, nil
}

// claims returns the names of the keys by which a note says it is signed, unchecked.
func claims(signed []byte) []string {
	_, err := note.Open(signed, note.VerifierList())
	unverified, ok := err.(*note.UnverifiedNoteError)
	if !ok {
		return nil
	}
	var names []string
	for _, s := range unverified.Note.UnverifiedSigs {
		names = append(names, s.Name)
	}
	return names
}

func claimed(signed []byte) string {
	if names := claims(signed); len(names) > 0 {
		return strings.Join(names, ", ")
	}
	return "nobody, for its signature cannot be read"
}
