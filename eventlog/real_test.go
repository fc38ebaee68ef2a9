package eventlog

import (
	"testing"

	"towerbridge/journal"
	"towerbridge/span"
)

const vinstXES = `
id: vinst
source: VINST
format: xes
columns:
  ticket: case:concept:name
  happened: time:timestamp
  priority: impact
  service: product
  team: org:group
  party: organization involved
fields: {role: org:role}
constants: {kind: incident}
values:
  priority: {map: {Major: P1, High: P2, Medium: P3, Low: P4}, otherwise: refuse}
states:
  columns: ["concept:name", "lifecycle:transition"]
  map:
    - {when: [Accepted, Wait - User], status: waiting, reason: awaiting-user}
    - {when: [Accepted, Wait - Vendor], status: waiting, reason: awaiting-vendor}
    - {when: [Accepted, Wait - Customer], status: waiting, reason: awaiting-customer}
    - {when: [Accepted, Wait - Implementation], status: waiting, reason: awaiting-implementation}
    - {when: [Accepted, Wait], status: waiting, reason: awaiting}
    - {when: [Accepted], status: in-progress}
    - {when: [Queued], status: assigned}
    - {when: [Completed, Cancelled], status: cancelled}
    - {when: [Completed, Closed], status: closed}
    - {when: [Completed], status: resolved}
    - {when: [Unmatched], status: in-progress}
`

const vinstCSV = `
id: vinst-csv
source: VINST
format: csv
columns:
  ticket: SR Number
  happened: Change Date+Time
  priority: SR Latest Impact
  service: Product
  team: Involved ST
  party: Involved Org line 3
fields: {role: Involved ST Function Div}
constants: {kind: incident}
values:
  priority: {map: {Major: P1, High: P2, Medium: P3, Low: P4}, otherwise: refuse}
states:
  columns: [Status, Sub Status]
  map:
    - {when: [Accepted, Wait - User], status: waiting, reason: awaiting-user}
    - {when: [Accepted, Wait - Vendor], status: waiting, reason: awaiting-vendor}
    - {when: [Accepted, Wait - Customer], status: waiting, reason: awaiting-customer}
    - {when: [Accepted, Wait - Implementation], status: waiting, reason: awaiting-implementation}
    - {when: [Accepted, Wait], status: waiting, reason: awaiting}
    - {when: [Accepted], status: in-progress}
    - {when: [Queued], status: assigned}
    - {when: [Completed, Cancelled], status: cancelled}
    - {when: [Completed, Closed], status: closed}
    - {when: [Completed], status: resolved}
    - {when: [Unmatched], status: in-progress}
`

// The figures are the log's own metadata and those of PUBLISHED.md beside it.
func TestVINST(t *testing.T) {
	for name, log := range map[string]struct{ file, mapping string }{
		"xes": {"bpic2013/BPIC2013_incidents.xes.gz", vinstXES},
		"csv": {"bpic2013/VINST-incidents.csv.gz", vinstCSV},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, mustMap(t, log.mapping), Options{Workers: 2}, sample(t, log.file))
			j := got.Journal
			// The file's last line may have no end of its own: 65,533 events either way.
			if got.Rows != 65533 || got.Entries != 65533 || j.Tickets() != 7554 || len(got.Absent) != 0 {
				t.Fatalf("%s in %d tickets, absent %v", got.Summary(), j.Tickets(), got.Absent)
			}
			var waits, ticketsWaiting, teamChanges, partyChanges int
			first, last := span.Latest, span.Earliest
			for ticket := range j.Tickets() {
				waited := false
				var before *journal.Facts
				for _, e := range j.Of(ticket) {
					f := j.Fact(e)
					if f.Status == journal.SameStatus || f.Priority == 0 || j.Name(f.Kind) != "incident" {
						t.Fatalf("an entry says too little: %s", j.AppendLine(nil, e))
					}
					if j.Name(f.Reason) == "awaiting-user" {
						waits++
						waited = true
					}
					if before != nil && before.Team != f.Team {
						teamChanges++
					}
					if before != nil && before.Party != f.Party {
						partyChanges++
					}
					before = f
					first, last = min(first, e.Happened), max(last, e.Happened)
				}
				if waited {
					ticketsWaiting++
				}
			}
			if waits != 4217 || ticketsWaiting != 2495 || teamChanges != 9454 || partyChanges != 4350 {
				t.Errorf("%d waits in %d tickets, %d changes of team, %d of party", waits, ticketsWaiting, teamChanges, partyChanges)
			}
			if first.String() != "2010-03-31T14:59:42Z" || last.String() != "2012-05-22T23:22:25Z" || j.LastLearnt() != last {
				t.Errorf("from %s to %s, last learnt %s", first, last, j.LastLearnt())
			}
		})
	}
}

