package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asProgram tells the test's own binary to be the program.
const asProgram = "TEST_OF_TOWERBRIDGE_IS_THE_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		built = "v9.8.7"
		main()
	}
	os.Exit(m.Run())
}

// served is a server that runs in a process of its own.
type served struct {
	*exec.Cmd
	out, log *output
	address  string
	ended    chan error
}

// output is what a process writes.
type output struct {
	mutex sync.Mutex
	bytes.Buffer
}

// Write adds to it.
func (o *output) Write(b []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.Buffer.Write(b)
}

// String returns what was written so far.
func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.Buffer.String()
}

func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, args...)
	c.Dir = dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, asProgram + "=1"}
	return c
}

// free returns an address on which nothing listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts a server, and returns once it says where it is.
func start(t *testing.T, dir string, environment []string, args ...string) *served {
	t.Helper()
	s := &served{Cmd: command(t, dir, append([]string{"serve"}, args...)...), out: &output{}, log: &output{}, ended: make(chan error, 1)}
	s.Stdout, s.Stderr = s.out, s.log
	s.Env = append(s.Env, environment...)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.ended <- s.Wait() }()
	t.Cleanup(func() { _ = s.Process.Kill() })
	for range 1000 {
		if at := regexp.MustCompile(`Towerbridge is at (\S+)`).FindStringSubmatch(s.out.String()); at != nil {
			s.address = at[1]
			return s
		}
		select {
		case err := <-s.ended:
			t.Fatalf("it ended with %v: %s%s", err, s.out, s.log)
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("it does not start: %s%s", s.out, s.log)
	return nil
}

// stop tells it to stop, and fails unless it ends well.
func (s *served) stop(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			t.Errorf("it ended with %v: %s", err, s.log)
		}
	case <-time.After(20 * time.Second):
		t.Errorf("it does not stop: %s", s.log)
	}
}

var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       10 * time.Second,
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	a, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(b)
}

