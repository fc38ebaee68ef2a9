package estate

import (
	"slices"

	"towerbridge/money"
	"towerbridge/span"
)

func (c *checker) checkTowers() {
	towers := c.doc.Towers
	c.towers = c.enter("towers", len(towers), func(i int) (string, span.Dated) { return towers[i].ID, towers[i].Dated })
	for i, t := range towers {
		path := at("towers", i) + ".becomes"
		if t.Becomes == "" {
			continue
		}
		next, found := c.refer(path, "tower", c.towers, t.Becomes)
		switch {
		case !found:
		case t.To == nil:
			c.add(BadSuccession, path, "the tower %s becomes %s but has no end", t.ID, t.Becomes)
		case !c.towers.lives[next].on(*t.To):
			c.add(BadSuccession, path, "the tower %s becomes %s on %s, but that exists only %s",
				t.ID, t.Becomes, t.To, c.towers.lives[next])
		}
	}
}

func (c *checker) checkServices() {
	services := c.doc.Services
	c.services = c.enter("services", len(services), func(i int) (string, span.Dated) {
		return services[i].ID, services[i].Dated
	})
	c.placed = make([][]placement, len(services))
	for i, s := range services {
		path := at("services", i)
		c.checkPromise(path+".promise", s.Promise)
		c.checkClass(path+".dataClass", s)
		if !c.services.lives[i].empty() {
			c.services.lives[i] = c.place(path, i, s)
		}
	}
}

// place follows a service through its towers and returns the life it has in them.
func (c *checker) place(path string, service int, s Service) life {
	own := c.services.lives[service]
	first, found := c.refer(path+".tower", "tower", c.towers, s.Tower)
	if !found || c.towers.lives[first].empty() {
		return own
	}
	if s.From != nil && !c.towers.lives[first].on(*s.From) {
		c.add(OutsideLifetime, path+".from", "it begins on %s, but the tower %s exists only %s",
			s.From, s.Tower, c.towers.lives[first])
		return own
	}
	end := own.from // of the stays so far
	tower, stays := first, path+".tower"
	for k := 0; k <= len(s.Moves); k++ {
		stay := own.starting(end)
		if k < len(s.Moves) {
			stay = stay.until(s.Moves[k].From)
		}
		end = c.stay(service, tower, stay)
		if k == len(s.Moves) {
			break
		}
		m, move := s.Moves[k], at(path+".moves", k)
		switch {
		case !own.on(m.From) || m.From <= stay.from:
			c.add(BadSuccession, move+".from", "the move on %s is not after the one before, or outside the service's dates", m.From)
			return own
		case end < m.From:
			c.add(OutsideLifetime, stays, "the service has no tower %s", life{end, m.From})
		}
		tower, found = c.refer(move+".tower", "tower", c.towers, m.Tower)
		if !found || c.towers.lives[tower].empty() {
			return own
		}
		if !c.towers.lives[tower].on(m.From) {
			c.add(OutsideLifetime, move+".from", "the service moves on %s, but the tower %s exists only %s",
				m.From, m.Tower, c.towers.lives[tower])
			return own
		}
		end, stays = m.From, move+".tower"
	}
	return c.settled(path, service, s, own, end)
}

// settled returns the life of a service whose last stay ends on a date.
func (c *checker) settled(path string, service int, s Service, own life, end span.Date) life {
	stays := c.placed[service]
	if len(stays) == 0 {
		c.add(OutsideLifetime, path, "it holds only %s, but the tower %s exists only %s",
			own, s.Tower, c.towers.lives[c.towers.byID[s.Tower]])
		return own
	}
	if s.To != nil && end < *s.To {
		c.add(OutsideLifetime, path+".to", "it ends on %s, but its tower %s ends on %s and becomes no other",
			s.To, c.doc.Towers[stays[len(stays)-1].tower].ID, end)
	}
	return own.starting(stays[0].life.from).until(end)
}

// stay places a service in a tower, and in those that it becomes, for at most a
// life, and returns the date up to which there was a tower.
func (c *checker) stay(service, tower int, l life) span.Date {
	for !l.empty() {
		here := l.common(c.towers.lives[tower])
		if here.empty() {
			break
		}
		c.placed[service] = append(c.placed[service], placement{tower, here})
		l = l.starting(here.to)
		next, found := c.towers.byID[c.doc.Towers[tower].Becomes]
		// The next tower exists on the day this one ends and so outlives it: the
		// walk comes to an end.
		if !found || !c.towers.lives[next].on(here.to) {
			return here.to
		}
		tower = next
	}
	return l.from
}

