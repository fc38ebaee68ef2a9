package eventlog

import "towerbridge/fault"

// Findings of a mapping document.
var (
	contradiction = fault.Declare(1501, "two settings of a mapping contradict each other",
		"Keep the one you mean.")
	columnMissing = fault.Declare(1502, "a mapping lacks a column that every log needs",
		"Name the column of the ticket and the column of the stamp at which a row happened.")
	columnTwice = fault.Declare(1503, "a column is used twice",
		"Give each use its own column; a copy under fields may be left out.")
	badStateRule = fault.Declare(1505, "a state rule does not fit its columns",
		"Give at most one text for each column of states.columns.")
	unreachable = fault.Declare(1506, "a rule can never apply, for an earlier one always does",
		"Put the narrower rule first, or remove it.")
	unknownZone = fault.Declare(1507, "the time zone is not known",
		"Use a name of the IANA time zone database, such as Europe/London.")
	badDelimiter = fault.Declare(1508, "the delimiter is not one character that can part columns",
		"Use a comma, semicolon, tab or bar.")
	badLineNumber = fault.Declare(1509, "a support line is not a number from 1 to 255",
		"Give 1 for the first line, 2 for the second, and so on.")
)

// Reasons for which a row is refused. Each refused row is reported and counted.
var (
	wrongCount = fault.Declare(1520, "a row has another number of columns than the header",
		"Put texts that hold the delimiter or a line end into double quotes.")
	holdsNUL = fault.Declare(1521, "a row holds a NUL byte",
		"Export the log again as UTF-8 text.")
	notUTF8 = fault.Declare(1522, "a row is not UTF-8",
		"Export the log as UTF-8; Latin-1 and Windows-1252 are not read.")
	strayQuote = fault.Declare(1523, "a double quote stands where none may",
		"Put the whole text into double quotes and double those within it.")
	noTicket = fault.Declare(1524, "a row names no ticket",
		"Check the ticket column of the mapping, or mend the row.")
	badStamp = fault.Declare(1525, "a stamp cannot be read",
		"Check stampFormats of the mapping, or mend the row.")
	noZone = fault.Declare(1526, "a stamp has no offset and the mapping no zone",
		"Say under zone whose wall clock the log's stamps show.")
	unmappedState = fault.Declare(1527, "a state is not mapped",
		"Add it to states.map, or say states.otherwise: ignore.")
	unmappedEvent = fault.Declare(1528, "an event is not mapped",
		"Add it to events.map, or say events.otherwise: ignore.")
	unmappedValue = fault.Declare(1529, "a value is not mapped",
		"Add it to the field's map under values, or say otherwise: keep.")
	unknownGroup = fault.Declare(1530, "a group is not in the estate",
		"Add the name to a team of the estate, or say groups.otherwise: keep.")
	badNumber = fault.Declare(1531, "a number cannot be read",
		"Write whole or decimal numbers, without separators of thousands.")
	repeated = fault.Declare(1532, "a row repeats an earlier row of the same key",
		"Nothing is lost; leave the copy out if it disturbs.")
	conflict = fault.Declare(1533, "a row has the key of an earlier row but other content",
		"Give it a key of its own; to correct an entry, name it under corrects.")
	attributeTwice = fault.Declare(1534, "an event has an attribute twice",
		"Leave out the one that is wrong.")
	dropped = fault.Declare(1535, "a row was dropped by a recorded decision",
		"Change the decision to keep the row.")
	badLine = fault.Declare(1536, "a line is not an entry of the journal",
		"Write one JSON object a line, with the members of the journal's open form.")
	unknownMember = fault.Declare(1537, "a line has a member that the journal does not know",
		"Check its spelling; a further value belongs under fields.")
	noKey = fault.Declare(1538, "a row has no key",
		"Mend the row, or leave columns.key out of the mapping.")
)

// What makes a whole file unreadable.
var (
	headerLacks = fault.Declare(1550, "the header lacks a mapped column",
		"Check the spelling in the mapping; upper and lower case differ.")
	headerTwice = fault.Declare(1551, "the header has a mapped column twice",
		"Rename one of the two columns in the file.")
	tooLong = fault.Declare(1552, "a text, line or tag is longer than any log needs",
		"Look for a double quote that is never closed.")
	openQuote = fault.Declare(1553, "a double quote is never closed",
		"Close it; everything after it would be one text.")
	cutShort = fault.Declare(1554, "the file ends too early",
		"Fetch it again; it was cut in transfer.")
	badXML = fault.Declare(1555, "the file is not well-formed XML",
		"Export the log again, or mend the place.")
	hasDoctype = fault.Declare(1556, "the file declares a document type, which a log does not need",
		"Remove the DOCTYPE and its entities.")
	tooDeep = fault.Declare(1557, "the file nests deeper than any log needs",
		"Check that it is an XES log.")
	badEncoding = fault.Declare(1558, "the file is in another encoding than UTF-8",
		"Save it as UTF-8.")
	wrongDigest = fault.Declare(1559, "an entry does not have the digest that its line states",
		"The line was changed after it was written; ask for the original.")
	tooManyRows = fault.Declare(1560, "a log has more rows than a journal can number",
		"Read it in parts.")
	emptyFile = fault.Declare(1561, "the file holds no header",
		"Check that the export worked.")
	lateAttribute = fault.Declare(1562, "an attribute of a case stands after its events",
		"Put the attributes of a trace before its events.")
)

// Findings of a file of decisions.
var (
	badDecision = fault.Declare(1570, "a decision cannot be read",
		"Give the columns row, choice, who and why; choice is first, second, drop or one of the two instants.")
	decisionTwice = fault.Declare(1571, "a row is decided twice",
		"Keep one of the two decisions.")
	needlessDecision = fault.Declare(1572, "a decision is about a row that is not held",
		"Check its row number against the file of held rows.")
)
