package simulate

import (
	"os"
	"path/filepath"
	"testing"

	"towerbridge/calendar"
	"towerbridge/contract"
	"towerbridge/estate"
)

// readWorld reads the documents of a folder.
func readWorld(t testing.TB, dir string) World {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	w := World{Calendars: contract.Calendars{}, Contracts: map[string]*contract.Contract{}, Zones: calendar.Shipped()}
	e, findings := estate.Read("estate.yaml", read(filepath.Join(dir, "estate.yaml")))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	w.Estate = e
	for _, kind := range []string{"calendars", "contracts"} {
		files, err := filepath.Glob(filepath.Join(dir, kind, "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if kind == "calendars" {
				d, findings := calendar.Read(name, read(name))
				if len(findings) > 0 {
					t.Fatal(findings)
				}
				if w.Calendars[d.ID], findings = calendar.Compile(d, w.Zones); len(findings) > 0 {
					t.Fatal(findings)
				}
				continue
			}
			d, _, findings := contract.Read(name, read(name))
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			c, err := contract.Compile(d, w.Calendars, w.Zones)
			if err != nil {
				t.Fatal(err)
			}
			w.Contracts[d.ID] = c
		}
	}
	return w
}

func constabulary(t testing.TB) World { return readWorld(t, "../examples/constabulary") }
