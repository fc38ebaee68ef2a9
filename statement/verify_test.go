package statement_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towerbridge/calendar"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

func TestVerifyAgrees(t *testing.T) {
	r := agrees(t, sample(t, nil))
	if r.Entries != 24 || r.First != nil || r.Statement.Contract != "tower-a" {
		t.Errorf("%+v", r)
	}
	if want := []string{"2026-03: drawn, not issued"}; !slices.Equal(r.Trusted(), want) {
		t.Errorf("trusted %q, want %q", r.Trusted(), want)
	}
}

func TestVerifyWithoutTickets(t *testing.T) {
	if r := agrees(t, issue(t, book(t), newLog().journal(t), nil)); r.Entries != 0 {
		t.Errorf("%d entries", r.Entries)
	}
}

func TestVerifyTrustsIssuedEarlierResults(t *testing.T) {
	l := newLog().april2026().miss()
	b, j := book(t), l.journal(t)
	march, err := statement.Draw(b, j, []statement.Order{{Contract: "tower-a", Period: period("2026-03")}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	march[0].Measures[0].Failed, march[0].Measures[0].Value = true, "0/1" // as another log would have it
	drawn, err := statement.Draw(b, j, []statement.Order{{Contract: "tower-a", Period: april, AsOf: &early, Earlier: march}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m := drawn[0].Measures[0]; !m.Repeat || m.Points != 2 {
		t.Fatalf("the failure is not repeated: %+v", m)
	}
	var out bytes.Buffer
	if err := statement.Issue(&out, b, j, drawn[0], nil); err != nil {
		t.Fatal(err)
	}
	r := agrees(t, out.Bytes())
	if want := []string{"2026-03: statement " + march[0].Digest}; !slices.Equal(r.Trusted(), want) {
		t.Errorf("trusted %q, want %q", r.Trusted(), want)
	}
}

// forge rewrites a record and makes everything else about the bundle fit, as a
// forger without the key would: only recomputing tells.
func forge(t *testing.T, data []byte, old, replacement string) []byte {
	t.Helper()
	record := text(t, data, "statement.json")
	if !strings.Contains(record, old) {
		t.Fatalf("the record does not hold %s", old)
	}
	said := regexp.MustCompile(`,"digest":"sha256:[0-9a-f]{64}"}$`)
	record = said.ReplaceAllString(strings.Replace(record, old, replacement, 1), "}")
	digest := statement.Source{Data: []byte(record)}.Digest()
	record = strings.TrimSuffix(record, "}") + `,"digest":"` + digest + `"}`
	data = change(t, data, "statement.json", func([]byte) []byte { return []byte(record) })
	return relist(t, data, digest)
}

// relist writes a manifest that fits the files.
func relist(t *testing.T, data []byte, digest string) []byte {
	t.Helper()
	return change(t, data, "manifest.txt", func([]byte) []byte {
		var lines []string
		for _, f := range unzip(t, data) {
			if f.name != "manifest.txt" {
				sum := strings.TrimPrefix(statement.Source{Data: f.data}.Digest(), "sha256:")
				lines = append(lines, fmt.Sprintf("%s  %d  %s\n", sum, len(f.data), f.name))
			}
		}
		slices.SortFunc(lines, func(a, b string) int {
			return strings.Compare(a[67:][strings.Index(a[67:], " "):], b[67:][strings.Index(b[67:], " "):])
		})
		return []byte("towerbridge-bundle/1 " + digest + "\n" + strings.Join(lines, ""))
	})
}

func TestVerifyNamesTheFirstDifference(t *testing.T) {
	data := sample(t, nil)
	for _, c := range []struct{ old, forged, says string }{
		{`"met":8`, `"met":9`, "measure KPI-1 met: recorded 9, recomputed 8"},
		{`"elapsedSeconds":32400`, `"elapsedSeconds":28800`, "measure KPI-1 missed INC-7 elapsedSeconds: recorded 28800, recomputed 32400"},
		{`"ticket":"INC-8"`, `"ticket":"INC-9"`, "measure KPI-1 excluded INC-9 ticket: recorded INC-9, recomputed nothing"},
		{`"total":{"currency":"GBP","value":"500.00"}`, `"total":{"currency":"GBP","value":"400.00"}`, "total value: recorded 400.00, recomputed 500.00"},
		{`"band":"minor"`, `"band":"target"`, "measure KPI-1 band: recorded target, recomputed minor"},
		{`"zone":"Europe/London"`, `"zone":"Europe/Paris"`, "zone: recorded Europe/Paris, recomputed Europe/London"},
		{`"title":"Hosting",`, ``, "title: recorded nothing, recomputed Hosting"},
		{`"cutOff"`, `"cutOff"`, ""},
	} {
		b, err := open(forge(t, data, c.old, c.forged))
		if err != nil {
			t.Errorf("%s: %v", c.forged, err)
			continue
		}
		r, err := statement.Verify(b, nil, 0)
		switch {
		case err != nil:
			t.Errorf("%s: %v", c.forged, err)
		case r.Agrees != (c.says == "") || !r.Agrees && r.First.String() != c.says:
			t.Errorf("%s: says %v, want %s", c.forged, r.First, c.says)
		}
	}
}

func TestVerifyUsesTheBundlesOwnDocuments(t *testing.T) {
	data := sample(t, nil)
	digest := opened(t, data).Statement.Digest
	changed := change(t, data, "contract.yaml", func(b []byte) []byte { return bytes.Replace(b, []byte("within: 8h"), []byte("within: 9h"), 1) })
	r, err := statement.Verify(opened(t, relist(t, changed, digest)), nil, 0)
	if err != nil || r.Agrees || r.First.Where != "document contract/tower-a digest" {
		t.Errorf("%v: %v", err, r.First)
	}
	// A bank holiday that this program does not ship closes the office on 14 April.
	changed = change(t, data, "holidays/england-and-wales.csv", func(b []byte) []byte {
		return bytes.Replace(b, []byte("2026-05-04,"), []byte("2026-04-14,Jubilee,invented\n2026-05-04,"), 1)
	})
	r, err = statement.Verify(opened(t, relist(t, changed, digest)), nil, 0)
	if err != nil || r.Agrees || r.First.String() != "measure KPI-1 met: recorded 8, recomputed 9" {
		t.Errorf("%v: %v", err, r.First)
	}
	changed = change(t, data, "contract.yaml", func([]byte) []byte { return []byte("id: [") })
	_, err = statement.Verify(opened(t, relist(t, changed, digest)), nil, 0)
	refused(t, err, fault.Invalid, "the documents of the bundle cannot be read", "contract.yaml:1")
	for _, name := range []string{"zones/UTC", "holidays/england-and-wales.csv"} {
		changed = change(t, data, name, func([]byte) []byte { return []byte("no such thing") })
		_, err = statement.Verify(opened(t, relist(t, changed, digest)), nil, 0)
		refused(t, err, fault.Invalid, "the documents of the bundle cannot be read")
	}
}

func TestOpenRefusesRecordsOfAnotherForm(t *testing.T) {
	data := sample(t, nil)
	digest := opened(t, data).Statement.Digest
	spaced := change(t, data, "statement.json", func(b []byte) []byte { return append([]byte(" "), b...) })
	_, err := open(relist(t, spaced, digest))
	refused(t, err, fault.Disagrees, "statement.json is not written as records are")
	_, err = open(relist(t, data, "sha256:0"))
	refused(t, err, fault.Disagrees, "manifest.txt is for the statement")
	_, err = open(change(t, data, "manifest.txt", func(b []byte) []byte { return bytes.Replace(b, []byte("/1 "), []byte("/9 "), 1) }))
	refused(t, err, fault.Invalid, "towerbridge-bundle/9")
}

// manyMeasures gives the contract a measure of every kind that reads tickets.
const manyMeasures = `  - id: KPI-2
    name: Tickets opened
    count: {of: opened}
  - {id: M-1, mean: {clock: resolve}, scope: 'priority == "P1" || fields["category"] == "disk"'}
  - {id: M-2, percentile: {clock: resolve, share: 90%}, attribution: first-holder}
  - {id: M-3, reopenRate: {}}
  - {id: M-4, firstTimeFix: {}}
  - {id: M-5, handOvers: {}}
  - {id: M-6, backlog: {olderThan: 4h, calendar: office}}
  - {id: M-7, availability: {services: [mail], calendar: always, downtime: kind == "outage", maintenance: kind == "maintenance", denominator: less-maintenance}}
  - {id: M-8, external: {series: calls}}
  - {id: M-9, share: {clock: resolve}, countsIn: breach}
  - {id: M-10, share: {clock: resolve}, period: quarter}
`

// TestVerifyProperty draws random logs as known at a random instant: what a bundle
// carries is always enough to draw the same.
func TestVerifyProperty(t *testing.T) {
	b := bookOf(t, strings.Replace(folder, "  - id: KPI-2\n    name: Tickets opened\n    count: {of: opened}\n", manyMeasures, 1))
	rapid.Check(t, func(r *rapid.T) {
		j := randomLog(r)
		at := aprilStart + span.Instant(rapid.Int64Range(0, 70*86400).Draw(r, "asOf"))
		s, err := statement.Draw(b, j, []statement.Order{{Contract: "tower-a", Period: april, AsOf: &at}}, 1)
		if err != nil {
			r.Fatal(err)
		}
		var out bytes.Buffer
		if err := statement.Issue(&out, b, j, s[0], nil); err != nil {
			r.Fatal(err)
		}
		bundle, err := open(out.Bytes())
		if err != nil {
			r.Fatal(err)
		}
		report, err := statement.Verify(bundle, nil, 1)
		if err != nil || !report.Agrees {
			r.Fatalf("%v: %v\n%s", err, report.First, statement.Encode(s[0]))
		}
	})
}

// randomLog has entries of every kind on a few tickets of March to May, some of them
// learnt late, backdated, or corrected.
func randomLog(r *rapid.T) *journal.Journal {
	l := newLog()
	pick := func(label string, names ...string) journal.Symbol {
		return l.Name(rapid.SampledFrom(names).Draw(r, label))
	}
	keys := map[string][]string{}
	for range rapid.IntRange(0, 60).Draw(r, "entries") {
		id := rapid.SampledFrom([]string{"A", "B", "C", "D", "INC-8"}).Draw(r, "ticket")
		f := journal.Facts{Event: journal.Event(rapid.IntRange(1, int(journal.Erased)).Draw(r, "event"))}
		f.Kind = pick("kind", "", "incident", "outage", "maintenance")
		f.Priority, f.Service = pick("priority", "", "P1", "P3"), pick("service", "", "mail")
		f.Party, f.Team = pick("party", "", "atlas", "sextant", "force"), pick("team", "", "one", "two")
		f.Reason = pick("reason", "", "awaiting-customer", "lunch", "power")
		f.Extra = l.Extra(map[string]string{"category": rapid.SampledFrom([]string{"", "disk"}).Draw(r, "category")})
		if f.Event == journal.Measured {
			f.Series, f.Numerator, f.Denominator = l.Name("calls"), rapid.Int64Range(0, 9).Draw(r, "n"), 9
		}
		if f.Event == journal.Linked {
			f.Related = l.Name("A")
		}
		happened := aprilStart + span.Instant(3600*rapid.Int64Range(-20*24, 50*24).Draw(r, "happened"))
		learnt := happened + span.Instant(86400*rapid.SampledFrom([]int64{0, 0, 0, 3, 40}).Draw(r, "late"))
		marks := rapid.SampledFrom([]journal.Mark{0, 0, journal.Backdated}).Draw(r, "marks")
		corrects := ""
		if keys[id] != nil && rapid.IntRange(0, 4).Draw(r, "correct") == 0 {
			corrects, marks = rapid.SampledFrom(keys[id]).Draw(r, "corrected"), marks|journal.Corrects
		}
		e := l.put(id, happened, learnt, f, marks)
		keys[id] = append(keys[id], fmt.Sprintf("e%d", l.n))
		if corrects != "" {
			l.Correct(e, corrects)
		}
	}
	j, findings := journal.Merge([]*journal.Builder{l.Builder}, []uint32{0})
	if len(findings) > 0 {
		r.Fatal(findings)
	}
	return j
}

func TestBundleBookHasItsOwnZones(t *testing.T) {
	b, err := opened(t, sample(t, nil)).Book()
	if err != nil {
		t.Fatal(err)
	}
	if b.Zones.Version() != calendar.Shipped().Version() {
		t.Errorf("version %q", b.Zones.Version())
	}
	if _, err := b.Zones.Location("Europe/Paris"); err == nil {
		t.Error("the book has a zone that the bundle does not carry")
	}
}
