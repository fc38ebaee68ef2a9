package reference

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"towerbridge/internal/cli"
)

// TestConfigurationExamples reads the file of settings that the page shows, and the one
// that is deployed, as the program does.
func TestConfigurationExamples(t *testing.T) {
	shown := filepath.Join(t.TempDir(), "shown.yaml")
	if err := os.WriteFile(shown, []byte(configurationExample), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{shown, filepath.Join(root, "deploy", "towerbridge.yaml")} {
		var out, wrong bytes.Buffer
		status := cli.Run(context.Background(), []string{"config", "--config", path}, cli.World{Stdout: &out, Stderr: &wrong, Getenv: func(string) string { return "" }})
		if status != cli.Good || !strings.Contains(out.String(), "https://record.example.org") {
			t.Errorf("%s: status %d: %s%s", path, status, out.String(), wrong.String())
		}
	}
}

// TestConfigurationSchema holds the same example to the schema.
func TestConfigurationSchema(t *testing.T) {
	f, err := configurationSchema()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("c.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("c.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, good := range map[string]bool{configurationExample: true, "listen: [8080]\n": false, "lisen: x\n": false, "body-limit: large\n": false} {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(v); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}
