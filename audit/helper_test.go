package audit_test

import (
	"bytes"
	"io/fs"
	"os"
	"sync"
	"testing"

	"towerbridge/calendar"
	"towerbridge/eventlog"
	"towerbridge/examples"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// prove reports whether long tests run at their stated numbers.
func prove() bool { return os.Getenv("TOWERBRIDGE_PROVE") == "1" }

// constabulary returns the documents of the invented force.
var constabulary = sync.OnceValue(func() *statement.Book {
	folder := examples.Constabulary()
	var sources []statement.Source
	for _, pattern := range []string{"estate.yaml", "calendars/*.yaml", "contracts/*.yaml"} {
		names, err := fs.Glob(folder, pattern)
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(folder, name)
			if err != nil {
				panic(err)
			}
			sources = append(sources, statement.Source{Name: name, Data: data})
		}
	}
	book, findings := statement.ReadBook(sources, calendar.Shipped())
	if len(findings) > 0 {
		panic(findings.Error())
	}
	return book
})

// year returns the force's tickets of 2019.
var year = sync.OnceValue(func() *journal.Journal {
	var b bytes.Buffer
	if err := examples.Log(&b); err != nil {
		panic(err)
	}
	return read(b.Bytes())
})

// read reads a log in the journal's open form.
func read(log []byte) *journal.Journal {
	in := eventlog.Input{Name: "log.ndjson", ReaderAt: bytes.NewReader(log), Size: int64(len(log))}
	book := constabulary()
	r, err := eventlog.Read([]eventlog.Input{in}, nil, eventlog.Options{Group: book.Estate.Group, Location: book.Zones.Location})
	if err != nil {
		panic(err)
	}
	return r.Journal
}

// drawn draws a contract's statement of the force for a month.
func drawn(t testing.TB, contract, month string) *statement.Statement {
	t.Helper()
	p, err := span.ParsePeriod(month)
	if err != nil {
		t.Fatal(err)
	}
	list, err := statement.Draw(constabulary(), year(), []statement.Order{{Contract: contract, Period: p}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// periods reads a run of periods.
func periods(t testing.TB, s string) []span.Period {
	t.Helper()
	list, err := span.ParsePeriods(s)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
