package contract

// The words that a contract chooses from. Each type lists its words; the first is
// what holds when the contract says nothing.

// PeriodLength is the length of a period.
type PeriodLength string

// The lengths of a period.
const (
	Monthly   PeriodLength = "month"
	Quarterly PeriodLength = "quarter"
)

// SchemaEnum lists the words.
func (PeriodLength) SchemaEnum() []string { return []string{"month", "quarter"} }

// Months returns the number of calendar months; an empty word is a month.
func (p PeriodLength) Months() int {
	if p == Quarterly {
		return 3
	}
	return 1
}

// TermsAt is the moment of a ticket that decides which dated terms hold.
type TermsAt string

// The moments.
const (
	AtOpening     TermsAt = "opening"
	AtPeriodStart TermsAt = "period-start"
)

// SchemaEnum lists the words.
func (TermsAt) SchemaEnum() []string { return []string{"opening", "period-start"} }

// Attribution is whose ticket it is.
type Attribution string

// The attributions.
const (
	HolderAtResolution Attribution = "holder-at-resolution" // who held it when it was last resolved; while open, who holds it
	HolderAtBreach     Attribution = "holder-at-breach"     // who held it when the clock passed its target; else at resolution
	HolderAtOpening    Attribution = "first-holder"         // who held it first
	AnyHolder          Attribution = "any-holder"           // everybody who ever held it
	ServiceTower       Attribution = "service-tower"        // who supplies the tower of its service
)

// SchemaEnum lists the words.
func (Attribution) SchemaEnum() []string {
	return []string{"holder-at-resolution", "holder-at-breach", "first-holder", "any-holder", "service-tower"}
}

// LegKind is whom a stretch of a ticket's elapsed time belongs to.
type LegKind string

// The kinds of leg; together they tile a ticket's life.
const (
	SupplierLeg   LegKind = "supplier"
	IntegratorLeg LegKind = "integrator"
	CustomerLeg   LegKind = "customer"
	UnownedLeg    LegKind = "unowned"
	DisputedLeg   LegKind = "disputed"
)

// SchemaEnum lists the words.
func (LegKind) SchemaEnum() []string {
	return []string{"supplier", "integrator", "customer", "unowned", "disputed"}
}

// Signal is what starts or stops a clock.
type Signal string

// The signals.
const (
	OnOpened    Signal = "opened"
	OnAssigned  Signal = "assigned"    // first offered to the supplier (or, for the whole ticket, to anyone)
	OnAccepted  Signal = "accepted"    // taken on, or its acceptance time over
	OnWork      Signal = "in-progress" // first in progress
	OnResponded Signal = "responded"   // first answer by a person; an in-progress state does not count
	OnResolved  Signal = "resolved"
	OnClosed    Signal = "closed"
)

// SchemaEnum lists the words.
func (Signal) SchemaEnum() []string {
	return []string{"opened", "assigned", "accepted", "in-progress", "responded", "resolved", "closed"}
}

// StopBy is whose act stops a clock.
type StopBy string

// Whose act.
const (
	ByAnyone   StopBy = "anyone"
	BySupplier StopBy = "supplier" // only while the contract's supplier holds the ticket
)

// SchemaEnum lists the words.
func (StopBy) SchemaEnum() []string { return []string{"anyone", "supplier"} }

// HolderRule is whose holding a clock runs for.
type HolderRule string

// The rules.
const (
	WholeTicket  HolderRule = "ticket"
	SupplierOnly HolderRule = "supplier" // runs only in the supplier's own legs, summed
)

// SchemaEnum lists the words.
func (HolderRule) SchemaEnum() []string { return []string{"ticket", "supplier"} }

// PriorityPolicy is what a change of priority does to a clock.
type PriorityPolicy string

// The three lawful policies.
const (
	Retroactive  PriorityPolicy = "retroactive"  // the new target holds from the start
	Restart      PriorityPolicy = "restart"      // the clock begins anew at the change
	Proportional PriorityPolicy = "proportional" // the share of the old target used is the share of the new one used
)

