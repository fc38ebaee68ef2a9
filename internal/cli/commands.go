package cli

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Command describes a command for the reference.
type Command struct {
	Name      string // such as key new
	Summary   string
	Detail    string // paragraphs, ending with an example
	Arguments []Argument
	Flags     []Argument // those that every command has are left out
}

// Argument is an argument or a flag.
type Argument struct {
	Name     string // such as TICKET or --out=DIR
	Meaning  string
	Required bool
}

// Commands describes all commands, in the order of their help.
func Commands() ([]Command, error) {
	parser, err := newParser(&grammar{}, World{Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		return nil, err
	}
	common := map[string]bool{}
	for _, f := range parser.Model.Flags {
		common[f.Name] = true
	}
	var out []Command
	for _, leaf := range parser.Model.Leaves(true) {
		c := Command{Name: strings.TrimPrefix(leaf.FullPath(), parser.Model.Name+" "), Summary: leaf.Help, Detail: leaf.Detail}
		for _, p := range leaf.Positional {
			c.Arguments = append(c.Arguments, Argument{strings.ToUpper(p.Name), p.Help, p.Required})
		}
		for _, group := range leaf.AllFlags(true) {
			for _, f := range group {
				if !common[f.Name] {
					c.Flags = append(c.Flags, flagArgument(f))
				}
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func flagArgument(f *kong.Flag) Argument {
	a := Argument{Name: "--" + f.Name, Meaning: f.Help, Required: f.Required && len(f.Xor) == 0}
	if !f.IsBool() {
		a.Name += "=" + f.FormatPlaceHolder()
	}
	if len(f.Xor) > 0 && f.Required {
		a.Meaning += " One of the flags of this kind is needed."
	}
	return a
}
