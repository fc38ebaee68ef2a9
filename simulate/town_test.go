package simulate

import (
	"testing"

	"towerbridge/journal"
	"towerbridge/ticket"
)

// townDigest is the digest of a journal with every trick, made up from the estate in
// testdata. It must be the same on every machine; it changes only where the generator,
// the shipped profile or that estate does.
const townDigest = "2936ee2f34e8082ba81448ae0638a30be37dc1156a0d4ac940bc4c13633c941f"

func TestPinnedDigest(t *testing.T) {
	t.Parallel()
	s, findings := New(readWorld(t, "testdata/town"), Profile{ID: "x"}, allTricks(5000, 1))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	text, r := written(t, s, 2)
	if got := digestOf(text); got != townDigest {
		t.Errorf("%d entries have the digest %s; want %s", r.Entries, got, townDigest)
	}
	played := map[string]bool{}
	for _, x := range r.Truth {
		played[x.Trick] = true
	}
	if len(played) != len(TrickNames()) {
		t.Errorf("only %v were played", played)
	}
}

// A ticket is moved to another site, service or priority wherever a contract's hours
// depend on it, and fewer count there.
func TestCalendarChangeBySiteAndService(t *testing.T) {
	t.Parallel()
	o := Year(2019, 8000, 3)
	o.Tricks = []Trick{{Name: CalendarChange, Share: whole}}
	s, findings := New(readWorld(t, "testdata/town"), Profile{ID: "x"}, o)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	j, r := s.Journal(1)
	on := map[string]bool{}
	for _, x := range r.Truth {
		on[x.Ticket] = true
	}
	sites, services := 0, 0
	histories(j, func(id string, h *ticket.History) {
		if !on[id] {
			return
		}
		i := lastChange(h)
		was, is := h.Moments[i-1], h.Moments[i]
		switch {
		case is.Event != journal.Changed:
			t.Errorf("%s: nothing was changed", id)
		case was.Site != is.Site && was.Service == is.Service && was.Priority == is.Priority:
			sites++
			if wan := j.Name(is.Service) == "wan"; wan != (j.Name(is.Site) == "depot") {
				t.Errorf("%s about %s was moved to %s", id, j.Name(is.Service), j.Name(is.Site))
			}
		case was.Service != is.Service && was.Site == is.Site && was.Priority == is.Priority:
			services++
		default:
			t.Errorf("%s: %+v became %+v", id, was.State, is.State)
		}
	})
	if sites < 20 || services < 20 {
		t.Errorf("%d changes of site, %d of service", sites, services)
	}
}

// Contracts say which series are measured: one value a month, and scores under the
// name of the survey.
func TestSeriesOfContracts(t *testing.T) {
	t.Parallel()
	j, _, err := Generate(readWorld(t, "testdata/town"), Profile{ID: "x"}, Options{Tickets: 900, Seed: 1, From: date(t, "2019-01-15"), To: date(t, "2019-07-01")})
	if err != nil {
		t.Fatal(err)
	}
	at, ok := j.Find("SERIES-lines-up")
	if !ok {
		t.Fatal("the series is not measured")
	}
	if got := len(j.Of(at)); got != 6 {
		t.Errorf("%d values in six months", got)
	}
	for _, e := range j.Of(at) {
		if f := j.Fact(e); f.Denominator != 10_000 || f.Numerator < 8600 || f.Numerator > 9950 || f.Event != journal.Measured {
			t.Errorf("%+v", f)
		}
	}
	scores := 0
	for i := range j.Tickets() {
		for _, e := range j.Of(i) {
			if f := j.Fact(e); j.Name(f.Series) == "opinion" {
				if scores++; f.Denominator != 5 || f.Numerator < 1 || f.Numerator > 5 {
					t.Errorf("a score of %d of %d", f.Numerator, f.Denominator)
				}
			}
		}
	}
	if scores < 120 {
		t.Errorf("only %d scores", scores)
	}
}
