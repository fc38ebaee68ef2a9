package audit_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"towerbridge/audit"
	"towerbridge/journal"
	"towerbridge/simulate"
)

// suppliers are the parties of the force with whom tricks are planted, by their
// contracts.
var suppliers = []string{"fennock", "ostlehythe", "brackwold", "merrowfen", "quenby"}

// simulated returns a year of 20,000 tickets, in which each party plays the tricks that
// the map gives it, for half of the tickets on which it could (mass tests: 2 % of all).
func simulated(t testing.TB, seed uint64, planted map[audit.Pattern]string) (*journal.Journal, []simulate.Truth) {
	t.Helper()
	book := constabulary()
	o := simulate.Year(2019, 20_000, seed)
	for _, name := range simulate.TrickNames() {
		party, ok := planted[audit.Pattern(name)]
		if !ok {
			continue
		}
		if name == simulate.TestCalls {
			party = "" // whoever answers
		}
		trick, err := simulate.ParseTrick(name)
		if err != nil {
			t.Fatal(err)
		}
		trick.Party = party
		o.Tricks = append(o.Tricks, trick)
	}
	w := simulate.World{Estate: book.Estate, Calendars: book.Calendars, Contracts: book.Contracts, Zones: book.Zones}
	j, result, err := simulate.Generate(w, simulate.Profile{ID: "prove"}, o)
	if err != nil {
		t.Fatal(err)
	}
	return j, result.Truth
}

// plants gives each trick to a supplier, by turns from year to year; the desk alone
// answers in the night.
func plants(year int) map[audit.Pattern]string {
	out := map[audit.Pattern]string{}
	for i, name := range simulate.TrickNames() {
		out[audit.Pattern(name)] = suppliers[(3*i+year)%len(suppliers)]
	}
	out[audit.TestCallsPattern] = "quenby"
	return out
}

// least returns the fewest cases that the shipped thresholds ask for.
func least(p audit.Pattern) int {
	t := audit.Shipped()
	return map[audit.Pattern]int{
		audit.LatePausePattern: t.LatePause.Least, audit.BunchedClosurePattern: t.BunchedClosure.Least,
		audit.PeriodEndClosurePattern: t.PeriodEndClosure.Least, audit.ReprioritisedPattern: t.Reprioritised.Least,
		audit.ReopenedAfterPeriodPattern: t.ReopenedAfterPeriod.Least, audit.TestCallsPattern: t.TestCalls.Least,
		audit.RoundingPattern: t.Rounding.Least, audit.CalendarChangePattern: t.CalendarChange.Least, audit.BackdatedPattern: t.Backdated.Least,
	}[p]
}

type flag struct {
	pattern audit.Pattern
	party   string
}

// score is what audits of several years came to.
type score struct {
	mu                 sync.Mutex
	planted, hit       map[audit.Pattern]int // (pattern, party) planted; of them flagged
	wrong              map[audit.Pattern]int // (pattern, party) flagged, not planted
	tickets, right     int                   // tickets of flags; of them those on which the trick was played
	few                int                   // planted on fewer tickets than the thresholds ask for
	questions, flagged int
}

