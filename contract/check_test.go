package contract_test

import (
	"testing"

	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/fault"
)

func TestGoodContractHasNoFindings(t *testing.T) {
	doc, where, findings := contract.Read("tower-a.yaml", []byte(good))
	if len(findings) > 0 {
		t.Errorf("alone:\n%v", findings)
	}
	if findings := doc.Check(where, world(t)); len(findings) > 0 {
		t.Errorf("with its world:\n%v", findings)
	}
}

func alone(d *contract.Document, where *document.Where) fault.Findings { return d.CheckAlone(where) }

func runAll(t *testing.T, cases []broken, check func(*contract.Document, *document.Where) fault.Findings) {
	t.Helper()
	for _, b := range cases {
		t.Run(b.name, func(t *testing.T) { b.run(t, check) })
	}
}

// Names, dates and numbers, wherever they stand.
func TestCheckNamesAndDates(t *testing.T) {
	runAll(t, []broken{
		{"id empty", "id: tower-a", `id: "" #!1302`, "empty"},
		{"one party twice", "supplier: atlas", "supplier: force #!1308", "customer too"},
		{"tower twice", "towers: [hosting]", "towers: [hosting, hosting] #!1301", "listed twice"},
		{"clock twice", "  - id: respond\n    stop: responded\n", "  - {id: respond, stop: responded, calendar: always}\n  - id: respond #!1301\n    stop: responded\n", "clocks[0]"},
		{"measure twice", "- id: PI-3", "- id: PI-2 #!1301", "measures[4]"},
		{"scheme twice", "- id: fixed", "- id: points #!1301", "credits[0]"},
		{"exclusion twice", "- id: tests", "- id: relief-1 #!1301", "exclusions[0]"},
		{"related rule twice", "- id: outage-first", "- {id: outage-first, first: KPI-2, suppresses: [KPI-3]}\n  - id: outage-first #!1301", "relatedFailures[0]"},
		{"pause reason twice on one day", "  - reason: awaiting-parts\n", "  - {reason: awaiting-customer, cause: integrator, from: 2026-01-01} #!1305\n  - reason: awaiting-parts\n", "pauseCauses[0]"},
		{"pause named twice", "[awaiting-customer, awaiting-parts]", "[awaiting-customer, awaiting-parts, awaiting-parts] #!1301", "listed twice"},
		{"dates crossed", "    within: 4h\n    to: 2026-04-01", "    within: 4h\n    from: 2026-05-01\n    to: 2026-04-01 #!1303", "2026-04-01 is not later than 2026-05-01"},
		{"dates touch", "    within: 4h\n    to: 2026-04-01", "    within: 4h\n    from: 2026-04-01\n    to: 2026-04-01 #!1303", "not later"},
		{
			"target before the term", "  - clock: resolve\n    priorities: [P1]\n    within: 4h\n    to: 2026-04-01",
			"  - clock: resolve #!1304\n    priorities: [P1]\n    within: 4h\n    to: 2025-04-01", "the row holds to 2025-04-01",
		},
		{
			"pause cause after the longest term", "  - reason: awaiting-parts\n",
			"  - reason: awaiting-parts #!1304\n    from: 2028-04-01\n", "longest term from 2025-04-01 to 2028-04-01",
		},
		{
			"charges overlap by a day", "  - amount: GBP 2100000.00\n    from: 2026-04-01",
			"  - amount: GBP 2100000.00 #!1305\n    from: 2026-03-31", "still holds on 2026-03-31",
		},
		{
			"charge inside another", "  - amount: GBP 2100000.00\n",
			"  - {amount: GBP 1.00, from: 2025-06-01, to: 2025-07-01} #!1305\n  - {amount: GBP 2.00, from: 2025-08-01, to: 2025-09-01} #!1305\n  - amount: GBP 2100000.00\n", "charges[0]",
		},
		{
			"target levels overlap", "      - value: 99.5%\n        from: 2026-04-01",
			"      - value: 99.5% #!1305\n        from: 2026-03-01", "still holds on 2026-03-01",
		},
	}, alone)
}

