package sqlstore

import (
	"slices"
	"strconv"
	"strings"

	"towerbridge/internal/store"
)

// A list is found in two steps. First the numbers of its tickets, by one of several
// ways: a way reads branches, each of them a part of an index, and no further than the
// page goes. Then the rows and lines of those tickets.
//
//	by the sight  ─┬ each party that has held it ─┐
//	               ├ each service it is of        ├─ merged, each ticket once ─▶ page
//	               └ the person who opened it    ─┘
//	or by what is asked for: a team, a holder, a service, a parent, an id
//
// Where there are several ways, the one with the fewest tickets is taken.

// branch is tickets that one part of an index holds.
type branch struct {
	table  string // with its alias
	join   string // of the ticket as t; empty where the table is that of tickets
	alias  string // of the columns opened, changed, due and open: t or v
	number string // column of the ticket's number
	where  string // condition that the index serves, with ? for values
	values []any
	hidden []string // services of which the branch shows nothing
}

// way is branches in which all tickets of a list are found. The conditions of the list
// hold besides.
type way struct {
	branches []branch
	ordered  bool // the branches' indexes are in the order of the list
}

// asTicket returns a branch of table ticket.
func asTicket(where string, values ...any) branch {
	return branch{table: "ticket t", alias: "t", number: "t.no", where: where, values: values}
}

// without returns the branch without the tickets of some services.
func (b branch) without(services []string) branch {
	b.hidden = services
	return b
}

// bySight returns the way by what the reader may see; empty where that is nothing.
func bySight(sight *store.Sight) (w way) {
	add := func(b branch) { w.branches = append(w.branches, b) }
	if sight.Reporter != "" && (!sight.All || len(sight.Hidden) > 0) {
		add(asTicket("t.reporter <> '' AND t.reporter = ?", sight.Reporter))
	}
	if sight.All {
		add(asTicket("").without(sight.Hidden))
		return w
	}
	for _, party := range sight.Parties {
		add(branch{
			table: "ticket_party v", join: " JOIN ticket t ON t.no = v.ticket", alias: "v", number: "v.ticket",
			where: "v.party = ?", values: []any{party},
		}.without(sight.Hidden))
	}
	var services []string
	for _, service := range sight.Services {
		if !slices.Contains(sight.Hidden, service) {
			services = append(services, service)
		}
	}
	if n := len(services); n > maxServices {
		add(asTicket("t.service IN (?"+strings.Repeat(", ?", n-1)+")", anys(services)...))
		services = nil
	}
	for _, service := range services {
		add(asTicket("t.service = ?", service))
	}
	return w
}

// maxServices is the number of services in sight up to which each has its own branch.
const maxServices = 64

// byQuery returns the ways by what is asked for. Those of teams, holders and sites find
// open tickets only.
func byQuery(q *store.Query) []way {
	var ways []way
	each := func(where string, values []string, ordered bool) {
		w := way{ordered: ordered}
		for _, v := range values {
			w.branches = append(w.branches, asTicket(where, v))
		}
		if len(values) > 0 && len(values) <= maxBranches {
			ways = append(ways, w)
		}
	}
	if q.Parent != "" {
		each("t.parent <> '' AND t.parent = ?", []string{q.Parent}, false)
	}
	if q.Reporter != "" {
		each("t.reporter <> '' AND t.reporter = ?", []string{q.Reporter}, false)
	}
	if q.IDPrefix != "" {
		where, values := idRange(q.IDPrefix)
		ways = append(ways, way{branches: []branch{asTicket(where, values...)}})
	}
	open, byDue := q.Open != nil && *q.Open, q.By == store.ByDue
	if open {
		each("t.team = ?", q.Teams, byDue)
		each("t.party = ?", q.Parties, byDue)
		each("t.site = ?", q.Sites, byDue)
	}
	each("t.service = ?", q.Services, open || !byDue)
	return ways
}

// maxBranches is the number of branches up to which a way by what is asked for is worth
// looking at.
const maxBranches = 16

// idRange returns the condition that an id begins with a text.
func idRange(prefix string) (where string, values []any) {
	for end := []byte(prefix); len(end) > 0; end = end[:len(end)-1] {
		if end[len(end)-1] < 0x7f { // of ASCII: what follows is text too
			end[len(end)-1]++
			return "t.id >= ? AND t.id < ?", []any{prefix, string(end)}
		}
	}
	return "t.id >= ?", []any{prefix}
}

// search is a query's text being written, with its arguments.
type search struct {
	strings.Builder
	args []any
}

// bind writes a text, with a place for each ? in it.
func (s *search) bind(text string, values ...any) {
	for _, v := range values {
		before, after, _ := strings.Cut(text, "?")
		s.args = append(s.args, v)
		s.WriteString(before + "$" + strconv.Itoa(len(s.args)))
		text = after
	}
	s.WriteString(text)
}

// in writes the further condition that a column has one of some values, where there
// are any.
func (s *search) in(column, not string, values []string) { s.oneOf(" AND "+column, not, values) }

