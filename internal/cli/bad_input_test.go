package cli_test

import (
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// What bad input may cost, however bad it is. The usual cost is a tenth of it.
const (
	mostMemory  = 256 << 20 // bytes, the peak of the whole process
	mostPatient = 20 * time.Second
)

// The command that most cases run, and its files. Everything stands in one folder.
const (
	drawing   = "statement --estate desk --mapping desk/mappings/csv.yaml --contract desk --period 2026-03 --out out --log "
	drawXES   = "statement --estate desk --mapping xes.yaml --contract desk --period 2026-03 --out out --log "
	drawLines = "statement --estate desk --contract desk --period 2026-03 --out out --log "
	checking  = "verify bundle.zip"
)

// badInput is one kind of bad input in one form.
type badInput struct {
	item   string                         // in the words of the list of bad input
	form   string                         // which of its forms
	spoil  func(t *testing.T, dir string) // makes the bad file
	line   string                         // what is typed
	stdin  func() io.Reader               // nil for none
	stderr string                         // all of it, but for the last line end and what varying replaces
}

// varying replaces what depends on how an archive happens to be packed.
func varying(s string) string {
	s = regexp.MustCompile(`grows from [0-9]+ bytes`).ReplaceAllString(s, "grows from N bytes")
	return regexp.MustCompile(`(damaged in the archive): [^.]*`).ReplaceAllString(s, "$1: WHY")
}

// refusedRow is what follows the line about a row when it is the only one refused.
func refusedRow(rows int, code, title string) string {
	return fmt.Sprintf("\n\nrows in = entries + held + refused: %d = %d + 0 + 1\n  refused 1: %s: %s\n", rows, rows-1, code, title) +
		fmt.Sprintf("towerbridge: 1 of %d rows of the log could not be read; nothing was drawn or written. ", rows) +
		"Mend the log or the mapping, or go on without these rows by --accept-refused."
}

const (
	head    = "ticket,at,learnt,event,priority,group,service,reason,person\n"
	first   = "INC-1,2026-03-02 09:00,,opened,P3,DESK-1,E-mail,,Ada\n"
	last    = "INC-1,2026-03-02 15:00,,fixed,,,,,Bob\n"
	xesHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	xesBody = "<log><trace><string key=\"concept:name\" value=\"INC-1\"/>\n" +
		"<event><date key=\"time:timestamp\" value=\"2026-03-02T09:00:00Z\"/><string key=\"concept:name\" value=\"opened\"/><string key=\"group\" value=\"DESK-1\"/></event>\n" +
		"<event><date key=\"time:timestamp\" value=\"2026-03-02T15:00:00Z\"/><string key=\"concept:name\" value=\"fixed\"/><string key=\"group\" value=\"DESK-1\"/></event>\n" +
		"</trace></log>\n"
	xesMapping = "id: xes\nsource: tool\nformat: xes\ncolumns: {ticket: \"case:concept:name\", happened: \"time:timestamp\", event: \"concept:name\", group: group}\n" +
		"constants: {kind: incident, priority: P3}\nevents: {map: {opened: opened, fixed: resolved}}\n"
	lines = `{"source":"tool","key":"1","ticket":"INC-1","happened":"2026-03-02T09:00:00Z","event":"opened","priority":"P3"}` + "\n" +
		`{"source":"tool","key":"2","ticket":"INC-1","happened":"2026-03-02T15:00:00Z","event":"resolved"}` + "\n"
)

var badInputs = []badInput{
	// Logs.
	{
		"missing file", "log", nothing, drawing + "none.csv", nil,
		"towerbridge: the log none.csv does not exist. Check its name.",
	},
	{
		"missing file", "mapping", nothing, "statement --estate desk --mapping none.yaml --contract desk --period 2026-03 --out out --log log.csv", nil,
		"towerbridge: the mapping none.yaml does not exist. Check its name.",
	},
	{
		"missing file", "estate", nothing, "statement --estate none --mapping desk/mappings/csv.yaml --contract desk --period 2026-03 --out out --log log.csv", nil,
		"towerbridge: the folder none does not exist. Check its name.",
	},
	{
		"missing file", "all rows of the log", written("log.csv", head), drawing + "log.csv", nil,
		"log.csv: TB1905: the log has no entry, and so no instant at which anything was known; 0 rows are held. Check that the export worked; where there truly were no tickets, say by --as-of when that was known.",
	},
	{
		"missing file", "bundle", nothing, "verify none.zip", nil,
		"towerbridge: the bundle none.zip does not exist. Check its name.",
	},

	{
		"truncated gzip", "CSV", zipped("log.csv.gz", head+first+last, -12), drawing + "log.csv.gz", nil,
		"log.csv.gz: TB1554: the compressed file is cut short or damaged: unexpected EOF. Fetch it again; it was cut in transfer.",
	},
	{
		"truncated gzip", "CSV, in its head", zipped("log.csv.gz", head+first+last, 5), drawing + "log.csv.gz", nil,
		"log.csv.gz: TB1554: the compressed file is cut short or damaged: unexpected EOF. Fetch it again; it was cut in transfer.",
	},
	{
		"truncated gzip", "XES", zipped("log.xes.gz", xesHead+xesBody, -12), drawXES + "log.xes.gz", nil,
		"log.xes.gz: TB1554: the compressed file is cut short or damaged: unexpected EOF. Fetch it again; it was cut in transfer.",
	},
	{
		"truncated gzip", "NDJSON", zipped("log.ndjson.gz", lines, -12), drawLines + "log.ndjson.gz", nil,
		"log.ndjson.gz: TB1554: the compressed file is cut short or damaged: unexpected EOF. Fetch it again; it was cut in transfer.",
	},

	{
		"XES with an entity bomb", "of entities within entities", written("log.xes", entityBomb), drawXES + "log.xes", nil,
		"log.xes:2: TB1556: a document type or declaration stands here. Remove the DOCTYPE and its entities.",
	},
	{
		"XES with an entity bomb", "of an external entity", written("log.xes", externalEntity), drawXES + "log.xes", nil,
		"log.xes:2: TB1556: a document type or declaration stands here. Remove the DOCTYPE and its entities.",
	},
	{
		"XES with an entity bomb", "of an entity that nothing declares", written("log.xes", strings.Replace(xesHead+xesBody, `"DESK-1"`, `"&bomb;"`, 1)), drawXES + "log.xes", nil,
		"log.xes:3: TB1555: group: the value holds an entity that is not known. Export the log again, or mend the place." + refusedRow(2, "TB1555", "the file is not well-formed XML"),
	},

	{
		"XES with 1 GiB of nesting", "lists in an event", nested("<log><trace><event>", `<list key="a">`), drawXES + "log.xes.gz", nil,
		"log.xes.gz:1: TB1557: elements lie deeper than 64 within each other. Check that it is an XES log.",
	},
	{
		"XES with 1 GiB of nesting", "traces in traces", nested("<log>", "<trace>\n"), drawXES + "log.xes.gz", nil,
		"log.xes.gz:64: TB1557: elements lie deeper than 64 within each other. Check that it is an XES log.",
	},
	{
		"XES with 1 GiB of nesting", "of unknown elements, through a pipe", nothing, drawXES + "/dev/stdin", endless("<log>", "<x>"),
		"/dev/stdin:1: TB1557: elements lie deeper than 64 within each other. Check that it is an XES log.",
	},
	{
		"XES with 1 GiB of nesting", "one tag that never ends", nothing, drawXES + "/dev/stdin", endless("<log", ` a="b"`),
		"/dev/stdin:1: TB1552: a tag is longer than 4194304 bytes. Look for a double quote that is never closed.",
	},

	{
		"CSV with a wrong column count", "too few", written("log.csv", head+first+"INC-1,2026-03-02 15:00,,fixed\n"), drawing + "log.csv", nil,
		"log.csv:3: TB1520: the row has 4 columns, the header 9. Put texts that hold the delimiter or a line end into double quotes." + refusedRow(2, "TB1520", "a row has another number of columns than the header"),
	},
	{
		"CSV with a wrong column count", "too many", written("log.csv", head+first+"INC-1,2026-03-02 15:00,,fixed,,,,,Bob,and Cid\n"), drawing + "log.csv", nil,
		"log.csv:3: TB1520: the row has 10 columns, the header 9. Put texts that hold the delimiter or a line end into double quotes." + refusedRow(2, "TB1520", "a row has another number of columns than the header"),
	},
	{
		"CSV with a wrong column count", "in the header", written("log.csv", "ticket,at\nINC-1,2026-03-02 09:00\n"), drawing + "log.csv", nil,
		`log.csv:1: TB1550: learnt: the header has no column "learnt"; it has "ticket, at". Check the spelling in the mapping; upper and lower case differ.` + "\n" +
			`log.csv:1: TB1550: event: the header has no column "event"; it has "ticket, at". Check the spelling in the mapping; upper and lower case differ.` + "\n" +
			`log.csv:1: TB1550: priority: the header has no column "priority"; it has "ticket, at". Check the spelling in the mapping; upper and lower case differ.` + "\n" +
			`log.csv:1: TB1550: service: the header has no column "service"; it has "ticket, at". Check the spelling in the mapping; upper and lower case differ.` + "\n" +
			`log.csv:1: TB1550: group: the header has no column "group"; it has "ticket, at". Check the spelling in the mapping; upper and lower case differ.` + "\n" +
			`log.csv:1: TB1550: reason: the header has no column "reason"; it has "ticket, at". Check the spelling in the mapping; upper and lower case differ.` + "",
	},

	{
		"Latin-1 bytes", "CSV", written("log.csv", head+first+"INC-1,2026-03-02 15:00,,fixed,,,,,Zo\xeb\n"), drawing + "log.csv", nil,
		"log.csv:3: TB1522: the row is not UTF-8. Export the log as UTF-8; Latin-1 and Windows-1252 are not read." + refusedRow(2, "TB1522", "a row is not UTF-8"),
	},
	{
		"Latin-1 bytes", "CSV, in the header", written("log.csv", strings.Replace(head, "person", "pers\xf6n", 1)+first), drawing + "log.csv", nil,
		"log.csv:1: TB1558: the header is not UTF-8 or holds a NUL. Save it as UTF-8.",
	},
	{
		"Latin-1 bytes", "XES that says so", written("log.xes", strings.Replace(xesHead, "UTF-8", "ISO-8859-1", 1)+xesBody), drawXES + "log.xes", nil,
		`log.xes:1: TB1558: the file says that it is "ISO-8859-1". Save it as UTF-8.` + "",
	},
	{
		"Latin-1 bytes", "XES that does not say so", written("log.xes", strings.Replace(xesHead+xesBody, "DESK-1", "Zo\xeb", 1)), drawXES + "log.xes", nil,
		"log.xes:3: TB1522: group: the value is not UTF-8. Export the log as UTF-8; Latin-1 and Windows-1252 are not read." + refusedRow(2, "TB1522", "a row is not UTF-8"),
	},
	{
		"Latin-1 bytes", "NDJSON", written("log.ndjson", strings.Replace(lines, "P3", "P\xb3", 1)), drawLines + "log.ndjson", nil,
		"log.ndjson:1: TB1522: the line is not UTF-8. Export the log as UTF-8; Latin-1 and Windows-1252 are not read." + refusedRow(2, "TB1522", "a row is not UTF-8"),
	},
	{
		"Latin-1 bytes", "YAML", replaced("desk/contracts/desk.yaml", "Service desk", "Servi\xe7e desk"), drawing + "log.csv", nil,
		"desk/contracts/desk.yaml:2:13: TB1002: the byte 0xE7 is not UTF-8: the file may be encoded as Latin-1 or Windows-1252. Save the file as UTF-8 text and try again.",
	},

	{
		"a NUL", "CSV", written("log.csv", head+first+strings.Replace(last, "Bob", "B\x00b", 1)), drawing + "log.csv", nil,
		"log.csv:3: TB1521: the row holds a NUL byte. Export the log again as UTF-8 text." + refusedRow(2, "TB1521", "a row holds a NUL byte"),
	},
	{
		"a NUL", "CSV, in the header", written("log.csv", strings.Replace(head, "person", "pers\x00n", 1)+first), drawing + "log.csv", nil,
		"log.csv:1: TB1558: the header is not UTF-8 or holds a NUL. Save it as UTF-8.",
	},
	{
		"a NUL", "XES", written("log.xes", strings.Replace(xesHead+xesBody, "DESK-1", "DESK\x00", 1)), drawXES + "log.xes", nil,
		"log.xes:3: TB1521: group: the value holds a NUL byte. Export the log again as UTF-8 text." + refusedRow(2, "TB1521", "a row holds a NUL byte"),
	},
	{
		"a NUL", "NDJSON", written("log.ndjson", strings.Replace(lines, "P3", "P\x00", 1)), drawLines + "log.ndjson", nil,
		"log.ndjson:1: TB1521: the line holds a NUL byte. Export the log again as UTF-8 text." + refusedRow(2, "TB1521", "a row holds a NUL byte"),
	},
	{
		"a NUL", "YAML", replaced("desk/contracts/desk.yaml", "Service desk", "Service\x00desk"), drawing + "log.csv", nil,
		"desk/contracts/desk.yaml:2:15: TB1002: the control character U+0000 is not text. Save the file as UTF-8 text and try again.",
	},
	{
		"a NUL", "a file of nothing else", written("log.csv", string(make([]byte, 1<<20))), drawing + "log.csv", nil,
		"log.csv:1: TB1558: the header is not UTF-8 or holds a NUL. Save it as UTF-8.",
	},

	{
		"a 10 MiB field", "CSV", written("log.csv", head+first+"INC-1,2026-03-02 15:00,,fixed,,,,,"+long+"\n"), drawing + "log.csv", nil,
		"log.csv:3: TB1552: a field is longer than 1048576 bytes. Look for a double quote that is never closed.",
	},
	{
		"a 10 MiB field", "CSV, in quotes and over lines", written("log.csv", head+first+"INC-1,2026-03-02 15:00,,fixed,,,,,\""+longLines+"\"\n"), drawing + "log.csv", nil,
		"log.csv:3: TB1552: a field is longer than 1048576 bytes, or a record than 16777216. Look for a double quote that is never closed.",
	},
	{
		"a 10 MiB field", "CSV, in the header", written("log.csv", long+head+first), drawing + "log.csv", nil,
		"log.csv:1: TB1552: the header cannot be read: a field is longer than 1048576 bytes. Look for a double quote that is never closed.",
	},
	{
		"a 10 MiB field", "XES", written("log.xes", strings.Replace(xesHead+xesBody, "DESK-1", long, 1)), drawXES + "log.xes", nil,
		"log.xes:3: TB1552: a tag is longer than 4194304 bytes. Look for a double quote that is never closed.",
	},
	{
		"a 10 MiB field", "NDJSON", written("log.ndjson", strings.Replace(lines, "P3", long, 1)), drawLines + "log.ndjson", nil,
		"log.ndjson:1: TB1552: the line is longer than 4194304 bytes. Look for a double quote that is never closed.",
	},
	{
		"a 10 MiB field", "YAML", replaced("desk/contracts/desk.yaml", "Service desk", long), drawing + "log.csv", nil,
		"desk/contracts/desk.yaml: TB1001: the file has more than the 4,194,304 bytes that a document may have. Split the file, or check that it is the file you meant.",
	},
	{
		"a 10 MiB field", "CSV without any line end, through a pipe", nothing, drawing + "/dev/stdin", endless(head, "x"),
		"/dev/stdin:2: TB1552: a field is longer than 1048576 bytes. Look for a double quote that is never closed.",
	},

	// Documents.
	{
		"duplicate keys in YAML", "contract", replaced("desk/contracts/desk.yaml", "currency: GBP\n", "currency: GBP\ncurrency: EUR\n"), drawing + "log.csv", nil,
		`desk/contracts/desk.yaml:9:1: TB1009: currency: the key "currency" is already given on line 8. Remove one of the two, or rename it if it was meant to be another key.` + "",
	},
	{
		"duplicate keys in YAML", "mapping", replaced("desk/mappings/csv.yaml", "format: csv\n", "format: csv\nformat: xes\n"), drawing + "log.csv", nil,
		`desk/mappings/csv.yaml:4:1: TB1009: format: the key "format" is already given on line 3. Remove one of the two, or rename it if it was meant to be another key.` + "",
	},
	{
		"an anchor bomb", "in a contract", written("desk/contracts/desk.yaml", anchorBomb), drawing + "log.csv", nil,
		"desk/contracts/desk.yaml:1:4: TB1008: an anchor (&) is not read, nor are 71 more anchors, aliases and tags below it. Write the value out in full at each place that needs it.",
	},
	{
		"an anchor bomb", "in a mapping", written("desk/mappings/csv.yaml", anchorBomb), drawing + "log.csv", nil,
		"desk/mappings/csv.yaml:1:4: TB1008: an anchor (&) is not read, nor are 71 more anchors, aliases and tags below it. Write the value out in full at each place that needs it.",
	},
	{
		"a contract whose bands leave a gap", "", replaced("desk/contracts/desk.yaml", "atLeast: 60%, below: 90%", "atLeast: 70%, below: 90%"), drawing + "log.csv", nil,
		"desk/contracts/desk.yaml:26:9: TB1345: measures[0].bands[1]: no band holds values of at least 60% and below 70%. Let each band begin where the next one ends, or state the precision to which results are rounded first.",
	},
	{
		"a contract whose pause can never occur", "a reason that it does not have", replaced("desk/contracts/desk.yaml", "pauses: [user]", "pauses: [user, weather]"), drawing + "log.csv", nil,
		`desk/contracts/desk.yaml:15:50: TB1320: clocks[0].pauses[1]: "weather" is not among the pause causes. Add the reason with its cause to pauseCauses, or mend its name.` + "",
	},
	{
		"a contract whose pause can never occur", "after the work is done", replaced("desk/contracts/desk.yaml", "targets:\n", "  - {id: close, start: resolved, stop: closed, pauses: [user], calendar: office}\ntargets:\n"), drawing + "log.csv", nil,
		"desk/contracts/desk.yaml:16:57: TB1321: clocks[1].pauses[0]: the clock starts when the ticket is resolved, and then no work stands. Remove the pause, or mend what starts the clock.",
	},
	{
		"a contract whose calendar never opens", "a week without hours", replaced("desk/calendars/office.yaml", openWeek, "  - week: {}\n"), drawing + "log.csv", nil,
		"desk/calendars/office.yaml:3:1: TB1106: versions: no version has a window. Give at least one day a window, or write always: true.",
	},
	{
		"a contract whose calendar never opens", "hours of no length", replaced("desk/calendars/office.yaml", "monday: [09:00-17:00]", "monday: [09:00-09:00]"), drawing + "log.csv", nil,
		"desk/calendars/office.yaml:5:16: TB1103: versions[0].week.monday[0]: 09:00-09:00 is open for no time. Write 00:00-24:00 for the whole day, or leave the window out.",
	},
	{
		"a contract whose dates cross", "its term", replaced("desk/contracts/desk.yaml", "{start: 2026-01-01, end: 2028-01-01}", "{start: 2028-01-01, end: 2026-01-01}"), drawing + "log.csv", nil,
		"desk/contracts/desk.yaml:9:32: TB1310: term.end: 2026-01-01 is not later than the start, 2028-01-01. Write them in order: start, end, maximumEnd.",
	},
	{
		"a contract whose dates cross", "a target's", replaced("desk/contracts/desk.yaml", "priorities: [P3], within: 8h", "priorities: [P3], within: 8h, from: 2027-01-01, to: 2026-06-01"), drawing + "log.csv", nil,
		"desk/contracts/desk.yaml:18:74: TB1303: targets[1].to: 2026-06-01 is not later than 2027-01-01. Write a to that is later than from.",
	},

	// Bundles.
	{
		"truncated gzip", "a bundle cut short", cut("bundle.zip", 100), checking, nil,
		"towerbridge: bundle.zip: this is not a bundle, or the end of it is missing: zip: not a valid zip file. Check that it is the file you meant, or fetch it again.",
	},
	{
		"a bundle with one byte changed", "of an entry", repacked("entries.ndjson", changed("2026-03-04T16:00:00Z", "2026-03-04T15:00:00Z")), checking, nil,
		`towerbridge: bundle.zip: an entry was changed: entries.ndjson:11: TB1805: digest: entry "11" of ticket "INC-3" does not have the digest that its line states. The entry was changed after the bundle was issued; ask for the bundle as it was issued.` + "",
	},
	{
		"a bundle with one byte changed", "of the contract", repacked("contract.yaml", changed("rate: 0.5%", "rate: 0.6%")), checking, nil,
		"towerbridge: bundle.zip: contract.yaml is not the file that manifest.txt lists: one of them was changed. Ask for the bundle as it was issued.",
	},
	{
		"a bundle with one byte changed", "of the statement", repacked("statement.json", changed(`"150.00"`, `"250.00"`)), checking, nil,
		"towerbridge: bundle.zip: statement.json is not the file that manifest.txt lists: one of them was changed. Ask for the bundle as it was issued.",
	},
	{
		"a bundle with one byte changed", "of the archive", archiveByte("statement.json"), checking, nil,
		"towerbridge: bundle.zip: statement.json is damaged in the archive: WHY. Ask for the bundle as it was issued.",
	},
	{
		"a bundle with one byte changed", "given as an earlier period", repacked("contract.yaml", changed("rate: 0.5%", "rate: 0.6%")), "statement --estate desk --mapping desk/mappings/csv.yaml --contract desk --period 2026-04 --out out --log log.csv --earlier bundle.zip", nil,
		"towerbridge: bundle.zip: contract.yaml is not the file that manifest.txt lists: one of them was changed. Ask for the bundle as it was issued.",
	},
	{
		"a path that climbs out of the zip", "../", added("../../climbed.yaml", "x"), checking, nil,
		`towerbridge: bundle.zip: "../../climbed.yaml" is no file of a bundle. Ask for the bundle as it was issued.` + "",
	},
	{
		"a path that climbs out of the zip", "from the root", added("/tmp/climbed.yaml", "x"), checking, nil,
		`towerbridge: bundle.zip: "/tmp/climbed.yaml" is no file of a bundle. Ask for the bundle as it was issued.` + "",
	},
	{
		"a path that climbs out of the zip", "within a folder", added("calendars/../../climbed.yaml", "x"), checking, nil,
		`towerbridge: bundle.zip: "calendars/../../climbed.yaml" is no file of a bundle. Ask for the bundle as it was issued.` + "",
	},
	{
		"a path that climbs out of the zip", "with backslashes", added(`calendars\..\..\climbed.yaml`, "x"), checking, nil,
		`towerbridge: bundle.zip: "calendars//..//..//climbed.yaml" is no file of a bundle. Ask for the bundle as it was issued.` + "",
	},
	{
		"a zip bomb", "that says how large it is", bomb("entries.ndjson", 1<<30), checking, nil,
		"towerbridge: bundle.zip: entries.ndjson grows from N bytes to 1073741824, more than 200 times. Do not unpack it; ask for the bundle as it was issued.",
	},
	{
		"a zip bomb", "whose entries lie about their size", bomb("entries.ndjson", 1<<10), checking, nil,
		"towerbridge: bundle.zip: an entry was changed: entries.ndjson:1: TB1805: digest: the entry does not have the digest that its line states. The entry was changed after the bundle was issued; ask for the bundle as it was issued.",
	},
	{
		"a zip bomb", "whose statement lies about its size", bomb("statement.json", 1<<10), checking, nil,
		"towerbridge: bundle.zip: statement.json is damaged in the archive: WHY. Ask for the bundle as it was issued.",
	},
	{
		"a zip bomb", "to supersede", bomb("entries.ndjson", 1<<30), "supersede bundle.zip --estate desk --mapping desk/mappings/csv.yaml --log log.csv --out out", nil,
		"towerbridge: bundle.zip: entries.ndjson grows from N bytes to 1073741824, more than 200 times. Do not unpack it; ask for the bundle as it was issued.",
	},
}

// accepted are the items that are no fault, only how some tools write: they are read
// as if they were not there.
var accepted = []struct {
	item, form string
	spoil      func(t *testing.T, dir string)
	line       string
}{
	{"a byte-order mark", "CSV", rewritten("log.csv", marked), drawing + "log.csv"},
	{"a byte-order mark", "XES", rewritten("log.xes", marked), drawXES + "log.xes"},
	{"a byte-order mark", "NDJSON", rewritten("log.ndjson", marked), drawLines + "log.ndjson"},
	{"a byte-order mark", "YAML", rewritten("desk/contracts/desk.yaml", marked), drawing + "log.csv"},
	{"CRLF", "CSV", rewritten("log.csv", crlf), drawing + "log.csv"},
	{"CRLF", "XES", rewritten("log.xes", crlf), drawXES + "log.xes"},
	{"CRLF", "NDJSON", rewritten("log.ndjson", crlf), drawLines + "log.ndjson"},
	{"CRLF", "YAML", rewritten("desk/contracts/desk.yaml", crlf), drawing + "log.csv"},
}

// listed is the list of bad input.
var listed = []string{
	"missing file", "truncated gzip", "XES with an entity bomb", "XES with 1 GiB of nesting", "CSV with a wrong column count", "a byte-order mark",
	"Latin-1 bytes", "a NUL", "CRLF", "a 10 MiB field", "duplicate keys in YAML", "an anchor bomb", "a contract whose bands leave a gap",
	"a contract whose pause can never occur", "a contract whose calendar never opens", "a contract whose dates cross", "a bundle with one byte changed",
	"a path that climbs out of the zip", "a zip bomb",
}

// TestBadInput runs each kind of bad input as a user would: it ends with status 1 and
// one clear error, shows nothing, writes nothing, and costs little time and memory.
func TestBadInput(t *testing.T) {
	desk := newDesk(t)
	for _, c := range badInputs {
		t.Run(c.item+"/"+c.form, func(t *testing.T) {
			if strings.Contains(c.line, "/dev/stdin") && runtime.GOOS == "windows" {
				t.Skip("there is no /dev/stdin")
			}
			dir := copied(t, desk)
			c.spoil(t, dir)
			before := files(t, dir)
			var in io.Reader
			if c.stdin != nil {
				in = c.stdin()
			}
			got := run(t, dir, c.line, in)
			if got.status != 1 {
				t.Errorf("status %d; want 1", got.status)
			}
			if got.stdout != "" {
				t.Errorf("it shows %q; want nothing", got.stdout)
			}
			if got, want := varying(got.stderr), c.stderr+"\n"; got != want {
				t.Errorf("error:\n%swant:\n%s", got, want)
			}
			if after := files(t, dir); !slices.Equal(after, before) {
				t.Errorf("files %q; before %q", after, before)
			}
			if got.peak > mostMemory {
				t.Errorf("it took %d MiB at its peak", got.peak>>20)
			}
			if s, ok := in.(*stream); ok && s.given > 64<<20 {
				t.Errorf("it read %d MiB before it said so", s.given>>20)
			}
		})
	}
}

// TestAcceptedInput reads what is unusual but right, to the same digest as what is usual.
func TestAcceptedInput(t *testing.T) {
	desk := newDesk(t)
	for _, c := range accepted {
		t.Run(c.item+"/"+c.form, func(t *testing.T) {
			dir := copied(t, desk)
			line := strings.Replace(c.line, " --out out", " --json", 1)
			want := run(t, dir, line, nil)
			c.spoil(t, dir)
			got := run(t, dir, line, nil)
			if got.status != 0 || want.status != 0 {
				t.Fatalf("status %d, and of the usual form %d; want 0\n%s%s", got.status, want.status, got.stderr, want.stderr)
			}
			// A document's digest is that of its bytes, and so the record has to differ in it.
			digests := regexp.MustCompile(`sha256:[0-9a-f]{64}`)
			if strings.HasSuffix(c.form, "YAML") {
				got.stdout, want.stdout = digests.ReplaceAllString(got.stdout, ""), digests.ReplaceAllString(want.stdout, "")
			}
			if got.stdout != want.stdout {
				t.Errorf("it is read as\n%s\nand the usual form as\n%s", got.stdout, want.stdout)
			}
		})
	}
}

// TestEveryItemHasACase finds each item of the list in the tables above.
func TestEveryItemHasACase(t *testing.T) {
	has := map[string]bool{}
	for _, c := range badInputs {
		has[c.item] = true
	}
	for _, c := range accepted {
		has[c.item] = true
	}
	for _, item := range listed {
		if !has[item] {
			t.Errorf("%s has no case", item)
		}
		delete(has, item)
	}
	if len(has) > 0 {
		t.Errorf("items that are not listed: %v", has)
	}
}

// TestRefusedRows goes on without rows that cannot be read only where it is told to;
// then each is listed with its line and reason, and all are counted.
func TestRefusedRows(t *testing.T) {
	dir := newDesk(t)
	replaced("log.csv", "INC-2,2026-03-03 15:00,,fixed,,,,,Cid\n", "INC-2,2026-03-03 15:00,,fixed\nINC-2,noon,,fixed,,,,,Cid\n")(t, dir)
	const (
		rows  = "log.csv:10: TB1520: the row has 4 columns, the header 9. Put texts that hold the delimiter or a line end into double quotes.\n"
		stamp = "log.csv:11: TB1525: "
		count = "rows in = entries + held + refused: 18 = 16 + 0 + 2\n  refused 1: TB1520: a row has another number of columns than the header\n  refused 1: TB1525: a stamp cannot be read\n"
		log   = " --estate desk --mapping desk/mappings/csv.yaml --log log.csv"
	)
	for _, c := range []struct{ line, shows, writes string }{
		{"statement --contract desk --period 2026-03 --out new" + log, "digest   sha256:", "new/desk-2026-03.zip"},
		{"supersede bundle.zip --out new" + log, "measure KPI-1: ", "new/desk-2026-03.zip"},
		{"explain INC-1" + log, "Clock resolve of desk", ""},
	} {
		for _, as := range []string{"", " --json"} {
			before := files(t, dir)
			got := run(t, dir, c.line+as, nil)
			if got.status != 1 || got.stdout != "" {
				t.Errorf("%s: status %d, shows %q; want 1 and nothing", c.line+as, got.status, got.stdout)
			}
			for _, want := range []string{rows, stamp, count, "towerbridge: 2 of 18 rows of the log could not be read; nothing was drawn or written. "} {
				if strings.Count(got.stderr, want) != 1 {
					t.Errorf("%s: the error does not say once %q:\n%s", c.line+as, want, got.stderr)
				}
			}
			if after := files(t, dir); !slices.Equal(after, before) {
				t.Errorf("%s: files %q; before %q", c.line+as, after, before)
			}
			got = run(t, dir, c.line+as+" --accept-refused", nil)
			told := got.stderr
			if as == "" {
				told += got.stdout
			}
			if got.status != 0 || as == "" && !strings.Contains(got.stdout, c.shows) || as != "" && !strings.HasPrefix(got.stdout, "{") {
				t.Errorf("%s accepted: status %d, shows\n%s", c.line+as, got.status, got.stdout)
			}
			for _, want := range []string{rows, stamp, count} {
				if strings.Count(told, want) != 1 {
					t.Errorf("%s accepted: it does not say once %q:\n%s", c.line+as, want, told)
				}
			}
			if now := strings.Join(files(t, dir), "\n"); !strings.Contains(now, c.writes) {
				t.Errorf("%s accepted: %s is not written", c.line+as, c.writes)
			}
			remove(t, dir, "new")
		}
	}
}
