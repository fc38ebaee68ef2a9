package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// rival is a ticket system of the field. How it is set up and started is told by its
// script below bench/rivals.
type rival struct {
	name, script string
	ready        string // path that has an answer when it serves
	open         asked  // a ticket opened
}

// The text of the tickets that every side opens.
const (
	summary = "The mailbox is full {i}"
	trouble = "It says so since this morning, and nothing goes out."
)

var rivals = []rival{
	{
		name: "Request Tracker", script: "rt5.sh", ready: "/NoAuth/Login.html",
		open: asked{path: "/REST/2.0/ticket", flags: []string{
			"-X", "POST", "-H", "Content-Type: application/json", "-want", `"type":"ticket"`,
			"-body", `{"Queue":"Bench","Subject":"` + summary + `","Content":"` + trouble + `"}`,
		}},
	},
	{
		name: "Redmine", script: "redmine.sh", ready: "/login",
		open: asked{path: "/issues.json", flags: []string{
			"-X", "POST", "-H", "Content-Type: application/json", "-want", `{"issue":{"id":`,
			"-body", `{"issue":{"project_id":"bench","subject":"` + summary + `","description":"` + trouble + `"}}`,
		}},
	},
}

// start prepares a rival in a folder and starts it. Where it cannot run, absent says why.
func (o *options) start(ctx context.Context, r *rival, folder string) (s *server, headers string, absent string, err error) {
	script := func(args ...string) *exec.Cmd {
		return exec.CommandContext(ctx, filepath.Join(o.bench, "rivals", r.script), args...)
	}
	why, err := output(script("absent"))
	if err != nil || len(why) > 0 {
		return nil, "", strings.TrimSpace(string(why)), err
	}
	port, err := freePort()
	if err != nil {
		return nil, "", "", err
	}
	folder = filepath.Join(folder, strings.TrimSuffix(r.script, ".sh"))
	if _, err := output(script("prepare", folder, fmt.Sprint(port))); err != nil {
		return nil, "", "", err
	}
	if s, err = startServer(ctx, script("serve", folder, fmt.Sprint(port)), port, r.ready); err != nil {
		return nil, "", "", err
	}
	lines, err := output(script("headers", folder, fmt.Sprint(port)))
	if err == nil {
		headers = filepath.Join(folder, "headers")
		err = os.WriteFile(headers, lines, 0o600)
	}
	if err != nil {
		_ = s.stop() // what went wrong is told already
		return nil, "", "", err
	}
	return s, headers, "", nil
}
