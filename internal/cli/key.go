package cli

import "towerbridge/internal/app"

type keyCommand struct {
	New keyNewCommand `cmd:"" help:"Make a key pair: a private key in a new file, and the public key that others verify with."`
}

type keyNewCommand struct {
	Name string `arg:"" optional:"" default:"towerbridge" help:"Name of the key, such as integrator.example.org; part of every signature."`
	Out  string `placeholder:"FILE" help:"File for the private key; NAME.key if left out. It must not exist."`
}

// Help is shown below the command's summary.
func (keyNewCommand) Help() string {
	return `The pair is Ed25519, in the form of signed notes (golang.org/x/mod/sumdb/note). The private key is written to a file that only you may read, and is never shown. The public key is printed: give it to whoever verifies your bundles, by another way than the bundles themselves.

Example:

    towerbridge key new integrator.example.org --out integrator.key
`
}

// Run makes the pair.
func (c *keyNewCommand) Run(s *session) error {
	file := c.Out
	if file == "" {
		file = c.Name + ".key"
	}
	public, err := app.NewKey(s.Random, c.Name, file)
	if err != nil {
		return err
	}
	if s.json {
		return writeJSON(s.Stdout, map[string]string{"name": c.Name, "private": file, "public": public})
	}
	s.print("private key  %s (keep it; only you may read it)\npublic key   %s\n", plain(file), public)
	return nil
}
