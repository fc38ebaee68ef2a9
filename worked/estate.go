package worked

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"towerbridge/statement"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// estate adds an estate where the script has none: the parties of the contracts and
// of events.txt, a tower for each that a contract names, and every service and site
// that is mentioned, all in the first tower.
func (p *parser) estate() {
	m := &p.script.Material
	if slices.ContainsFunc(m.Documents, func(d statement.Source) bool { return d.Name == "estate.yaml" }) || len(p.contracts) == 0 {
		return
	}
	kinds := map[string]string{}
	var towers, supplies []string
	for _, party := range p.named.parties {
		kinds[party] = "supplier"
	}
	for i := range p.contracts {
		c := &p.contracts[i]
		p.places(c)
		for _, t := range c.Towers {
			towers = appendNew(towers, t)
			supplies = append(supplies, supply(t, c))
		}
		kinds[c.Supplier] = "supplier"
	}
	for i := range p.contracts {
		kinds[p.contracts[i].Customer] = "customer"
		if x := p.contracts[i].Integrator; x != "" {
			kinds[x] = "integrator"
		}
	}
	delete(kinds, "")
	if !slices.Contains(slices.Collect(maps.Values(kinds)), "integrator") {
		kinds["integrator"] = "integrator"
	}
	if len(towers) == 0 && len(p.named.services) > 0 {
		towers = []string{"tower"}
		supplies = []string{supply("tower", &p.contracts[0])}
	}
	m.Documents = append(m.Documents, statement.Source{Name: "estate.yaml", Data: p.write(kinds, towers, supplies)})
}

func supply(tower string, c *terms) string {
	return fmt.Sprintf("  - {tower: %q, supplier: %q, customer: %q, contract: %q}\n", tower, c.Supplier, c.Customer, c.ID)
}

// places notes the services and sites that a contract mentions.
func (p *parser) places(c *terms) {
	note := func(services, sites []string) {
		for _, s := range services {
			p.named.services = appendNew(p.named.services, s)
		}
		for _, s := range sites {
			p.named.sites = appendNew(p.named.sites, s)
		}
	}
	for _, k := range c.Clocks {
		for _, x := range k.Calendars {
			note(x.Services, x.Sites)
		}
	}
	for _, t := range c.Targets {
		note(t.Services, t.Sites)
	}
	for _, x := range c.Measures {
		if x.Availability != nil {
			note(x.Availability.Services, nil)
		}
	}
}

// write writes the estate as people would.
func (p *parser) write(kinds map[string]string, towers, supplies []string) []byte {
	zone, calendar := "UTC", "always"
	if p.local != nil {
		zone = p.local.String()
	}
	if ids := sortedKeys(p.calendars); len(ids) > 0 {
		calendar = ids[0]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "id: example\nname: Example\nzone: %s\nparties:\n", zone)
	for _, id := range sortedKeys(kinds) {
		fmt.Fprintf(&b, "  - {id: %q, name: %q, kind: %s", id, id, kinds[id])
		if kinds[id] != "customer" {
			fmt.Fprintf(&b, ", calendar: %q", calendar)
		}
		b.WriteString("}\n")
	}
	list := func(head string, names []string, rest string) {
		if len(names) > 0 {
			b.WriteString(head + ":\n")
		}
		for _, n := range names {
			fmt.Fprintf(&b, "  - {id: %q, name: %q%s}\n", n, n, rest)
		}
	}
	list("towers", towers, "")
	if len(towers) > 0 {
		list("services", p.named.services, fmt.Sprintf(", tower: %q", towers[0]))
	}
	list("sites", p.named.sites, "")
	if len(supplies) > 0 {
		b.WriteString("supplies:\n" + strings.Join(supplies, ""))
	}
	return []byte(b.String())
}
