package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towerbridge/fault"
)

// configured puts a configuration together from flags, an environment and a file.
func configured(t *testing.T, flags []string, environment map[string]string, file string) (*Configured, error) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "towerbridge.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		flags = append(flags, "--config", path)
	}
	var g grammar
	w := World{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Getenv: func(name string) string { return environment[name] }, Environ: func() (out []string) {
		for name, value := range environment {
			out = append(out, name+"="+value)
		}
		return out
	}}
	parser, err := newParser(&g, w)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"serve"}, flags...)); err != nil {
		t.Fatal(err)
	}
	return (&session{World: w, ctx: context.Background()}).configuration(&g.Serve.settingFlags)
}

func TestDefaults(t *testing.T) {
	c, err := configured(t, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "localhost:8080" || c.Origin != "http://localhost:8080" || c.Store != filepath.Join("towerbridge-data", "towerbridge.db") ||
		c.Body != 1<<20 || c.Upload != 1<<30 || c.Answer != Interval(time.Minute) || c.Notice != 0 || c.LogFormat != "text" || c.Rate != 1000 {
		t.Errorf("%+v", c.Config)
	}
	for name, from := range c.From {
		if from != fromDefault {
			t.Errorf("%s comes from %s", name, from)
		}
	}
}

// TestPrecedence gives one setting in more and more places.
func TestPrecedence(t *testing.T) {
	file := "listen: localhost:1001\nlog-level: debug\nrate: 0\nlog-format:\n"
	environment := map[string]string{"TOWERBRIDGE_LISTEN": "localhost:1002", "TOWERBRIDGE_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1", "HOME": "/"}
	for _, c := range []struct {
		name         string
		flags        []string
		environment  map[string]string
		file         string
		listen, from string
	}{
		{"nothing", nil, nil, "", "localhost:8080", fromDefault},
		{"file", nil, nil, file, "localhost:1001", fromFile},
		{"environment before file", nil, environment, file, "localhost:1002", fromEnvironment},
		{"flag before all", []string{"--listen", "localhost:1003"}, environment, file, "localhost:1003", fromFlag},
		{"a variable that is empty is none", nil, map[string]string{"TOWERBRIDGE_LISTEN": ""}, file, "localhost:1001", fromFile},
	} {
		got, err := configured(t, c.flags, c.environment, c.file)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got.Listen != c.listen || got.From["listen"] != c.from {
			t.Errorf("%s: %s from %s; want %s from %s", c.name, got.Listen, got.From["listen"], c.listen, c.from)
		}
		if c.file != "" && (got.LogLevel != "debug" || got.Rate != 0 || got.From["rate"] != fromFile || got.LogFormat != "text") {
			t.Errorf("%s: %+v", c.name, got.Config)
		}
		if c.environment["HOME"] != "" && (len(got.Proxies) != 2 || got.Proxies[1] != "192.0.2.1") {
			t.Errorf("%s: proxies %q", c.name, got.Proxies)
		}
	}
}

func TestConfigVariable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, []byte("listen: localhost:7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := configured(t, nil, map[string]string{"TOWERBRIDGE_CONFIG": path}, "")
	if err != nil || got.Listen != "localhost:7" || got.File != path {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := configured(t, nil, map[string]string{"TOWERBRIDGE_CONFIG": path + ".none"}, ""); err == nil {
		t.Error("a configuration that is not there is passed over")
	}
}

// TestWrongSettings makes several mistakes at once: all are told, each with its place.
func TestWrongSettings(t *testing.T) {
	for _, c := range []struct {
		name        string
		flags       []string
		environment map[string]string
		file        string
		want        []string
	}{
		{
			name: "values", flags: []string{"--body-limit", "large", "--rate=-1"},
			environment: map[string]string{"TOWERBRIDGE_LISTENS": "x", "TOWERBRIDGE_ANSWER_TIME": "soon", "TOWERBRIDGE_LOG_FORMAT": "xml"},
			file:        "lisen: localhost:1\nidle-time: 25h\n",
			want: []string{
				`environment: TB2501: TOWERBRIDGE_LISTENS: no setting has this variable`,
				`towerbridge.yaml:1:1: TB1010: lisen: the key "lisen" is not known here; did you mean listen?`,
				`towerbridge.yaml:2:12: TB1013: idle-time: "25h" is not a time`,
				`flag: TB2502: --body-limit: "large" is not a size`, `flag: TB2502: --rate: "-1" is not a whole number`,
				`environment: TB2502: TOWERBRIDGE_ANSWER_TIME: "soon" is not a time`, `environment: TB2502: TOWERBRIDGE_LOG_FORMAT: "xml" is none of text, json`,
			},
		},
		{
			name: "together", flags: []string{"--tls-key", "x.pem", "--listen", "8080", "--metrics-listen", "8080", "--origin", "record.example.org", "--trusted-proxies", "proxy"},
			environment: map[string]string{"TOWERBRIDGE_BODY_LIMIT": "2MiB", "TOWERBRIDGE_DRAIN_TIME": "0s"},
			file:        "upload-limit: 1MiB\nproviders:\n  - {id: a, name: A, issuer: https://a.example, client: c}\n  - {id: a, name: B, issuer: https://b.example, client: c}\n",
			want: []string{
				`flag: TB2502: --listen: "8080" is not an address`, `flag: TB2502: --metrics-listen`, `flag: TB2503: --metrics-listen: metrics-listen and listen are the same`,
				`TB2503: tls-certificate: tls-certificate and tls-key are given together`, `flag: TB2502: --origin: "record.example.org" is not the address of a site`,
				`flag: TB2502: --trusted-proxies: "proxy" is neither`, `environment: TB2502: TOWERBRIDGE_DRAIN_TIME: it must be more than nothing`,
				`towerbridge.yaml:1:15: TB2503: upload-limit: upload-limit 1MiB is less than body-limit 2MiB`,
				`towerbridge.yaml:4:10: TB2503: providers[1].id: two providers have the id "a"`,
			},
		},
	} {
		_, err := configured(t, c.flags, c.environment, c.file)
		var findings fault.Findings
		if !errors.As(err, &findings) {
			t.Fatalf("%s: %v", c.name, err)
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q", c.name, want)
			}
		}
		if len(findings) != len(c.want) {
			t.Errorf("%s: %d findings, want %d:\n%v", c.name, len(findings), len(c.want), err)
		}
	}
}

func TestOrigin(t *testing.T) {
	for _, c := range []struct {
		flags []string
		want  string
	}{
		{nil, "http://localhost:8080"},
		{[]string{"--listen", ":80"}, "http://localhost"},
		{[]string{"--listen", "0.0.0.0:9000"}, "http://localhost:9000"},
		{[]string{"--listen", "[::1]:80"}, "http://[::1]"},
		{[]string{"--listen", "192.0.2.1:8443", "--tls-certificate", "c", "--tls-key", "k"}, "https://192.0.2.1:8443"},
		{[]string{"--listen", "record.example.org:443", "--tls-certificate", "c", "--tls-key", "k"}, "https://record.example.org"},
		{[]string{"--origin", "https://record.example.org/"}, "https://record.example.org"},
	} {
		if got, err := configured(t, c.flags, nil, ""); err != nil || got.Origin != c.want {
			t.Errorf("%q: %q, %v; want %q", c.flags, got.Origin, err, c.want)
		}
	}
}

// TestConfigShowsNoSecret plants a password wherever the URL of a store can have one.
func TestConfigShowsNoSecret(t *testing.T) {
	for _, store := range []string{
		"postgres://record:planted@db.example/record", "postgres://db.example/record?user=x&password=planted", "host=db user=x password=planted",
		"postgres://record:planted%zz@db.example/record", "postgresql://record:planted@[::1]:x/record",
	} {
		for _, args := range [][]string{{"config"}, {"--json", "config"}} {
			var out, wrong bytes.Buffer
			status := Run(context.Background(), append(args, "--store", store), World{Stdout: &out, Stderr: &wrong, Getenv: func(string) string { return "" }})
			if status != Good || strings.Contains(out.String()+wrong.String(), "planted") {
				t.Errorf("%s: status %d: %s%s", store, status, out.String(), wrong.String())
			}
			if args[0] == "--json" && !json.Valid(out.Bytes()) {
				t.Errorf("%s", out.String())
			}
		}
	}
}

func TestConfigPrints(t *testing.T) {
	var out bytes.Buffer
	status := Run(context.Background(), []string{"config", "--listen", ":9000", "--drain-time", "1m30s"}, World{
		Stdout: &out, Stderr: &bytes.Buffer{}, Getenv: func(name string) string { return map[string]string{"TOWERBRIDGE_BODY_LIMIT": "1536KiB"}[name] },
	})
	for _, want := range []string{"listen", ":9000  (flag)", "1536KiB  (environment)", "1m30s  (flag)", "http://localhost:9000", "answer-time      1m\n", "notice-time      0s\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out.String())
		}
	}
	if status != Good {
		t.Errorf("status %d", status)
	}
}

