package identity

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// Secret is text that must not be shown: a password, a token, a client's secret.
// However it is printed, logged or marshalled, its content stays out; only
// [Secret.Reveal] gives it. It is read from JSON and YAML as any string is. It is no
// key for a map: those are marshalled as the strings they are.
type Secret string

// hidden stands where a secret would.
const hidden = "(secret)"

// Reveal returns the content. Call it only where the content is used.
func (s Secret) Reveal() string { return string(s) }

// Equal compares two secrets in a time that depends only on their lengths.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s), []byte(other)) == 1
}

// String returns a word that stands for any secret.
func (Secret) String() string { return hidden }

// GoString returns the same as String.
func (Secret) GoString() string { return hidden }

// Format writes the same as String, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue returns the same as String.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText writes the same as String.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON writes the same as String. An answer that hands a secret out once reveals
// it first.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// secretNames are the names of log attributes whose values are never written.
var secretNames = []string{
	"authorization", "client_secret", "code", "code_verifier", "cookie", "id_token", "password", "secret",
	"set-cookie", "token", "verifier",
}

// marked finds the program's own secrets in running text, and what stands behind the
// names under which sign-in puts secrets into addresses and headers.
var marked = regexp.MustCompile(`tb_[a-z]+_[A-Za-z0-9_-]{20,}` +
	`|\b(?:code|state|code_verifier|client_secret|id_token|access_token|refresh_token)=[^&\s"']+` +
	`|\b(?:[Bb]earer|[Bb]asic) +[A-Za-z0-9._~+/=-]{12,}`)

// marks are what a text must hold one of to be looked at more closely.
var marks = []string{"tb_", "code=", "state=", "verifier=", "secret=", "token=", "earer ", "asic "}

// Scrub returns a text without the secrets that can be told by their form.
func Scrub(s string) string {
	if !slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(s, m) }) {
		return s
	}
	return marked.ReplaceAllString(s, hidden)
}

// Redact is a [slog.HandlerOptions] ReplaceAttr: it hides the values of attributes with
// the names of secrets, and what looks like a secret in any other value and in the
// message. It is the second line of defence; the first is the type [Secret].
func Redact(_ []string, a slog.Attr) slog.Attr {
	if slices.Contains(secretNames, strings.ToLower(a.Key)) {
		return slog.String(a.Key, hidden)
	}
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Scrub(v.String()))
	case slog.KindAny:
		if s := fmt.Sprintf("%+v", v.Any()); Scrub(s) != s {
			a.Value = slog.StringValue(Scrub(s))
		} else if _, fails := v.Any().(error); fails {
			a.Value = slog.StringValue(s)
		}
	}
	return a
}

// Handler returns a handler that writes what another one does, redacted. Handlers that
// take a ReplaceAttr are better served by [Redact].
func Handler(h slog.Handler) slog.Handler { return redacting{h} }

type redacting struct{ slog.Handler }

func (r redacting) Handle(ctx context.Context, rec slog.Record) error {
	out := slog.NewRecord(rec.Time, rec.Level, Scrub(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(redactDeep(a))
		return true
	})
	return r.Handler.Handle(ctx, out)
}

func (r redacting) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redactDeep(a)
	}
	return redacting{r.Handler.WithAttrs(clean)}
}

func (r redacting) WithGroup(name string) slog.Handler { return redacting{r.Handler.WithGroup(name)} }

// redactDeep redacts an attribute and, of a group, each within.
func redactDeep(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() != slog.KindGroup || slices.Contains(secretNames, strings.ToLower(a.Key)) {
		return Redact(nil, a)
	}
	within := make([]slog.Attr, 0, len(v.Group()))
	for _, g := range v.Group() {
		within = append(within, redactDeep(g))
	}
	return slog.Attr{Key: a.Key, Value: slog.GroupValue(within...)}
}
