// Package calendar owns working time: when a service counts as open, and for how
// long it has been.
//
// A [Document] is what people write: a zone, a week of windows, the holidays, and
// versions of these by date. [Compile] turns it, together with IANA zone data
// ([Zones]) and the published bank holidays ([Set]), into a [Calendar], which
// answers two questions by looking up a table, without allocating:
//
//	Open(instant)    how many seconds were open before this instant
//	Reach(seconds)   the first instant by which that many were open
//
// Everything else is made of these two. Time open between two instants is the
// difference of two readings; a deadline is the reading at the start plus the
// target, sought the other way:
//
//	open      16h |                              ________*  due: 16h reached at
//	seconds       |                             /           Tuesday 17:00, not at
//	            8h |        ___________________/             Wednesday 09:00
//	              |       /
//	            0h |______/
//	              +------|---|------------------|---|------> UTC line
//	                 Mon 09 17              Tue 09 17
//
// # Local edges, elapsed seconds
//
// Windows are written in local time and each edge becomes an instant with the
// offset of its own date; what lies between two edges is counted in elapsed
// seconds. So a day open from 00:00 to 24:00 has 23, 24 or 25 hours, and a night
// shift from 22:00 to 06:00 has 7, 8 or 9. An edge that a change of the clocks
// skips lies at the change; an edge that the change repeats is the first of the two.
//
// # Which day a window belongs to
//
// A window belongs to the date on which it begins. A night shift that begins on a
// holiday is closed to its end next morning; one that begins on the eve runs on
// into the holiday until it closes. The same rule says which business day an
// instant is in: 02:00 on Tuesday, in Monday's shift, is Monday. A business day is
// a local date on which some window begins that is open for a second at least.
//
// # Holidays
//
// A version names the sets of bank holidays it keeps and lists dates of its own.
// A date of its own goes before a set: with windows it is open in just these (half
// days, or a bank holiday that is worked), without it is closed all day. The sets
// are the lists of the nations as published, in which a holiday on a weekend is
// replaced by its substitute day: a site that works on Saturdays and closes on
// Saturday 25 December lists that date. Nothing recurs by month and day, for Easter
// and substitute days do not.
//
// # What it does not know
//
// A calendar knows only the years that its holiday sets cover, or 1990 to 2060
// without sets; [Calendar.Covers] says whether a span lies within them, and the
// caller must ask before relying on an answer. There is no default zone, no
// default calendar and no present time.
package calendar