func (s *search) oneOf(column, not string, values []string) {
	if len(values) > 0 {
		s.bind(column+not+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", anys(values)...)
	}
}

// branch writes a branch up to its conditions: those of the index, of the sight and of
// the query.
func (s *search) branch(columns string, b *branch, q *store.Query, seen bool) {
	s.WriteString("SELECT " + columns + " FROM " + b.table)
	if len(b.hidden) > 0 || !seen || looksAtTicket(q) {
		s.WriteString(b.join)
	}
	s.WriteString(" WHERE 1 = 1")
	if b.where != "" {
		s.bind(" AND "+b.where, b.values...)
	}
	if q.Open != nil {
		s.WriteString(" AND " + b.alias + ".open = " + strconv.FormatInt(number(*q.Open), 10))
	}
	s.in("t.service", " NOT", b.hidden)
	if !seen {
		s.sees(&q.Sight)
	}
	s.conditions(q)
}

// sees writes the condition that the sight shows the ticket.
func (s *search) sees(sight *store.Sight) {
	s.WriteString(" AND (")
	if sight.Reporter != "" {
		s.bind("t.reporter = ? OR ", sight.Reporter)
	}
	if sight.All {
		s.WriteString("(1 = 1")
	} else {
		s.WriteString("(1 = 0")
		if n := len(sight.Parties); n > 0 {
			s.bind(" OR EXISTS (SELECT 1 FROM ticket_party w WHERE w.ticket = t.no AND w.party IN (?"+strings.Repeat(", ?", n-1)+"))", anys(sight.Parties)...)
		}
		s.oneOf(" OR t.service", "", sight.Services)
	}
	s.WriteString(")")
	s.in("t.service", " NOT", sight.Hidden)
	s.WriteString(")")
}

// looksAtTicket reports whether a query asks for more than what every index has.
func looksAtTicket(q *store.Query) bool {
	var s search
	s.conditions(q)
	return s.Len() > 0
}

// conditions writes what the query asks for, but whether the ticket is open.
func (s *search) conditions(q *store.Query) {
	statuses := make([]string, len(q.Statuses))
	for i, x := range q.Statuses {
		statuses[i] = x.String()
	}
	s.in("t.status", "", statuses)
	s.in("t.kind", "", q.Kinds)
	s.in("t.priority", "", q.Priorities)
	s.in("t.service", "", q.Services)
	s.in("t.site", "", q.Sites)
	s.in("t.party", "", q.Parties)
	s.in("t.team", "", q.Teams)
	if q.Reporter != "" {
		s.bind(" AND t.reporter = ?", q.Reporter)
	}
	if q.Parent != "" {
		s.bind(" AND t.parent = ?", q.Parent)
	}
	if q.IDPrefix != "" {
		where, values := idRange(q.IDPrefix)
		s.bind(" AND "+where, values...)
	}
	if q.DueBefore != 0 {
		s.bind(" AND t.due < ?", int64(q.DueBefore))
	}
}

// page writes a query for the numbers of a page, in its order.
func (s *search) page(w way, q *store.Query, seen bool) {
	by, direction, beyond := string(q.By), "", ">"
	if by == "" {
		by = string(store.ByOpened)
	}
	if q.Descending {
		direction, beyond = " DESC", "<"
	}
	limit := pageLimit(q.Limit)
	several := len(w.branches) > 1
	for i := range w.branches {
		b := &w.branches[i]
		if i > 0 {
			s.WriteString(" UNION ")
		}
		if several {
			s.WriteString("SELECT no, at FROM (")
		}
		columns := b.number + " AS no"
		if several {
			columns += ", " + b.alias + "." + by + " AS at"
		}
		s.branch(columns, b, q, seen)
		if q.After != nil {
			s.bind(" AND ("+b.alias+"."+by+", "+b.number+") "+beyond+" (?, ?)", int64(q.After.Value), q.After.Number)
		}
		s.bind(" ORDER BY "+b.alias+"."+by+direction+", "+b.number+direction+" LIMIT ?", limit)
		if several {
			s.WriteString(") b" + strconv.Itoa(i))
		}
	}
	if several {
		text := s.String()
		s.Reset()
		s.WriteString("SELECT no FROM (" + text + ") x")
		s.bind(" ORDER BY at"+direction+", no"+direction+" LIMIT ?", limit)
	}
}

func pageLimit(asked int) int64 {
	if asked <= 0 || asked > store.MaxPage {
		return store.MaxPage
	}
	return int64(asked)
}

// count writes a query for how many tickets there are, up to a number.
func (s *search) count(w way, q *store.Query, seen bool, most int64) {
	s.WriteString("SELECT count(*) FROM (")
	for i := range w.branches {
		b := &w.branches[i]
		if i > 0 {
			s.WriteString(" UNION ")
		}
		s.WriteString("SELECT no FROM (")
		s.branch(b.number+" AS no", b, q, seen)
		s.bind(" LIMIT ?) b"+strconv.Itoa(i), most)
	}
	s.bind(" LIMIT ?) x", most)
}
