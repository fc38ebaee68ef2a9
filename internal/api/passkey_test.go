package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"towerbridge/access"
	"towerbridge/internal/serve"
)

// TestPasskey adds a passkey by a device that is not real but whose answers are, signs in
// by it, and removes it.
func TestPasskey(t *testing.T) {
	h := force(t)
	site := virtualwebauthn.RelyingParty{ID: "localhost", Name: "Towerbridge", Origin: siteOrigin}
	device, key := virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	type ceremony struct {
		Options json.RawMessage
		State   string
	}
	told := func(state, credential string) string {
		b, err := json.Marshal(map[string]any{"state": state, "answer": json.RawMessage(credential), "name": "phone"})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	ask := func(method, path, who, body string) *answer {
		return h.ask(method, "/api/v1"+path, who, body)
	}

	var begun ceremony
	ask("POST", "/me/passkeys/options", h.admin(), "").is(t, http.StatusOK).into(t, &begun)
	creation, err := virtualwebauthn.ParseAttestationOptions(string(begun.Options))
	if err != nil {
		t.Fatal(err)
	}
	device.Options.UserHandle = []byte(creation.UserID)
	made := told(begun.State, virtualwebauthn.CreateAttestationResponse(site, device, key, *creation))
	ask("POST", "/me/passkeys", h.admin(), made).is(t, http.StatusNoContent)
	ask("POST", "/me/passkeys", h.admin(), made).refused(t, serve.TypeStranger) // once
	device.AddCredential(key)

	ask("POST", "/sign-in/passkey/options", "", "").is(t, http.StatusOK).into(t, &begun)
	wanted, err := virtualwebauthn.ParseAssertionOptions(string(begun.Options))
	if err != nil {
		t.Fatal(err)
	}
	other := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	ask("POST", "/sign-in/passkey", "", told(begun.State, virtualwebauthn.CreateAssertionResponse(site, device, other, *wanted))).refused(t, serve.TypeStranger)
	ask("POST", "/sign-in/passkey/options", "", "").is(t, http.StatusOK).into(t, &begun)
	if wanted, err = virtualwebauthn.ParseAssertionOptions(string(begun.Options)); err != nil {
		t.Fatal(err)
	}
	key.Counter++
	signed := ask("POST", "/sign-in/passkey", "", told(begun.State, virtualwebauthn.CreateAssertionResponse(site, device, key, *wanted))).is(t, http.StatusNoContent)
	session := "cookie " + cookieOf(t, signed)
	var me struct {
		Name    string
		Session struct{ Method string }
	}
	h.get("/me", session).is(t, http.StatusOK).into(t, &me)
	if me.Name != "Ada Mercer" || me.Session.Method != "passkey" {
		t.Errorf("%+v", me)
	}

	var list struct {
		Passkeys []struct{ ID, Name, Used string }
	}
	h.get("/me/passkeys", session).is(t, http.StatusOK).into(t, &list)
	if len(list.Passkeys) != 1 || list.Passkeys[0].Name != "phone" || list.Passkeys[0].Used == "" {
		t.Fatalf("%+v", list)
	}
	ask("DELETE", "/me/passkeys/none", session, "").refused(t, serve.TypeNotFound)
	h.after(16 * time.Minute)
	ask("DELETE", "/me/passkeys/"+list.Passkeys[0].ID, session, "").refused(t, serve.TypeStranger) // the sign-in is too old for that
	ask("POST", "/me/passkeys/options", h.as("force", access.Analyst), "").refused(t, serve.TypeDenied)
	ask("POST", "/me/passkeys/options", "", "").refused(t, serve.TypeStranger)
}