// The term, the charges and how time is shared out.
func TestCheckTerms(t *testing.T) {
	runAll(t, []broken{
		{"end before start", "  end: 2027-04-01\n", "  end: 2025-04-01 #!1310\n", "not later than the start"},
		{"maximum before end", "maximumEnd: 2028-04-01", "maximumEnd: 2027-03-31 #!1310", "earlier than the end"},
		{"beyond the maximum", "    - months: 6\n      noticeMonths: 3\n  max", "    - months: 7 #!1311\n      noticeMonths: 3\n  max", "2028-05-01, beyond 2028-04-01"},
		{"no months", "    - months: 6\n      noticeMonths: 3\n  max", "    - months: 0 #!1306\n      noticeMonths: 3\n  max", "0 is not between 1 and 1200"},
		{"notice a day late", "takenOn: 2026-12-01", "takenOn: 2027-01-02 #!1312", "later than 2027-01-01"},
		{"preliminary notice after notice", "preliminaryNoticeMonths: 6", "preliminaryNoticeMonths: 2 #!1312", "comes after the notice itself"},
		{
			"second option without the first", "      takenOn: 2026-12-01\n    - months: 6\n      noticeMonths: 3",
			"    - months: 6\n      noticeMonths: 3\n      takenOn: 2026-12-01 #!1313", "term.extensions[0] was not taken",
		},
		{"gap between charges", "charges:\n  - amount: GBP 2000000.00\n    to: 2026-04-01", "charges: #!1314\n  - amount: GBP 2000000.00\n    to: 2026-02-15", "no charge holds on 2026-03-01"},
		{"charge in another currency", "GBP 2100000.00", "EUR 2100000.00 #!1316", "not in GBP"},
		{"charge negative", "GBP 2100000.00", "GBP -2100000.00 #!1306", "negative"},
		{"late entries in two units", "  businessDays: 5\n", "  days: 5\n  businessDays: 5 #!1317\n", "both"},
		{"late entries in no unit", "lateEntries:\n  businessDays: 5\n", "lateEntries: #!1317\n", "neither"},
		{"late entries without calendar", "  businessDays: 5\n  calendar: office\n", "  businessDays: 5 #!1317\n", "calendar"},
		{"late entries with a calendar for nothing", "  businessDays: 5\n  calendar: office\n", "  days: 5\n  calendar: office #!1317\n", "do not need a calendar"},
		{"late entries negative", "  businessDays: 5\n", "  businessDays: -5 #!1306\n", "-5 is not between 0 and 366"},
		{"a leg left out", "[disputed, customer, unowned, integrator, supplier]", "[disputed, customer, integrator, supplier] #!1318", "missing: unowned"},
		{"a leg twice", "[disputed, customer, unowned, integrator, supplier]", "[disputed, customer, unowned, integrator, supplier, disputed] #!1318", "disputed is listed twice"},
		{"acceptance without calendar", "  acceptWithin: 30m\n  acceptCalendar: always\n", "  acceptWithin: 30m #!1319\n", "30m"},
		{"acceptance without time", "  acceptWithin: 30m\n  acceptCalendar: always", "  acceptCalendar: always #!1319", "without an acceptance time"},
	}, alone)
}

// Clocks, their calendars and their targets.
func TestCheckClocks(t *testing.T) {
	const respond = "  - id: respond\n    stop: responded\n    calendar: always\n"
	runAll(t, []broken{
		{"unknown pause reason", "[awaiting-customer, awaiting-parts]", "[awaiting-customer, awaiting-part] #!1320", `"awaiting-part" is not among`},
		{
			"own pause not approved", "  - reason: awaiting-parts\n    cause: supplier\n    approvedBy: Service board, 6 May 2025\nclocks:\n",
			"  - {reason: awaiting-parts, cause: customer}\n  - {reason: no-spares, cause: supplier}\nclocks:\n  - {id: fix, stop: resolved, calendar: office, pauses: [no-spares]} #!1326\n", "supplier's own cause",
		},
		{"pause after the end", respond, "  - {id: respond, start: resolved, stop: closed, calendar: always, pauses: [awaiting-customer]} #!1321\n", "no work stands"},
		{"starts when it stops", respond, "  - {id: respond, stop: opened, calendar: always} #!1322\n", "starts and stops when the ticket is opened"},
		{"stops before it starts", respond, "  - {id: respond, start: in-progress, stop: assigned, calendar: always} #!1322\n", "assigned before it is in-progress"},
		{"responds after the end", respond, "  - {id: respond, start: resolved, stop: responded, calendar: always} #!1322\n", "responded before it is resolved"},
		{"supplier's clock before it holds the ticket", respond, "  - {id: respond, stop: accepted, runsFor: supplier, calendar: always} #!1322\n", "while the supplier holds"},
		{"no calendar", respond, "  - {id: respond, stop: responded} #!1323\n", "neither calendar nor calendars"},
		{
			"no calendar for the rest", "    calendars:\n      - priorities: [P1, P2]\n        calendar: always\n    calendar: office\n",
			"    calendars: #!1323\n      - priorities: [P1, P2]\n        calendar: always\n", "for some tickets only",
		},
		{"calendar hidden by a choice for all", "      - priorities: [P1, P2]\n        calendar: always\n    calendar: office", "      - calendar: always\n    calendar: office #!1324", "for all tickets"},
		{"choice hidden by a wider one", "        calendar: always\n    calendar: office", "        calendar: always\n      - {priorities: [P2], sites: [yard], calendar: office} #!1324\n    calendar: office", "clocks[1].calendars[0]"},
		{"reopening contradicts itself", "reopenWithin: 8h", "reopen: restarts\n    reopenWithin: 8h #!1325", "a reopening restarts"},
		{"target for no clock", "  - clock: respond\n    within: 15m", "  - clock: respond\n    within: 15m\n  - clock: acknowledge #!1330\n    within: 15m", "the contract has resolve, respond"},
		{"target of no time", "within: 15m", "within: 0s #!1306", "not more than nothing"},
		{"target of no days", "businessDays: 3", "businessDays: 0 #!1306", "0 is not between"},
		{"target hidden by one for all", "    businessDays: 3\n", "    businessDays: 3\n  - {clock: resolve, kinds: [incident], within: 8h} #!1332\n", "targets[5]"},
		{"target hidden on the same days", "    within: 8h\n", "    within: 8h\n  - {clock: resolve, priorities: [P1], within: 8h, from: 2026-06-01} #!1332\n", "targets[2]"},
		{"expression of another type", `scope: kind == "incident"`, "scope: kind #!1333", "string"},
		{"expression of an unknown name", `scope: kind == "incident"`, `scope: knd == "incident" #!1333`, "undeclared reference to 'knd'"},
		{"expression not finished", `scope: kind == "incident"`, `scope: kind == #!1333`, "Syntax error"},
	}, alone)
}