// Both exports of the same incidents give the same journal, but for the order in
// which the files list their rows.
func TestVINSTBothForms(t *testing.T) {
	a := mustRead(t, mustMap(t, vinstXES), Options{}, sample(t, "bpic2013/BPIC2013_incidents.xes.gz")).Journal
	b := mustRead(t, mustMap(t, vinstCSV), Options{}, sample(t, "bpic2013/VINST-incidents.csv.gz")).Journal
	for ticket := range a.Tickets() {
		id := a.TicketID(ticket)
		other, ok := b.Find(id)
		if !ok || len(a.Of(ticket)) != len(b.Of(other)) {
			t.Fatalf("ticket %s has %d entries in one form", id, len(a.Of(ticket)))
		}
		for i, e := range a.Of(ticket) {
			o := b.Of(other)[i]
			if e.Happened != o.Happened || a.Fact(e).Status != b.Fact(o).Status || a.Name(a.Fact(e).Team) != b.Name(b.Fact(o).Team) {
				t.Fatalf("ticket %s differs in entry %d:\n%s\n%s", id, i, a.AppendLine(nil, e), b.AppendLine(nil, o))
			}
		}
	}
}

func TestVINSTProblems(t *testing.T) {
	m := mustMap(t, `
id: problems
format: xes
columns: {ticket: "case:concept:name", happened: "time:timestamp", service: product}
constants: {kind: problem}
`)
	for file, want := range map[string][2]int64{
		"bpic2013/BPIC2013_closed_problems.xes.gz": {1487, 6660},
		"bpic2013/BPIC2013_open_problems.xes.gz":   {819, 2351},
	} {
		got := mustRead(t, m, Options{}, sample(t, file))
		if int64(got.Journal.Tickets()) != want[0] || got.Entries != want[1] || got.Refused != 0 {
			t.Errorf("%s: %d tickets, %s", file, got.Journal.Tickets(), got.Summary())
		}
	}
}

func TestHelpdesk(t *testing.T) {
	got := mustRead(t, mustMap(t, `
id: helpdesk
format: xes
columns:
  ticket: case:concept:name
  happened: time:timestamp
  priority: seriousness_2
  service: product
  group: workgroup
fields: {level: service_level}
states:
  columns: ["concept:name"]
  map:
    - {when: [Wait], status: waiting, reason: waiting}
    - {when: [Closed], status: closed}
    - {when: [Resolve ticket], status: resolved}
    - {when: [Assign seriousness], status: new}
    - {when: [Take in charge ticket], status: in-progress}
  otherwise: ignore
`), Options{}, sample(t, "helpdesk_it/helpdesk_it.xes.gz"))
	j := got.Journal
	waiting := 0
	for ticket := range j.Tickets() {
		for _, e := range j.Of(ticket) {
			if j.Fact(e).Status == journal.Waiting {
				waiting++
				break
			}
		}
	}
	if got.Entries != 21348 || got.Rows != 21348 || j.Tickets() != 4580 || waiting != 1236 {
		t.Errorf("%s in %d tickets, %d of which wait", got.Summary(), j.Tickets(), waiting)
	}
}

// The snapshots carry no offset; the test says that they are Lisbon's. Some fall
// into the hour that the clocks of 27 March 2016 skipped, or none do: either way
// each row is accounted for.
func TestServiceNowSnapshots(t *testing.T) {
	m := mustMap(t, `
id: servicenow
format: csv
shape: snapshots
zone: Europe/Lisbon
stampFormats: ["d/M/yyyy HH:mm"]
missing: ["?"]
columns:
  ticket: number
  happened: sys_updated_at
  opened: opened_at
  order: sys_mod_count
  priority: priority
  group: assignment_group
people: [caller_id, assigned_to]
constants: {kind: incident}
values:
  priority: {map: {1 - Critical: P1, 2 - High: P2, 3 - Moderate: P3, 4 - Low: P4}, otherwise: refuse}
states:
  columns: [incident_state]
  map:
    - {when: [New], status: new}
    - {when: [Active], status: in-progress}
    - {when: [Awaiting User Info], status: waiting, reason: awaiting-user}
    - {when: [Awaiting Vendor], status: waiting, reason: awaiting-vendor}
    - {when: [Awaiting Problem], status: waiting, reason: awaiting-problem}
    - {when: [Awaiting Evidence], status: waiting, reason: awaiting-evidence}
    - {when: [Resolved], status: resolved}
    - {when: [Closed], status: closed}
  otherwise: ignore
`)
	got := mustRead(t, m, Options{}, sample(t, "uci_incident_sample/incident_event_log.head20000.csv.gz"))
	j := got.Journal
	if got.Rows != 20000 || got.Refused != 0 || got.Entries+int64(len(got.Held)) != 20000 {
		t.Fatal(got.Summary(), got.Reasons)
	}
	id, ok := j.Find("INC0000045")
	if !ok {
		t.Fatal("INC0000045 is missing")
	}
	var states []string
	for _, e := range j.Of(id) {
		states = append(states, j.Fact(e).Status.String()+" "+e.Happened.String())
	}
	// Opened at 01:16 by opened_at, although the first snapshot is of 01:23.
	want := []string{
		"new 2016-02-29T01:16:00Z", "resolved 2016-02-29T08:53:00Z",
		"resolved 2016-02-29T11:29:00Z", "closed 2016-03-05T12:00:00Z",
	}
	if len(states) != 4 || states[0] != want[0] || states[1] != want[1] || states[2] != want[2] || states[3] != want[3] {
		t.Errorf("states %q, want %q", states, want)
	}
	if e := j.Of(id)[0]; len(j.WithheldOf(e)) != 0 {
		t.Errorf("people were read without a salt: %v", j.WithheldOf(e))
	}
}
