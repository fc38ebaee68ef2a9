package estate

import "towerbridge/fault"

// The findings about an estate's meaning.
var (
	DuplicateID = fault.Declare(1201, "An id is used twice on one date",
		"Give each entry an id of its own")
	UnknownReference = fault.Declare(1202, "An entry refers to something that does not exist",
		"Correct the id, or add what it refers to")
	CrossedDates = fault.Declare(1203, "An entry ends before it begins",
		"Make the date in to later than the date in from")
	OutsideLifetime = fault.Declare(1204, "An entry holds on dates when what it refers to does not",
		"Change the dates of one of the two, or leave the date out to take that of the other")
	TwoSuppliers = fault.Declare(1205, "A tower is supplied twice on one date",
		"End the earlier supply on the day the later one begins")
	NoSupplier = fault.Declare(1206, "A tower has services but no supplier",
		"Add a supply for these dates, or change the dates of the tower or its services")
	DependencyCycle = fault.Declare(1207, "A service depends on itself",
		"Remove one of the dependencies in the circle")
	AmbiguousName = fault.Declare(1208, "A name in logs means two things on one date",
		"Keep the name in one place, or give the two entries dates that do not overlap")
	NoCalendar = fault.Declare(1209, "A supplier or integrator has no working calendar",
		"Name the calendar by which the party's share of a wait is valued")
	NoPart = fault.Declare(1210, "The estate has no customer or no integrator",
		"Add a party of the missing kind; where the customer integrates by itself, add that part of it as a party")
	NotIndependent = fault.Declare(1211, "One party holds two roles that must be apart",
		"Give one of the roles to another party")
	WrongKind = fault.Declare(1212, "A party of this kind cannot stand here",
		"Suppliers and integrators supply, customers are supplied")
	BadLine = fault.Declare(1213, "A line of support is not 1, 2 or 3",
		"Write 1, 2 or 3, or leave it out")
	BadPromise = fault.Declare(1214, "A promise cannot be kept or cannot be told",
		"Promise a share above 0% and up to 100% within a length of time above zero, each priority once")
	BadID = fault.Declare(1215, "An id is not a plain name",
		"Use up to 64 letters, digits, dots, hyphens and underscores, a letter or digit first")
	BadSuccession = fault.Declare(1216, "A tower or service cannot move as written",
		"A tower that becomes another needs an end, on which the other exists; moves stand in order of their dates")
	EmptyName = fault.Declare(1217, "A name in logs is empty",
		"Write the name as the log has it, or remove it")
	TooLong = fault.Declare(1218, "A list of the estate is longer than is read",
		"Remove entries that ended long ago, or divide the estate into two")
	NoDataClass = fault.Declare(1219, "A service has no data class in an estate that has classes",
		"Name the class of the service, so that it is not open to all by an oversight")
	NotEdited = fault.Declare(1220, "A program cannot change the text of the estate",
		"Write the key sites at the beginning of a line, and each site after a dash on a line of its own")
)

// Limits of an estate, beside those of package document. Each one that is passed is
// a finding. The largest estates have some dozens of towers.
const (
	MaxParties  = 5_000
	MaxTowers   = 500
	MaxServices = 10_000
	MaxSites    = 20_000
	MaxClasses  = 100
	MaxRoles    = 1_000
	MaxSupplies = 5_000
)
