package reference

import (
	"fmt"
	"strings"

	"towerbridge/document"
	"towerbridge/internal/cli"
)

func configurationPage() []byte {
	p := newPage("Configuration", "How `towerbridge serve` is set up. A setting comes from its flag; if that is not given, from its variable of the environment; if that is empty or not there, from the file of settings (YAML), which the flag `--config` or the variable `TOWERBRIDGE_CONFIG` names; and else it has its default. `towerbridge config` prints what is in force, where each setting comes from, and everything that is wrong.")
	p.line("")
	p.line("A list is written with commas in a flag or a variable, and as a list in the file. Sizes are such as 512KiB, 1MiB or 2GiB; times such as 500ms, 30s or 2m.")
	p.head("in the file", "flag", "variable", "default", "meaning")
	for _, s := range cli.Settings() {
		flag, variable, value := "", "", ""
		if s.Flag != "" {
			flag, variable = "`"+s.Flag+"="+s.Value+"`", "`"+s.Variable+"`"
		}
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		p.row("`"+s.Name+"`", flag, variable, value, s.About)
	}
	p.line("")
	p.line("`TOWERBRIDGE_SECRET` may hold the record's secret itself, in hexadecimal, where a file cannot be had. A program built with the tag `otel` also reads OpenTelemetry's own variables, such as `OTEL_EXPORTER_OTLP_ENDPOINT`.")
	p.line("")
	p.line("## Providers of sign-in")
	p.line("")
	p.line("Each item of `providers` has:")
	p.head("key", "needed", "meaning")
	for _, s := range cli.ProviderSettings() {
		needed := ""
		if s.Required {
			needed = "yes"
		}
		p.row("`"+s.Name+"`", needed, s.Meaning)
	}
	p.line("")
	p.line("For instance:")
	p.line("")
	for _, line := range strings.Split(strings.TrimSpace(configurationExample), "\n") {
		p.line("%s", strings.TrimRight("    "+line, " "))
	}
	return p.text()
}

// configurationExample is a file of settings that the test reads.
const configurationExample = `
listen: localhost:8080
origin: https://record.example.org
trusted-proxies: [127.0.0.1]
store: postgres://towerbridge@db.example.org/towerbridge
secret-file: /etc/towerbridge/record.secret
providers:
  - id: force
    name: the force's own account
    issuer: https://login.example.org/tenant
    client: towerbridge
    client-secret-file: /etc/towerbridge/force.secret
    person-claim: employee_id
    roles-claim: groups
    grants:
      towerbridge-officers: [officer]
      towerbridge-analysts: [analyst, commercial]
`

// configurationSchema is the JSON Schema of the file of settings.
func configurationSchema() (File, error) {
	text, err := document.Schema[cli.Config]("towerbridge:configuration", "Settings of towerbridge serve")
	if err != nil {
		return File{}, fmt.Errorf("the schema of the configuration: %w", err)
	}
	return File{"schema/configuration.schema.json", text}, nil
}
