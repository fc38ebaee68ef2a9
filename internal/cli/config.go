package cli

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
)

type configCommand struct{ settingFlags }

// Help is shown below the command's summary.
func (configCommand) Help() string {
	return `Settings come from flags, then from variables of the environment such as TOWERBRIDGE_LISTEN, then from one YAML file, then from defaults. What is in force is printed with where it came from; secrets are not shown. Everything that is wrong is reported at once, and the command ends with status 1.

Example:

    towerbridge config --config /etc/towerbridge.yaml
`
}

// settingJSON is a setting for programs.
type settingJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
}

// Run prints the configuration in force.
func (c *configCommand) Run(s *session) error {
	config, err := s.configuration(&c.settingFlags)
	if err != nil {
		return err
	}
	list := config.shown()
	if s.json {
		return writeJSON(s.Stdout, map[string]any{"file": config.File, "settings": list})
	}
	width := 0
	for _, x := range list {
		width = max(width, len(x.Name))
	}
	for _, x := range list {
		from := ""
		if x.From != fromDefault {
			from = "  (" + x.From + ")"
		}
		s.print("%s\n", strings.TrimRight(fmt.Sprintf("%-*s  %s%s", width, x.Name, plain(x.Value), from), " "))
	}
	return nil
}

// shown returns the settings as they may be shown.
func (c *Configured) shown() []settingJSON {
	var out []settingJSON
	value := reflect.ValueOf(c.Config)
	for _, x := range Settings() {
		text := fmt.Sprint(value.Field(x.field).Interface())
		switch field := value.Field(x.field).Interface().(type) {
		case []Net:
			text = strings.Trim(text, "[]")
		case []Provider:
			ids := make([]string, len(field))
			for i, p := range field {
				ids[i] = p.ID
			}
			text = strings.Join(ids, " ")
		}
		if x.Name == "store" {
			text = masked(text)
		}
		out = append(out, settingJSON{x.Name, text, c.From[x.Name]})
	}
	return out
}

// masked returns the URL of a store without its password.
func masked(store string) string {
	u, err := url.Parse(store)
	switch {
	case err == nil && u.Scheme != "" && u.Host != "":
		q := u.Query()
		for _, name := range []string{"password", "sslpassword"} {
			if q.Has(name) {
				q.Set(name, "xxxxx")
				u.RawQuery = q.Encode()
			}
		}
		return u.Redacted()
	case strings.Contains(store, "=") || err != nil && strings.Contains(store, "://"):
		return "(not shown: it may hold a password)"
	}
	return store
}
