package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
)

// memory is a store of the documents that the commands are tested with, and a log of
// the test's own.
type memory struct {
	sources []statement.Source
	mapping []byte
	log     string
}

const desk = "../cli/testdata/desk"

const header = "ticket,at,learnt,event,priority,group,service,reason,person\n"

// townHall returns the estate of the commands' tests; edit changes its documents.
func townHall(t *testing.T, log string, edit func(name, text string) string) *memory {
	t.Helper()
	m := &memory{log: header + log}
	for _, pattern := range []string{"estate.yaml", "contracts/*.yaml", "calendars/*.yaml"} {
		paths, err := filepath.Glob(filepath.Join(desk, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatal(pattern, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(desk, path)
			if err != nil {
				t.Fatal(err)
			}
			name = filepath.ToSlash(name)
			if edit != nil {
				data = []byte(edit(name, string(data)))
			}
			m.sources = append(m.sources, statement.Source{Name: name, Data: data})
		}
	}
	var err error
	if m.mapping, err = os.ReadFile(filepath.Join(desk, "mappings/csv.yaml")); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *memory) Place(name string) string { return "town/" + name }

func (m *memory) Documents(context.Context) ([]statement.Source, error) { return m.sources, nil }

func (m *memory) Journal(_ context.Context, book *statement.Book, _ store.Progress) (*eventlog.Result, error) {
	mapping, findings := eventlog.ReadMapping("csv.yaml", m.mapping)
	if len(findings) > 0 {
		return nil, findings
	}
	return eventlog.Read([]eventlog.Input{{Name: "log.csv", Reader: strings.NewReader(m.log)}}, mapping, eventlog.Options{
		Group:        book.Estate.Group,
		ServiceNamed: func(name string) (string, bool) { return book.Estate.ServiceNamed(name, 0) },
		Location:     book.Zones.Location,
	})
}

func instant(t *testing.T, s string) *span.Instant {
	t.Helper()
	i, err := span.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return &i
}

func periods(t *testing.T, s string) []span.Period {
	t.Helper()
	p, err := span.ParsePeriods(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wantError checks an error's kind and words.
func wantError(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if fault.KindOf(err) != kind {
		t.Errorf("%q is of kind %s; want %s", err, fault.KindOf(err), kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}
