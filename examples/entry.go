package examples

import (
	"bufio"
	"io"
	"strconv"
	"time"
)

// entry is a line of the log, in the journal's open form: see the reference of the
// log. An empty text and a zero number are left out.
type entry struct {
	source, ticket                               string
	happened, learnt                             int64 // seconds of UTC; learnt zero means when it happened
	event, status, kind, priority, service, site string
	team                                         team
	reason, related, series                      string
	numerator, denominator                       int64
	cause, channel                               string // further fields
	corrects                                     int64  // key of the entry that this one corrects
}

// team is a party's team and its support line.
type team struct {
	party, name string
	line        int64
}

// writer writes entries as lines of JSON. After an error it writes nothing more.
type writer struct {
	out  *bufio.Writer
	line []byte
	keys map[string]int64 // the last key of each source
	err  error
}

func newWriter(w io.Writer) *writer {
	return &writer{out: bufio.NewWriterSize(w, 1<<16), keys: map[string]int64{}}
}

// write writes an entry and returns its key. What happened or was learnt after the
// year is not in the log, and has no key.
func (w *writer) write(e entry) int64 {
	e.learnt = max(e.learnt, e.happened)
	if e.learnt >= yearEnd {
		return 0
	}
	w.keys[e.source]++
	key := w.keys[e.source]
	w.line = append(w.line[:0], '{')
	w.text("source", e.source)
	w.text("key", strconv.FormatInt(key, 10))
	w.text("ticket", e.ticket)
	w.instant("happened", e.happened)
	w.instant("learnt", e.learnt)
	w.text("event", e.event)
	w.text("status", e.status)
	w.text("kind", e.kind)
	w.text("priority", e.priority)
	w.text("service", e.service)
	w.text("site", e.site)
	w.text("party", e.team.party)
	w.text("team", e.team.name)
	w.number("line", e.team.line)
	w.text("reason", e.reason)
	w.text("related", e.related)
	w.text("series", e.series)
	if e.series != "" {
		w.member("numerator")
		w.line = strconv.AppendInt(w.line, e.numerator, 10)
	}
	w.number("denominator", e.denominator)
	w.fields(e)
	if e.corrects > 0 {
		w.text("corrects", strconv.FormatInt(e.corrects, 10))
		w.member("backdated")
		w.line = append(w.line, "true"...)
	}
	w.line = append(w.line, '}', '\n')
	if w.err == nil {
		_, w.err = w.out.Write(w.line)
	}
	return key
}

func (w *writer) member(name string) {
	if last := w.line[len(w.line)-1]; last != '{' {
		w.line = append(w.line, ',')
	}
	w.line = append(append(append(w.line, '"'), name...), '"', ':')
}

// text writes a member; the log's texts need no escapes.
func (w *writer) text(name, value string) {
	if value != "" {
		w.member(name)
		w.line = append(append(append(w.line, '"'), value...), '"')
	}
}

func (w *writer) number(name string, n int64) {
	if n != 0 {
		w.member(name)
		w.line = strconv.AppendInt(w.line, n, 10)
	}
}

func (w *writer) instant(name string, t int64) {
	w.member(name)
	w.line = append(w.line, '"')
	w.line = time.Unix(t, 0).UTC().AppendFormat(w.line, time.RFC3339)
	w.line = append(w.line, '"')
}

func (w *writer) fields(e entry) {
	if e.cause == "" && e.channel == "" {
		return
	}
	w.member("fields")
	w.line = append(w.line, '{')
	w.text("cause", e.cause)
	w.text("channel", e.channel)
	w.line = append(w.line, '}')
}

func (w *writer) flush() error {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	return w.err
}
