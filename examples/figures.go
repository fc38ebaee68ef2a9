package examples

// What the year was like. Shares are in thousandths, months run from January.

// supplier is how a party worked: how many of its tickets it finished in time.
type supplier struct {
	party  string
	inTime [12]int64
	answer int64             // taken up in time
	within map[string]int64  // seconds of work that the contract allows, by priority
	keeps  map[string]*hours // by priority; the party's own where none
	own    *hours
}

var (
	fennock = supplier{
		party: "fennock", own: &always, answer: 985,
		inTime: [12]int64{990, 985, 992, 988, 990, 985, 990, 905, 975, 990, 992, 988},
		within: map[string]int64{"P1": 4 * hour, "P2": 8 * hour, "P3": 48 * hour, "P4": 96 * hour},
	}
	ostlehythe = supplier{
		party: "ostlehythe", own: &office, answer: 990, keeps: urgentAlways,
		inTime: [12]int64{985, 990, 985, 860, 980, 990, 985, 990, 980, 985, 990, 985},
		within: map[string]int64{"P1": 2 * hour, "P2": 6 * hour, "P3": 28 * hour, "P4": 90 * hour},
	}
	// Brackwold lost its field engineers in February and had a new team by April.
	brackwold = supplier{
		party: "brackwold", own: &office, answer: 968, keeps: urgentAlways,
		inTime: [12]int64{992, 958, 880, 990, 994, 950, 992, 990, 985, 994, 992, 990},
		within: map[string]int64{"P1": 4 * hour, "P2": 8 * hour, "P3": 20 * hour, "P4": 40 * hour},
	}
	merrowfen = supplier{
		party: "merrowfen", own: &office, answer: 960, keeps: urgentAlways,
		inTime: [12]int64{975, 970, 968, 975, 905, 972, 970, 965, 970, 870, 940, 975},
		within: map[string]int64{"P1": 4 * hour, "P2": 12 * hour, "P3": 30 * hour, "P4": 60 * hour},
	}
	quenby = supplier{
		party: "quenby", own: &desk, answer: 978,
		inTime: [12]int64{885, 920, 935, 940, 945, 940, 930, 925, 955, 960, 960, 940},
		within: map[string]int64{"P1": hour, "P2": 2 * hour, "P3": 6 * hour, "P4": 14 * hour},
	}
	tarnbridge = supplier{
		party: "tarnbridge", own: &office, answer: 950,
		inTime: [12]int64{960, 955, 950, 965, 945, 950, 800, 870, 960, 965, 960, 955},
		within: map[string]int64{"P1": hour, "P2": hour, "P3": 6 * hour, "P4": 6 * hour},
	}
)

var urgentAlways = map[string]*hours{"P1": &always, "P2": &always}

// hoursFor are the hours in which the supplier works on a priority.
func (s *supplier) hoursFor(priority string) hours {
	if h := s.keeps[priority]; h != nil {
		return *h
	}
	return *s.own
}

// service is what users called about.
type service struct {
	name       string
	calls      int64 // weight
	atDesk     int64 // fixed by the desk
	by         *supplier
	team       team
	dependents []int // positions of the services that do not work without it
	strays     int64 // offered first to a supplier whose it is not
}

var (
	firstLine = team{"quenby", "first-line", 1}
	deskside  = team{"quenby", "deskside", 2}
	triage    = team{"tarnbridge", "triage", 2}
)

// Positions in services.
const (
	commandAndControl = iota
	crimeRecords
	custody
	email
	laptops
	mobileDevices
	printing
	wideArea
	telephony
	dataCentre
)

var services = [...]service{
	commandAndControl: {name: "command-and-control", calls: 70, atDesk: 220, by: &merrowfen, team: team{"merrowfen", "control", 2}, strays: 60},
	crimeRecords:      {name: "crime-records", calls: 170, atDesk: 420, by: &merrowfen, team: team{"merrowfen", "records", 2}, strays: 70},
	custody:           {name: "custody", calls: 50, atDesk: 260, by: &merrowfen, team: team{"merrowfen", "records", 2}, strays: 50},
	email:             {name: "email", calls: 180, atDesk: 520, by: &brackwold, team: team{"brackwold", "messaging", 2}, strays: 230},
	laptops:           {name: "laptops", calls: 230, atDesk: 470, by: &brackwold, team: team{"brackwold", "field", 2}, strays: 40},
	mobileDevices:     {name: "mobile-devices", calls: 130, atDesk: 380, by: &brackwold, team: team{"brackwold", "field", 2}, strays: 90},
	printing:          {name: "printing", calls: 90, atDesk: 510, by: &brackwold, team: team{"brackwold", "messaging", 2}, strays: 60},
	wideArea:          {name: "wide-area-network", calls: 35, atDesk: 80, by: &fennock, team: team{"fennock", "wide-area", 2}, strays: 40, dependents: []int{commandAndControl, crimeRecords, email, printing, telephony}},
	telephony:         {name: "telephony", calls: 60, atDesk: 270, by: &fennock, team: team{"fennock", "voice", 2}, strays: 50, dependents: []int{commandAndControl}},
	dataCentre:        {name: "data-centre", calls: 20, atDesk: 0, by: &ostlehythe, team: team{"ostlehythe", "platforms", 3}, strays: 30, dependents: []int{commandAndControl, crimeRecords, custody, email}},
}

var sites = [...]string{"headquarters", "control-room", "harbour", "northgate", "castle-hill", "custody-suite"}

var siteWeights = []int64{38, 9, 19, 16, 12, 6}

// callsByHour is when users call, by the hour of their clock.
var callsByHour = []int64{4, 3, 2, 2, 3, 8, 22, 55, 95, 105, 95, 85, 70, 75, 85, 80, 65, 40, 30, 22, 18, 15, 12, 8}

// answeredFast is the share of calls that the desk answered within 20 seconds.
var answeredFast = [12]int64{812, 858, 872, 880, 884, 876, 868, 842, 891, 897, 889, 835}

// stop is a time in which a service did not work: planned, or not.
type stop struct {
	service     int
	month, date int64 // month from zero
	hour        int64 // of the local clock
	minutes     int64
	planned     bool
}

// stops are the year's outages. Those planned on a Sunday night come by themselves.
var stops = [...]stop{
	{telephony, 0, 9, 10, 95, false},
	{email, 0, 22, 13, 24, false},
	{wideArea, 0, 30, 8, 52, false},
	{email, 1, 6, 9, 41, false},
	{dataCentre, 1, 19, 14, 38, false},
	{email, 2, 5, 10, 74, false},
	{email, 2, 26, 15, 33, false},
	{commandAndControl, 2, 13, 21, 36, false},
	{wideArea, 3, 2, 11, 140, false},
	{dataCentre, 3, 17, 16, 265, false},
	{dataCentre, 3, 24, 2, 75, false},
	{telephony, 4, 14, 9, 210, false},
	{email, 4, 21, 11, 19, false},
	{crimeRecords, 5, 4, 10, 180, false},
	{email, 5, 18, 9, 58, false},
	{wideArea, 6, 11, 15, 28, false},
	{wideArea, 7, 6, 12, 330, false},
	{telephony, 7, 20, 10, 150, false},
	{commandAndControl, 8, 10, 19, 22, false},
	{email, 8, 24, 14, 27, false},
	{commandAndControl, 9, 8, 7, 118, false},
	{dataCentre, 9, 29, 13, 44, false},
	{email, 10, 12, 10, 21, false},
	{wideArea, 11, 3, 9, 61, false},
	{email, 11, 17, 16, 35, false},
}
