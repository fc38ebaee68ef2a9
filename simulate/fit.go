package simulate

import (
	"slices"
	"time"

	"towerbridge/calendar"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/ticket"
)

// Ranks is the number of quantiles that a fit writes: 0 %, 5 %, ... 100 %.
const Ranks = 21

// ownRanks is the number of holds from which a priority gets working times of its own.
const ownRanks = 200

// Fit returns the profile of a journal: when its users called, what about, how long
// each party took to take tickets up and to work on them, how often and for how long
// it paused, to whom it passed them on, how often resolutions did not hold. Times are
// in each party's own calendar, elapsed time without one. A hold that has not ended is
// not counted, nor are parties, services and sites that the estate does not know; what
// the journal says nothing about is left out, and so is as in the shipped profile.
func Fit(w World, j *journal.Journal, id, source string) Profile {
	f := fitter{world: w, j: j, parties: map[string]*fitted{}, matrix: map[[2]string]int{}}
	f.zone, _ = w.Zones.Location(w.Estate.Document().Zone)
	if f.zone == nil {
		f.zone = time.UTC
	}
	f.kinds, f.services, f.sites = map[string]map[string]int{}, map[string]int{}, map[string]int{}
	f.days = map[span.Date]int{}
	var h ticket.History
	for t := range j.Tickets() {
		if ticket.Read(j, t, j.LastLearnt(), &h) && !f.onlyMeasured(&h) {
			if !f.stop(&h) {
				f.ticket(&h)
			}
		}
	}
	return f.profile(id, source)
}

// fitter counts what happened.
type fitter struct {
	world World
	j     *journal.Journal
	zone  *time.Location

	tickets, resolved, reopened, cancelled, scored int
	outages, children, planned                     int
	stopLengths                                    []int64
	hours                                          [24]int
	days                                           map[span.Date]int
	kinds                                          map[string]map[string]int
	services, sites                                map[string]int
	parties                                        map[string]*fitted
	matrix                                         map[[2]string]int
	reopenAfter, closeAfter, lag                   []int64
	entries, scores                                int
	byScore                                        map[int64]int
	highest                                        int64
}

// fitted is what one party did.
type fitted struct {
	calendar                       *calendar.Calendar
	holds, pauses, notes, rejects  int
	acceptance, work, pauseLengths []int64
	byPriority                     map[string][]int64
	reasons                        map[string]int
}

// onlyMeasured reports whether nothing but values is known: a series is no ticket.
func (f *fitter) onlyMeasured(h *ticket.History) bool {
	return !slices.ContainsFunc(h.Moments, func(m ticket.Moment) bool { return m.Event != journal.Measured })
}

// stop counts an outage, its children or maintenance, which a simulation brings by
// themselves and not as calls; it reports whether the ticket is one of these.
func (f *fitter) stop(h *ticket.History) bool {
	last := h.Last()
	kind := f.j.Name(last.Kind)
	switch {
	case last.Parent != 0 && kind != outage:
		f.children++
	case kind == outage && last.Parent == 0:
		f.outages++
		if end, done := h.Done(); done {
			f.stopLengths = append(f.stopLengths, int64(end-h.Opened()))
		}
	case kind == planned:
		f.planned++
	}
	return last.Parent != 0 || kind == outage || kind == planned
}

func (f *fitter) ticket(h *ticket.History) {
	f.tickets++
	t := time.Unix(int64(h.Opened()), 0).In(f.zone)
	f.hours[t.Hour()]++
	f.days[span.DateIn(h.Opened(), f.zone)]++
	last := h.Last()
	kind := f.j.Name(last.Kind)
	if f.kinds[kind] == nil {
		f.kinds[kind] = map[string]int{}
	}
	f.kinds[kind][f.j.Name(last.Priority)]++
	if id := f.j.Name(last.Service); id != "" {
		if _, ok := f.world.Estate.Service(id); ok {
			f.services[id]++
		}
	}
	if id := f.j.Name(last.Site); id != "" {
		if _, ok := f.world.Estate.Site(id); ok {
			f.sites[id]++
		}
	}
	for _, e := range f.j.Of(h.Ticket) {
		f.entries++
		if e.Learnt > e.Happened && e.Marks&journal.Backdated == 0 {
			f.lag = append(f.lag, min(MaxLength, int64(e.Learnt-e.Happened)))
		}
		f.score(f.j.Fact(e))
	}
	f.life(h)
	f.ends(h)
}

