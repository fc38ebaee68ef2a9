package whatif

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
)

// Findings about a question.
var (
	ruleMerge = fault.Declare(1990, "a merge cannot be read",
		"Write it as towers=NEW, such as network,hosting=platform; beside towers, parties, team:NAME and line2 may merge.")
	ruleNobody = fault.Declare(1991, "nothing of that name can merge",
		"Give the id of a tower or party, team:NAME, or line1, line2 and so on.")
	ruleTwice = fault.Declare(1992, "something merges into two",
		"Name it in one merge only.")
	ruleNoPlace = fault.Declare(1993, "a party of the log has no place in the other estate",
		"Add it to the other estate, let its tower become another, or say by --merge PARTY=OTHER who takes its place.")
)

// Merge is some that become one.
type Merge struct {
	From []string // towers, parties, team:NAME or lineN
	To   string   // a tower or party of the new book, or a new name
}

// ParseMerge reads a merge such as network,hosting=platform.
func ParseMerge(text string) (Merge, error) {
	from, to, ok := strings.Cut(text, "=")
	m := Merge{To: strings.TrimSpace(to)}
	for item := range strings.SplitSeq(from, ",") {
		m.From = append(m.From, strings.TrimSpace(item))
	}
	if !ok || m.To == "" || slices.Contains(m.From, "") {
		return m, fault.Findings{ruleMerge.At(fault.Position{}, "merge", "%q is not of the form A,B=NEW", text)}
	}
	return m, nil
}

// Plan says who takes whose place.
type Plan struct {
	Moves   []Move
	parties map[string]string // of the old book to those of the new
	teams   map[string]string // team of the old book to the party
	lines   map[uint8]string
	least   map[string]uint8 // the line of a party into which lines merge
}

// NewPlan makes a plan for the dates on which periods begin. against is the other
// estate; where there is none it is the old one and only what merges moves. What a
// merge names goes where it says. Of the rest, a party goes to the supplier of the tower
// that its own becomes, otherwise to the party of its own id; and a team that another
// party has in the other estate goes there.
func NewPlan(old, against *estate.Estate, dates []span.Date, merges []Merge) (*Plan, fault.Findings) {
	p := &Plan{parties: map[string]string{}, teams: map[string]string{}, lines: map[uint8]string{}, least: map[string]uint8{}}
	b := planner{Plan: p, old: old, against: against, dates: dates, asked: map[string]bool{}}
	for _, m := range merges {
		b.merge(m)
	}
	if against != old {
		b.byTowers()
		b.byID()
		b.byTeams()
	}
	return p, b.findings
}

// planner makes a plan.
type planner struct {
	*Plan
	old, against *estate.Estate
	dates        []span.Date
	asked        map[string]bool // parties that a merge names
	findings     fault.Findings
}

func (b *planner) move(of, to, format string, args ...any) {
	b.Moves = append(b.Moves, Move{Of: of, To: to, Why: fmt.Sprintf(format, args...)})
}

// merge adds what a person asked for.
func (b *planner) merge(m Merge) {
	to := b.target(m.To)
	if to == "" {
		return
	}
	for _, item := range m.From {
		if name, ok := strings.CutPrefix(item, "team:"); ok {
			if put(b.teams, name, to, &b.findings) {
				b.move("team "+name, to, "asked for")
			}
			continue
		}
		if n, err := strconv.ParseUint(strings.TrimPrefix(item, "line"), 10, 8); err == nil && strings.HasPrefix(item, "line") && n > 0 {
			if put(b.lines, uint8(n), to, &b.findings) {
				if least, ok := b.least[to]; !ok || uint8(n) < least {
					b.least[to] = uint8(n)
				}
				b.move("line "+strconv.FormatUint(n, 10), to, "asked for")
			}
			continue
		}
		parties := b.of(b.old, item)
		if len(parties) == 0 {
			b.findings = append(b.findings, ruleNobody.At(fault.Position{}, "merge", "the estate %s has no tower and no party %q; its towers are %s", b.old.Document().ID, item, strings.Join(towers(b.old), ", ")))
		}
		for _, party := range parties {
			b.asked[party] = true
			if put(b.parties, party, to, &b.findings) {
				b.move("party "+party, to, "asked for: %s becomes %s", item, m.To)
			}
		}
	}
}

// put adds an entry. Something that goes to two places is a finding.
func put[K comparable](list map[K]string, key K, to string, findings *fault.Findings) bool {
	if other, ok := list[key]; ok {
		if other != to {
			*findings = append(*findings, ruleTwice.At(fault.Position{}, "merge", "%v goes to %s and to %s", key, other, to))
		}
		return false
	}
	list[key] = to
	return true
}

// target is the party that a merge makes: the supplier of a tower of the other estate,
// a party there, or, where there is no other estate, a new name.
func (b *planner) target(name string) string {
	if parties := b.of(b.against, name); len(parties) > 0 {
		return parties[0]
	}
	if b.against == b.old {
		return name
	}
	b.findings = append(b.findings, ruleNobody.At(fault.Position{}, "merge", "the estate %s has no tower and no party %q; its towers are %s", b.against.Document().ID, name, strings.Join(towers(b.against), ", ")))
	return ""
}

