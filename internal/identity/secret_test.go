package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// planted is what no output may hold.
const planted = "correct-horse-battery"

func TestSecretIsNeverShown(t *testing.T) {
	s := Secret(planted)
	type holder struct {
		Name   string
		Secret Secret
		Many   []Secret
	}
	h := holder{"ada", s, []Secret{s}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", &s)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &h)
	}
	fmt.Fprintln(&out, s.String(), s.GoString(), s)
	for _, v := range []any{s, h, map[string]Secret{"a": s}, []any{s}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("signed in", "with", s, "holder", h)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("signed in", "with", s, "holder", h)
	if text := out.String(); strings.Contains(text, planted) || strings.Contains(text, fmt.Sprintf("%x", planted)) {
		t.Errorf("the secret is in:\n%s", text)
	}
	if s.Reveal() != planted {
		t.Error("the secret is lost")
	}
}

func TestSecretIsReadAsText(t *testing.T) {
	var v struct{ Password Secret }
	if err := json.Unmarshal([]byte(`{"Password":"`+planted+`"}`), &v); err != nil || v.Password.Reveal() != planted {
		t.Errorf("read %q, %v", v.Password.Reveal(), err)
	}
	if !v.Password.Equal(planted) || v.Password.Equal(planted+"x") || v.Password.Equal("") {
		t.Error("secrets are compared wrongly")
	}
}

func TestScrub(t *testing.T) {
	m := newMint(t)
	token, _, err := m.New(Token)
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"nothing here":                           "nothing here",
		"retbl=1 a=b":                            "retbl=1 a=b",
		"key " + token.Reveal() + ".":            "key (secret).",
		"tb_link_" + strings.Repeat("a", 30):     "(secret)",
		"/callback?code=abc123&state=x&other=1":  "/callback?(secret)&(secret)&other=1",
		"Authorization: Bearer abcdefghijklmnop": "Authorization: (secret)",
		"authorization: basic YWJjOmRlZmdoaWpr":  "authorization: (secret)",
		"the bearer arrived":                     "the bearer arrived",
		`GET "/x?client_secret=s3cret" 404`:      `GET "/x?(secret)" 404`,
		"barcode=12":                             "barcode=12",
	} {
		if got := Scrub(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestLogsAreRedacted(t *testing.T) {
	m := newMint(t)
	token, _, err := m.New(Session)
	if err != nil {
		t.Fatal(err)
	}
	plain := token.Reveal()
	type request struct{ Header map[string]string }
	speak := func(l *slog.Logger) {
		l = l.With("cookie", plain, "from", "192.0.2.1").With(slog.Group("req", "url", "/?code=4711abc", "password", planted))
		l.Info("got "+plain, "error", fmt.Errorf("no %s: %w", plain, errors.New(planted[:0]+"gone")), "n", 7)
		l.WithGroup("g").Warn("x", "Password", planted, "any", request{map[string]string{"a": plain}}, slog.Group("deep", slog.Group("er", "token", planted)))
		l.Error("x", "bytes", []byte("tb_"), "err", errors.New("Bearer "+plain))
	}
	var out bytes.Buffer
	speak(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: Redact})))
	speak(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: Redact})))
	speak(slog.New(Handler(slog.NewTextHandler(&out, nil))))
	speak(slog.New(Handler(slog.NewJSONHandler(&out, nil))))
	for _, secret := range []string{plain, planted, "4711abc"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s is in:\n%s", secret, &out)
		}
	}
	for _, kept := range []string{"192.0.2.1", "gone", `"n":7`, "n=7", "got (secret)"} {
		if !strings.Contains(out.String(), kept) {
			t.Errorf("%s is not in:\n%s", kept, &out)
		}
	}
}

func BenchmarkScrub(b *testing.B) {
	for b.Loop() {
		Scrub("GET /api/v1/tickets?limit=50&status=open 200 12ms 192.0.2.1")
	}
}