func (f *fitter) score(x *journal.Facts) {
	if x.Event != journal.Measured || x.Denominator < 2 || x.Denominator > 100 || x.Numerator < 1 || x.Numerator > x.Denominator {
		return
	}
	if f.byScore == nil {
		f.byScore = map[int64]int{}
	}
	f.scores++
	f.byScore[x.Numerator]++
	f.highest = max(f.highest, x.Denominator)
}

// holding is one party's hold in the making.
type holding struct {
	party    string
	offered  span.Instant
	accepted bool
	work     int64
	pause    int64
	paused   bool
	reason   string
	notes    int
	pauses   []int64
	reasons  []string
}

// life follows the ticket from party to party until it is first done.
func (f *fitter) life(h *ticket.History) {
	var now holding
	for i := range h.Moments {
		m := &h.Moments[i]
		name := f.j.Name(m.Party)
		if m.Event == journal.Rejected && now.party != "" {
			f.party(now.party).rejects++
		}
		if m.Status.Done() {
			if m.Status != journal.CancelledStatus && now.party != "" {
				f.end(&now, "", f.j.Name(m.Priority), m.At)
			}
			return
		}
		if name != "" && name != now.party {
			if _, ok := f.world.Estate.Party(name); !ok {
				continue
			}
			f.end(&now, name, f.j.Name(m.Priority), m.At)
			now = holding{party: name, offered: m.At}
		}
		if now.party != "" {
			f.moment(&now, m, h.Until(i))
		}
	}
}

// moment adds the stretch that begins with a moment to a hold.
func (f *fitter) moment(now *holding, m *ticket.Moment, until span.Instant) {
	p := f.party(now.party)
	if m.Accepted && !now.accepted {
		now.accepted = true
		p.acceptance = append(p.acceptance, openBetween(p.calendar, now.offered, m.At))
	}
	if m.Event == journal.Noted {
		now.notes++
	}
	if now.paused && m.Pauses == 0 {
		now.pauses, now.reasons = append(now.pauses, now.pause), append(now.reasons, now.reason)
		now.paused, now.pause = false, 0
	}
	open := openBetween(p.calendar, m.At, until)
	switch {
	case m.Pauses != 0:
		if !now.paused {
			now.paused, now.reason = true, f.j.Name(m.Reason)
		}
		now.pause += open
	case now.accepted:
		now.work += open
	}
}

// end counts a hold that has ended, by passing the ticket on or, to nobody, by
// resolving it.
func (f *fitter) end(now *holding, to, priority string, at span.Instant) {
	f.matrix[[2]string{now.party, to}]++
	if now.party == "" {
		return
	}
	p := f.party(now.party)
	if now.paused {
		now.pauses, now.reasons = append(now.pauses, now.pause), append(now.reasons, now.reason)
	}
	p.holds++
	p.notes += now.notes
	p.pauses += len(now.pauses)
	p.pauseLengths = append(p.pauseLengths, now.pauses...)
	for _, r := range now.reasons {
		p.reasons[r]++
	}
	p.work = append(p.work, now.work)
	p.byPriority[priority] = append(p.byPriority[priority], now.work)
	if !now.accepted {
		p.acceptance = append(p.acceptance, openBetween(p.calendar, now.offered, at))
	}
}

func (f *fitter) party(id string) *fitted {
	p := f.parties[id]
	if p == nil {
		p = &fitted{byPriority: map[string][]int64{}, reasons: map[string]int{}}
		doc, _ := f.world.Estate.Party(id)
		if c := f.world.Calendars[doc.Calendar]; c != nil && !c.Always() {
			p.calendar = c
		}
		f.parties[id] = p
	}
	return p
}

// ends counts resolutions, reopenings and closures.
func (f *fitter) ends(h *ticket.History) {
	var resolved span.Instant
	was := journal.New
	for i := range h.Moments {
		m := &h.Moments[i]
		switch {
		case m.Status == journal.ResolvedStatus && was != journal.ResolvedStatus:
			f.resolved++
			resolved = m.At
		case m.Status == journal.ClosedStatus && was == journal.ResolvedStatus:
			f.closeAfter = append(f.closeAfter, int64(m.At-resolved))
		case m.Status == journal.ClosedStatus && !was.Done():
			f.resolved++
			resolved = m.At
		case m.Status == journal.CancelledStatus && !was.Done():
			f.cancelled++
		case was.Done() && !m.Status.Done() && resolved > 0:
			f.reopened++
			f.reopenAfter = append(f.reopenAfter, int64(m.At-resolved))
		}
		was = m.Status
	}
	if slices.ContainsFunc(h.Moments, func(m ticket.Moment) bool { return m.Event == journal.Measured }) {
		f.scored++
	}
}
