package access

import "slices"

// Role is what somebody does for the own party. Somebody may have several; what they
// permit adds up, and what is forbidden stays so.
type Role string

// The roles.
const (
	Officer       Role = "officer"       // reports, and follows what he has reported
	Agent         Role = "agent"         // works on the tickets of the own party
	Manager       Role = "manager"       // an agent who sees the operational figures of the own party
	Analyst       Role = "analyst"       // of the customer or integrator: all tickets, all operational figures
	Commercial    Role = "commercial"    // terms, prices and money of contracts that the own party is a side of
	Assurance     Role = "assurance"     // reads everything, writes nothing
	Administrator Role = "administrator" // people, documents, tokens, imports; no ticket and no money
	Bridge        Role = "bridge"        // a supplier's tool, by a service account: an agent that is no person
)

var roles = []Role{Officer, Agent, Manager, Analyst, Commercial, Assurance, Administrator, Bridge}

// Roles returns all roles, the least first.
func Roles() []Role { return slices.Clone(roles) }

// Known reports whether there is such a role.
func (r Role) Known() bool { return slices.Contains(roles, r) }
