package eventlog

import (
	"bytes"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"towerbridge/fault"
)

const xesMapping = `
id: x
format: xes
columns: {ticket: "case:concept:name", happened: "time:timestamp", team: "org:group", service: "case:product"}
states: {columns: ["concept:name"], map: [{when: [done], status: resolved}], otherwise: ignore}
`

// event is an event of an XES log with the given elements beside its stamp.
func event(more string) string {
	return `<event><date key="time:timestamp" value="2026-05-01T10:00:00Z"/>` + more + `</event>`
}

func trace(id, inner string) string {
	return `<trace><string key="concept:name" value="` + id + `"/>` + inner + `</trace>`
}

func xesLog(inner string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><log>` + inner + `</log>`
}

func TestXES(t *testing.T) {
	const stamped = `"happened":"2026-05-01T10:00:00Z","learnt":"2026-05-01T10:00:00Z","event":"changed"`
	for name, c := range map[string]struct{ text, want string }{
		"events in order": {
			trace("A", event(`<string key="org:group" value="x"/>`)+event(`<string key='org:group' value='y'/>`)),
			`{"source":"x","key":"1","ticket":"A",` + stamped + `,"team":"x"}` + "\n" + `{"source":"x","key":"2","ticket":"A",` + stamped + `,"team":"y"}` + "\n",
		},
		"attributes of the case": {
			trace("A", `<string key="product" value="mail"/>`+event("")) + trace("B", event("")),
			`{"source":"x","key":"1","ticket":"A",` + stamped + `,"service":"mail"}` + "\n" + `{"source":"x","key":"2","ticket":"B",` + stamped + `}` + "\n",
		},
		"nested attributes are passed over": {
			trace("A", event(`<string key="org:role" value="q"><string key="org:group" value="deep"/></string><list key="l"><values><string key="org:group" value="deeper"/></values></list>`)),
			`{"source":"x","key":"1","ticket":"A",` + stamped + `}` + "\n",
		},
		"globals are no defaults": {
			`<global scope="event"><string key="org:group" value="UNKNOWN"/></global><global scope="trace"><string key="product" value="UNKNOWN"/></global>` + trace("A", event("")),
			`{"source":"x","key":"1","ticket":"A",` + stamped + `}` + "\n",
		},
		"entities": {
			trace("A&amp;&#66;&#x43;", event(`<string key="org:group" value="&lt;&quot;&apos;&gt;&#233;"/>`)),
			`{"source":"x","key":"1","ticket":"A&BC",` + stamped + `,"team":"<\"'>é"}` + "\n",
		},
		"comments, instructions and CDATA": {
			`<!-- <trace> -- > --><?pi <event> ?>` + trace("A", `<![CDATA[ <event> ]]>`+event(`<!-- > -->`)),
			`{"source":"x","key":"1","ticket":"A",` + stamped + `}` + "\n",
		},
		"a greater-than in a value, spaces in tags": {
			trace("A>B", event("<string\n\tkey = \"org:group\"\r\n value = 'x' ></string >")),
			`{"source":"x","key":"1","ticket":"A>B",` + stamped + `,"team":"x"}` + "\n",
		},
		"an event named like its attributes": {
			trace("A", event(`<event><string key="org:group" value="no"/></event><string key="org:group" value="x"/>`)),
			`{"source":"x","key":"1","ticket":"A",` + stamped + `,"team":"x"}` + "\n",
		},
		"state": {
			trace("A", event(`<string key="concept:name" value="done"/>`)),
			`{"source":"x","key":"1","ticket":"A",` + stamped + `,"status":"resolved"}` + "\n",
		},
		"no events": {trace("A", ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{xesLog(c.text), "\ufeff" + xesLog(c.text) + "\n", zip(t, xesLog(c.text))} {
				got := mustRead(t, mustMap(t, xesMapping), Options{}, plain("log.xes", text))
				if open := lines(got.Journal); open != c.want || got.Refused != 0 {
					t.Errorf("read\n%s\nwant\n%s\n%v", open, c.want, got.Details)
				}
			}
		})
	}
}

// However the file arrives, a byte at a time or all at once, it is read alike.
func TestXESByteByByte(t *testing.T) {
	text := xesLog(`<!-- c --><?p ?>` + trace("A", `<![CDATA[]]]>`+event(`<string key="org:group" value="&#233;"/>`)))
	m := mustMap(t, xesMapping)
	want := lines(mustRead(t, m, Options{}, plain("log.xes", text)).Journal)
	slow := Input{Name: "log.xes", Reader: io.MultiReader(byteByByte{strings.NewReader(text)})}
	if got := lines(mustRead(t, m, Options{}, slow).Journal); got != want || want == "" {
		t.Errorf("read %s, want %s", got, want)
	}
}

type byteByByte struct{ in io.Reader }

func (b byteByByte) Read(p []byte) (int, error) { return b.in.Read(p[:min(1, len(p))]) }

func TestXESRefusedRows(t *testing.T) {
	for name, c := range map[string]struct {
		inner string
		rule  fault.Rule
	}{
		"no stamp":           {trace("A", `<event/>`), badStamp},
		"no ticket":          {`<trace>` + event("") + `</trace>`, noTicket},
		"event without case": {event(""), noTicket},
		"given twice":        {trace("A", event(`<date key="time:timestamp" value="2026-05-01T10:00:00Z"/>`)), attributeTwice},
		"unknown entity":     {trace("A", event(`<string key="org:group" value="&uuml;"/>`)), badXML},
		"no value":           {trace("A", event(`<string key="org:group"/>`)), badXML},
		"NUL":                {trace("A", event("<string key='org:group' value='a\x00'/>")), holdsNUL},
		"NUL by number":      {trace("A", event(`<string key="org:group" value="&#0;"/>`)), badXML},
		"half a character":   {trace("A", event(`<string key="org:group" value="&#xD800;"/>`)), badXML},
		"Latin-1":            {trace("A", event("<string key='org:group' value='Malm\xf6'/>")), notUTF8},
		"Latin-1 in case":    {trace("Malm\xf6", event("")), notUTF8},
		"long value":         {trace("A", event(`<string key="org:group" value="`+strings.Repeat("x", MaxField+1)+`"/>`)), tooLong},
	} {
		t.Run(name, func(t *testing.T) {
			text := xesLog("\n\n" + c.inner + "\n" + trace("B", event("")))
			got := mustRead(t, mustMap(t, xesMapping), Options{}, plain("log.xes", text))
			if got.Rows != 2 || got.Entries != 1 || len(got.Details) != 1 || got.Details[0].Finding.Rule != c.rule {
				t.Fatalf("%s: %v", got.Summary(), got.Details)
			}
			if d := got.Details[0]; d.Row != 1 || d.Finding.Position.Line != 3 || d.Finding.Position.File != "log.xes" {
				t.Errorf("at %+v", d)
			}
		})
	}
}

func TestXESUnreadableFiles(t *testing.T) {
	const bomb = `<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><log>&b;</log>`
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"empty":                 {"", 1554},
		"no log":                {"<!-- nothing -->", 1554},
		"not XML":               {"id,at\nA,B\n", 1555},
		"another document":      {"<html></html>", 1555},
		"entity bomb":           {bomb, 1556},
		"document type":         {`<!DOCTYPE log SYSTEM "log.dtd"><log/>`, 1556},
		"nested too deep":       {"<log>" + strings.Repeat("<string>", MaxDepth), 1557},
		"cut in an element":     {`<log><trace>`, 1554},
		"cut in a tag":          {`<log><trace><string key="a`, 1554},
		"cut in a comment":      {`<log><!-- `, 1554},
		"cut in CDATA":          {`<log><![CDATA[ `, 1554},
		"cut in an instruction": {`<?xml `, 1554},
		"cut compressed":        {zip(t, xesLog(trace("A", event(""))))[:60], 1554},
		"wrong end":             {"<log><trace></log></trace>", 1555},
		"an end alone":          {"</log>", 1555},
		"two logs":              {"<log/><log/>", 1555},
		"text after the log":    {"<log/>x", 1555},
		"attribute, no value":   {"<log a></log>", 1555},
		"attribute, no quotes":  {"<log a=b></log>", 1555},
		"tag in a value":        {`<log a="<">`, 1555},
		"attributes touch":      {`<log a="b"c="d">`, 1555},
		"slash in a tag":        {`<log / >`, 1555},
		"no name":               {`<log>< ></log>`, 1555},
		"an attribute, no key":  {xesLog(trace("A", `<string value="x"/>`)), 1555},
		"encoding":              {`<?xml version="1.0" encoding="ISO-8859-1"?><log/>`, 1558},
		"UTF-16":                {"\xff\xfe<\x00l\x00", 1555},
		"long tag":              {`<log a="` + strings.Repeat("x", MaxToken), 1552},
		"late attribute":        {xesLog(trace("A", event("")+`<string key="product" value="x"/>`)), 1562},
	} {
		t.Run(name, func(t *testing.T) {
			findings := mustFail(t, mustMap(t, xesMapping), Options{}, plain("log.xes", c.text))
			if got := numbers(findings); !slices.Equal(got, []int{c.want}) || findings[0].Position.File != "log.xes" {
				t.Errorf("findings %v, want %d", findings, c.want)
			}
		})
	}
}

