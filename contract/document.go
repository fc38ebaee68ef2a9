// Package contract is the terms: what a supplier promised, how it is counted, and
// what missing it costs.
//
// A contract is a document that both parties sign, so everything in it is data
// with a clause: nothing about time, counting or money is a constant of the
// program. Terms that change carry the dates between which they hold (see
// [span.Dated]); a ticket is judged by the terms in force when it counts.
//
//	Document ──Read──▶ checked ──Compile──▶ Contract
//	  (YAML)           findings              clocks, targets, measures, bands,
//	                                         schemes, ready to be asked by date
//
// The package computes no result. Which tickets a measure or an exclusion is about
// is said in CEL, the Common Expression Language, an open specification with
// several implementations; see [Scope].
package contract

import (
	"towerbridge/money"
	"towerbridge/span"
)

// Document is a contract as people write it.
type Document struct {
	ID          string              `doc:"id,required" about:"Plain name by which commands, files and other documents refer to the contract."`
	Title       string              `doc:"title" about:"Name of the contract."`
	Customer    string              `doc:"customer,required" about:"Party that buys, by its id in the estate."`
	Supplier    string              `doc:"supplier,required" about:"Party that supplies, by its id in the estate."`
	Integrator  string              `doc:"integrator" about:"Party that integrates services, by its id in the estate; unowned time is charged to it."`
	Towers      []string            `doc:"towers" about:"Towers supplied under the contract, by their ids in the estate."`
	Zone        string              `doc:"zone,required" about:"IANA time zone of the contract; the edges of its periods are local midnights there."`
	Currency    money.Currency      `doc:"currency,required" about:"ISO 4217 code of all sums in the contract."`
	Clause      string              `doc:"clause" about:"Schedule or clause that the service levels come from."`
	Term        Term                `doc:"term,required" about:"When the contract begins and how long it may run."`
	Charges     []Charge            `doc:"charges" about:"Charges payable for a service period, before any credit."`
	Period      PeriodLength        `doc:"servicePeriod" about:"Length of a service period; month if left out."`
	LateEntries *LateEntries        `doc:"lateEntries" about:"How long after a period ends its late entries still count."`
	TermsAt     TermsAt             `doc:"termsAt" about:"Which moment of a ticket decides the targets in force; opening if left out."`
	Attribution Attribution         `doc:"attribution" about:"Whose ticket it is; the holder at resolution if left out."`
	Legs        *Legs               `doc:"legs" about:"How the elapsed time of a ticket is shared out."`
	PauseCauses []PauseCause        `doc:"pauseCauses" about:"Reasons for which a clock may stand, each with whose cause it is. The first listed is shown first."`
	Clocks      []ClockDocument     `doc:"clocks" about:"What is timed."`
	Targets     []TargetDocument    `doc:"targets" about:"How long each clock may run, by kind, priority, service and site."`
	Measures    []MeasureDocument   `doc:"measures" about:"What is counted in each period."`
	Credits     []SchemeDocument    `doc:"credits" about:"What missing a measure costs."`
	Exclusions  []ExclusionDocument `doc:"exclusions" about:"Tickets that do not count, by rule or by relief."`
	Related     []RelatedDocument   `doc:"relatedFailures" about:"Failures of one event that are counted once."`
	Parents     ParentRule          `doc:"majorIncidents" about:"Whether the children of a major incident count one by one; each-ticket if left out."`
	Note        string              `doc:"note" about:"Free note; not evaluated."`
}

// Term is when the contract begins and how long it may run.
type Term struct {
	Start      span.Date   `doc:"start,required" about:"First day of the contract."`
	End        span.Date   `doc:"end,required" about:"First day after the initial term."`
	Extensions []Extension `doc:"extensions" about:"Options to extend, in their order."`
	Maximum    *span.Date  `doc:"maximumEnd" about:"First day after the longest term that the contract allows."`
	Clause     string      `doc:"clause" about:"Clause of the term."`
}

// Extension is one option to extend the term.
type Extension struct {
	Months            int        `doc:"months,required" about:"Calendar months that the option adds."`
	NoticeMonths      int        `doc:"noticeMonths" about:"Latest notice: calendar months before the end of the term as it then stands."`
	PreliminaryMonths int        `doc:"preliminaryNoticeMonths" about:"Preliminary notice, which does not commit: calendar months before that end."`
	TakenOn           *span.Date `doc:"takenOn" about:"Date on which the option was taken up; not taken if left out."`
	Clause            string     `doc:"clause" about:"Clause of the option."`
}

// Charge is what is payable for each service period while it holds.
type Charge struct {
	Amount     money.Amount `doc:"amount,required" about:"Charges payable for one service period, before credits."`
	Clause     string       `doc:"clause" about:"Clause of the charge."`
	span.Dated `doc:",inline"`
}

// LateEntries is how long after a period its entries may still be learnt.
type LateEntries struct {
	BusinessDays int    `doc:"businessDays" about:"Business days of the calendar after the period's last day; the cut-off is the end of the last one."`
	Days         int    `doc:"days" about:"Calendar days after the period's last day, in place of business days."`
	Calendar     string `doc:"calendar" about:"Calendar whose business days are counted."`
	Clause       string `doc:"clause" about:"Clause of the cut-off."`
}

