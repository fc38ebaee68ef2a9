package identity

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"towerbridge/fault"
	"towerbridge/span"
)

const june = span.Instant(1780315200) // 2026-06-01T12:00:00Z

// device is somebody's authenticator, with one key, at a site.
type device struct {
	site virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func newDevice(kind virtualwebauthn.KeyType) *device {
	return &device{
		site: virtualwebauthn.RelyingParty{ID: "desk.example.org", Name: "Desk", Origin: "https://desk.example.org"},
		auth: virtualwebauthn.NewAuthenticator(), key: virtualwebauthn.NewCredential(kind),
	}
}

func (d *device) create(t *testing.T, options []byte) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	d.auth.Options.UserHandle = []byte(o.UserID)
	return []byte(virtualwebauthn.CreateAttestationResponse(d.site, d.auth, d.key, *o))
}

func (d *device) get(t *testing.T, options []byte) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(d.site, d.auth, d.key, *o))
}

func newPasskeys(t testing.TB) *Passkeys {
	t.Helper()
	p, err := NewPasskeys("Desk", "https://desk.example.org")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// registered is a holder with the key of a device.
func registered(t *testing.T, p *Passkeys, d *device) Holder {
	t.Helper()
	h := Holder{Handle: []byte("0123456789abcdef"), Name: "ada", Shown: "Ada Byron"}
	options, state, err := p.BeginRegistration(h)
	if err != nil {
		t.Fatal(err)
	}
	k, err := p.FinishRegistration(h, state, d.create(t, options), "phone", june)
	if err != nil {
		t.Fatal(err)
	}
	if k.Name != "phone" || k.Added != june || k.Used != 0 || len(k.Credential.ID) == 0 {
		t.Errorf("registered %+v", k)
	}
	h.Passkeys = append(h.Passkeys, *k)
	stored, err := json.Marshal(h) // as the caller keeps it
	if err != nil {
		t.Fatal(err)
	}
	var back Holder
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// signIn is a whole ceremony; change may spoil the state or the answer.
func signIn(t *testing.T, p *Passkeys, d *device, h Holder, change func(state, answer []byte) ([]byte, []byte)) (Holder, int, error) {
	t.Helper()
	options, state, err := p.BeginSignIn()
	if err != nil {
		t.Fatal(err)
	}
	answer := d.get(t, options)
	if change != nil {
		state, answer = change(state, answer)
	}
	return p.FinishSignIn(state, answer, june, func(handle []byte) (Holder, error) {
		if string(handle) != string(h.Handle) {
			return Holder{}, NotKnown("", "nobody has that passkey")
		}
		return h, nil
	})
}

func TestPasskey(t *testing.T) {
	p := newPasskeys(t)
	for _, kind := range []virtualwebauthn.KeyType{virtualwebauthn.KeyTypeEC2, virtualwebauthn.KeyTypeRSA} {
		d := newDevice(kind)
		h := registered(t, p, d)
		for range 3 {
			d.key.Counter++
			got, which, err := signIn(t, p, d, h, nil)
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			if got.Name != "ada" || which != 0 || got.Passkeys[0].Used != june || got.Passkeys[0].Credential.Authenticator.SignCount != d.key.Counter {
				t.Errorf("%s: signed in %+v", kind, got)
			}
			h = got
		}
	}
}

// What begins says that the device must see its owner, and keep the key to be found by
// the site; it names nobody before he is known.
func TestPasskeyOptions(t *testing.T) {
	p := newPasskeys(t)
	h := registered(t, p, newDevice(virtualwebauthn.KeyTypeEC2))
	options, _, err := p.BeginRegistration(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"userVerification":"required"`, `"residentKey":"required"`, `"attestation":"none"`, `"excludeCredentials"`, base64.RawURLEncoding.EncodeToString(h.Handle)} {
		if !strings.Contains(string(options), want) {
			t.Errorf("%s is not in %s", want, options)
		}
	}
	options, _, err = p.BeginSignIn()
	if err != nil {
		t.Fatal(err)
	}
	if s := string(options); !strings.Contains(s, `"userVerification":"required"`) || strings.Contains(s, "allowCredentials") || strings.Contains(s, "ada") {
		t.Errorf("the options are %s", s)
	}
}

func TestPasskeyIsRefused(t *testing.T) {
	p := newPasskeys(t)
	keep := func(state, answer []byte) ([]byte, []byte) { return state, answer }
	for name, c := range map[string]struct {
		spoil  func(*device)
		change func(state, answer []byte) ([]byte, []byte)
		says   string
	}{
		"of another site":      {spoil: func(d *device) { d.site.Origin = "https://desk.example.com" }},
		"of another host's id": {spoil: func(d *device) { d.site.ID = "example.org" }},
		"without its owner":    {spoil: func(d *device) { d.auth.Options.UserNotVerified = true }},
		"without anybody":      {spoil: func(d *device) { d.auth.Options.UserNotPresent = true }},
		"of another key": {spoil: func(d *device) {
			other := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
			other.ID, other.Counter = d.key.ID, d.key.Counter
			d.key = other
		}},
		"of an unknown key":     {spoil: func(d *device) { d.key.ID = []byte("another one") }},
		"of nobody":             {spoil: func(d *device) { d.auth.Options.UserHandle = []byte("nobody") }, says: "nobody has that passkey"},
		"without a handle":      {spoil: func(d *device) { d.auth.Options.UserHandle = nil }},
		"whose counter is back": {spoil: func(d *device) { d.key.Counter = 1 }, says: "copy"},
		"that is a replay": {change: func(_, answer []byte) ([]byte, []byte) {
			_, state, _ := p.BeginSignIn()
			return state, answer
		}},
		"for a registration": {change: func(_, answer []byte) ([]byte, []byte) {
			_, state, _ := p.BeginRegistration(Holder{Handle: []byte("0123456789abcdef"), Name: "ada", Shown: "A"})
			return state, answer
		}},
		"that is nothing":   {change: func(state, _ []byte) ([]byte, []byte) { return state, nil }},
		"that is something": {change: func(state, _ []byte) ([]byte, []byte) { return state, []byte(`{"id":"x"}`) }},
		"with another signature": {change: func(state, answer []byte) ([]byte, []byte) {
			var a map[string]any
			if err := json.Unmarshal(answer, &a); err != nil {
				t.Fatal(err)
			}
			r := a["response"].(map[string]any)
			r["signature"] = base64.RawURLEncoding.EncodeToString([]byte("no signature"))
			out, _ := json.Marshal(a)
			return state, out
		}},
	} {
		d := newDevice(virtualwebauthn.KeyTypeEC2)
		h := registered(t, p, d)
		d.key.Counter = 7
		h, _, err := signIn(t, p, d, h, keep)
		if err != nil {
			t.Fatal(err)
		}
		d.key.Counter = 8
		if c.spoil != nil {
			c.spoil(d)
		}
		if c.change == nil {
			c.change = keep
		}
		_, _, err = signIn(t, p, d, h, c.change)
		if !errors.Is(err, ErrNotKnown) || fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), c.says) {
			t.Errorf("an answer %s: %v", name, err)
		}
	}
}

func TestRegistrationIsRefused(t *testing.T) {
	p := newPasskeys(t)
	d := newDevice(virtualwebauthn.KeyTypeEC2)
	h := registered(t, p, d)
	begin := func() ([]byte, []byte) {
		options, state, err := p.BeginRegistration(h)
		if err != nil {
			t.Fatal(err)
		}
		return options, state
	}
	options, state := begin()
	if _, err := p.FinishRegistration(h, state, d.create(t, options), "again", june); fault.KindOf(err) != fault.Conflict {
		t.Errorf("registered twice: %v", err)
	}
	other := newDevice(virtualwebauthn.KeyTypeEC2)
	options, state = begin()
	answer := other.create(t, options)
	stranger := h
	stranger.Handle = []byte("fedcba9876543210")
	if _, err := p.FinishRegistration(stranger, state, answer, "x", june); !errors.Is(err, ErrNotKnown) {
		t.Errorf("the state of somebody else: %v", err)
	}
	_, later := begin()
	if _, err := p.FinishRegistration(h, later, answer, "x", june); !errors.Is(err, ErrNotKnown) {
		t.Errorf("an answer to an earlier challenge: %v", err)
	}
	other.auth.Options.UserNotVerified = true
	options, state = begin()
	if _, err := p.FinishRegistration(h, state, other.create(t, options), "x", june); !errors.Is(err, ErrNotKnown) {
		t.Errorf("a device that did not see its owner: %v", err)
	}
	if _, err := p.FinishRegistration(h, state, []byte("{}"), "x", june); !errors.Is(err, ErrNotKnown) {
		t.Errorf("an empty answer: %v", err)
	}
	if _, err := p.FinishRegistration(h, []byte("no state"), answer, "x", june); fault.KindOf(err) != fault.Internal {
		t.Errorf("a spoilt state: %v", err)
	}
	if _, _, err := p.FinishSignIn(nil, answer, june, nil); fault.KindOf(err) != fault.Internal {
		t.Errorf("no state: %v", err)
	}
	if _, _, err := p.BeginRegistration(Holder{Name: "ada", Shown: "Ada"}); fault.KindOf(err) != fault.Internal {
		t.Errorf("a holder without a handle: %v", err)
	}
}

func TestOriginsOfPasskeys(t *testing.T) {
	for origin, want := range map[string]bool{
		"https://desk.example.org": true, "https://desk.example.org:8443/": true, "http://localhost:8080": true, "https://localhost": true,
		"": false, "desk.example.org": false, "http://desk.example.org": false, "https://192.0.2.1": false, "https://[::1]:8080": false,
		"https://desk.example.org/path": false, "ftp://localhost": false, "https://": false, "://": false,
	} {
		_, err := NewPasskeys("Desk", origin)
		if (err == nil) != want || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

func FuzzPasskeyAnswer(f *testing.F) {
	p := newPasskeys(f)
	_, state, err := p.BeginSignIn()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"id":"eA","rawId":"eA","type":"public-key","response":{"authenticatorData":"eA","clientDataJSON":"e30","signature":"eA","userHandle":"eA"}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, _, err := p.FinishSignIn(state, answer, june, func([]byte) (Holder, error) { return Holder{}, nil }); err == nil {
			t.Error("an invented answer signs in")
		}
		if _, err := p.FinishRegistration(Holder{}, state, answer, "x", june); err == nil {
			t.Error("an invented answer registers")
		}
	})
}
