package access_test

import (
	"testing"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
)

// who returns somebody of a party with roles.
func who(kind estate.PartyKind, roles ...access.Role) access.Principal {
	return access.Principal{ID: "me", Party: own(kind), Kind: kind, Roles: roles}
}

// TestRules says by hand what the table says by listing: one line a rule, with people
// who have several roles.
func TestRules(t *testing.T) {
	p := policies(t)
	theirs := access.Ticket{ID: "T", Holder: rival, Parties: []string{rival}, Tower: "hosting", Service: "mail", Reporter: "you"}
	mine := theirs
	mine.Reporter = "me"
	held := theirs
	held.Holder = supplier
	past := theirs
	past.Parties = []string{supplier, rival}
	secret := held
	secret.DataClass, secret.Restricted = "custody", true
	figure := access.Figure{Contract: "c", Supplier: rival, Customer: customer, Integrator: integrator, Towers: []string{"hosting"}}
	written := access.Document{ID: "contracts/c.yaml", Kind: "contract", Supplier: rival, Customer: customer}

	manages := who(estate.Supplier, access.Manager, access.Commercial, access.Administrator)
	manages.Manages = []string{"hosting"}
	cleared := who(estate.Supplier, access.Agent)
	cleared.Clearances = []string{"custody"}
	everything := who(estate.Supplier, access.Roles()...)
	tool := who(estate.Supplier, access.Bridge)
	tool.Service = true
	narrow := tool
	narrow.Scopes = []access.Action{access.TicketRead}
	unnamed := access.Principal{Party: supplier, Kind: estate.Supplier, Roles: []access.Role{access.Agent, access.Officer}}
	homeless := access.Principal{ID: "me", Kind: estate.Supplier, Roles: []access.Role{access.Agent, access.Officer}}
	alien := access.Principal{ID: "me", Party: supplier, Kind: "friend", Roles: []access.Role{access.Agent}}
	forged := access.Principal{ID: "me", Party: supplier, Kind: estate.Supplier, Roles: []access.Role{"worker", "somebody", "root"}}

	note := func(t access.Ticket, party, visibility string) access.Note {
		return access.Note{Ticket: t, Party: party, Visibility: visibility}
	}
	for _, c := range []struct {
		why    string
		who    access.Principal
		what   access.Action
		on     access.Resource
		policy string // that decides; empty: no policy
		may    bool
	}{
		{"an officer follows what he reported", who(estate.Customer, access.Officer), access.TicketReopen, mine, "reporting/follow", true},
		{"and nothing else", who(estate.Customer, access.Officer), access.TicketRead, theirs, "none", false},
		{"and does not work on it", who(estate.Customer, access.Officer), access.TicketResolve, mine, "none", false},
		{"and reads what is public", who(estate.Customer, access.Officer), access.NoteRead, note(mine, rival, ""), "everybody/own-reports", true},
		{"and not what is shared", who(estate.Customer, access.Officer), access.NoteRead, note(mine, rival, "shared"), "notes/shared", false},
		{"nor writes it", who(estate.Customer, access.Officer), access.TicketNote, note(mine, customer, "shared"), "notes/shared", false},
		{"an officer who is an agent too reads shared notes only of what his party works on", who(estate.Supplier, access.Officer, access.Agent), access.NoteRead, note(mine, rival, "shared"), "notes/shared", false},
		{"an agent works on what his party holds", who(estate.Supplier, access.Agent), access.TicketResolve, held, "working/held", true},
		{"and not on what it held", who(estate.Supplier, access.Agent), access.TicketResolve, past, "none", false},
		{"but reads it", who(estate.Supplier, access.Agent), access.TicketRead, past, "working/see", true},
		{"and adds notes", who(estate.Supplier, access.Agent), access.TicketNote, note(past, supplier, "shared"), "working/note", true},
		{"in the own party's name", who(estate.Supplier, access.Agent), access.TicketNote, note(past, rival, "shared"), "notes/writer", false},
		{"but sees no names any more", who(estate.Supplier, access.Agent), access.TicketPeople, past, "none", false},
		{"and no note that another keeps", who(estate.Supplier, access.Agent), access.NoteRead, note(past, rival, "own"), "notes/own", false},
		{"a visibility that nobody knows", who(estate.Integrator, access.Analyst), access.NoteRead, note(theirs, rival, "secret"), "notes/visibility", false},
		{"a manager works in managed towers", manages, access.TicketAssign, theirs, "managing/work", true},
		{"reads what is shared there", manages, access.NoteRead, note(theirs, rival, "shared"), "managing/see", true},
		{"and not what the other keeps", manages, access.NoteRead, note(theirs, rival, "own"), "notes/own", false},
		{"sees how well it goes", manages, access.MeasureRead, figure, "managing/figures", true},
		{"and no money", manages, access.CreditRead, figure, "money/other-supplier", false},
		{"nor a statement", manages, access.StatementRead, figure, "money/other-supplier", false},
		{"nor the prices", manages, access.PriceRead, access.Contract{ID: "c", Supplier: rival, Towers: []string{"hosting"}}, "money/other-supplier", false},
		{"nor the contract", manages, access.DocumentRead, written, "money/other-supplier-documents", false},
		{"an analyst assigns anything", who(estate.Integrator, access.Analyst), access.TicketAssign, theirs, "overseeing/steer", true},
		{"sees no money", who(estate.Integrator, access.Analyst), access.CreditRead, figure, "none", false},
		{"unless commercial too", who(estate.Integrator, access.Analyst, access.Commercial), access.CreditRead, figure, "money/side", true},
		{"the integrator's commercial sees all", who(estate.Integrator, access.Commercial), access.CreditRead, access.Figure{}, "money/integrator", true},
		{"a customer's sees the own contracts", who(estate.Customer, access.Commercial), access.CreditRead, access.Figure{Customer: "another"}, "none", false},
		{"the customer issues", who(estate.Customer, access.Commercial), access.StatementIssue, figure, "money/issue", true},
		{"nobody issues the own contract's", who(estate.Integrator, access.Commercial), access.StatementIssue, access.Figure{Supplier: integrator, Integrator: integrator}, "money/own-homework", false},
		{"assurance reads money", who(estate.Customer, access.Assurance), access.CreditRead, figure, "assurance/read", true},
		{"and what a party keeps", who(estate.Customer, access.Assurance), access.NoteRead, note(theirs, rival, "own"), "assurance/read", true},
		{"and writes nothing", who(estate.Customer, access.Assurance, access.Agent, access.Administrator), access.RecordKeep, access.Record{}, "assurance/writes-nothing", false},
		{"and is of no supplier", who(estate.Supplier, access.Assurance, access.Agent), access.TicketRead, held, "assurance/no-supplier", false},
		{"an administrator sees no ticket", who(estate.Integrator, access.Administrator), access.TicketRead, theirs, "none", false},
		{"and no money", who(estate.Integrator, access.Administrator), access.StatementRead, figure, "none", false},
		{"and no contract as written", who(estate.Integrator, access.Administrator), access.DocumentRead, written, "none", false},
		{"a supplier's administers the own people", who(estate.Supplier, access.Administrator), access.TokenIssue, access.Token{Party: supplier, Kind: estate.Supplier}, "administration/own-roles", true},
		{"and no others", who(estate.Supplier, access.Administrator), access.TokenIssue, access.Token{Party: rival, Kind: estate.Supplier}, "none", false},
		{"and no documents", who(estate.Supplier, access.Administrator), access.DocumentPut, access.Document{Kind: "estate"}, "none", false},
		{"a restricted class is for the cleared", who(estate.Supplier, access.Agent), access.TicketRead, secret, "classes/see", false},
		{"who are cleared", cleared, access.TicketRead, secret, "working/see", true},
		{"for that class", cleared, access.TicketRead, access.Ticket{Holder: supplier, DataClass: "other", Restricted: true}, "classes/see", false},
		{"a restricted class without a name is nobody's", cleared, access.TicketRead, access.Ticket{Holder: supplier, Restricted: true}, "classes/see", false},
		{"somebody with all roles is still of a supplier", everything, access.CreditRead, figure, "money/other-supplier", false},
		{"a tool works", tool, access.TicketAccept, held, "working/held", true},
		{"a person is no tool", who(estate.Supplier, access.Bridge, access.Agent), access.TicketAccept, held, "tokens/bridge", false},
		{"a token does what it is for", narrow, access.TicketRead, held, "working/see", true},
		{"and nothing else", narrow, access.TicketAccept, held, "tokens/scope", false},
		{"without an id", unnamed, access.TicketRead, access.Ticket{Holder: supplier}, "everybody/known", false},
		{"without a party", homeless, access.TicketRead, access.Ticket{}, "everybody/known", false},
		{"of no kind of party", alien, access.TicketRead, held, "everybody/known", false},
		{"groups of roles are no roles", forged, access.TicketRead, held, "none", false},
		{"an action that there is not", who(estate.Integrator, access.Analyst), "see", theirs, "none", false},
		{"an action on the wrong thing", who(estate.Customer, access.Assurance), access.TicketRead, access.Record{}, "none", false},
		{"an action on nothing", who(estate.Customer, access.Assurance), access.TicketRead, nil, "none", false},
	} {
		d := p.May(c.who, c.what, c.on)
		has := false
		for _, r := range d.Reasons {
			has = has || r.Policy == c.policy
		}
		if d.Allowed != c.may || !has {
			t.Errorf("%s: %s is %s", c.why, c.what, verdict(d))
		}
		if kind := fault.KindOf(d.Err()); d.Allowed != (d.Err() == nil) || !d.Allowed && kind != fault.Denied {
			t.Errorf("%s: the error is %v", c.why, d.Err())
		}
	}
}

func TestErr(t *testing.T) {
	p := policies(t)
	for want, d := range map[string]access.Decision{
		"credit.read is not allowed: A supplier never sees money or prices of another supplier's contract (money/other-supplier). " +
			"Further roles do not help while this holds.": p.May(who(estate.Supplier, access.Commercial), access.CreditRead, access.Figure{Supplier: rival}),
		"log.import is not allowed: no policy permits it. " +
			"Ask an administrator of your party for a role that has this right.": p.May(who(estate.Supplier, access.Agent), access.LogImport, access.Record{}),
		" is not allowed: no policy permits it. Ask an administrator of your party for a role that has this right.": {},
	} {
		if err := d.Err(); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
