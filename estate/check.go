package estate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"towerbridge/fault"
	"towerbridge/span"
)

// checker builds an estate and notes what is wrong with it on the way.
type checker struct {
	*Estate
	findings fault.Findings
}

func (c *checker) add(rule fault.Rule, path, format string, args ...any) {
	c.findings = append(c.findings, c.where.Finding(rule, path, format, args...))
}

// at returns the path of an item of a list.
func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// check goes from what refers to nothing to what refers to much.
func (c *checker) check() {
	c.identify("id", c.doc.ID)
	if c.tooLong() {
		return
	}
	c.checkParties()
	c.checkTowers()
	c.checkSites()
	c.checkClasses()
	c.checkServices()
	c.checkDependencies()
	c.checkSupplies()
	c.checkSupplied()
	c.checkRoles()
	c.readNames()
}

// tooLong reports lists that pass their limits; nothing else is checked then.
func (c *checker) tooLong() bool {
	for _, list := range []struct {
		name         string
		length, most int
	}{
		{"parties", len(c.doc.Parties), MaxParties},
		{"towers", len(c.doc.Towers), MaxTowers},
		{"services", len(c.doc.Services), MaxServices},
		{"sites", len(c.doc.Sites), MaxSites},
		{"roles", len(c.doc.Roles), MaxRoles},
		{"dataClasses", len(c.doc.DataClasses), MaxClasses},
		{"supplies", len(c.doc.Supplies), MaxSupplies},
	} {
		if list.length > list.most {
			c.add(TooLong, list.name, "there are %d %s, and at most %d are read", list.length, list.name, list.most)
		}
	}
	return slices.ContainsFunc(c.findings, func(f fault.Finding) bool { return f.Rule == TooLong })
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func (c *checker) identify(path, id string) {
	if !idForm.MatchString(id) {
		c.add(BadID, path, "%.80q is not a plain name", id)
	}
}

// enter makes the index of a list of n entries whose ids must differ.
func (c *checker) enter(list string, n int, entry func(i int) (string, span.Dated)) index {
	in := index{byID: make(map[string]int, n), lives: make([]life, n)}
	for i := range n {
		id, dated := entry(i)
		path := at(list, i)
		c.identify(path+".id", id)
		if first, taken := in.byID[id]; taken {
			c.add(DuplicateID, path+".id", "the id %q is already that of %s", id, at(list, first))
		} else {
			in.byID[id] = i
		}
		in.lives[i] = c.written(path, dated)
	}
	return in
}

// written returns the dates of an entry as written, empty when they cross.
func (c *checker) written(path string, dated span.Dated) life {
	if dated.Crossed() {
		c.add(CrossedDates, path+".to", "it ends on %s and begins on %s", dated.To, dated.From)
	}
	return lifeOf(dated)
}

// within returns what is left of an entry's life when it is cut to that of the thing
// it refers to, and reports a written date that lies outside.
func (c *checker) within(path string, dated span.Dated, own, outer life, what string) life {
	left := own.common(outer)
	if own.empty() || outer.empty() { // reported as such
		return left
	}
	early := dated.From != nil && !outer.on(*dated.From)
	late := dated.To != nil && (*dated.To > outer.to || *dated.To <= outer.from)
	if early {
		c.add(OutsideLifetime, path+".from", "it begins on %s, but %s exists only %s", dated.From, what, outer)
	}
	if late {
		c.add(OutsideLifetime, path+".to", "it ends on %s, but %s exists only %s", dated.To, what, outer)
	}
	if left.empty() && !early && !late {
		c.add(OutsideLifetime, path, "it holds only %s, but %s exists only %s", own, what, outer)
	}
	return left
}

// refer returns the entry that a field refers to, and reports one that is not there.
func (c *checker) refer(path, kind string, in index, id string) (int, bool) {
	i, found := in.byID[id]
	if !found {
		c.add(UnknownReference, path, "there is no %s %q", kind, id)
	}
	return i, found
}

func (c *checker) checkParties() {
	parties := c.doc.Parties
	c.parties = c.enter("parties", len(parties), func(i int) (string, span.Dated) { return parties[i].ID, parties[i].Dated })
	c.teams = make([][]life, len(parties))
	unknown := false // whether the kind of some party could not be read
	for i, p := range parties {
		path := at("parties", i)
		if p.Calendar == "" && (p.Kind == Supplier || p.Kind == Integrator) {
			c.add(NoCalendar, path+".calendar", "the %s %s has no calendar", p.Kind, p.ID)
		}
		if !slices.Contains(p.Kind.SchemaEnum(), string(p.Kind)) {
			c.add(WrongKind, path+".kind", "there is no kind of party %q", p.Kind)
			unknown = true
		}
		in := c.enter(path+".teams", len(p.Teams), func(j int) (string, span.Dated) { return p.Teams[j].ID, p.Teams[j].Dated })
		for j, t := range p.Teams {
			team := at(path+".teams", j)
			in.lives[j] = c.within(team, t.Dated, in.lives[j], c.parties.lives[i], "its party "+p.ID)
			if t.Line != nil && (*t.Line < 1 || *t.Line > 3) {
				c.add(BadLine, team+".line", "line %d does not exist", *t.Line)
			}
		}
		c.teams[i] = in.lives
	}
	for _, kind := range []PartyKind{Customer, Integrator} {
		if !unknown && !slices.ContainsFunc(parties, func(p Party) bool { return p.Kind == kind }) {
			c.add(NoPart, "parties", "no party is the %s", kind)
		}
	}
}

func (c *checker) checkSites() {
	sites := c.doc.Sites
	c.sites = c.enter("sites", len(sites), func(i int) (string, span.Dated) { return sites[i].ID, sites[i].Dated })
	for i, s := range sites { // an unknown nation that was read is reported already
		if s.Nation != "" && !slices.Contains(s.Nation.SchemaEnum(), string(s.Nation)) {
			c.add(UnknownReference, at("sites", i)+".nation", "there is no nation %q", s.Nation)
		}
	}
}

func (c *checker) checkRoles() {
	roles := c.doc.Roles
	c.roles = make([]life, len(roles))
	var held []claim
	byID := map[string][]int{}
	for i, r := range roles {
		path := at("roles", i)
		c.identify(path+".id", r.ID)
		l := c.written(path, r.Dated)
		if p, found := c.refer(path+".party", "party", c.parties, r.Party); found {
			l = c.within(path, r.Dated, l, c.parties.lives[p], "the party "+r.Party)
		}
		if r.Scope != "" {
			if t, found := c.refer(path+".scope", "tower", c.towers, r.Scope); found {
				l = c.within(path, r.Dated, l, c.towers.lives[t], "the tower "+r.Scope)
			}
		}
		c.roles[i] = l
		held = append(held, claim{key: r.ID, owner: path, path: path + ".id", life: l})
		byID[r.ID] = append(byID[r.ID], i)
	}
	clashes(held, true, func(earlier, later claim) {
		c.add(DuplicateID, later.path, "the role %q is already held %s, in %s", later.key, earlier.life, earlier.owner)
	})
	for i, r := range roles {
		for k, other := range r.ApartFrom {
			path := at(at("roles", i)+".apartFrom", k)
			if len(byID[other]) == 0 {
				c.add(UnknownReference, path, "there is no role %q", other)
			}
			c.checkApart(path, i, byID[other])
		}
	}
}

// checkApart reports the first of some roles that the holder of a role has with it.
func (c *checker) checkApart(path string, role int, others []int) {
	mine := c.doc.Roles[role]
	for _, i := range others {
		theirs := c.doc.Roles[i]
		both := c.roles[role].common(c.roles[i])
		if i == role || mine.Party != theirs.Party || both.empty() {
			continue
		}
		c.add(NotIndependent, path, "%s is both %s and %s %s", mine.Party, mine.ID, theirs.ID, both)
		return
	}
}

// some joins names for a message and says how many more there are.
func some(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
