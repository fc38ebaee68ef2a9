package simulate

import (
	"slices"
	"testing"

	"towerbridge/journal"
	"towerbridge/span"
)

// A profile fitted to a simulated year, simulated again and fitted again, says the
// same: how long parties take, how often they pause, to whom they pass on.
func TestFitRegenerates(t *testing.T) {
	t.Parallel()
	w := constabulary(t)
	first, _, err := Generate(w, Profile{ID: "x"}, Year(2019, 20_000, 1))
	if err != nil {
		t.Fatal(err)
	}
	once := Fit(w, first, "once", "first")
	second, _, err := Generate(w, once, Year(2019, 20_000, 2))
	if err != nil {
		t.Fatal(err)
	}
	twice := Fit(w, second, "twice", "second")
	if len(once.Parties) != 6 || len(once.HandOvers) < 10 {
		t.Fatalf("%d parties, %d hand-overs", len(once.Parties), len(once.HandOvers))
	}
	compared := 0
	for _, a := range once.Parties {
		i := slices.IndexFunc(twice.Parties, func(b PartyHabits) bool { return b.Party == a.Party })
		if i < 0 {
			t.Fatalf("%s is gone", a.Party)
		}
		b := twice.Parties[i]
		nearRanks(t, a.Party+" acceptance", a.Acceptance, b.Acceptance)
		for _, x := range a.Work {
			i := slices.IndexFunc(b.Work, func(y WorkMix) bool { return y.Priority == x.Priority })
			if x.Priority != "" && i >= 0 {
				nearRanks(t, a.Party+" work on "+x.Priority, x.Lengths, b.Work[i].Lengths)
				compared++
			}
		}
		if len(a.Pauses.Lengths) > 0 {
			nearRanks(t, a.Party+" pauses", a.Pauses.Lengths, b.Pauses.Lengths)
		}
		nearShare(t, a.Party+" pauses", a.Pauses.Share, b.Pauses.Share)
	}
	if compared < 8 {
		t.Errorf("only %d working times were compared", compared)
	}
	nearShare(t, "reopened", once.Reopened.Share, twice.Reopened.Share)
	nearShare(t, "scored", once.Surveys.Share, twice.Surveys.Share)
	nearShare(t, "late", once.Late.Share, twice.Late.Share)
	if a, b := passedOn(once), passedOn(twice); a < b*9/10 || a > b*11/10 {
		t.Errorf("hand-overs: %d and %d", a, b)
	}
	for hour := range 24 {
		if a, b := once.Arrivals.Hours[hour], twice.Arrivals.Hours[hour]; a > 500 && (a < b*8/10 || a > b*12/10) {
			t.Errorf("hour %d: %d and %d calls", hour, a, b)
		}
	}
}

// nearRanks compares the quantiles from a quarter to nine tenths: each lies between
// those two ranks below and above it in the other fit, which is what samples of a few
// hundred holds allow to say.
func nearRanks(t *testing.T, name string, a, b []span.Seconds) {
	t.Helper()
	if len(a) != Ranks || len(b) != Ranks {
		t.Errorf("%s: %d and %d ranks", name, len(a), len(b))
		return
	}
	for i := 5; i <= 18; i++ {
		if a[i] < b[i-2]-60 || a[i] > b[i+2]+60 {
			t.Errorf("%s at rank %d: %s and %s", name, i, a[i], b[i])
		}
	}
}

func nearShare(t *testing.T, name string, a, b *Share) {
	t.Helper()
	if a == nil || b == nil || max(*a, *b)-min(*a, *b) > max(*a, *b)/5+5000 {
		t.Errorf("%s: %v and %v", name, a, b)
	}
}

// passedOn counts the hand-overs between parties in every thousand tickets.
func passedOn(p Profile) int {
	n, tickets := 0, 0
	for _, h := range p.HandOvers {
		switch {
		case h.From == "":
			tickets += h.Weight
		case h.To != "":
			n += h.Weight
		}
	}
	return n * 1000 / tickets
}

// What a fit writes is a good profile of the estate, which can be written and read.
func TestFitIsAProfile(t *testing.T) {
	t.Parallel()
	w := constabulary(t)
	j, _, err := Generate(w, Profile{ID: "x"}, Year(2019, 800, 1))
	if err != nil {
		t.Fatal(err)
	}
	p := Fit(w, j, "few", "800 tickets")
	read, findings := Read("few.yaml", Encode(p))
	if len(findings) > 0 {
		t.Fatalf("%v\n%s", findings, Encode(p))
	}
	a, _, err := Generate(w, p, Year(2019, 800, 2))
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := Generate(w, read, Year(2019, 800, 2))
	if err != nil {
		t.Fatal(err)
	}
	if byKey(a) != byKey(b) {
		t.Error("the profile that was written and read again makes another journal")
	}
}

// A journal of nothing fits to a profile that says nothing.
func TestFitNothing(t *testing.T) {
	t.Parallel()
	w := constabulary(t)
	j, findings := journal.Merge([]*journal.Builder{journal.NewBuilder("x")}, []uint32{0})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	p := Fit(w, j, "nothing", "")
	if len(p.Parties)+len(p.HandOvers)+len(p.Kinds) > 0 || p.Arrivals != nil {
		t.Errorf("%+v", p)
	}
	if _, _, err := Generate(w, p, Year(2019, 50, 1)); err != nil {
		t.Error(err)
	}
}

func TestRanks(t *testing.T) {
	t.Parallel()
	list := make([]int64, 1001)
	for i := range list {
		list[i] = int64(1000 - i)
	}
	got := ranks(list)
	for i, s := range got[:Ranks-1] {
		if s != span.Seconds(i*50) {
			t.Errorf("rank %d is %d", i, s)
		}
	}
	if ranks([]int64{5}) != nil {
		t.Error("one value has no ranks")
	}
	// One forgotten ticket in a thousand does not stretch the last twentieth to its length.
	list[0] = 1_000_000
	got = ranks(list)
	if mean := (got[Ranks-2] + got[Ranks-1]) / 2; mean < 18_000 || mean > 22_000 {
		t.Errorf("the last twentieth has a mean of %d; want about 20600", mean)
	}
}