// of returns the suppliers of a tower on any of the dates, or the party of that id.
func (b *planner) of(e *estate.Estate, name string) []string {
	var out []string
	for _, on := range b.dates {
		if supplier, ok := e.SupplierOf(name, on); ok && !slices.Contains(out, supplier) {
			out = append(out, supplier)
		}
	}
	if _, ok := e.Party(name); ok && len(out) == 0 {
		out = append(out, name)
	}
	return out
}

func towers(e *estate.Estate) []string {
	var out []string
	for _, t := range e.Document().Towers {
		out = append(out, t.ID)
	}
	return out
}

// byTeams moves each team that another party has in the other estate.
func (b *planner) byTeams() {
	owners := map[string][]string{}
	for _, party := range b.against.Document().Parties {
		for _, team := range party.Teams {
			owners[team.ID] = append(owners[team.ID], party.ID)
		}
	}
	for _, party := range b.old.Document().Parties {
		if b.asked[party.ID] {
			continue
		}
		for _, team := range party.Teams {
			if _, asked := b.teams[team.ID]; asked || len(owners[team.ID]) != 1 || owners[team.ID][0] == b.party(party.ID) {
				continue
			}
			b.teams[team.ID] = owners[team.ID][0]
			b.move("team "+team.ID+" of "+party.ID, owners[team.ID][0], "the team is theirs in the other estate")
		}
	}
}

// byTowers moves each supplier whose towers become another's.
func (b *planner) byTowers() {
	for _, tower := range b.old.Document().Towers {
		becomes := tower.ID
		if _, same := b.against.Tower(becomes); !same {
			becomes = tower.Becomes
		}
		to := b.of(b.against, becomes)
		if becomes == "" || len(to) == 0 {
			continue
		}
		for _, party := range b.suppliers(tower.ID) {
			if _, asked := b.parties[party]; asked {
				continue
			}
			b.parties[party] = to[0]
			if party != to[0] {
				b.move("party "+party, to[0], "tower %s becomes %s", tower.ID, becomes)
			}
		}
	}
}

// suppliers returns those who run a tower of the old estate on any of the dates.
func (b *planner) suppliers(tower string) []string {
	var out []string
	for _, on := range b.dates {
		if supplier, ok := b.old.SupplierOf(tower, on); ok && !slices.Contains(out, supplier) {
			out = append(out, supplier)
		}
	}
	return out
}

// byID leaves every party in its place that the other estate has too.
func (b *planner) byID() {
	for _, party := range b.old.Document().Parties {
		if _, moved := b.parties[party.ID]; moved {
			continue
		}
		if _, ok := b.against.Party(party.ID); ok {
			b.parties[party.ID] = party.ID
		}
	}
}

// Check reports every party of a journal that has no place in the other estate.
func (p *Plan) Check(j *journal.Journal, against *estate.Estate) fault.Findings {
	seen := map[string]bool{}
	for _, f := range j.Facts() {
		if f.Party == 0 {
			continue
		}
		h := p.rename(journal.Holder{Party: j.Name(f.Party), Team: j.Name(f.Team), Line: f.Line})
		seen[h.Party] = true
	}
	var out fault.Findings
	for _, party := range slices.Sorted(maps.Keys(seen)) {
		if _, ok := against.Party(party); !ok {
			out = append(out, ruleNoPlace.At(fault.Position{}, "against", "the estate %s has no party %q, and none takes its place", against.Document().ID, party))
		}
	}
	return out
}

// party returns the party that takes another's place.
func (p *Plan) party(old string) string {
	if to, ok := p.parties[old]; ok {
		return to
	}
	return old
}

// line names a line of the new book: the party into which lines merge, or its number.
func (p *Plan) line(n uint32) string {
	for _, to := range slices.Sorted(maps.Keys(p.least)) {
		if uint32(p.least[to]) == n {
			return to
		}
	}
	return "line " + strconv.FormatUint(uint64(n), 10)
}

// Apply returns a journal as the other book would have it, see [journal.Journal.Rename].
func (p *Plan) Apply(j *journal.Journal) *journal.Journal { return j.Rename(p.rename) }

// Stays reports whether a party keeps its place, as whoever keeps its contract does.
func (p *Plan) Stays(party string) bool { return p.party(party) == party }

// rename says who holds a ticket by the new book: the line's place is taken before the
// team's, and the team's before the party's.
func (p *Plan) rename(h journal.Holder) journal.Holder {
	if to, ok := p.lines[h.Line]; ok {
		return journal.Holder{Party: to, Team: h.Team, Line: p.least[to]}
	}
	if to, ok := p.teams[h.Team]; ok {
		h.Party = to
	} else if h.Party != "" {
		h.Party = p.party(h.Party)
	}
	return h
}
