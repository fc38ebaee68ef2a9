// Package process reads what running programs take of the machine, from /proc; where a
// system has none, all is zero. A program is named by its first process and is all that
// runs below it, as servers are made of several.
package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// ticks are the units of /proc in a second: always 100 for what programs read.
const ticks = 100

// tree returns a process and all below it.
func tree(root int) []int {
	if root == 0 {
		return nil
	}
	below := map[int][]int{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if f := statOf(pid); len(f) > 1 {
				parent, _ := strconv.Atoi(f[1])
				below[parent] = append(below[parent], pid)
			}
		}
	}
	all := []int{root}
	for i := 0; i < len(all); i++ {
		all = append(all, below[all[i]]...)
	}
	return all
}

// statOf returns what the system says of a process, from its state on.
func statOf(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	end := bytes.LastIndexByte(text, ')') // of the name, which may hold anything
	if end < 0 {
		return nil
	}
	return strings.Fields(string(text[end+1:]))
}

// Time returns what a process and all below it have taken, with those below
// that have ended, in seconds.
func Time(root int) float64 {
	var sum float64
	for _, pid := range tree(root) {
		f := statOf(pid)
		if len(f) < 15 {
			continue
		}
		for _, field := range f[11:15] { // user, system, and both of ended children
			n, _ := strconv.ParseFloat(field, 64)
			sum += n / ticks
		}
	}
	return sum
}

// Machine returns what all processors have worked, in seconds.
func Machine() float64 {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	var sum float64
	for i, field := range strings.Fields(line) {
		if i == 0 || i == 4 || i == 5 || i > 8 { // the name; idle; waiting; guests, who are counted already
			continue
		}
		n, _ := strconv.ParseFloat(field, 64)
		sum += n / ticks
	}
	return sum
}

// Memory returns the proportional set size of a process and all below it, in MiB: what
// they share is counted once.
func Memory(root int) int {
	sum := 0
	for _, pid := range tree(root) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if size, ok := strings.CutPrefix(line, "Pss:"); ok {
				n, _ := strconv.Atoi(strings.Fields(size)[0])
				sum += n
			}
		}
	}
	return sum >> 10
}
