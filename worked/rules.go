package worked

import "towerbridge/fault"

// What can be wrong with a worked example itself.
var (
	unknownWord = fault.Declare(1701, "a line holds a word that the language does not have",
		"See the reference of worked examples for the words.")
	incomplete = fault.Declare(1702, "a line is not of the form that its first words promise",
		"Write the line in the form that the message shows.")
	badStamp = fault.Declare(1703, "an instant cannot be told",
		"Write it as 2026-05-05T16:00, with an offset such as +01:00 where the local time occurs twice or the zone is unclear.")
	tooMuch = fault.Declare(1704, "a worked example is larger than allowed",
		"Split it: one example shows one rule.")
	noInstant = fault.Declare(1705, "nothing says as known at which instant",
		"Write a line such as at 2026-06-01 above it.")
	unknownFile = fault.Declare(1706, "a file has a name that worked examples do not know",
		"Use estate.yaml, contracts/NAME.yaml, calendars/NAME.yaml, events.txt, or log.csv, log.xes or entries.ndjson with mapping.yaml.")
	sameFile = fault.Declare(1707, "two files of a worked example cannot stand together",
		"Keep one of them.")
	whichContract = fault.Declare(1708, "it is not clear which contract an expectation is about",
		"End the line with contract and its id.")
	nothingSaid = fault.Declare(1709, "a worked example expects nothing",
		"Write at least one line that begins with expect.")
	badEvent = fault.Declare(1710, "an event cannot be what it says",
		"Give events of a ticket in the order of their stamps, learnt no earlier than they happened, each key once.")
)
