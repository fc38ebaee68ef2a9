//go:build unix

package storetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// owner is the user that a server runs as: PostgreSQL refuses to be run by root.
type owner struct{ user, group uint32 }

// serverOwner returns the user postgres, or nobody, where we are root, else ourselves.
func serverOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{uint32(os.Geteuid()), uint32(os.Getegid())}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		return owner{uint32(uid), uint32(gid)}, errors.Join(err1, err2)
	}
	return owner{}, fmt.Errorf("PostgreSQL is not run by root, and there is no user postgres or nobody")
}

// run makes a command run as the owner, apart from our terminal.
func (o owner) run(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: o.user, Gid: o.group}
	}
}

// give makes the owner the owner of a folder and of what is in it.
func (o owner) give(folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(o.user), int(o.group))
	})
}

// alive reports whether there is a process of a number.
func alive(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// exited reports whether a process of ours has ended.
func exited(cmd *exec.Cmd) bool {
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(cmd.Process.Pid, &status, syscall.WNOHANG, nil)
	return err != nil || pid == cmd.Process.Pid
}