func (c *checker) checkPromise(path string, p *Promise) {
	if p == nil {
		return
	}
	c.checkShare(path+".share", p.Share)
	if p.Within < 0 || p.Within == 0 && len(p.ByPriority) == 0 {
		c.add(BadPromise, path+".within", "the promise says no length of time")
	}
	seen := map[string]bool{}
	for i, b := range p.ByPriority {
		item := at(path+".byPriority", i)
		if seen[b.Priority] {
			c.add(BadPromise, item+".priority", "the priority %q has a promise already", b.Priority)
		}
		seen[b.Priority] = true
		if b.Within <= 0 {
			c.add(BadPromise, item+".within", "the length of time is not above zero")
		}
		if b.Share != nil {
			c.checkShare(item+".share", *b.Share)
		}
	}
}

func (c *checker) checkShare(path string, share money.Percent) {
	if share.Sign() <= 0 || share.Cmp(money.NewPercent(money.NewDecimal(100, 0))) > 0 {
		c.add(BadPromise, path, "%s of the tickets cannot be promised", share)
	}
}

func (c *checker) checkSupplies() {
	supplies := c.doc.Supplies
	c.supplies = make([]life, len(supplies))
	c.running = map[string][]int{}
	var towers, customers []claim
	for i, s := range supplies {
		path := at("supplies", i)
		l := c.written(path, s.Dated)
		if t, found := c.refer(path+".tower", "tower", c.towers, s.Tower); found {
			l = c.within(path, s.Dated, l, c.towers.lives[t], "the tower "+s.Tower)
		}
		l = c.checkSide(path, "supplier", s.Supplier, s.Dated, l, Supplier, Integrator)
		l = c.checkSide(path, "customer", s.Customer, s.Dated, l, Customer)
		for k, m := range s.Manages {
			managed := at(path+".manages", k)
			t, found := c.refer(managed, "tower", c.towers, m)
			if found && !l.empty() && !c.towers.lives[t].empty() && !l.overlaps(c.towers.lives[t]) {
				c.add(OutsideLifetime, managed, "the supply holds only %s, but the tower %s exists only %s", l, m, c.towers.lives[t])
			}
		}
		c.supplies[i] = l
		c.running[s.Tower] = append(c.running[s.Tower], i)
		towers = append(towers, claim{key: s.Tower, owner: s.Supplier, path: path + ".supplier", life: l})
		customers = append(customers, claim{key: s.Tower + "\x00" + s.Customer + "\x00" + s.Supplier, owner: path, path: path, life: l})
	}
	for _, list := range c.running {
		slices.SortStableFunc(list, func(a, b int) int { return byStart(c.supplies[a], c.supplies[b]) })
	}
	clashes(towers, false, func(a, b claim) {
		c.add(TwoSuppliers, b.path, "the tower %s is supplied by %s and by %s %s", b.key, a.owner, b.owner, a.life.common(b.life))
	})
	clashes(customers, true, func(a, b claim) {
		c.add(TwoSuppliers, b.path, "the same supply is already in %s %s", a.owner, a.life.common(b.life))
	})
}

// checkSide checks one of the two parties of a supply and cuts the supply's life.
func (c *checker) checkSide(path, side, id string, dated span.Dated, l life, kinds ...PartyKind) life {
	p, found := c.refer(path+"."+side, "party", c.parties, id)
	if !found {
		return l
	}
	if kind := c.doc.Parties[p].Kind; kind != "" && !slices.Contains(kinds, kind) {
		c.add(WrongKind, path+"."+side, "%s is of kind %s", id, kind)
	}
	return c.within(path, dated, l, c.parties.lives[p], "the "+side+" "+id)
}

// checkSupplied reports the dates on which a tower has services and no supplier.
func (c *checker) checkSupplied() {
	stays := make([][]placement, len(c.doc.Towers)) // by tower; the tower of each is the service
	for service, list := range c.placed {
		for _, p := range list {
			stays[p.tower] = append(stays[p.tower], placement{service, p.life})
		}
	}
	for t, tower := range c.doc.Towers {
		var supplied []life
		for _, i := range c.running[tower.ID] {
			if !c.supplies[i].empty() {
				supplied = append(supplied, c.supplies[i])
			}
		}
		for _, gap := range c.towers.lives[t].minus(supplied) {
			var without []string
			dates := life{span.OpenEnd, beginning}
			for _, p := range stays[t] {
				if both := gap.common(p.life); !both.empty() {
					without = append(without, c.doc.Services[p.tower].ID)
					dates = life{min(dates.from, both.from), max(dates.to, both.to)}
				}
			}
			if without != nil {
				c.add(NoSupplier, at("towers", t), "nobody supplies the tower %s (%s) %s", tower.ID, some(without), dates)
			}
		}
	}
}