// TestServeFromNothing starts the program in an empty folder, makes the first
// administrator, stops it, and starts it again.
func TestServeFromNothing(t *testing.T) {
	dir := t.TempDir()
	address := free(t)
	s := start(t, dir, nil, "--listen", address)
	if s.address != "http://"+address {
		t.Errorf("it says that it is at %s", s.address)
	}
	link := regexp.MustCompile(`http://\S+/welcome\?link=(\S+)`).FindStringSubmatch(s.out.String())
	if link == nil {
		t.Fatalf("there is no link in %s", s.out)
	}
	if status, body := get(t, link[0]); status != http.StatusOK || !strings.Contains(body, "first administrator") {
		t.Errorf("%d %s", status, body)
	}
	form := url.Values{"link": {link[1]}, "name": {"Ada"}, "party": {"force"}, "signIn": {"ada@example.org"}, "password": {"four plain words here"}}
	a, err := client.PostForm(s.address+"/welcome", form)
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode != http.StatusSeeOther || len(a.Cookies()) != 1 {
		t.Errorf("%d %v", a.StatusCode, a.Header)
	}
	for path, want := range map[string]string{"/healthz": "up", "/readyz": "ready", "/metrics": `towerbridge_build{version="v9.8.7"} 1`} {
		if status, body := get(t, s.address+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
	}
	if out, err := command(t, dir, "healthcheck", "--listen", address).CombinedOutput(); err != nil || string(out) != "ready\n" {
		t.Errorf("healthcheck: %s, %v", out, err)
	}
	s.stop(t)
	if out, err := command(t, dir, "healthcheck", "--listen", address).CombinedOutput(); err == nil {
		t.Errorf("a server that has stopped is healthy: %s", out)
	}
	for _, name := range []string{"towerbridge.db", "towerbridge.db.secret"} {
		info, err := os.Stat(filepath.Join(dir, "towerbridge-data", name))
		if err != nil || info.Mode().Perm()&0o077 != 0 && name != "towerbridge.db" {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if strings.Contains(s.log.String(), link[1]) || strings.Contains(s.log.String(), "plain words") {
		t.Errorf("the log tells a secret:\n%s", s.log)
	}
	again := start(t, dir, nil, "--listen", address)
	if strings.Contains(again.out.String(), "welcome") {
		t.Errorf("a record with an administrator gives out a link: %s", again.out)
	}
	again.stop(t)
}

// TestServeIsTold starts the program with settings from everywhere, and with https.
func TestServeIsTold(t *testing.T) {
	dir := t.TempDir()
	address, watched := free(t), free(t)
	certify(t, dir)
	settings := fmt.Sprintf("listen: %s\nlog-format: json\nmetrics-listen: %s\ntls-certificate: cert.pem\ntls-key: key.pem\n", address, watched)
	if err := os.WriteFile(filepath.Join(dir, "settings.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "notify")
	told, err := net.ListenPacket("unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	heard := func() string {
		b := make([]byte, 100)
		_ = told.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, _, err := told.ReadFrom(b)
		if err != nil {
			t.Error(err)
		}
		return string(b[:n])
	}
	s := start(t, dir, []string{"TOWERBRIDGE_CONFIG=settings.yaml", "TOWERBRIDGE_DATA=kept", "NOTIFY_SOCKET=" + socket}, "--origin", "https://localhost")
	if state := heard(); state != "READY=1" {
		t.Errorf("the service manager hears %q", state)
	}
	if out, err := inheriting(command(t, dir, "healthcheck"), "TOWERBRIDGE_CONFIG=settings.yaml").CombinedOutput(); err != nil {
		t.Errorf("healthcheck: %s, %v", out, err)
	}
	secure := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // it is the test's own
	a, err := secure.Get("https://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.Header.Get("Strict-Transport-Security") == "" || a.TLS.Version < tls.VersionTLS12 {
		t.Errorf("%v", a.Header)
	}
	if a, err := secure.Get("https://" + address + "/metrics"); err != nil || a.StatusCode != http.StatusNotFound {
		t.Errorf("%v, %v", a, err)
	}
	if status, body := get(t, "http://"+watched+"/metrics"); status != http.StatusOK || !strings.Contains(body, "towerbridge_store_up 1") {
		t.Errorf("%d %.100s", status, body)
	}
	s.stop(t)
	if state := heard(); state != "STOPPING=1" {
		t.Errorf("the service manager hears %q", state)
	}
	if !strings.HasPrefix(s.log.String(), "{") {
		t.Errorf("the log is %s", s.log)
	}
	if _, err := os.Stat(filepath.Join(dir, "kept", "towerbridge.db")); err != nil {
		t.Error(err)
	}
}

func inheriting(c *exec.Cmd, pairs ...string) *exec.Cmd {
	c.Env = append(c.Env, pairs...)
	return c
}

// certify writes a certificate of localhost and its key.
func certify(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	cert, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestServeRefuses starts the program with what cannot be: it ends with status 1, and
// says everything that is wrong.
func TestServeRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		name, want  string
		environment []string
		args        []string
	}{
		{name: "an address that is taken", args: []string{"--listen", taken.Addr().String()}, want: "cannot be listened on"},
		{name: "wrong settings", args: []string{"--listen", "x", "--rate", "y"}, environment: []string{"TOWERBRIDGE_PLANTED=1"}, want: "TB2501"},
		{name: "a certificate that is not there", args: []string{"--listen", free(t), "--tls-certificate", "none.pem", "--tls-key", "none.pem"}, want: "cannot be used"},
		{name: "a store of no known form", args: []string{"--listen", free(t), "--store", "mysql://planted-secret@x"}, want: "no known form"},
		{name: "a database that does not answer", args: []string{"--listen", free(t), "--store", "postgres://u:planted-secret@127.0.0.1:1/x?connect_timeout=2"}, environment: []string{"TOWERBRIDGE_SECRET=" + strings.Repeat("ab", 32)}, want: "towerbridge:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			defer cancel()
			x := inheriting(command(t, t.TempDir(), append([]string{"serve"}, c.args...)...), c.environment...)
			run := exec.CommandContext(ctx, x.Path, x.Args[1:]...)
			run.Dir, run.Env = x.Dir, x.Env
			out, err := run.CombinedOutput()
			if run.ProcessState == nil || run.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), c.want) {
				t.Errorf("%v: %s", err, out)
			}
			if strings.Contains(string(out), "planted-secret") {
				t.Errorf("a secret is told: %s", out)
			}
		})
	}
}
