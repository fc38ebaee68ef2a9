package storetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Disk is a small file system of its own, so that it can be filled.
type Disk struct {
	Folder  string
	ballast string
}

const diskPrefix = "towerbridge-disk-"

// removeStaleDisks removes the disks of test programs that were killed.
func removeStaleDisks() {
	folders, _ := filepath.Glob(filepath.Join(shortTemp(), diskPrefix+"*"))
	for _, folder := range folders {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), diskPrefix), "-")
		if pid, err := strconv.Atoi(number); err == nil && !alive(pid) {
			exec.Command("umount", "--lazy", folder).Run() //nolint:errcheck // it may not be mounted
			os.Remove(folder)
		}
	}
}

// NewDisk makes a disk of a size in bytes of which a part is taken up by ballast. The
// test is left out where we may not mount one.
func NewDisk(t testing.TB, size, ballast int) *Disk {
	t.Helper()
	removeStaleDisks()
	folder, err := os.MkdirTemp(shortTemp(), fmt.Sprintf("%s%d-", diskPrefix, os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(folder) })
	mount := exec.Command("mount", "-t", "tmpfs", "-o", "mode=0777,size="+strconv.Itoa(size), "tmpfs", folder)
	if out, err := mount.CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here, which takes the rights of root: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "--lazy", folder).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	d := &Disk{Folder: folder, ballast: filepath.Join(folder, "ballast")}
	if err := os.WriteFile(d.ballast, make([]byte, ballast), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

// MakeRoom removes the ballast.
func (d *Disk) MakeRoom(t testing.TB) {
	t.Helper()
	if err := os.Remove(d.ballast); err != nil {
		t.Fatal(err)
	}
}

// Own gives a new folder on the disk to the user that runs PostgreSQL, and returns it.
func (d *Disk) Own(t testing.TB, name string) string {
	t.Helper()
	folder := filepath.Join(d.Folder, name)
	err := os.Mkdir(folder, 0o700)
	if err == nil {
		var o owner
		if o, err = serverOwner(); err == nil {
			err = o.give(folder)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
