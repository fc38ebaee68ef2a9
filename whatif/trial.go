package whatif

import (
	"math/rand/v2"
	"slices"
	"strings"

	"towerbridge/money"
	"towerbridge/span"
	"towerbridge/statement"
)

// MaxTrials is the number of trials that may be asked for.
const MaxTrials = 100_000

// Seeds returns the seed of each trial. The first so many are the same whatever the
// number of trials.
func Seeds(seed uint64, trials int) []uint64 {
	out := make([]uint64, trials)
	r := rand.New(rand.NewPCG(seed, 0x7472_6961_6c73)) // "trials"
	for i := range out {
		out[i] = r.Uint64()
	}
	return out
}

// Trials is what the credits of contracts came to over many simulated stretches of time
// like one another: how a regime behaves before it is signed.
type Trials struct {
	Trials  int       `json:"trials"`
	Tickets int       `json:"ticketsPerTrial"`
	Seed    uint64    `json:"seed"`
	Profile string    `json:"profile"` // id of the profile that they were simulated by
	From    span.Date `json:"from"`
	To      span.Date `json:"to"` // first day after
	Books   []Regime  `json:"books"`
	Meaning string    `json:"meaning"`
}

// TrialsMeaning says how the figures of trials are to be read.
const TrialsMeaning = "Percentiles are by nearest rank: each is the sum that some trial came to. Credits are after caps and earn-back, over all periods of a trial; a measure's share is of the credits before caps. A measure leads a trial when it costs most; of two that cost the same, the one that the contract lists first."

// Regime is the trials of one book.
type Regime struct {
	Estate    string           `json:"estate"`
	All       []Distribution   `json:"credits"` // of all contracts together, by currency
	Contracts []ContractTrials `json:"contracts"`
}

// ContractTrials is the trials of one contract.
type ContractTrials struct {
	Contract string       `json:"contract"`
	Supplier string       `json:"supplier"`
	Charges  money.Amount `json:"charges"` // of a trial
	Credits  Distribution `json:"credits"`
	Caps     []CapTrials  `json:"caps"`
	Drivers  []Driver     `json:"drivers"` // the measure that costs most first
}

// Distribution is sums of money over trials.
type Distribution struct {
	Least  money.Amount `json:"least"`
	P5     money.Amount `json:"p5"`
	Median money.Amount `json:"median"`
	P95    money.Amount `json:"p95"`
	Most   money.Amount `json:"most"`
	Some   int          `json:"trialsWithCredits"` // trials in which the sum is above nothing
}

// CapTrials is how often a cap takes something off.
type CapTrials struct {
	Scheme     string       `json:"scheme"`
	Clause     string       `json:"clause,omitempty"`
	Number     int          `json:"number"` // of the scheme's caps, from one
	Trials     int          `json:"trials"` // in which it takes something off at least once
	Statements int          `json:"statements"`
	Of         int          `json:"ofStatements"`
	Excess     money.Amount `json:"excess"` // taken off, over all trials
}

// Driver is what one measure costs.
type Driver struct {
	Measure string         `json:"measure"`
	Name    string         `json:"name,omitempty"`
	Leads   int            `json:"leadsTrials"` // trials in which it costs most
	Costs   int            `json:"costsTrials"` // trials in which it costs anything
	Failed  int            `json:"failedPeriods"`
	Of      int            `json:"ofPeriods"` // in which it was measured
	Sum     money.Amount   `json:"sum"`       // over all trials, before caps
	Share   money.Fraction `json:"share"`     // of the sum of all measures, in minor units
}

// Trial is what the statements of one trial came to.
type Trial struct{ contracts []trial }

// trial is one contract of it.
type trial struct {
	contract, supplier string
	charges, credits   money.Amount
	measures           []trialMeasure
	caps               []CapTrials
}

type trialMeasure struct {
	id, name     string
	sum          money.Amount
	failed, took int
}

// Observe notes what the statements of one trial came to, in the order of their
// contracts and periods.
func Observe(drawn []*statement.Statement) (Trial, error) {
	var out Trial
	for _, s := range drawn {
		if n := len(out.contracts); n == 0 || out.contracts[n-1].contract != s.Contract {
			none := money.Zero(s.Charges.Currency).Round(money.Down)
			out.contracts = append(out.contracts, trial{contract: s.Contract, supplier: s.Supplier, charges: none, credits: none})
		}
		if err := out.contracts[len(out.contracts)-1].add(s); err != nil {
			return out, err
		}
	}
	return out, nil
}