// repeat gives a text n times without holding it, and counts what is read.
type repeat struct {
	text string
	left int64
	read int64
}

func (r *repeat) Read(b []byte) (int, error) {
	n := 0
	for n+len(r.text) <= len(b) && r.left > 0 {
		n += copy(b[n:], r.text)
		r.left--
	}
	r.read += int64(n)
	if n == 0 && r.left == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// A gibibyte of nesting is refused at once; one of space, of comment and of
// attributes within attributes is passed over in little memory.
func TestXESHuge(t *testing.T) {
	const gibibyte = 1 << 30
	m := mustMap(t, xesMapping)
	deep := &repeat{text: "<string>", left: gibibyte / 8}
	findings := mustFail(t, m, Options{}, Input{Name: "deep.xes", Reader: io.MultiReader(strings.NewReader("<log>"), deep)})
	if findings[0].Rule != tooDeep || deep.read > 4*chunk {
		t.Errorf("%v after %d bytes", findings, deep.read)
	}
	size := int64(gibibyte)
	if testing.Short() {
		size = gibibyte / 16
	}
	for name, filler := range map[string]string{"space": strings.Repeat(" \n", 512), "comment": strings.Repeat("- ", 512)} {
		head, tail := "<log>", "</log>"
		if name == "comment" {
			head, tail = "<log><!--", "--></log>"
		}
		in := io.MultiReader(strings.NewReader(head), &repeat{text: filler, left: size / 1024}, strings.NewReader(tail))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := mustRead(t, m, Options{}, Input{Name: name, Reader: in})
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; got.Rows != 0 || used > 16<<20 {
			t.Errorf("%s: %s, %d bytes allocated", name, got.Summary(), used)
		}
	}
}

func TestXESAbsent(t *testing.T) {
	text := xesLog(trace("A", event("")))
	got := mustRead(t, mustMap(t, xesMapping), Options{}, plain("1.xes", text), plain("2.xes", xesLog(trace("B", event(`<string key="org:group" value="x"/>`)))))
	if !slices.Equal(got.Absent, []string{"case:product", "concept:name"}) {
		t.Errorf("absent %v", got.Absent)
	}
}

func TestUnescape(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a": "a", "&amp;": "&", "a&lt;b&gt;c": "a<b>c", "&#x1F600;": "😀", "&#9;": "\t",
		"&": "no", "&;": "no", "&#;": "no", "&#x;": "no", "&#-1;": "no", "&#1114112;": "no", "&nbsp;": "no", "&amp": "no",
	} {
		got, ok := unescape(nil, []byte(text))
		if !ok {
			got = []byte("no")
		}
		if !bytes.Equal(got, []byte(want)) {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
