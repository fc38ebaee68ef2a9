package directory

import "towerbridge/fault"

// The findings about files of people, sites and assets.
var (
	NotText = fault.Declare(2101, "A file of the directory is not UTF-8 text",
		"Save it as CSV in UTF-8")
	TooLarge = fault.Declare(2102, "A file of the directory is larger than is read",
		"Divide it, and import each part under a source of its own")
	BadQuotes = fault.Declare(2103, "The quotes of a row do not match",
		"Put the whole value in quotes, and write a quote within it twice")
	BadColumn = fault.Declare(2104, "A column is not known, or is there twice",
		"Remove the column, or give it one of the names in the guide")
	NoColumn = fault.Declare(2105, "A column that is needed is not there",
		"Add the column, with a value in every row")
	BadWidth = fault.Declare(2106, "A row has not as many values as there are columns",
		"Check the commas of the row; put a value that has a comma in quotes")
	NoValue = fault.Declare(2107, "A value that is needed is not there",
		"Write the value, or remove the row")
	BadValue = fault.Declare(2108, "A value is not of the form that its column has",
		"Correct the value")
	TwiceID = fault.Declare(2109, "An id stands in two rows",
		"Remove one of the rows, or give it another id; ids that differ only in capitals are the same")
	TwicePerson = fault.Declare(2110, "Two people have one address, or one account of a provider",
		"Give it to the one whose it is: whoever signs in with it must be one person")
	NotThere = fault.Declare(2111, "A row refers to something that does not exist on the day",
		"Correct the id, or add what it refers to first")
	KeptElsewhere = fault.Declare(2112, "A row is kept by another source",
		"Remove the row from this file, or import with leave to take such rows over")
	ManyLeavers = fault.Declare(2113, "An import would end a large share of what is there",
		"Check that the file is whole; if so many truly leave, import with leave to do so")
	OtherParty = fault.Declare(2114, "A row is of another party than the import is for",
		"Remove the row, or import without naming a party")
	MoreFindings = fault.Declare(2115, "More is wrong than is shown",
		"Correct what is shown and read the file again")
)

// Limits of a file, and of what an import may do without leave.
const (
	MaxBytes    = 64 << 20  // bytes in a file
	MaxRows     = 1_000_000 // rows below the line of names
	MaxColumns  = 64        // columns
	MaxValue    = 2_000     // bytes in a value
	MaxFindings = 1_000     // findings of one reading; one more says how many were left out

	LeaversShare = 20 // percent of those in scope that may leave without leave
	LeaversFew   = 5  // so many may always leave
)