// add adds a statement.
func (t *trial) add(s *statement.Statement) (err error) {
	if t.charges, err = t.charges.Add(s.Charges); err != nil {
		return err
	}
	if t.credits, err = t.credits.Add(s.Total); err != nil {
		return err
	}
	for i := range s.Measures {
		m := &s.Measures[i]
		x := t.measure(m.ID, s.Charges.Currency)
		x.name = m.Name
		x.failed += one(m.Failed)
		x.took += one(m.Value != "")
	}
	for _, line := range s.Credits {
		if line.Measure == "" || line.Amount.Sign() < 0 {
			continue
		}
		x := t.measure(line.Measure, s.Charges.Currency)
		if x.sum, err = x.sum.Add(line.Amount); err != nil {
			return err
		}
	}
	for _, scheme := range s.Schemes {
		for i, k := range scheme.Caps {
			x := t.cap(scheme.Scheme, k.Clause, i+1, s.Charges.Currency)
			x.Of++
			if k.Holds && scheme.Excess.Sign() > 0 {
				x.Statements++
				x.Trials = 1
				if x.Excess, err = x.Excess.Add(scheme.Excess); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (t *trial) measure(id string, c money.Currency) *trialMeasure {
	for i := range t.measures {
		if t.measures[i].id == id {
			return &t.measures[i]
		}
	}
	t.measures = append(t.measures, trialMeasure{id: id, sum: money.Zero(c).Round(money.Down)})
	return &t.measures[len(t.measures)-1]
}

func (t *trial) cap(scheme, clause string, number int, c money.Currency) *CapTrials {
	for i := range t.caps {
		if t.caps[i].Scheme == scheme && t.caps[i].Number == number {
			return &t.caps[i]
		}
	}
	t.caps = append(t.caps, CapTrials{Scheme: scheme, Clause: clause, Number: number, Excess: money.Zero(c).Round(money.Down)})
	return &t.caps[len(t.caps)-1]
}

// Summarise says what trials by one book came to. They all have the same contracts.
func Summarise(estate string, trials []Trial) (Regime, error) {
	out := Regime{Estate: estate, All: []Distribution{}, Contracts: []ContractTrials{}}
	if len(trials) == 0 {
		return out, nil
	}
	all := map[money.Currency][]money.Amount{}
	for n := range trials[0].contracts {
		list := make([]*trial, len(trials))
		for i := range trials {
			list[i] = &trials[i].contracts[n]
		}
		c, sums, err := summary(list)
		if err != nil {
			return out, err
		}
		out.Contracts = append(out.Contracts, c)
		currency := c.Charges.Currency
		if all[currency] == nil {
			all[currency] = slices.Clone(sums)
			continue
		}
		for i := range sums {
			if all[currency][i], err = all[currency][i].Add(sums[i]); err != nil {
				return out, err
			}
		}
	}
	for _, sums := range all {
		out.All = append(out.All, spread(sums))
	}
	slices.SortFunc(out.All, func(a, b Distribution) int {
		return strings.Compare(string(a.Median.Currency), string(b.Median.Currency))
	})
	return out, nil
}

// summary sums up one contract's trials, and returns the credits of each.
func summary(list []*trial) (ContractTrials, []money.Amount, error) {
	first := list[0]
	out := ContractTrials{Contract: first.contract, Supplier: first.supplier, Charges: first.charges, Caps: []CapTrials{}, Drivers: []Driver{}}
	var sums []money.Amount
	total := trial{}
	drivers := map[string]*Driver{}
	for _, t := range list {
		sums = append(sums, t.credits)
		if err := t.into(&total, drivers); err != nil {
			return out, nil, err
		}
	}
	out.Credits = spread(slices.Clone(sums))
	out.Caps = append(out.Caps, total.caps...)
	whole := money.Zero(first.charges.Currency)
	for _, m := range total.measures {
		var err error
		if whole, err = whole.Add(m.sum); err != nil {
			return out, nil, err
		}
	}
	for _, m := range total.measures {
		d := drivers[m.id]
		d.Measure, d.Name, d.Sum, d.Failed, d.Of = m.id, m.name, m.sum, m.failed, m.took
		d.Share = share(m.sum, whole)
		out.Drivers = append(out.Drivers, *d)
	}
	slices.SortStableFunc(out.Drivers, func(a, b Driver) int { return b.Sum.Value.Cmp(a.Sum.Value) })
	return out, sums, nil
}

// into adds a trial to the total of all, and notes which measure leads it.
func (t *trial) into(total *trial, drivers map[string]*Driver) (err error) {
	lead := -1
	for i := range t.measures {
		m := &t.measures[i]
		x := total.measure(m.id, t.charges.Currency)
		x.name, x.failed, x.took = m.name, x.failed+m.failed, x.took+m.took
		if x.sum, err = x.sum.Add(m.sum); err != nil {
			return err
		}
		if drivers[m.id] == nil {
			drivers[m.id] = &Driver{}
		}
		if m.sum.Sign() <= 0 {
			continue
		}
		drivers[m.id].Costs++
		if lead < 0 || m.sum.Value.Cmp(t.measures[lead].sum.Value) > 0 {
			lead = i
		}
	}
	if lead >= 0 {
		drivers[t.measures[lead].id].Leads++
	}
	for _, k := range t.caps {
		x := total.cap(k.Scheme, k.Clause, k.Number, t.charges.Currency)
		x.Trials, x.Statements, x.Of = x.Trials+k.Trials, x.Statements+k.Statements, x.Of+k.Of
		if x.Excess, err = x.Excess.Add(k.Excess); err != nil {
			return err
		}
	}
	return nil
}

// share is a part of a whole in minor units; nothing of nothing is none of one.
func share(part, whole money.Amount) money.Fraction {
	digits := whole.Currency.MinorDigits()
	scale := money.NewDecimal(1, 0)
	for range digits {
		scale = scale.Mul(money.NewDecimal(10, 0))
	}
	units := func(a money.Amount) string { return a.Value.Mul(scale).Round(0, money.Down).String() }
	f, err := money.ParseFraction(units(part) + "/" + units(whole))
	if err != nil {
		f, _ = money.NewFraction(0, 1)
	}
	return f
}

// spread sorts sums and reads their percentiles by nearest rank.
func spread(sums []money.Amount) Distribution {
	slices.SortFunc(sums, func(a, b money.Amount) int { return a.Value.Cmp(b.Value) })
	n := len(sums)
	rank := func(percent int) money.Amount { return sums[max((n*percent+99)/100, 1)-1] }
	out := Distribution{Least: sums[0], P5: rank(5), Median: rank(50), P95: rank(95), Most: sums[n-1]}
	for _, s := range sums {
		out.Some += one(s.Sign() > 0)
	}
	return out
}
