package report

import (
	"encoding/csv"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"towerbridge/fault"
	"towerbridge/money"
	"towerbridge/statement"
)

// csvColumns heads the CSV: one row for each fact, so most cells of a row are empty.
// The section says what kind of fact it is, the id whose: a measure, scheme or
// document. Instants are RFC 3339 in the contract's zone; elapsed and target are in
// the row's unit; amounts are exact decimals with the currency as their unit.
var csvColumns = []string{
	"section", "id", "ticket", "life", "name", "value", "unit", "verdict", "elapsed", "target",
	"due", "from", "to", "party", "reason", "clause",
}

// fact is one row of the CSV, by the names of its columns.
type fact struct {
	section, id, ticket, life, name, value, unit, verdict, elapsed, target string
	due, from, to, party, reason, clause                                   string
}

// CSV writes the statement with every counted, missed and excluded ticket in the form
// of RFC 4180: UTF-8, lines ended by CRLF, cells quoted where they must be. A cell
// that a spreadsheet would run as a formula has an apostrophe before it. An error is
// that of the writer.
func (s *Sheet) CSV(w io.Writer) error {
	c := csvWriter{out: csv.NewWriter(w), cells: make([]string, len(csvColumns))}
	c.out.UseCRLF = true
	err := c.out.Write(csvColumns)
	for _, part := range []func(*csvWriter) error{s.csvHead, s.csvMeasures, s.csvMoney, s.csvEarlier} {
		if err == nil {
			err = part(&c)
		}
	}
	c.out.Flush()
	if err == nil {
		err = c.out.Error()
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "the CSV could not be written")
	}
	return nil
}

type csvWriter struct {
	out   *csv.Writer
	cells []string
}

func (c *csvWriter) write(f fact) error {
	for i, text := range [...]string{
		f.section, f.id, f.ticket, f.life, f.name, f.value, f.unit, f.verdict, f.elapsed, f.target,
		f.due, f.from, f.to, f.party, f.reason, f.clause,
	} {
		c.cells[i] = harmless(text)
	}
	return c.out.Write(c.cells)
}

func (c *csvWriter) all(facts ...fact) error {
	for _, f := range facts {
		if err := c.write(f); err != nil {
			return err
		}
	}
	return nil
}

var plainNumber = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

// harmless puts an apostrophe before a cell that a spreadsheet would take for a
// formula. Plain numbers stay as they are.
func harmless(cell string) string {
	if plainNumber.MatchString(cell) {
		return cell
	}
	switch first, _ := utf8.DecodeRuneInString(cell); first {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return "'" + cell
	}
	return cell
}

func (s *Sheet) csvHead(c *csvWriter) error {
	x := s.statement
	for _, f := range s.facts() {
		if err := c.write(fact{section: "statement", id: x.Contract, name: f.name, value: f.value}); err != nil {
			return err
		}
	}
	for _, d := range x.Documents {
		if err := c.write(fact{section: "document", id: d.Name, name: "digest", value: d.Digest}); err != nil {
			return err
		}
	}
	return nil
}

// named is one named fact about the whole statement.
type named struct{ name, value string }

// facts lists what identifies the statement, for the CSV and the workbook.
func (s *Sheet) facts() []named {
	x := s.statement
	list := []named{
		{"contract", x.Contract},
		{"title", x.Title},
		{"customer", x.Customer},
		{"supplier", x.Supplier},
		{"integrator", x.Integrator},
		{"period", x.Period.String()},
		{"from", x.From},
		{"to", x.To},
		{"zone", x.Zone},
		{"zone data", x.ZoneData},
		{"as of", s.local(x.AsOf)},
		{"late entries until", s.local(x.CutOff)},
		{"supersedes", x.Supersedes},
		{"signed by", s.Signer},
		{"digest", x.Digest},
	}
	for i := range x.Measures {
		if s.result(i) == nil && x.Measures[i].Tickets > 0 {
			return append(list, named{"evidence", "of the counted tickets only those that missed are listed: the statement was read from its record"})
		}
	}
	return list
}

func (s *Sheet) csvMeasures(c *csvWriter) error {
	for i := range s.statement.Measures {
		m := &s.statement.Measures[i]
		if err := c.all(measureFacts(m)...); err != nil {
			return err
		}
		unit := evidenceUnit(m.Kind)
		err := s.rows(i, func(r row) error {
			return c.write(fact{
				section: "counted", id: m.ID, ticket: r.ticket, life: strconv.Itoa(r.life), verdict: r.verdict, unit: unit,
				elapsed: number(r.elapsed), target: number(r.target), due: r.due, from: r.at,
			})
		})
		if err != nil {
			return err
		}
		for _, e := range m.Excluded {
			if err := c.write(fact{section: "excluded", id: m.ID, ticket: e.Ticket, name: e.Rule, reason: e.Reason, clause: e.Clause}); err != nil {
				return err
			}
		}
		for _, a := range m.Aside {
			if err := c.write(fact{section: "set-aside", id: m.ID, value: number(a.Tickets), unit: "tickets", reason: a.Reason}); err != nil {
				return err
			}
		}
		if err := s.eachBreach(i, func(b *breach) error { return c.all(s.lifeFacts(m, b)...) }); err != nil {
			return err
		}
	}
	return nil
}

