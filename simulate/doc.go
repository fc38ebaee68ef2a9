// Package simulate makes up the journal of an estate: a year of tickets that never
// were, in the shape of those that are.
//
// It answers questions that no real log can: does an audit find a trick that is
// known to be there, what would a contract's regime have cost over a thousand years
// like the last one, how fast is the program with ten million entries.
//
//	Estate, contracts, calendars ─┐
//	Profile (shipped, written, ───┼─ New ─▶ Simulation ─┬─ Write   ─▶ NDJSON, the open form
//	  or fitted by Fit)           │                     └─ Journal ─▶ *journal.Journal
//	Options (tickets, seed,      ─┘                          │
//	  dates, tricks)                                         └─ Result.Truth: which ticket
//	                                                            was played which trick
//
// # What happens in it
//
// Users call by the hour of their clock, the day of the week, the month and the bank
// holidays. A desk (the estate's first team of line 1) answers, mends some itself and
// passes the rest to the supplier that runs the service's tower on that day; some go
// astray and come back. Suppliers take tickets up, pause, note, resolve, each by its
// own [Habits]; users reopen and score. Services stand still and take along those that
// depend on them; an outage is the parent of the calls it brings. Once a week one
// service is maintained. Some entries are learnt late. Series that contracts measure
// get a value a month.
//
// A journey with a hand-over matrix ([HandOver]), which is what [Fit] makes of a real
// log, goes from party to party by the matrix's weights instead.
//
// # The same on every machine
//
// A block is one local day. Each has its own stream of numbers,
// rand.New(rand.NewPCG(seed, block)), which gives every ticket a seed of its own; a
// ticket's tricks draw from another seed, so that a trick that is switched on leaves
// all other tickets as they were. There is no floating point: quantiles are tables of
// whole seconds between which whole numbers are drawn. So the journal is the same to
// the byte for any number of workers, on any processor.
//
// Blocks are made in parallel and merged into the order in which entries were learnt,
// day by day: what is held in memory are the entries of tickets that are still open.
//
// The package judges nothing and computes no clock; where a trick needs to know how
// much of a target is used, it asks the contract's calendar and target.
package simulate
