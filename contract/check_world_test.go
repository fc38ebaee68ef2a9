package contract_test

import (
	"strings"
	"testing"

	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/fault"
)

// What needs the estate, the calendars and the zones.
func TestCheckWorld(t *testing.T) {
	w := world(t)
	runAll(t, []broken{
		{"unknown zone", "zone: Europe/London", "zone: Europe/Londn #!1401", "no time zone"},
		{"unknown customer", "customer: force\n···towers: [hosting]", "customer: farce #!1402\n···towers: [hosting #!1405]", `no party "farce"`},
		{"a supplier as customer", "customer: force\n···towers: [hosting]", "customer: borealis #!1403\n···towers: []", "of kind supplier"},
		{"a customer as supplier", "customer: force\nsupplier: atlas\n···towers: [hosting]", "customer: force\nsupplier: force #!1403\n···towers: []", "of kind customer"},
		{"a supplier as integrator", "integrator: sextant", "integrator: borealis #!1403", "of kind supplier"},
		{"unknown tower", "towers: [hosting]", "towers: [hosting, storage #!1404]", `no tower "storage"`},
		{"another supplier's tower", "towers: [hosting]", "towers: [network #!1405]", `"borealis" runs the tower`},
		{"another contract's tower", "id: tower-a\n···towers: [hosting]", "id: tower-c\n···towers: [hosting #!1405]", `"atlas" runs the tower`},
		{"unknown calendar of a clock", "    stop: responded\n    calendar: always", "    stop: responded\n    calendar: allways #!1406", "allways"},
		{"unknown calendar of a choice", "        calendar: always", "        calendar: allways #!1406", "allways"},
		{"unknown calendar of late entries", "  businessDays: 5\n  calendar: office", "  businessDays: 5\n  calendar: offices #!1406", "offices"},
		{"unknown calendar of acceptance", "acceptCalendar: always", "acceptCalendar: allways #!1406", "allways"},
		{"unknown calendar of an availability", "      services: [mail]\n      calendar: always", "      services: [mail]\n      calendar: allways #!1406", "allways"},
		{"unknown calendar of a backlog", "olderThan: 40h, calendar: office", "olderThan: 40h, calendar: offices #!1406", "offices"},
		{"holidays end before the term", "end: 2027-04-01\n···  calendar: office\nlegs", "end: 2029-04-01\n···  calendar: office #!1407\nlegs", `"office" knows no day from 2029-01-01 on, and the term ends on 2029-09-30`},
		{"holidays begin after the term", "start: 2025-04-01\n···  calendar: office\nlegs", "start: 2009-12-31\n···  calendar: office #!1407\nlegs", `"office" knows no day before 2010-01-01, and the term begins on 2009-12-31`},
		{"unknown service of an availability", "      services: [mail]", "      services: [mail, post #!1408]", `no service "post"`},
		{"unknown service of a target", "    services: [mail]\n    sites", "    services: [post #!1408]\n    sites", `no service "post"`},
		{"unknown site of a target", "sites: [yard]", "sites: [yarde #!1409]", `no site "yarde"`},
		{"unknown site and service of a calendar", "      - priorities: [P1, P2]", "      - {sites: [moon #!1409], services: [post #!1408], calendar: office}\n      - priorities: [P1, P2]", ""},
		{"business days around the clock", "    priorities: [P2]\n    within: 8h", "    priorities: [P2]\n    businessDays: 1 #!1410", `"always" is always open`},
		{"end of day around the clock", "    within: 15m", "    endOfBusinessDay: 0 #!1410", `"always" is always open`},
		{"business days around the clock for one priority", "    priorities: [P3]\n    services: [mail]\n    sites: [yard]\n    endOfBusinessDay: 1", "    priorities: [P3, P2]\n    services: [mail]\n    endOfBusinessDay: 1 #!1410", `"always" is always open`},
	}, func(d *contract.Document, where *document.Where) fault.Findings { return d.Check(where, w) })
}

// A tower that is taken over within the term is supplied under the contract.
func TestTowerTakenOverLater(t *testing.T) {
	compiled(t, edited(t, "towers: [hosting]", "towers: [hosting, later]"))
}

// Without an estate the rest is checked all the same.
func TestCheckWithoutEstate(t *testing.T) {
	w := world(t)
	w.Estate = nil
	doc, where, findings := contract.Read("tower-a.yaml", []byte(strings.NewReplacer(
		"customer: force", "customer: nobody", "acceptCalendar: always", "acceptCalendar: never").Replace(good)))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	findings = doc.Check(where, w)
	if len(findings) != 1 || findings[0].Rule.Number != contract.RuleUnknownCalendar.Number {
		t.Errorf("findings %v, want the calendar alone", findings)
	}
}
