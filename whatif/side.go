package whatif

import (
	"cmp"
	"slices"
	"strings"

	"towerbridge/contract"
	"towerbridge/journal"
	"towerbridge/measure"
	"towerbridge/money"
	"towerbridge/span"
	"towerbridge/statement"
)

// measures draws the statements of both books and lays their measures and money side by
// side.
func (r *replay) measures(out *Result) error {
	was, err := statement.Draw(r.old.Book, r.journal, r.old.Orders, r.options.Workers)
	if err != nil {
		return err
	}
	is, err := statement.Draw(r.new.Book, r.changed, r.new.Orders, r.options.Workers)
	if err != nil {
		return err
	}
	if err := r.totals(out, was, is); err != nil {
		return err
	}
	a, err := figures(r.old.Book, was)
	if err != nil {
		return err
	}
	b, err := figures(r.new.Book, is)
	if err != nil {
		return err
	}
	r.groups(out, a, b)
	return nil
}

// figure is a measure's account of all periods, with its evidence.
type figure struct {
	Figure
	contract *contract.Contract
	measure  *contract.Measure
	last     span.Period
	verdicts map[counted]measure.Verdict
}

// counted is one life of a ticket.
type counted struct {
	ticket  uint32
	episode uint8
}

// figures adds up the statements of a book, by contract and then by measure.
func figures(b *statement.Book, drawn []*statement.Statement) ([]*figure, error) {
	var out []*figure
	for _, s := range drawn {
		results := s.Results()
		for i := range s.Measures {
			m := &s.Measures[i]
			f := find(out, s.Contract, m.ID)
			if f == nil {
				c := b.Contracts[s.Contract]
				f = &figure{contract: c, verdicts: map[counted]measure.Verdict{}}
				f.Figure = Figure{Contract: s.Contract, Name: m.Name, Clause: m.Clause, Kind: m.Kind, Credit: money.Zero(c.Currency).Round(money.Down), target: m.ID}
				out = append(out, f)
			}
			f.add(m, &results[i])
			for _, line := range s.Credits {
				if line.Measure != m.ID || line.Amount.Sign() < 0 {
					continue
				}
				var err error
				if f.Credit, err = f.Credit.Add(line.Amount); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, f := range out {
		f.finish()
	}
	slices.SortStableFunc(out, func(a, b *figure) int {
		return cmp.Or(strings.Compare(a.Contract, b.Contract), a.measure.Index-b.measure.Index)
	})
	return out, nil
}

func find(list []*figure, contract, id string) *figure {
	for _, f := range list {
		if f.Contract == contract && f.target == id {
			return f
		}
	}
	return nil
}

// add adds a period's result.
func (f *figure) add(m *statement.Measure, r *measure.Result) {
	f.measure, f.last, f.Target = r.Measure, m.Period, m.Target
	f.Each = append(f.Each, Each{m.Period, m.Met, m.Counted, m.Display, m.Failed, m.Points})
	f.Met += m.Met
	f.Counted += m.Counted
	f.Points += m.Points
	f.Measured += one(r.Measured)
	f.Failed += one(m.Failed)
	if r.Measure.Share == nil {
		return
	}
	for i := range r.Evidence {
		e := &r.Evidence[i]
		f.verdicts[counted{e.Ticket, e.Episode}] = e.Verdict
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// finish works out what the sums come to. Those of a percentile mean nothing, unless
// there is one period only; a count is added up.
func (f *figure) finish() {
	switch {
	case len(f.Each) == 1:
		f.Display = f.Each[0].Display
	case f.measure.Percentile != nil:
		f.Met, f.Counted = 0, 0
	case f.measure.Count != nil:
		f.Counted = 1
		fallthrough
	default:
		f.Display = measure.GivenTotals(f.measure, f.last, f.Met, f.Counted).Display
	}
}

// groups puts the measures of each supplier of the new book beside those of the
// suppliers whose place it takes.
func (r *replay) groups(out *Result, was, is []*figure) {
	for _, f := range is {
		g := out.group(f.contract.Supplier)
		g.NewContracts = keep(g.NewContracts, f.Contract)
		g.Rows = append(g.Rows, Row{ID: f.target, New: &f.Figure})
	}
	for _, f := range was {
		g := out.group(r.plan.party(f.contract.Supplier))
		g.OldSuppliers, g.OldContracts = keep(g.OldSuppliers, f.contract.Supplier), keep(g.OldContracts, f.Contract)
		at := slices.IndexFunc(g.Rows, func(x Row) bool { return x.ID == f.target && x.Old == nil && x.New.Contract == f.Contract })
		if at < 0 {
			at = slices.IndexFunc(g.Rows, func(x Row) bool { return x.ID == f.target && x.Old == nil && x.New.Kind == f.Kind })
		}
		if at < 0 {
			g.Rows = append(g.Rows, Row{ID: f.target, Old: &f.Figure})
			continue
		}
		row := &g.Rows[at]
		row.Old = &f.Figure
		row.turned(r.journal, f, find(is, row.New.Contract, row.New.target))
	}
	for i := range out.Groups {
		for _, m := range r.plan.Moves {
			if g := &out.Groups[i]; m.To == g.Supplier && !strings.HasPrefix(m.Of, "party ") {
				g.TakesOver = append(g.TakesOver, m.Of)
			}
		}
	}
	slices.SortFunc(out.Groups, func(a, b Group) int { return strings.Compare(a.Supplier, b.Supplier) })
}

func keep(list []string, id string) []string {
	if slices.Contains(list, id) {
		return list
	}
	return append(list, id)
}

func (r *Result) group(supplier string) *Group {
	for i := range r.Groups {
		if r.Groups[i].Supplier == supplier {
			return &r.Groups[i]
		}
	}
	r.Groups = append(r.Groups, Group{Supplier: supplier, OldSuppliers: []string{}, TakesOver: []string{}, OldContracts: []string{}, NewContracts: []string{}, Rows: []Row{}})
	return &r.Groups[len(r.Groups)-1]
}

// turned lists the tickets that both books count with different verdicts.
func (row *Row) turned(j *journal.Journal, was, is *figure) {
	var met, missed []uint32
	for k, v := range was.verdicts {
		switch now, both := is.verdicts[k]; {
		case !both || now == v:
		case now == measure.Met:
			met = append(met, k.ticket)
		default:
			missed = append(missed, k.ticket)
		}
	}
	row.NowMet, row.NowMissed = names(j, met), names(j, missed)
}

func names(j *journal.Journal, list []uint32) []string {
	slices.Sort(list)
	var out []string
	for _, t := range slices.Compact(list) {
		out = append(out, j.TicketID(int(t)))
	}
	return out
}

// totals adds up the money of both books.
func (r *replay) totals(out *Result, was, is []*statement.Statement) error {
	for side, list := range [2][]*statement.Statement{was, is} {
		for _, s := range list {
			if err := out.money(s.Charges.Currency).add(side, s); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(out.Totals, func(a, b MoneyTotal) int { return strings.Compare(string(a.Currency), string(b.Currency)) })
	return nil
}

func (r *Result) money(c money.Currency) *MoneyTotal {
	for i := range r.Totals {
		if r.Totals[i].Currency == c {
			return &r.Totals[i]
		}
	}
	none := Money{money.Zero(c).Round(money.Down), money.Zero(c).Round(money.Down)}
	r.Totals = append(r.Totals, MoneyTotal{Currency: c, Charges: none, Gross: none, Credits: none})
	return &r.Totals[len(r.Totals)-1]
}

// add adds a statement's money to one side.
func (t *MoneyTotal) add(side int, s *statement.Statement) error {
	capped := false
	gross := money.Zero(t.Currency)
	for _, x := range s.Schemes {
		var err error
		if gross, err = gross.Add(x.Gross); err != nil {
			return err
		}
		capped = capped || x.Excess.Sign() > 0
	}
	for _, x := range []struct {
		sum *Money
		by  money.Amount
	}{{&t.Charges, s.Charges}, {&t.Gross, gross}, {&t.Credits, s.Total}} {
		to := &x.sum.Old
		if side == 1 {
			to = &x.sum.New
		}
		var err error
		if *to, err = to.Add(x.by); err != nil {
			return err
		}
	}
	if side == 0 {
		t.Drawn.Old++
		t.Capped.Old += int64(one(capped))
	} else {
		t.Drawn.New++
		t.Capped.New += int64(one(capped))
	}
	return nil
}
