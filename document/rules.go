package document

import "towerbridge/fault"

// The rules that a document can break, whatever it means. Packages that know
// what a document means add rules of their own.
var (
	TooLarge = fault.Declare(1001, "The file is larger than a document may be",
		"Split the file, or check that it is the file you meant.")
	NotText = fault.Declare(1002, "The file is not UTF-8 text",
		"Save the file as UTF-8 text and try again.")
	Syntax = fault.Declare(1003, "The text cannot be read as YAML",
		"Look at the indentation, quotes and colons of this line and of the one above it.")
	TooDeep = fault.Declare(1004, "Lists and mappings lie too deep within each other",
		"Check for unclosed brackets or runaway indentation.")
	TooMuch = fault.Declare(1005, "The text holds more than the reader takes",
		"Split the document, or write its values over several lines.")
	Empty = fault.Declare(1006, "The document is empty",
		"Write the keys of the document, such as id: and name:, at the left margin.")
	SecondDocument = fault.Declare(1007, "The file holds more than one document",
		"Keep one document in a file: remove the line of dashes or dots and what follows it.")
	NotPlain = fault.Declare(1008, "The text uses a YAML feature that documents do not have",
		"Write the value out in full at each place that needs it.")
	DuplicateKey = fault.Declare(1009, "A key is given twice in one mapping",
		"Remove one of the two, or rename it if it was meant to be another key.")
	UnknownKey = fault.Declare(1010, "A key is not known here",
		"Correct the key, move it to where it belongs, or remove it.")
	MissingKey = fault.Declare(1011, "A required key is missing or empty",
		"Add the key with a value.")
	WrongKind = fault.Declare(1012, "A value is of the wrong kind",
		"Write a value of the kind that is expected here.")
	BadValue = fault.Declare(1013, "A value cannot be read",
		"Write the value in the form that the message shows.")
	NotAllowed = fault.Declare(1014, "A value is not one of those allowed",
		"Write one of the values listed.")
	Choice = fault.Declare(1015, "Exactly one of several keys must be given",
		"Give one of the keys named and remove the others.")
	TooFew = fault.Declare(1016, "A list or mapping holds too few items",
		"Add the missing items.")
	MoreFindings = fault.Declare(1017, "There are more findings than are shown",
		"Put right what is shown, then read the document again.")
)