// SchemaEnum lists the words.
func (PriorityPolicy) SchemaEnum() []string {
	return []string{"retroactive", "restart", "proportional"}
}

// ReopenPolicy is what a reopening does to a clock.
type ReopenPolicy string

// The policies.
const (
	ReopenContinues ReopenPolicy = "continues" // the same clock; the resolved time is a pause
	ReopenCounts    ReopenPolicy = "counts"    // the same clock; the resolved time runs too
	ReopenIgnored   ReopenPolicy = "ignored"   // the first resolution stands
	ReopenRestarts  ReopenPolicy = "restarts"  // a new clock from the reopening
)

// SchemaEnum lists the words.
func (ReopenPolicy) SchemaEnum() []string {
	return []string{"continues", "counts", "ignored", "restarts"}
}

// RejectionPolicy is what a rejection by the supplier means.
type RejectionPolicy string

// The policies.
const (
	RejectionExcluded RejectionPolicy = "excluded" // response stands, resolution is not the supplier's
	RejectionCounts   RejectionPolicy = "counts"   // the ticket counts all the same
)

// SchemaEnum lists the words.
func (RejectionPolicy) SchemaEnum() []string { return []string{"excluded", "counts"} }

// CountsIn is the period that a ticket counts in.
type CountsIn string

// The periods.
const (
	InLastResolution  CountsIn = "last-resolution"
	InFirstResolution CountsIn = "first-resolution"
	InClosure         CountsIn = "closure"
	InOpening         CountsIn = "opening"
	InBreach          CountsIn = "breach"                // failures in the period of the breach, successes in that of the resolution
	InBoth            CountsIn = "breach-and-resolution" // a failure counts in both
)

// SchemaEnum lists the words.
func (CountsIn) SchemaEnum() []string {
	return []string{"last-resolution", "first-resolution", "closure", "opening", "breach", "breach-and-resolution"}
}

// Counted is which tickets a count counts.
type Counted string

// The tickets counted; their moment decides the period.
const (
	CountOpened   Counted = "opened"
	CountResolved Counted = "resolved"
	CountClosed   Counted = "closed"
	CountReopened Counted = "reopened"
	CountRejected Counted = "rejected"
)

// SchemaEnum lists the words.
func (Counted) SchemaEnum() []string {
	return []string{"opened", "resolved", "closed", "reopened", "rejected"}
}

// DenominatorRule is what permitted maintenance does to availability.
type DenominatorRule string

// The published rules; they differ (see the reference of measures).
const (
	MaintenanceOut  DenominatorRule = "less-maintenance"    // (agreed - maintenance - downtime) / (agreed - maintenance)
	MaintenanceIn   DenominatorRule = "total"               // (agreed - downtime outside maintenance) / agreed
	MaintenanceDown DenominatorRule = "maintenance-is-down" // (agreed - downtime - maintenance) / agreed
)

// SchemaEnum lists the words.
func (DenominatorRule) SchemaEnum() []string {
	return []string{"less-maintenance", "total", "maintenance-is-down"}
}

// HandOverLevel is between whom a hand-over is counted.
type HandOverLevel string

// The levels.
const (
	BetweenParties HandOverLevel = "parties"
	BetweenTeams   HandOverLevel = "teams"
)

// SchemaEnum lists the words.
func (HandOverLevel) SchemaEnum() []string { return []string{"parties", "teams"} }

// ZeroVolume is what no tickets mean.
type ZeroVolume string

// The meanings.
const (
	NotMeasured ZeroVolume = "not-measured"
	ZeroIsMet   ZeroVolume = "met"
)

// SchemaEnum lists the words.
func (ZeroVolume) SchemaEnum() []string { return []string{"not-measured", "met"} }

// ParentRule is how the children of a major incident count.
type ParentRule string

// The rules.
const (
	EachTicket  ParentRule = "each-ticket"
	ParentsOnly ParentRule = "parent-only" // children and merged tickets are excluded, with their parent as the reason
)

// SchemaEnum lists the words.
func (ParentRule) SchemaEnum() []string { return []string{"each-ticket", "parent-only"} }
