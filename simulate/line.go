package simulate

import (
	"io"
	"strconv"

	"towerbridge/span"
)

// The sources of the entries: the desk's tool, the survey tool, and what is measured
// outside.
const (
	deskSource = iota
	surveySource
	seriesSource
)

var sourceNames = [...]string{"desk", "surveys", "series"}

// source returns the source of an event.
func (s *Simulation) source(e *event) int {
	switch {
	case e.series == 0:
		return deskSource
	case int(e.ticket) > s.options.Tickets:
		return seriesSource
	}
	return surveySource
}

// pieces are the parts of lines, ready to be joined; what says nothing is empty.
type pieces struct {
	heads                                               [len(sourceNames)][]byte
	events, statuses                                    [][]byte
	kinds, priorities, services, sites, reasons, series [][]byte
	holders, channels                                   [][]byte
}

// lines writes events in the journal's open form.
type lines struct {
	day  int64 // the day of the UTC line whose date was written last
	date [11]byte
}

// Write writes the journal in its open form, one JSON object a line, in the order in
// which the entries were learnt; each entry's key is its number in this order. It is
// the same to the byte for any number of workers; less than one means one. The only
// error is that of the writer.
func (s *Simulation) Write(out io.Writer, workers int) (Result, error) {
	p := s.pieces()
	count, truth, err := s.stream(workers, func(w *worker, x *window) {
		b := x.text
		if b == nil {
			b = make([]byte, 0, len(x.events)*180)
		}
		for i := range x.events {
			b = w.append(b, p, x.first+uint64(i), &x.events[i])
		}
		x.text = b
	}, func(x *window) error {
		_, err := out.Write(x.text)
		return err
	})
	return s.result(count, truth), err
}

// append appends the line of an event with its end.
func (w *worker) append(b []byte, p *pieces, key uint64, e *event) []byte {
	b = append(b, p.heads[w.source(e)]...)
	b = strconv.AppendUint(b, key, 10)
	b = append(b, `","ticket":"`...)
	b = w.appendTicket(b, e.ticket)
	b = append(b, `","happened":"`...)
	from := len(b)
	b = w.lines.append(b, e.happened)
	to := len(b)
	b = append(b, `","learnt":"`...)
	if e.lag == 0 {
		b = append(b, b[from:to]...)
	} else {
		b = w.lines.append(b, e.learnt())
	}
	b = append(b, '"')
	b = append(b, p.events[e.event]...)
	b = append(b, p.statuses[e.status]...)
	b = append(b, p.kinds[e.kind]...)
	b = append(b, p.priorities[e.priority]...)
	b = append(b, p.services[e.service]...)
	b = append(b, p.sites[e.site]...)
	b = append(b, p.holders[e.holder]...)
	b = append(b, p.reasons[e.reason]...)
	if e.related > 0 {
		b = append(b, `,"related":"`...)
		b = append(w.appendTicket(b, e.related), '"')
	}
	if e.series > 0 {
		b = append(b, p.series[e.series]...)
		b = append(b, `,"numerator":`...)
		b = strconv.AppendUint(b, uint64(e.value), 10)
		b = append(b, `,"denominator":`...)
		b = strconv.AppendInt(b, w.denominator(e), 10)
	}
	b = append(b, p.channels[e.channel]...)
	if e.marks != 0 {
		b = append(b, `,"backdated":true`...)
	}
	return append(b, '}', '\n')
}

// denominator is the highest value of an event's series.
func (s *Simulation) denominator(e *event) int64 {
	if s.source(e) == seriesSource {
		return outsideWhole
	}
	return int64(len(s.scores))
}

// append appends an instant as the journal writes it.
func (l *lines) append(b []byte, at span.Instant) []byte {
	day, second := int64(at)/daySeconds, int64(at)%daySeconds
	if day != l.day || l.date[0] == 0 {
		l.day = day
		copy(l.date[:], at.String())
	}
	b = append(b, l.date[:]...)
	h, m, s := second/3600, second/60%60, second%60
	return append(b, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ':', byte('0'+s/10), byte('0'+s%10), 'Z')
}

// appendTicket appends a ticket's own name: INC and its number, or what a series is
// kept under.
func (s *Simulation) appendTicket(b []byte, number uint32) []byte {
	if int(number) > s.options.Tickets {
		return append(append(b, "SERIES-"...), s.series.list[s.outside[int(number)-s.options.Tickets-1].series]...)
	}
	b = append(b, "INC0000000"...)
	for range s.digits - 7 {
		b = append(b, '0')
	}
	for at := len(b) - 1; number > 0; at-- {
		b[at] = byte('0' + number%10)
		number /= 10
	}
	return b
}

// pieces readies the parts of lines.
func (s *Simulation) pieces() *pieces {
	p := &pieces{}
	for i, name := range sourceNames {
		p.heads[i] = append(appendText([]byte(`{"source":`), name), `,"key":"`...)
	}
	p.events, p.statuses = eventPieces()
	p.kinds = textPieces("kind", s.kinds.list)
	p.priorities = textPieces("priority", s.priorities.list)
	p.services = textPieces("service", s.services.list)
	p.sites = textPieces("site", s.sites.list)
	p.reasons = textPieces("reason", s.reasons.list)
	p.series = textPieces("series", s.series.list)
	for _, h := range s.holders {
		b := textPiece(nil, "party", h.party)
		b = textPiece(b, "team", h.team)
		if h.line > 0 {
			b = strconv.AppendUint(append(b, `,"line":`...), uint64(h.line), 10)
		}
		p.holders = append(p.holders, b)
	}
	for _, name := range s.channels.list {
		var b []byte
		if name != "" {
			b = append(appendText([]byte(`,"fields":{"channel":`), name), '}')
		}
		p.channels = append(p.channels, b)
	}
	return p
}

func textPieces(member string, list []string) [][]byte {
	out := make([][]byte, len(list))
	for i, x := range list {
		out[i] = textPiece(nil, member, x)
	}
	return out
}

func textPiece(b []byte, member, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, ',', '"'), member...), '"', ':')
	return appendText(b, value)
}

// appendText appends a JSON string, escaping only what JSON demands, as the journal
// does.
func appendText(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, `\u00`...)
			b = append(b, digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