// TestSettingsAreComplete holds every setting to what the reference needs.
func TestSettingsAreComplete(t *testing.T) {
	for _, s := range Settings() {
		if s.Name == "" || s.About == "" || !strings.HasSuffix(s.About, ".") {
			t.Errorf("%+v", s)
		}
		if (s.Flag == "") != (s.Name == "providers") {
			t.Errorf("%s has the flag %q", s.Name, s.Flag)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, "1024": 1 << 10, "1KiB": 1 << 10, "3MiB": 3 << 20, "2GiB": 2 << 30} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "1MB", "1.5MiB", "MiB", "99999999999999999999", "99999999999GiB"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %d", text, s)
		}
	}
}

func FuzzSettingText(f *testing.F) {
	f.Add("1MiB")
	f.Add("1h30m")
	f.Add("0")
	f.Fuzz(func(t *testing.T, text string) {
		var s Size
		if s.UnmarshalText([]byte(text)) == nil {
			var again Size
			if err := again.UnmarshalText([]byte(s.String())); err != nil || again != s || s <= 0 {
				t.Errorf("%q is %d, written %q", text, s, s)
			}
		}
		var i Interval
		if i.UnmarshalText([]byte(text)) == nil {
			var again Interval
			if err := again.UnmarshalText([]byte(i.String())); err != nil || again != i {
				t.Errorf("%q is %d, written %q", text, i, i)
			}
		}
		var c Count
		if c.UnmarshalText([]byte(text)) == nil && c < 0 {
			t.Errorf("%q is %d", text, c)
		}
	})
}
