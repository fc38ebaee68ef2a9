package whatif

import (
	"fmt"
	"slices"
	"strings"

	"towerbridge/contract"
	"towerbridge/journal"
)

// unknown says in plain words what a replay cannot know.
func (r *replay) unknown(g *journeys, out *Result) {
	say := func(format string, args ...any) { out.Unknown = append(out.Unknown, fmt.Sprintf(format, args...)) }
	same := r.new.Book == r.old.Book
	if !same {
		say("A supplier would act otherwise under other terms. It works towards the targets, hours and prices it is paid by; here it did so towards the old ones.")
		say("Priorities, pauses and resolutions were recorded under the old terms. Whoever gains by them would record them otherwise.")
		say("What the suppliers would charge is what the new contracts say, not what anybody offered.")
	}
	if gone := g.goneAt(r.options.By); gone > 0 {
		what := "It is kept in every figure: the new supplier is taken to have waited as long between its own teams."
		if r.options.DropInternal {
			what = "It is dropped, and all that follows moves forward as if work had gone on at once: that is the best that merging could do, not what it would do."
		}
		say("%d hand-overs between those who become one are gone by rule. Whether their waiting of %s would go too, nobody knows. %s", gone, hours(g.waiting), what)
		say("How soon a ticket is accepted depends on who offers it to whom. Inside one supplier nothing is offered, and the time that was allowed for accepting it is no longer agreed with anybody.")
	}
	if appeared := g.appearedAt(r.options.By); appeared > 0 {
		say("%d hand-overs appear, between those who were one and become two. They are taken to have been accepted as the record says, without the waiting that two suppliers would add.", appeared)
	}
	if g.rejected > 0 {
		say("%d of those hand-overs began with a rejection. The record says that nobody held the ticket then, and so does the replay, though one supplier would hardly reject to itself.", g.rejected)
	}
	if g.disputes > 0 {
		say("%d tickets were disputed between those who become one. Their disputes are read as they were.", g.disputes)
	}
	r.unknownReasons(g, say)
	r.otherAcceptance(g, say)
	if moved := r.forgotten(); len(moved) > 0 {
		say("No contract of the new book is with %s: what they do is timed by nobody's targets.", strings.Join(moved, ", "))
	}
	if !same && r.otherHours() {
		say("Where hours differ, nobody worked in the hours that are new, and what was done outside those that are gone is still read as done.")
	}
	say("Earlier periods that repeated failures, rolling caps and earn-back look back on are replayed too, each by its own book.")
}

// otherAcceptance tells how much of a change of unowned time is the contracts' and not
// the merging's.
func (r *replay) otherAcceptance(g *journeys, say func(string, ...any)) {
	change := g.kinds[1][contract.UnownedLeg] - g.kinds[0][contract.UnownedLeg]
	merging := g.waits[1][contract.UnownedLeg] - g.waits[0][contract.UnownedLeg]
	if rest := change - merging; rest != 0 {
		word := "less"
		if rest > 0 {
			word = "more"
		}
		say("Unowned time has %s %s for another reason than merging: the contracts by which it is read allow other times, or other hours, to accept what is offered. Nobody accepted anything sooner or later than the record says.", hours(max(rest, -rest)), word)
	}
}

func (g *journeys) goneAt(by Level) int64 { return g.level(by).Gone }

func (g *journeys) appearedAt(by Level) int64 { return g.level(by).Appeared }

func (g *journeys) level(by Level) *HandOvers {
	return &g.levels[slices.Index(Levels[:], by)]
}

// unknownReasons tells of pauses whose cause only one of the books names.
func (r *replay) unknownReasons(g *journeys, say func(string, ...any)) {
	if r.new.Book == r.old.Book {
		return
	}
	for _, reason := range r.journal.Reasons() {
		name := r.journal.Name(reason)
		old, now := namesReason(r.old, name), namesReason(r.new, name)
		if n := g.reasons[reason]; n > 0 && old != now {
			which := "the old contracts name and the new ones do not, so that the new clocks run on"
			if now {
				which = "the new contracts name and the old ones did not, so that nobody had a reason to record it with care"
			}
			say("%d tickets waited for %s, a reason that %s.", n, name, which)
		}
	}
}

// namesReason reports whether any contract of a side names a pause reason.
func namesReason(s Side, reason string) bool {
	for _, id := range s.contracts() {
		if slices.ContainsFunc(s.Book.Contracts[id].PauseCauses, func(p contract.PauseCause) bool { return p.Reason == reason }) {
			return true
		}
	}
	return false
}

// contracts lists the contracts that statements are drawn of.
func (s Side) contracts() []string {
	var ids []string
	for _, o := range s.Orders {
		ids = append(ids, o.Contract)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// forgotten lists the suppliers of the new side that held tickets which an old contract
// timed and no new one does.
func (r *replay) forgotten() []string {
	var out []string
	for _, id := range r.old.contracts() {
		party := r.plan.party(r.old.Book.Contracts[id].Supplier)
		has := slices.ContainsFunc(r.new.contracts(), func(n string) bool { return r.new.Book.Contracts[n].Supplier == party })
		if !has && r.renamed.Symbol(party) != journal.Symbol(0) {
			out = keep(out, party)
		}
	}
	return out
}

// otherHours reports whether the two sides' contracts read different calendars.
func (r *replay) otherHours() bool {
	ids := func(s Side) []string {
		var out []string
		for _, id := range s.contracts() {
			out = append(out, s.Book.Contracts[id].CalendarIDs()...)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	a, b := ids(r.old), ids(r.new)
	if !slices.Equal(a, b) {
		return true
	}
	return slices.ContainsFunc(a, func(id string) bool {
		x, y := r.old.Book.Calendars[id], r.new.Book.Calendars[id]
		for _, p := range r.options.Periods {
			if x.OpenSeconds(p.From.Start(x.Zone()), p.To.Start(x.Zone())) != y.OpenSeconds(p.From.Start(y.Zone()), p.To.Start(y.Zone())) {
				return true
			}
		}
		return false
	})
}

func hours(seconds int64) string {
	return fmt.Sprintf("%d hours and %d minutes", seconds/3600, seconds/60%60)
}
