package contract

import "towerbridge/fault"

// Limits of one contract, beside those of package document.
const (
	MaxRows  = 1000 // clocks, targets, measures, charges and so on: rows of any one list
	MaxBands = 100  // bands or target levels of a measure, calendars of a clock, related failures
)

// What can be wrong with a contract taken alone: names, numbers and dates.
var (
	RuleTwice = fault.Declare(1301, "A name is given twice",
		"Remove one of the two, or rename it.")
	RuleNoName = fault.Declare(1302, "A name is empty",
		"Write the name.")
	RuleCrossed = fault.Declare(1303, "Dates are crossed, so that the row never holds",
		"Write a to that is later than from.")
	RuleOutsideTerm = fault.Declare(1304, "A row holds on no day of the longest term",
		"Mend its dates, or remove it.")
	RuleOverlapping = fault.Declare(1305, "Two rows of one thing hold on the same day",
		"End the one where the other begins: to is the first day on which a row no longer holds.")
	RuleOutOfRange = fault.Declare(1306, "A number is outside what it may be",
		"Write a number within the bounds that the message names.")
	RuleTooMany = fault.Declare(1307, "A list has more rows than a contract may have",
		"Split the contract.")
	RuleOneParty = fault.Declare(1308, "The customer and the supplier are the same party",
		"Name the two parties by their own ids.")
)

// What can be wrong with the term, the charges and how time is shared out.
var (
	RuleTermCrossed = fault.Declare(1310, "The dates of the term are crossed",
		"Write them in order: start, end, maximumEnd.")
	RuleBeyondMaximum = fault.Declare(1311, "An extension goes beyond the longest term",
		"Shorten the option, or mend maximumEnd.")
	RuleNotice = fault.Declare(1312, "The notice of an extension is too late",
		"Mend the date or the months of notice: preliminary notice comes first, then notice, then the end of the term.")
	RuleExtensionOrder = fault.Declare(1313, "An extension was taken before the one ahead of it",
		"List the options in the order in which they are taken.")
	RuleChargeGap = fault.Declare(1314, "A service period of the initial term has no charge",
		"Add a charge that holds on its first day, or close the gap between two charges.")
	RuleNoCharges = fault.Declare(1315, "A sum depends on charges, and the contract names none",
		"Add the charges.")
	RuleCurrency = fault.Declare(1316, "A sum is not in the contract's currency",
		"Write all sums in the contract's currency.")
	RuleLateEntries = fault.Declare(1317, "The time for late entries is not clear",
		"Give either days, or businessDays with the calendar they are counted in.")
	RulePrecedence = fault.Declare(1318, "The precedence of legs does not list every kind once",
		"List supplier, integrator, customer, unowned and disputed once each, the winner first.")
	RuleAcceptance = fault.Declare(1319, "An acceptance time and its calendar go together",
		"Give both acceptWithin and acceptCalendar, or neither.")
)

// What can be wrong with clocks, targets and the expressions that choose tickets.
var (
	RuleUnknownReason = fault.Declare(1320, "A clock names a pause reason that the contract does not have",
		"Add the reason with its cause to pauseCauses, or mend its name.")
	RulePauseNever = fault.Declare(1321, "A pause can never occur while the clock runs",
		"Remove the pause, or mend what starts the clock.")
	RuleClockNever = fault.Declare(1322, "A clock can never run",
		"Mend what starts it and what stops it.")
	RuleNoCalendar = fault.Declare(1323, "A clock has no calendar for some of its tickets",
		"Name a calendar: none is ever made up.")
	RuleCalendarNever = fault.Declare(1324, "A calendar is never chosen",
		"Move it ahead of the choice that hides it, or remove it.")
	RuleReopen = fault.Declare(1325, "The settings for a reopening contradict each other",
		"Use reopenWithin only with reopen: continues.")
	RuleOwnPause = fault.Declare(1326, "A supplier's own cause stops its clock without approval",
		"Write in pauseCauses who approved it for the customer, or remove the reason from the clock.")
	RuleUnknownClock = fault.Declare(1330, "There is no clock of that name in the contract",
		"Mend the name, or add the clock.")
	RuleNoTarget = fault.Declare(1331, "A measure counts verdicts of a clock that has no target",
		"Add a target for the clock.")
	RuleTargetNever = fault.Declare(1332, "A target is never reached",
		"Move it ahead of the target that hides it, or remove it: the first that fits is used.")
	RuleScope = fault.Declare(1333, "An expression cannot be used",
		"Write a CEL expression that is true or false; the reference lists what it may read.")
)