// add scores a year.
func (s *score) add(r *audit.Report, planted map[audit.Pattern]string, truth []simulate.Truth) {
	played, on := map[audit.Pattern]int{}, map[string]audit.Pattern{}
	for _, x := range truth {
		played[audit.Pattern(x.Trick)]++
		on[x.Ticket] = audit.Pattern(x.Trick)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	flags := map[flag][]string{}
	for _, q := range r.Questions {
		s.questions++
		if q.WorthALook {
			s.flagged++
			f := flag{q.Pattern, q.Party}
			flags[f] = append(flags[f], q.Tickets...)
		}
	}
	for p, party := range planted {
		if played[p] < least(p) {
			if played[p] > 0 {
				s.few++
			}
			delete(flags, flag{p, party})
			continue
		}
		s.planted[p]++
		if flags[flag{p, party}] != nil {
			s.hit[p]++
		}
	}
	for f, tickets := range flags {
		if planted[f.pattern] != f.party {
			s.wrong[f.pattern]++
		}
		slices.Sort(tickets)
		for _, x := range slices.Compact(tickets) {
			s.tickets++
			if on[x] == f.pattern {
				s.right++
			}
		}
	}
}

func newScore() *score {
	return &score{planted: map[audit.Pattern]int{}, hit: map[audit.Pattern]int{}, wrong: map[audit.Pattern]int{}}
}

// audited scores so many years, as many at once as there are processors.
func audited(t *testing.T, years int, planted func(year int) map[audit.Pattern]string) *score {
	s := newScore()
	next := make(chan int)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for y := range next {
				tricks := planted(y)
				j, truth := simulated(t, uint64(y)+1, tricks)
				r, err := audit.Look(constabulary(), j, audit.Options{Thresholds: audit.Shipped(), Workers: 1})
				if err != nil {
					t.Error(err)
					continue
				}
				s.add(r, tricks, truth)
			}
		})
	}
	for y := range years {
		next <- y
	}
	close(next)
	wait.Wait()
	return s
}

func sum(m map[audit.Pattern]int) (n int) {
	for _, x := range m {
		n += x
	}
	return n
}

// TestProvePatterns plants every trick in seeded years of 20,000 tickets and asks the
// audit, at the shipped thresholds. The stated number is 200 years, a tenth by default.
//
// What is scored are pairs of a pattern and a party. Recall: of the pairs planted on at
// least as many tickets as the pattern's threshold asks for, the share that is flagged.
// Precision: of the pairs flagged, the share that was planted. The precision of tickets
// is the share of the tickets listed with flags on which that trick was played.
func TestProvePatterns(t *testing.T) {
	years := 20
	if prove() {
		years = 200
	}
	s := audited(t, years, plants)
	for _, d := range audit.Definitions() {
		p := d.Pattern
		t.Logf("%-22s planted %3d  flagged %3d  flagged elsewhere %d", p, s.planted[p], s.hit[p], s.wrong[p])
		if s.planted[p] == 0 {
			t.Errorf("%s was never planted", p)
		}
		if float64(s.hit[p]) < 0.9*float64(s.planted[p]) {
			t.Errorf("%s: recall %d of %d is below 0.9", p, s.hit[p], s.planted[p])
		}
	}
	hit, planted, wrong := sum(s.hit), sum(s.planted), sum(s.wrong)
	recall, precision := float64(hit)/float64(planted), float64(hit)/float64(hit+wrong)
	t.Logf("%d years: recall %.4f (%d of %d), precision %.4f (%d of %d); of tickets %.4f (%d of %d); %d planted on too few tickets",
		years, recall, hit, planted, precision, hit, hit+wrong, float64(s.right)/float64(s.tickets), s.right, s.tickets, s.few)
	if recall < 0.9 || precision < 0.8 || float64(s.right) < 0.8*float64(s.tickets) {
		t.Errorf("recall %.3f and precision %.3f, of tickets %d of %d: at least 0.9 and 0.8 are promised", recall, precision, s.right, s.tickets)
	}
}

// TestProveNothingPlanted audits seeded years in which nobody plays a trick: no larger
// share of the questions may be flagged than the thresholds declare, of each pattern
// and of all. The stated number is 200 years, a tenth by default.
func TestProveNothingPlanted(t *testing.T) {
	years := 20
	if prove() {
		years = 200
	}
	s := audited(t, years, func(int) map[audit.Pattern]string { return nil })
	rate := float64(s.flagged) / float64(s.questions)
	t.Logf("%d years: %d of %d questions flagged, a rate of %.5f; declared %s; %s", years, s.flagged, s.questions, rate, audit.Shipped().FalseFlags, fmt.Sprint(s.wrong))
	if rate > 0.01 {
		t.Errorf("%.4f of the questions are flagged where nothing is planted; %s is declared", rate, audit.Shipped().FalseFlags)
	}
}