// measureFacts is a measure's line as facts.
func measureFacts(m *statement.Measure) []fact {
	word, _ := standing(m)
	var out []fact
	add := func(name, value, unit, clause string) {
		if value != "" {
			out = append(out, fact{section: "measure", id: m.ID, name: name, value: value, unit: unit, clause: clause})
		}
	}
	add("name", m.Name, "", m.Clause)
	add("kind", m.Kind, "", "")
	add("period", m.Period.String(), "", "")
	add("result", word, "", "")
	add("met", number(m.Met), "", "")
	add("counted", number(m.Counted), "", "")
	add("exact value", m.Value, m.Unit, "")
	add("display", m.Display, "", "")
	add("rounding", m.Rounding, "", "")
	add("target", m.Target, "", "")
	add("band", m.Band, "", m.BandClause)
	add("points", strconv.Itoa(m.Points), "points", "")
	add("why these points", m.PointsWhy, "", "")
	add("suppressed by", m.Suppressed, "", "")
	add("rating", m.Rating, "", "")
	add("evidence digest", m.Evidence, "", "")
	for _, n := range m.Notes {
		add("note", n, "", "")
	}
	return out
}

// lifeFacts is the legs and pauses of a missed ticket as facts.
func (s *Sheet) lifeFacts(m *statement.Measure, b *breach) []fact {
	var out []fact
	life := strconv.Itoa(b.Episode + 1)
	for _, l := range b.Legs {
		out = append(out, fact{
			section: "leg", id: m.ID, ticket: b.Ticket, life: life, name: string(l.Kind), value: l.State, unit: "seconds",
			elapsed: number(l.Length()), from: s.local(l.From), to: s.local(l.To), party: l.Who, reason: l.Reason,
		})
	}
	for _, p := range b.Pauses {
		out = append(out, fact{
			section: "pause", id: m.ID, ticket: b.Ticket, life: life, name: b.Clock, value: p.Cause, unit: "open seconds",
			elapsed: number(p.Open), from: s.local(p.From), to: s.local(p.To), reason: p.Reason,
		})
	}
	return out
}

func (s *Sheet) csvMoney(c *csvWriter) error {
	x := s.statement
	if err := c.write(amountFact("charges", x.Contract, "charges", x.Charges, "", x.ChargesBy)); err != nil {
		return err
	}
	for i := range x.Credits {
		l := &x.Credits[i]
		f := amountFact("credit", l.ID, l.Band, l.Amount, l.Rule, l.Clause)
		if err := c.write(f); err != nil {
			return err
		}
	}
	for i := range x.Schemes {
		t := &x.Schemes[i]
		err := c.all(
			amountFact("scheme", t.Scheme, "gross", t.Gross, t.Rule, t.Clause),
			amountFact("scheme", t.Scheme, "net", t.Net, "", ""),
			amountFact("scheme", t.Scheme, "excess", t.Excess, "", ""),
			amountFact("scheme", t.Scheme, "earned back", t.EarnedBack, "", ""),
		)
		if err != nil {
			return err
		}
	}
	for _, k := range x.Cap {
		limit := amountFact("cap", k.Scheme, "limit", k.Limit, k.Rule, k.Clause)
		room := amountFact("cap", k.Scheme, "room", k.Room, "", "")
		room.verdict = reached(k.Reached)
		if err := c.all(limit, room); err != nil {
			return err
		}
	}
	return c.write(amountFact("total", x.Contract, "credits", x.Total, "", ""))
}

func amountFact(section, id, name string, a money.Amount, rule, clause string) fact {
	return fact{section: section, id: id, name: name, value: exact(a), unit: string(a.Currency), reason: rule, clause: clause}
}

func (s *Sheet) csvEarlier(c *csvWriter) error {
	for i := range s.statement.Earlier {
		e := &s.statement.Earlier[i]
		id := e.Period.String()
		facts := []fact{
			{section: "earlier", id: id, name: "source", value: source(e)},
			amountFact("earlier", id, "charges", e.Charges, "", ""),
		}
		for j := range e.Measures {
			facts = append(facts, fact{section: "earlier", id: id, name: e.Measures[j].ID, value: earlierMeasure(&e.Measures[j])})
		}
		for _, k := range e.Credits {
			facts = append(facts, amountFact("earlier", id, k.Scheme+" net", k.Amount, "", ""), amountFact("earlier", id, k.Scheme+" earned back", k.EarnedBack, "", ""))
		}
		if err := c.all(facts...); err != nil {
			return err
		}
	}
	return nil
}
