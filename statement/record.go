package statement

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"towerbridge/contract"
	"towerbridge/credit"
	"towerbridge/measure"
	"towerbridge/span"
)

// record writes results into the form that is kept.
type record struct {
	drawing  *drawing
	contract *contract.Contract
	period   span.Period
	asOf     span.Instant
}

func (r *record) statement(results []measure.Result, scores []credit.Score, a credit.Assessment, before []credit.Earlier) (*Statement, error) {
	c := r.contract
	cut, err := c.CutOff(r.period)
	if err != nil {
		return nil, err
	}
	in := r.period.In(c.Location)
	s := &Statement{
		Format: Format, Contract: c.ID, Title: c.Title, Customer: c.Customer, Supplier: c.Supplier, Integrator: c.Integrator,
		Period: r.period, From: in.From.In(c.Location), To: in.To.In(c.Location), Zone: c.Zone, ZoneData: r.drawing.book.Zones.Version(),
		AsOf: r.asOf, CutOff: cut, Documents: r.drawing.book.documents(c),
		Measures: []Measure{}, Cap: []Cap{}, Credits: append(append([]credit.Line{}, a.Lines...), a.EarnBacks...),
		Schemes: a.Schemes, Charges: a.Charges, ChargesBy: a.ChargesClause, Total: a.Total,
	}
	if s.Schemes == nil {
		s.Schemes = []credit.SchemeTotal{}
	}
	for i := range results {
		s.Measures = append(s.Measures, r.measure(&results[i], &scores[i]))
	}
	for _, x := range a.Schemes {
		for _, k := range x.Caps {
			s.Cap = append(s.Cap, Cap{Scheme: x.Scheme, Limit: k.Limit, Room: k.Room, Reached: k.Holds, Rule: k.Rule, Clause: k.Clause})
		}
	}
	for _, e := range before {
		s.Earlier = append(s.Earlier, earlierOf(e))
	}
	return s, nil
}

func (r *record) measure(x *measure.Result, score *credit.Score) Measure {
	d := x.Measure
	m := Measure{
		ID: d.ID, Name: d.Name, Clause: d.Clause, Kind: d.Kind(), Period: x.Period, Met: x.Met, Counted: x.Counted,
		Unit: d.Unit().String(), Display: x.Display, Failed: x.Failed, Points: score.Points, Base: score.Base,
		Repeat: score.Repeat, Suppressed: score.Suppressed, PointsWhy: score.Why, Rating: x.Rating,
		Tickets: len(x.Evidence), Excluded: []Excluded{}, Aside: x.Aside, Notes: x.Notes,
	}
	if x.Measured {
		m.Value = x.Value.String()
	}
	if score.Repeat {
		m.Multiplier = score.Multiplier
	}
	if p := d.Precision; p != nil {
		m.Rounding = strconv.Itoa(p.Decimals) + " decimals, " + string(p.Rounding)
	}
	if x.Target != nil {
		m.Target = x.Target.Value.String()
	}
	if x.Band != nil {
		m.Band, m.BandClause = x.Band.Name, x.Band.Clause
	}
	bad := measure.Missed
	if d.CountsBad() {
		bad = measure.Met
	}
	n := 0
	for i := range x.Evidence {
		if x.Evidence[i].Verdict == bad {
			n++
		}
	}
	if n > 0 {
		m.Missed = make([]Missed, 0, n)
	}
	for i := range x.Evidence {
		if x.Evidence[i].Verdict == bad {
			m.Missed = append(m.Missed, r.missed(&x.Evidence[i]))
		}
	}
	for _, e := range x.Excluded {
		m.Excluded = append(m.Excluded, Excluded{Ticket: r.drawing.journal.TicketID(int(e.Ticket)), Reason: e.Reason, Clause: e.Clause, Rule: e.Rule})
	}
	m.Evidence = r.evidence(x.Evidence)
	return m
}

func (r *record) missed(c *measure.Counted) Missed {
	m := Missed{Ticket: r.drawing.journal.TicketID(int(c.Ticket)), Episode: int(c.Episode), Elapsed: c.Elapsed, Target: c.Target}
	if c.Due > 0 && c.Due < span.Never {
		m.Due = c.Due.In(r.contract.Location)
	}
	return m
}

// evidence is the digest over every counted ticket: a line each with the ticket, its
// life, verdict, seconds counted and allowed, and the instant it counts by.
func (r *record) evidence(list []measure.Counted) string {
	h := sha256.New()
	buf := make([]byte, 0, 1<<14)
	for i := range list {
		c := &list[i]
		buf = r.drawing.journal.AppendTicketID(buf, int(c.Ticket))
		buf = strconv.AppendInt(append(buf, ' '), int64(c.Episode), 10)
		buf = append(buf, ' ', '0'+byte(c.Verdict))
		buf = strconv.AppendInt(append(buf, ' '), c.Elapsed, 10)
		buf = strconv.AppendInt(append(buf, ' '), c.Target, 10)
		if buf = append(strconv.AppendInt(append(buf, ' '), int64(c.At), 10), '\n'); len(buf) > 1<<14-256 {
			h.Write(buf)
			buf = buf[:0]
		}
	}
	h.Write(buf)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// earlierOf writes an earlier period's result into the record's form.
func earlierOf(e credit.Earlier) Earlier {
	out := Earlier{Period: e.Period, Issued: e.Issued, Digest: e.Digest, Charges: e.Charges, Measures: []EarlierMeasure{}, Credits: []EarlierCredit{}}
	for _, m := range e.Measures {
		out.Measures = append(out.Measures, EarlierMeasure(m))
	}
	for _, c := range e.Credits {
		out.Credits = append(out.Credits, EarlierCredit(c))
	}
	return out
}

func (e Earlier) credit() credit.Earlier {
	out := credit.Earlier{Period: e.Period, Issued: e.Issued, Digest: e.Digest, Charges: e.Charges}
	for _, m := range e.Measures {
		out.Measures = append(out.Measures, credit.EarlierMeasure(m))
	}
	for _, c := range e.Credits {
		out.Credits = append(out.Credits, credit.EarlierCredit(c))
	}
	return out
}

// past is what later periods look back on in an issued statement.
func (s *Statement) past() credit.Earlier {
	e := credit.Earlier{Period: s.Period, Issued: true, Digest: s.Digest, Charges: s.Charges}
	for _, m := range s.Measures {
		e.Measures = append(e.Measures, credit.EarlierMeasure{ID: m.ID, Measured: m.Value != "", Failed: m.Failed, Points: m.Points, Period: m.Period})
	}
	for _, x := range s.Schemes {
		e.Credits = append(e.Credits, credit.EarlierCredit{Scheme: x.Scheme, Amount: x.Net, EarnedBack: x.EarnedBack})
	}
	return e
}

// documents lists what a contract's statements are computed by.
func (b *Book) documents(c *contract.Contract) []DocumentRef {
	out := []DocumentRef{{Name: "estate", Digest: b.sources["estate"].Digest()}}
	out = append(out, DocumentRef{Name: "contract/" + c.ID, Digest: b.sources["contract/"+c.ID].Digest()})
	for _, id := range c.CalendarIDs() {
		out = append(out, DocumentRef{Name: "calendar/" + id, Digest: b.sources["calendar/"+id].Digest()})
	}
	return out
}
