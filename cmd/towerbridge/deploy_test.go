package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towerbridge/internal/cli"
)

const deployed = "../../deploy"

// TestProgramNeedsNoC holds the program to what an empty image needs: no package beyond
// the standard library's is written in C, so that without cgo nothing stands beside it.
func TestProgramNeedsNoC(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}", ".")
	list.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	if names := strings.Fields(string(out)); len(names) > 0 {
		t.Errorf("written in C: %q", names)
	}
	text, err := os.ReadFile(filepath.Join(deployed, "Dockerfile"))
	if err != nil || !strings.Contains(string(text), "RUN CGO_ENABLED=0 go build") {
		t.Errorf("the image is built with cgo: %v", err)
	}
}

// TestUnit has systemd look at the unit, where there is one, and holds its settings to
// those that the program has.
func TestUnit(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(deployed, "towerbridge.service"))
	if err != nil {
		t.Fatal(err)
	}
	unit := string(text)
	for _, need := range []string{"DynamicUser=yes", "StateDirectory=towerbridge", "ProtectSystem=strict", "NoNewPrivileges=yes", "Type=notify", "CapabilityBoundingSet=\n"} {
		if !strings.Contains(unit, need) {
			t.Errorf("the unit lacks %s", need)
		}
	}
	variables(t, unit)
	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd is not here")
	}
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "towerbridge.service")
	if err := os.WriteFile(copied, []byte(strings.ReplaceAll(unit, "/usr/local/bin/towerbridge", path)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(verify, "verify", copied).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "towerbridge.service") {
			t.Error(line)
		}
	}
}

// variables fails for each variable that is set and is no setting.
func variables(t *testing.T, text string) {
	t.Helper()
	n := 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" =\n\"", r) }) {
		if !strings.HasPrefix(word, "TOWERBRIDGE_") || word == "TOWERBRIDGE_CONFIG" {
			continue
		}
		n++
		if !slices.ContainsFunc(cli.Settings(), func(s cli.Setting) bool { return s.Variable == word }) {
			t.Errorf("%s is no setting", word)
		}
	}
	if n == 0 {
		t.Error("no variable is set")
	}
}

// TestDockerfile reads the Dockerfile: what it copies is there, what it runs is a
// command, and nothing runs as root or by a shell.
func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(deployed, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	variables(t, string(text))
	last := map[string]string{} // of the last stage, by instruction
	for s := bufio.NewScanner(strings.NewReader(string(text))); s.Scan(); {
		instruction, rest, _ := strings.Cut(strings.TrimSpace(s.Text()), " ")
		if instruction == "" || instruction[0] == '#' {
			continue
		}
		if instruction == "FROM" {
			clear(last)
		}
		last[instruction] = rest
		if instruction == "COPY" && !strings.Contains(rest, "--from=") {
			words := strings.Fields(rest)
			for _, name := range words[:len(words)-1] {
				if _, err := os.Stat(filepath.Join("..", "..", name)); err != nil {
					t.Error(err)
				}
			}
		}
	}
	for instruction, want := range map[string]string{
		"FROM": "scratch", "USER": "65532:65532", "ENTRYPOINT": `["/towerbridge"]`, "CMD": `["serve"]`, "VOLUME": "/data",
	} {
		if last[instruction] != want {
			t.Errorf("%s %s; want %s", instruction, last[instruction], want)
		}
	}
	if health := last["HEALTHCHECK"]; !strings.HasSuffix(health, `CMD ["/towerbridge", "healthcheck"]`) {
		t.Errorf("HEALTHCHECK %s", health)
	}
	commands, err := cli.Commands()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"serve", "healthcheck"} {
		if !slices.ContainsFunc(commands, func(c cli.Command) bool { return c.Name == name }) {
			t.Errorf("there is no command %s", name)
		}
	}
}
