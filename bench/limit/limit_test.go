package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const few = 3000

// generate builds and runs the generator for a few tickets, and returns the
// folder that holds what it wrote.
func generate(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	run(t, "go", "run", "../gen", "-n", strconv.Itoa(few), "-o", filepath.Join(dir, "events.csv"),
		"-cal", filepath.Join(dir, "calendar.csv"), "-targets", filepath.Join(dir, "targets.csv"))
	return dir
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return string(out)
}

// rows returns a CSV file's rows without its header.
func rows(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func number(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// plainly answers the question in the plainest way there is: maps, text and a
// loop over every day. It shares no code with limit.
func plainly(t *testing.T, dir string) string {
	t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	days := rows(t, filepath.Join(dir, "calendar.csv"))
	open := func(from, to int64, priority string) int64 {
		if priority <= "P2" {
			return to - from
		}
		var sum int64
		for _, d := range days {
			start := number(t, d[1])
			sum += max(0, min(to, start+number(t, d[2]))-max(from, start))
		}
		return sum
	}
	targets := map[string][]string{}
	for _, r := range rows(t, filepath.Join(dir, "targets.csv")) {
		targets[r[0]] = r[1:]
	}
	lives := map[string][][]string{}
	for _, r := range rows(t, filepath.Join(dir, "events.csv")) {
		lives[r[2]] = append(lives[r[2]], r)
	}
	groups := map[string][4]int64{}
	for _, life := range lives {
		last := life[len(life)-1]
		if last[5] != "resolved" && last[5] != "closed" {
			continue
		}
		var opened, resolved, response, spent, before int64 = 0, 0, -1, 0, 0
		for i, r := range life {
			at, err := time.Parse(time.RFC3339, r[1])
			if err != nil {
				t.Fatal(err)
			}
			now := at.Unix()
			if i == 0 {
				opened = now
			} else if slices.Contains([]string{"new", "assigned", "in_progress"}, life[i-1][5]) {
				spent += open(before, now, r[4])
			}
			if r[5] == "in_progress" && response < 0 {
				response = open(opened, now, r[4])
			}
			if r[3] == "resolved" {
				resolved = now
			}
			before = now
		}
		key := time.Unix(resolved, 0).In(london).Format("2006-01") + "," + last[6] + "," + last[4]
		g := groups[key]
		g[0]++
		if response >= 0 && response <= number(t, targets[last[4]][0]) {
			g[1]++
		}
		if spent <= number(t, targets[last[4]][1]) {
			g[2]++
		}
		g[3] += spent
		groups[key] = g
	}
	var lines []string
	for key, g := range groups {
		lines = append(lines, fmt.Sprintf("%s,%d,%d,%d,%d\n", key, g[0], g[1], g[2], g[3]))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// TestLimit holds limit to the plain answer, however many workers slice the file.
func TestLimit(t *testing.T) {
	dir := generate(t)
	want := plainly(t, dir)
	if strings.Count(want, "\n") < 200 {
		t.Fatalf("the plain answer has only %d lines", strings.Count(want, "\n"))
	}
	limit := filepath.Join(dir, "limit")
	run(t, "go", "build", "-o", limit, ".")
	for _, workers := range []string{"1", "2", "3", "7"} {
		got := run(t, limit, "-strict", "-p", workers, "-tickets", strconv.Itoa(few),
			filepath.Join(dir, "events.csv"), filepath.Join(dir, "calendar.csv"), filepath.Join(dir, "targets.csv"))
		if got != want {
			t.Errorf("%s workers: %d bytes that differ from the plain answer's %d", workers, len(got), len(want))
		}
	}
}

// TestGeneratorIsSettled keeps the log that every figure was measured on: the
// same seed must write the same bytes. Another processor may round the generator's
// draws otherwise in the last bit, which is why only one is held to it.
func TestGeneratorIsSettled(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the log is settled on amd64")
	}
	text, err := os.ReadFile(filepath.Join(generate(t), "events.csv"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "fd23101a21472d949c2f080d043ee8d39262108ba1ad1e67120a9ffa868212ac"
	sum := sha256.Sum256(text)
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the log of %d tickets has SHA-256 %s; want %s", few, got, want)
	}
}
