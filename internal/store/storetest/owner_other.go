//go:build !unix

package storetest

import (
	"errors"
	"os/exec"
)

type owner struct{}

func serverOwner() (owner, error) {
	return owner{}, errors.New("PostgreSQL is tested on Unix systems only")
}

func (owner) run(*exec.Cmd) {}

func (owner) give(string) error { return nil }

func alive(int) bool { return true }

func exited(*exec.Cmd) bool { return false }
