package estate

import "slices"

// readNames makes the tables of the names in logs and reports names that mean two
// things on one date. Ids come last, so that they give way to names.
func (c *checker) readNames() {
	c.readGroups()
	services, sites := c.doc.Services, c.doc.Sites
	c.serviceNames = c.readPlain("services", c.services, len(services), func(i int) (string, []string) {
		return services[i].ID, services[i].Names
	})
	c.siteNames = c.readPlain("sites", c.sites, len(sites), func(i int) (string, []string) {
		return sites[i].ID, sites[i].Names
	})
}

func (c *checker) readGroups() {
	c.groups = map[string][]meaning{}
	var claims []claim
	note := func(path, owner string, names []string, m meaning) {
		for k, name := range names {
			claims = append(claims, c.claimName(at(path+".groups", k), owner, name, m.life))
			c.groups[name] = append(c.groups[name], m)
		}
	}
	for i, p := range c.doc.Parties {
		path := at("parties", i)
		note(path, "the party "+p.ID, p.Groups, meaning{i, -1, c.parties.lives[i]})
		for j, t := range p.Teams {
			note(at(path+".teams", j), "the team "+p.ID+"/"+t.ID, t.Groups, meaning{i, j, c.teams[i][j]})
		}
	}
	c.ambiguous(claims)
	for i, p := range c.doc.Parties {
		c.groups[p.ID] = append(c.groups[p.ID], meaning{i, -1, c.parties.lives[i]})
		for j, t := range p.Teams {
			id := p.ID + "/" + t.ID
			c.groups[id] = append(c.groups[id], meaning{i, j, c.teams[i][j]})
		}
	}
}

// readPlain makes the table of the names of services or sites.
func (c *checker) readPlain(list string, in index, n int, entry func(i int) (string, []string)) map[string][]meaning {
	table := map[string][]meaning{}
	var claims []claim
	for i := range n {
		id, names := entry(i)
		for k, name := range names {
			claims = append(claims, c.claimName(at(at(list, i)+".names", k), id, name, in.lives[i]))
			table[name] = append(table[name], meaning{i, -1, in.lives[i]})
		}
	}
	c.ambiguous(claims)
	for i := range n {
		id, _ := entry(i)
		table[id] = append(table[id], meaning{i, -1, in.lives[i]})
	}
	return table
}

func (c *checker) claimName(path, owner, name string, l life) claim {
	if name == "" {
		c.add(EmptyName, path, "the name has no letters")
	}
	return claim{key: name, owner: owner, path: path, life: l}
}

func (c *checker) ambiguous(claims []claim) {
	claims = slices.DeleteFunc(claims, func(x claim) bool { return x.key == "" })
	clashes(claims, true, func(a, b claim) {
		c.add(AmbiguousName, b.path, "%q already means %s %s", b.key, a.owner, a.life.common(b.life))
	})
}
