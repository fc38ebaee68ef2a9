package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// account is how a person signs in. It lies on its shelf under person/ID; beside it lie
// pointers to it, by what a person is found at the door:
//
//	person/ID       the account
//	name/ADA@X      by sign-in name, in small letters
//	handle/HEX      by what a device with a passkey keeps
//	subject/HASH    by keyed hash of a provider's issuer and subject
//
// A name or a handle is put only where there is none, so no two accounts have the
// same. A subject is only where to look first: that a person has it is for the directory
// to say.
type account struct {
	Person   string             `json:"person"`
	Name     string             `json:"name,omitempty"`     // that he signs in by
	Password string             `json:"password,omitempty"` // its hash; empty: none
	Handle   []byte             `json:"handle,omitempty"`
	Passkeys []identity.Passkey `json:"passkeys,omitempty"`
	Day      string             `json:"day,omitempty"`     // UTC, of the last sign-in that the journal has
	More     int                `json:"more,omitempty"`    // sign-ins since then
	Refused  int                `json:"refused,omitempty"` // attempts refused since then

	version int64 // zero: there is none yet
}

// pointer is what leads to an account.
type pointer struct {
	Person string `json:"person"`
}

// account returns a person's account; an empty one where he has none yet.
func (d *Door) account(ctx context.Context, person string) (*account, error) {
	a := &account{Person: person}
	item, err := d.record.Ledger.Get(ctx, store.Accounts, "person/"+person)
	if isNotFound(err) {
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	a.version = item.Version
	return a, readItem(item, a)
}

// put is the item that keeps the account, where nobody else has changed it.
func (a *account) put() store.Item {
	return store.Item{Shelf: store.Accounts, ID: "person/" + a.Person, Sort: a.Name, Version: a.version, Data: writeItem(a)}
}

// pointTo is the item of a pointer, where there is none yet.
func pointTo(id, person string) store.Item {
	return store.Item{Shelf: store.Accounts, ID: id, Data: writeItem(pointer{person})}
}

// pointed returns the id of the person that a pointer leads to; empty where there is none.
func (d *Door) pointed(ctx context.Context, id string) (string, error) {
	item, err := d.record.Ledger.Get(ctx, store.Accounts, id)
	if isNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var p pointer
	return p.Person, readItem(item, &p)
}

// usable reports whether somebody can sign in to the account of a person.
func (a *account) usable(p *directory.Person) bool {
	return a.Password != "" || len(a.Passkeys) > 0 || len(p.Subjects) > 0
}

// signedIn counts a sign-in, and returns the act for the journal where it is the first
// of a day: how often the account was used and refused since the last such act.
func (a *account) signedIn(now span.Instant, method, party string) (store.Act, bool) {
	day := now.Time().Format("2006-01-02")
	if day == a.Day {
		a.More++
		return store.Act{}, false
	}
	act := aboutPerson("sign-in.grant", party, "", a.Person, map[string]string{"method": method, "more": count(a.More), "refused": count(a.Refused)})
	a.Day, a.More, a.Refused = day, 0, 0
	return act, true
}

// count writes a number, but for zero.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// holder is the account's owner as passkeys know him.
func (a *account) holder(p *directory.Person) identity.Holder {
	name := a.Name
	if name == "" {
		name = p.ID
	}
	shown := p.Name
	if shown == "" {
		shown = name
	}
	return identity.Holder{Handle: a.Handle, Name: name, Shown: shown, Passkeys: slices.Clone(a.Passkeys)}
}

// newHandle returns what a device with a passkey is to keep of a person: random, since
// it must say nothing about him.
func (d *Door) newHandle() ([]byte, error) {
	handle := make([]byte, 32)
	if _, err := io.ReadFull(d.record.Random, handle); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "no random bytes could be had")
	}
	return handle, nil
}

func handlePointer(handle []byte) string { return "handle/" + hex.EncodeToString(handle) }

func (d *Door) subjectPointer(key string) string { return "subject/" + d.mint.Blind("subject", key) }

// foldName returns a sign-in name as it is compared.
func foldName(name string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(name))) }

// checkName returns the folded form of a new sign-in name, or what is wrong with it.
func checkName(name string) (string, fault.Findings) {
	folded := foldName(name)
	n := utf8.RuneCountInString(folded)
	bad := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError || r == '/'
	}
	if n < 3 || n > 200 || strings.ContainsFunc(folded, bad) {
		return "", fault.Findings{ruleSignInName.At(fault.Position{}, "name", "a sign-in name of %d characters, or with spaces or slashes in it, cannot be used", n)}
	}
	return folded, nil
}

// rename gives an account its sign-in name, and returns the pointer to it where there is
// none yet. An account that has a name keeps it.
func (a *account) rename(folded string) []store.Item {
	if a.Name != "" || folded == "" {
		return nil
	}
	a.Name = folded
	return []store.Item{pointTo("name/"+folded, a.Person)}
}

// isNotFound reports whether an error says that a thing is not there.
func isNotFound(err error) bool { return err != nil && fault.KindOf(err) == fault.NotFound }

// readItem reads what writeItem wrote.
func readItem(item store.Item, into any) error {
	if err := json.Unmarshal(item.Data, into); err != nil {
		return fault.Wrap(fault.Internal, err, "a stored %s cannot be read", item.Shelf)
	}
	return nil
}

func writeItem(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only of a type that cannot be written, which is a defect
	}
	return b
}
