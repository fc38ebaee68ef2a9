package audit_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"towerbridge/audit"
	"towerbridge/fault"
	"towerbridge/statement"
)

// march is the frame of the end-user contract's first measure in March: 215 tickets
// counted, 195 of them met.
func march(t testing.TB) *audit.Frame {
	t.Helper()
	f, err := audit.NewFrame(constabulary(), year(), drawn(t, "end-user", "2019-03"), "KPI-1")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func seeds(t testing.TB, phrases ...string) []audit.Seed {
	t.Helper()
	var out []audit.Seed
	for _, p := range phrases {
		s, err := audit.NewSeed([]byte(p))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// TestDrawIsTheSameEverywhere holds a draw to what another machine drew: the frame's
// digest, both commitments and the tickets in their order.
func TestDrawIsTheSameEverywhere(t *testing.T) {
	f := march(t)
	if want := "sha256:b326c51e08cc8b997d02a808f5cb1e56374227bb48c3ba19b2af13093789df8b"; f.Digest != want {
		t.Errorf("frame %s; want %s", f.Digest, want)
	}
	both := seeds(t, "seven grey herons wade", "nobody knows tuesday")
	d, err := audit.DrawSample(f, both, 80)
	if err != nil {
		t.Fatal(err)
	}
	if want := "sha256:6565fbc6532d7938968967a1265efdbc053fd95b320edd6f00fc073f18475b17"; d.Commitments[0] != want || audit.Commit(both[0], f) != want {
		t.Errorf("commitment %s; want %s", d.Commitments[0], want)
	}
	var got []string
	for _, x := range d.Items[:8] {
		got = append(got, x.Ticket)
	}
	want := []string{"INC0002341", "INC0001937", "INC0002514", "INC0002263", "INC0002226", "INC0001925", "INC0002026", "INC0002172"}
	if !slices.Equal(got, want) {
		t.Errorf("drawn %v; want %v", got, want)
	}
	few, err := audit.DrawSample(f, both, 5)
	if err != nil || !slices.Equal(few.Items, d.Items[:5]) {
		t.Errorf("a smaller sample is not the beginning of a larger one: %v", err)
	}
}

// TestFrameKnowsNoOrder reads the same log from its end to its beginning.
func TestFrameKnowsNoOrder(t *testing.T) {
	book := town(t, "")
	var l lives
	for i := range 40 {
		l.ticket(day(i%28, 9+i%7), "north", fmt.Sprintf("%d resolved", 80+i))
	}
	lines := strings.SplitAfter(strings.TrimSuffix(l.String(), "\n")+"\n", "\n")
	slices.Reverse(lines)
	var back lives
	back.WriteString(strings.Join(lines, ""))
	var frames []*audit.Frame
	for _, x := range []*lives{&l, &back} {
		j := x.journal(t, book)
		list, err := statement.Draw(book, j, []statement.Order{{Contract: "north", Period: periods(t, "2026-01")[0]}}, 1)
		if err != nil {
			t.Fatal(err)
		}
		f, err := audit.NewFrame(book, j, list[0], "M")
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
	if frames[0].Digest != frames[1].Digest || !slices.Equal(frames[0].Items, frames[1].Items) || len(frames[0].Items) != 40 {
		t.Errorf("frames of %d and %d items with digests %s and %s", len(frames[0].Items), len(frames[1].Items), frames[0].Digest, frames[1].Digest)
	}
	if frames[0].Good != 21 { // 80 to 100 minutes
		t.Errorf("%d items speak for the supplier; want 21", frames[0].Good)
	}
}

func TestCommit(t *testing.T) {
	f := march(t)
	april, err := audit.NewFrame(constabulary(), year(), drawn(t, "end-user", "2019-04"), "KPI-1")
	if err != nil {
		t.Fatal(err)
	}
	s := seeds(t, "seven grey herons wade", "seven grey herons wade\r\n", "seven grey herons Wade")
	if audit.Commit(s[0], f) != audit.Commit(s[1], f) {
		t.Error("a line end makes another seed")
	}
	if audit.Commit(s[0], f) == audit.Commit(s[2], f) || audit.Commit(s[0], f) == audit.Commit(s[0], april) {
		t.Error("another seed or another frame has the same commitment")
	}
	a, _ := audit.DrawSample(f, []audit.Seed{s[0], s[2]}, 20)
	b, _ := audit.DrawSample(f, []audit.Seed{s[2], s[0]}, 20)
	if slices.Equal(a.Items, b.Items) {
		t.Error("the order of the seeds does not matter")
	}
}

func TestRefused(t *testing.T) {
	f := march(t)
	s := seeds(t, "seven grey herons wade")
	for name, call := range map[string]func() error{
		"15 bytes":   func() error { _, err := audit.NewSeed(bytes.Repeat([]byte("x"), audit.MinSeed-1)); return err },
		"4097 bytes": func() error { _, err := audit.NewSeed(bytes.Repeat([]byte("x"), audit.MaxSeed+1)); return err },
		"no seed":    func() error { _, err := audit.DrawSample(f, nil, 3); return err },
		"17 seeds":   func() error { _, err := audit.DrawSample(f, slices.Repeat(s, audit.MaxSeeds+1), 3); return err },
		"none":       func() error { _, err := audit.DrawSample(f, s, 0); return err },
		"216 of 215": func() error { _, err := audit.DrawSample(f, s, 216); return err },
		"a measure of seconds": func() error {
			_, err := audit.NewFrame(constabulary(), year(), drawn(t, "end-user", "2019-03"), "KPI-4")
			return err
		},
		"a measure that is not there": func() error {
			_, err := audit.NewFrame(constabulary(), year(), drawn(t, "end-user", "2019-03"), "KPI-9")
			return err
		},
		"no findings": func() error { _, err := audit.EstimateErrors(f, nil); return err },
	} {
		if err := call(); err == nil || fault.KindOf(err) == fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := audit.NewSeed(bytes.Repeat([]byte("x"), audit.MinSeed)); err != nil {
		t.Error(err)
	}
}

// file writes a drawn sample and fills in what was found: as recorded, but for the
// tickets at the given places.
func file(t testing.TB, d *audit.Draw, wrong ...int) string {
	t.Helper()
	var b bytes.Buffer
	if err := audit.WriteSample(&b, d); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for i := range d.Items {
		found := d.Items[i].Recorded
		if slices.Contains(wrong, i) {
			found = map[string]string{"met": "missed", "missed": "Met"}[found]
		}
		lines[i+1] = strings.TrimSuffix(lines[i+1], ",") + found + `,"looked at, closely"`
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestReadFindings(t *testing.T) {
	f := march(t)
	d, err := audit.DrawSample(f, seeds(t, "seven grey herons wade", "nobody knows tuesday"), 6)
	if err != nil {
		t.Fatal(err)
	}
	good := file(t, d, 2)
	list, findings := audit.ReadFindings("g.csv", []byte("\ufeff"+good), f, d)
	if len(findings) > 0 || len(list) != 6 || list[2].Found != "missed" || list[2].Recorded != "met" || list[0].Note != "looked at, closely" {
		t.Fatalf("%+v, %v", list, findings)
	}
	lines := strings.Split(strings.TrimSpace(good), "\n")
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", []string{"no finding"}},
		{"no rows", lines[0] + "\n", []string{"no finding", "6 drawn tickets have no finding"}},
		{"no column", "ticket,life,recorded\nA,0,met\n", []string{"g.csv:1: TB1973: found", "6 drawn"}},
		{"one left out", strings.Join(lines[:6], "\n"), []string{"1 drawn tickets have no finding, the first is INC0001925"}},
		{"twice", good + lines[1], []string{"g.csv:8: TB1975: ticket: ticket INC0002341 is there twice"}},
		{"not drawn", good + "7," + f.Items[0].Ticket + ",0," + f.Items[0].Recorded + ",1,1,,met,\n", []string{"was not drawn by these seeds"}},
		{"another's", good + "7,INC9999999,0,met,1,1,,met,\n7,INC0002341,x,met,1,1,,met,\n", []string{"g.csv:8: TB1975: ticket: ticket \"INC9999999\"", "g.csv:9"}},
		{"not said, and recorded otherwise", strings.Replace(strings.Replace(good, lines[1], strings.Replace(lines[1], "met,looked", "perhaps,looked", 1), 1), "met,5", "missed,5", 1), []string{"TB1975: recorded"}},
		{"a quote", lines[0] + "\n1,\"INC,0,met", []string{"TB1973"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, findings := audit.ReadFindings("g.csv", []byte(c.text), f, d)
			for _, want := range c.want {
				if !slices.ContainsFunc(findings, func(x fault.Finding) bool { return strings.Contains(x.Error(), want) }) {
					t.Errorf("no finding has %q: %v", want, findings)
				}
			}
		})
	}
	if _, findings := audit.ReadFindings("g.csv", make([]byte, audit.MaxFindingsBytes+1), f, nil); len(findings) != 1 {
		t.Errorf("a file that is too long: %v", findings)
	}
}

func FuzzReadFindings(f *testing.F) {
	frame := march(f)
	d, err := audit.DrawSample(frame, seeds(f, "seven grey herons wade"), 3)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(file(f, d, 1)))
	f.Add([]byte("ticket,life,recorded,found\n'INC0002341,0,met,MET\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, findings := audit.ReadFindings("f.csv", data, frame, nil)
		if len(findings) > 0 {
			return
		}
		if e, err := audit.EstimateErrors(frame, list); err != nil || e.Errors.Low > e.Errors.Likely || e.Errors.Likely > e.Errors.High {
			t.Errorf("%d findings: %+v, %v", len(list), e, err)
		}
	})
}

// TestEstimate reads findings of the service desk, whose credit has a price for each
// point of a percentage, so that every ticket is worth money.
func TestEstimate(t *testing.T) {
	s := drawn(t, "service-desk", "2019-03")
	f, err := audit.NewFrame(constabulary(), year(), s, "SD-3")
	if err != nil {
		t.Fatal(err)
	}
	d, err := audit.DrawSample(f, seeds(t, "seven grey herons wade"), 120)
	if err != nil {
		t.Fatal(err)
	}
	var met []int
	missed := -1
	for i, x := range d.Items {
		if x.Recorded == "met" {
			met = append(met, i)
		} else {
			missed = i
		}
	}
	if missed < 0 || len(met) < 4 {
		t.Fatalf("%d met in the sample, missed at %d: the test needs both", len(met), missed)
	}
	list, findings := audit.ReadFindings("g.csv", []byte(file(t, d, met[0], met[2], met[3], missed)), f, d)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	e, err := audit.EstimateErrors(f, list)
	if err != nil {
		t.Fatal(err)
	}
	if e.Errors.Found != 4 || e.Flattering.Found != 3 || e.Harsh.Found != 1 || len(e.Wrong) != 4 {
		t.Errorf("found %d, flattering %d, harsh %d, wrong %d; want 4, 3, 1, 4", e.Errors.Found, e.Flattering.Found, e.Harsh.Found, len(e.Wrong))
	}
	if e.Flattering.Of+e.Harsh.Of != e.Errors.Of || e.Flattering.Sample+e.Harsh.Sample != 120 || e.Flattering.Of != f.Good {
		t.Errorf("the parts do not add up: %+v %+v %+v", e.Errors, e.Flattering, e.Harsh)
	}
	if !e.Outcomes[0].Total.Equal(s.Total) || !e.Outcomes[0].Difference.IsZero() || e.Outcomes[0].Met != f.Good {
		t.Errorf("as recorded: %+v; the statement says %s", e.Outcomes[0], s.Total)
	}
	for i, want := range []int64{0, -e.Flattering.Low, -e.Flattering.Likely, -e.Flattering.High, e.Harsh.Low, e.Harsh.Likely, e.Harsh.High, e.Harsh.Likely - e.Flattering.Likely} {
		if got := e.Outcomes[i].Met - f.Good; got != want {
			t.Errorf("%s: %d tickets met more; want %d", e.Outcomes[i].Case, got, want)
		}
	}
	for i := range 3 {
		a, b := e.Outcomes[i].Total, e.Outcomes[i+1].Total
		if c, err := a.Cmp(b); err != nil || c > 0 {
			t.Errorf("with more errors put right %s falls to %s", a, b)
		}
	}
	if c, err := e.Outcomes[3].Total.Cmp(s.Total); err != nil || c <= 0 {
		t.Errorf("the most errors cost nothing: %s and %s", e.Outcomes[3].Total, s.Total)
	}
}

// TestCountsBad samples a measure that counts what should not have been: a recorded
// "missed" is a ticket that was not reopened, and speaks for the supplier.
func TestCountsBad(t *testing.T) {
	f, err := audit.NewFrame(constabulary(), year(), drawn(t, "applications", "2019-03"), "SL-4")
	if err != nil {
		t.Fatal(err)
	}
	d, err := audit.DrawSample(f, seeds(t, "seven grey herons wade"), len(f.Items))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(d.Items, func(x audit.Item) bool { return x.Recorded == "missed" })
	list, findings := audit.ReadFindings("g.csv", []byte(file(t, d, at)), f, d)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	e, err := audit.EstimateErrors(f, list)
	if err != nil {
		t.Fatal(err)
	}
	if e.Flattering.Found != 1 || e.Flattering.Low != 1 || e.Flattering.High != 1 || e.Outcomes[1].Met != e.Outcomes[0].Met+1 {
		t.Errorf("all were looked at, one was wrong: %+v, %+v", e.Flattering, e.Outcomes)
	}
}