// Legs is how the elapsed time from opening to end is shared out.
type Legs struct {
	Precedence     []LegKind     `doc:"precedence" about:"Which kind wins where several hold at once; disputed, customer, unowned, integrator, supplier if left out. Every kind is listed once."`
	ResolvedTime   LegKind       `doc:"resolvedTime" about:"Whose the time is between a resolution and a reopening; the customer's if left out."`
	AcceptWithin   *span.Seconds `doc:"acceptWithin" about:"Acceptance time between suppliers: an offered ticket is the receiver's after this many open hours, accepted or not. Left out: at once."`
	AcceptCalendar string        `doc:"acceptCalendar" about:"Calendar of the acceptance time; needed with acceptWithin."`
	Clause         string        `doc:"clause" about:"Clause of the rule."`
}

// PauseCause names a reason for which work stands, and whose cause it is.
type PauseCause struct {
	Reason     string  `doc:"reason,required" about:"Pause reason as the mapping names it."`
	Cause      LegKind `doc:"cause,required" about:"Whose cause the pause is: while it lasts the time is theirs."`
	Approval   string  `doc:"approvedBy" about:"Who approved that this cause stops the customer's own clock."`
	Clause     string  `doc:"clause" about:"Clause that allows the pause."`
	span.Dated `doc:",inline"`
}

// ClockDocument says what starts, pauses and stops a clock.
type ClockDocument struct {
	ID             string           `doc:"id,required" about:"Name of the clock, such as respond or resolve."`
	Name           string           `doc:"name" about:"Name for people."`
	Clause         string           `doc:"clause" about:"Clause that defines the clock."`
	Scope          string           `doc:"scope" about:"CEL expression: the tickets the clock is for; all if left out."`
	Start          Signal           `doc:"start" about:"What starts the clock; opened if left out."`
	Stop           Signal           `doc:"stop,required" about:"What stops the clock."`
	StopBy         StopBy           `doc:"stopBy" about:"Whose act stops the clock; anyone's if left out."`
	Pauses         []string         `doc:"pauses" about:"Pause reasons that stop the clock for their time, by their names in pauseCauses."`
	Holder         HolderRule       `doc:"runsFor" about:"Whether the clock runs for the whole ticket or only while the supplier holds it; ticket if left out."`
	Calendar       string           `doc:"calendar" about:"Calendar in which open time is counted. No fallback: without it calendars must cover every ticket."`
	Calendars      []CalendarChoice `doc:"calendars" about:"Calendars by priority, service or site; the first that fits is used, before calendar."`
	PriorityChange PriorityPolicy   `doc:"priorityChange" about:"What a change of priority does to the clock; retroactive if left out."`
	Strictest      bool             `doc:"keepStrictest" about:"Keep the strictest target the ticket had, so that lowering and raising a priority buys no time."`
	Reopen         ReopenPolicy     `doc:"reopen" about:"What a reopening does to the clock; continues if left out."`
	ReopenWithin   *span.Seconds    `doc:"reopenWithin" about:"With reopen continues: a reopening after more open time than this is a new failure, not the same clock."`
	Rejection      RejectionPolicy  `doc:"rejection" about:"What it means when the supplier rejects the ticket as not theirs; excluded if left out."`
}

// CalendarChoice chooses a calendar for some tickets.
type CalendarChoice struct {
	Priorities []string `doc:"priorities" about:"Priorities it is for; all if left out."`
	Services   []string `doc:"services" about:"Services it is for; all if left out."`
	Sites      []string `doc:"sites" about:"Sites it is for; all if left out."`
	Calendar   string   `doc:"calendar,required" about:"Calendar to use, by its id."`
}

// TargetDocument is how long a clock may run for some tickets. Its three units are
// different things: hours of open time, whole business days, and the end of a
// business day, which is a date and does not move with pauses.
type TargetDocument struct {
	Clock      string        `doc:"clock,required" about:"Clock the target is for."`
	Kinds      []string      `doc:"kinds" about:"Kinds of ticket; all if left out."`
	Priorities []string      `doc:"priorities" about:"Priorities; all if left out."`
	Services   []string      `doc:"services" about:"Services; all if left out."`
	Sites      []string      `doc:"sites" about:"Sites; all if left out."`
	Within     *span.Seconds `doc:"within,choice=target" about:"Open time of the clock's calendar, such as 8h."`
	Days       *int          `doc:"businessDays,choice=target" about:"Whole business days from the start."`
	EndOfDay   *int          `doc:"endOfBusinessDay,choice=target" about:"End of the n-th business day after the day of the start."`
	Clause     string        `doc:"clause" about:"Clause of the target."`
	span.Dated `doc:",inline"`
}

// ExclusionDocument takes tickets out of measures, by rule or by relief.
type ExclusionDocument struct {
	ID         string   `doc:"id,required" about:"Name of the exclusion, shown with each ticket it takes out."`
	Reason     string   `doc:"reason,required" about:"Why, in words."`
	Clause     string   `doc:"clause,required" about:"Clause that allows it."`
	Author     string   `doc:"author,required" about:"Who asked for it."`
	ApprovedBy string   `doc:"approvedBy,required" about:"Who approved it for the customer; never the author."`
	Scope      string   `doc:"scope,choice=which" about:"CEL expression: the tickets it is about."`
	Tickets    []string `doc:"tickets,choice=which" about:"The tickets it is about, by their ids."`
	Measures   []string `doc:"measures" about:"Measures it is about; all if left out."`
	span.Dated `doc:",inline"`
}

// RelatedDocument counts the failures of one event once.
type RelatedDocument struct {
	ID       string   `doc:"id,required" about:"Name of the rule."`
	First    string   `doc:"first,required" about:"Measure whose failure counts."`
	Suppress []string `doc:"suppresses,required,min=1" about:"Measures whose failures in the same period earn no points when the first fails."`
	Clause   string   `doc:"clause" about:"Clause of the rule."`
}
