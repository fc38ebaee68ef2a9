package cli

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/internal/store"
)

// Findings of configuration.
var (
	ruleNoSetting = fault.Declare(2501, "there is no setting of that name",
		"Check its spelling in the reference of the configuration, or remove it.")
	ruleSettingValue = fault.Declare(2502, "the value of a setting cannot be read",
		"Write it as the reference of the configuration says.")
	ruleSettings = fault.Declare(2503, "settings do not go together",
		"Change one of them.")
)

// prefix is what the variables of the environment begin with.
const prefix = "TOWERBRIDGE_"

// fileVariable names the configuration file, where the flag --config does not.
const fileVariable = prefix + "CONFIG"

// maxConfig is the number of bytes that a configuration file may have.
const maxConfig = 1 << 20

// The places that a setting can come from, each before those that follow.
const (
	fromFlag        = "flag"
	fromEnvironment = "environment"
	fromFile        = "file"
	fromDefault     = "default"
)

// Setting describes one setting, for the reference.
type Setting struct {
	Name     string // in the file
	Flag     string // empty: it has none
	Variable string // of the environment; empty: it has none
	Value    string // what stands for its value, such as ADDR
	Default  string
	About    string
	field    int
}

// Settings describes all settings, in the order of the reference.
func Settings() []Setting {
	var out []Setting
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		s := Setting{Name: tag.Get("doc"), Value: tag.Get("value"), Default: tag.Get("default"), About: tag.Get("about"), field: i}
		if s.Value != "" {
			s.Flag = "--" + s.Name
			s.Variable = prefix + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
		}
		out = append(out, s)
	}
	return out
}

// ProviderSettings describes the settings of a provider of sign-in, which only the file
// has.
func ProviderSettings() []Argument {
	var out []Argument
	t := reflect.TypeFor[Provider]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		name, words, _ := strings.Cut(tag.Get("doc"), ",")
		out = append(out, Argument{Name: name, Meaning: tag.Get("about"), Required: words == "required"})
	}
	return out
}

// settingFlags are the flags of all settings: --config, and one for each. A field that
// is nil was not given.
type settingFlags struct{ kong.Plugins }

// newSettingFlags makes the flags from the settings, so that there is one list of them.
func newSettingFlags() settingFlags {
	fields := []reflect.StructField{{
		Name: "Config", Type: reflect.TypeFor[*string](),
		Tag: `name:"config" placeholder:"FILE" help:"File of settings (YAML). Left out: the one that the variable TOWERBRIDGE_CONFIG names, or none."`,
	}}
	for _, s := range Settings() {
		if s.Flag != "" {
			tag := fmt.Sprintf("name:%q placeholder:%q help:%q", s.Name, s.Value, s.help())
			fields = append(fields, reflect.StructField{Name: fmt.Sprintf("Setting%d", s.field), Type: reflect.TypeFor[*string](), Tag: reflect.StructTag(tag)})
		}
	}
	return settingFlags{kong.Plugins{reflect.New(reflect.StructOf(fields)).Interface()}}
}

func (s *Setting) help() string {
	if s.Default == "" {
		return s.About
	}
	return s.About + " Left out: " + s.Default + "."
}

// given returns what was typed for a field, and whether anything was.
func (f *settingFlags) given(name string) (string, bool) {
	p := reflect.ValueOf(f.Plugins[0]).Elem().FieldByName(name).Interface().(*string)
	if p == nil {
		return "", false
	}
	return *p, true
}

// Configured is a configuration, with where each setting came from.
type Configured struct {
	Config
	File string            // that was read; empty where none was
	From map[string]string // by name: flag, environment, file or default
}

// configuration puts the settings together: from flags before the environment, before
// the file, before defaults. Everything that is wrong is reported.
func (s *session) configuration(flags *settingFlags) (*Configured, error) {
	out := &Configured{From: map[string]string{}}
	var named bool
	if out.File, named = flags.given("Config"); !named {
		out.File = s.Getenv(fileVariable)
	}
	var where *document.Where
	findings := s.strayVariables()
	if out.File != "" {
		data, err := store.ReadFile("the configuration", out.File, maxConfig)
		if err != nil {
			return nil, err
		}
		var wrong fault.Findings
		out.Config, where, wrong = document.Read[Config](out.File, data)
		findings = append(findings, wrong...)
	}
	value := reflect.ValueOf(&out.Config).Elem()
	for _, x := range Settings() {
		text, from, at := s.source(flags, where, &x)
		out.From[x.Name] = from
		if from == fromFile || x.Flag == "" || text == "" && from == fromDefault {
			continue
		}
		if err := setText(value.Field(x.field), text); err != nil {
			findings = append(findings, ruleSettingValue.At(fault.Position{File: from}, at, "%s", err))
		}
	}
	if len(findings) == 0 {
		findings = out.check(where)
	}
	return out, findings.Err()
}

// source returns the text of a setting, where it comes from, and its name there.
func (s *session) source(flags *settingFlags, where *document.Where, x *Setting) (text, from, at string) {
	if x.Flag != "" {
		if text, ok := flags.given(fmt.Sprintf("Setting%d", x.field)); ok {
			return text, fromFlag, x.Flag
		}
		if text := s.Getenv(x.Variable); text != "" {
			return text, fromEnvironment, x.Variable
		}
	}
	if where.Has(x.Name) {
		return "", fromFile, x.Name
	}
	return x.Default, fromDefault, x.Name
}

// otherVariables are those that begin like settings and belong to something else: the
// secret itself, and the program's own tests.
var otherVariables = []string{fileVariable, prefix + "SECRET", prefix + "PROVE", prefix + "WITHOUT_POSTGRES"}

// strayVariables finds variables of the environment that look like settings and are none.
func (s *session) strayVariables() fault.Findings {
	if s.Environ == nil {
		return nil
	}
	known := slices.Clone(otherVariables)
	for _, x := range Settings() {
		known = append(known, x.Variable)
	}
	var out fault.Findings
	for _, pair := range s.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, prefix) && !slices.Contains(known, name) {
			out = append(out, ruleNoSetting.At(fault.Position{File: fromEnvironment}, name, "no setting has this variable"))
		}
	}
	out.Sort()
	return out
}

// setText sets a field to what a text says: a list is written with commas.
func setText(field reflect.Value, text string) error {
	if u, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	if field.Kind() == reflect.Slice {
		list := reflect.MakeSlice(field.Type(), 0, 4)
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = reflect.Append(list, reflect.ValueOf(part).Convert(field.Type().Elem()))
			}
		}
		field.Set(list)
		return nil
	}
	if e, ok := field.Interface().(interface{ SchemaEnum() []string }); ok && !slices.Contains(e.SchemaEnum(), text) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(e.SchemaEnum(), ", "))
	}
	field.SetString(text)
	return nil
}