// What can be wrong with measures.
var (
	RuleMeasurePeriod = fault.Declare(1340, "A measure is taken more often than a service period ends",
		"Leave the measure's period out, or make the service period a month.")
	RuleUnit = fault.Declare(1341, "A value is in another unit than the measure's result",
		"Write a percentage for a share, a length of time for a time, a plain number for a count.")
	RuleImpossible = fault.Declare(1342, "A value can never be a result",
		"Write a percentage from 0% to 100%, or a value that is not negative.")
	RuleBandEdges = fault.Declare(1343, "The edges of a band contradict each other",
		"Give at most one lower edge, atLeast or above, and one upper edge, atMost or below, the lower one first.")
	RuleBandEmpty = fault.Declare(1344, "No possible result lies in a band",
		"Mend the band's edges or the measure's precision, or remove the band.")
	RuleBandGap = fault.Declare(1345, "Some results lie in no band",
		"Let each band begin where the next one ends, or state the precision to which results are rounded first.")
	RuleBandOverlap = fault.Declare(1346, "Some results lie in two bands",
		"End the one band where the other begins: below excludes its edge and atLeast includes it.")
	RuleNoMetBand = fault.Declare(1347, "No band meets the target",
		"Mark the band of success with met: true.")
	RuleMetPoints = fault.Declare(1348, "A band that meets the target earns points",
		"Remove the points, or met.")
	RuleBandOrder = fault.Declare(1349, "A worse result fares better than a better one",
		"Give worse bands no fewer points, mark only the best as met, and say lowerIsBetter where it is.")
	RuleTargetBand = fault.Declare(1350, "The target and the bands that meet it disagree",
		"Begin the bands that meet the target exactly at the target.")
	RuleDirection = fault.Declare(1351, "The measure is judged the wrong way round",
		"Times, ages, reopenings and hand-overs are lowerIsBetter; shares of success are not.")
	RuleSmallVolume = fault.Declare(1352, "The rule for few tickets makes no sense",
		"Allow fewer failures than the tickets it begins at, and use it only where tickets fail one by one.")
	RuleZeroVolume = fault.Declare(1353, "A count of no tickets is a result",
		"Remove zeroVolume: a count of zero is measured.")
	RuleRating = fault.Declare(1354, "The cut-offs of the rating are not in order",
		"Write them from good to requiresImprovement, each worse than the one before.")
)

// What can be wrong with credits, exclusions and related failures.
var (
	RuleUnknownMeasure = fault.Declare(1360, "There is no measure of that name in the contract",
		"Mend the name, or add the measure.")
	RuleUnknownBand = fault.Declare(1361, "The measure has no band of that name",
		"Mend the name, or add the band.")
	RuleRatchet = fault.Declare(1362, "The steps of a ratchet are not in rising order with an open end",
		"Let every step end later and cost no less than the one before it, and give the last no end.")
	RuleNothingToRead = fault.Declare(1363, "A scheme reads a measure that has nothing for it to read",
		"Points come from bands with points; shortfalls and misses need a target.")
	RuleNotRead = fault.Declare(1364, "A scheme prices a measure that it does not read",
		"Add the measure to the scheme's measures, or remove its price.")
	RuleSelfApproval = fault.Declare(1370, "An exclusion is approved by its own author",
		"Have it approved by somebody else, for the customer.")
	RuleExcludesNothing = fault.Declare(1371, "An exclusion names no ticket",
		"Name tickets, or write an expression; true stands for all tickets.")
	RuleRelatedCircle = fault.Declare(1372, "Related failures suppress each other",
		"Decide which measure's failure counts, and remove the rule that says otherwise.")
)
