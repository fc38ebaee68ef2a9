package simulate

import (
	_ "embed"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/money"
	"towerbridge/span"
)

// Profile is how an estate's year goes, as people write it. What it leaves out is as
// in the shipped profile, see [Default]. Weights are whole numbers of any size; only
// their proportion matters. Lists of lengths or percentages are quantiles: values at
// equally spaced ranks from the lowest to the highest, at least two.
type Profile struct {
	ID          string         `doc:"id,required" about:"Plain name of the profile."`
	Source      string         `doc:"source" about:"Where the figures come from, such as the log they were fitted to."`
	Arrivals    *Arrivals      `doc:"arrivals" about:"When users call."`
	Kinds       []KindMix      `doc:"kinds" about:"Kinds of ticket that users' calls become, and their priorities."`
	Channels    []Weight       `doc:"channels" about:"Ways by which users call, kept as the field channel."`
	Services    []ServiceMix   `doc:"services" about:"What users call about; services that are not listed weigh 100."`
	Sites       []Weight       `doc:"sites" about:"Where users call from; sites that are not listed weigh 100."`
	Desk        *Desk          `doc:"desk" about:"Who answers first; the estate's first team of line 1 if left out, nobody if there is none."`
	Answer      []span.Seconds `doc:"answer" about:"Working time of the desk until a person answers the user, as quantiles."`
	AtDesk      *Share         `doc:"atDesk" about:"Share of calls that the desk resolves itself."`
	Strays      *Share         `doc:"strays" about:"Share of tickets offered first to a supplier whose they are not."`
	Cancelled   *Share         `doc:"cancelled" about:"Share of tickets that should not have been."`
	Disputed    *Share         `doc:"disputed" about:"Share of offers over which two parties disagree for a while."`
	Raised      *Share         `doc:"raised" about:"Share of tickets whose priority is raised before a supplier works on them."`
	EveryParty  *Habits        `doc:"everyParty" about:"Habits of parties that are not listed, and of those listed where they leave something out."`
	Parties     []PartyHabits  `doc:"parties" about:"Habits of single parties."`
	HandOvers   []HandOver     `doc:"handOvers" about:"Hand-over matrix. With it a ticket goes from party to party by these weights; without it from the desk to the service's supplier."`
	Reopened    *Reopened      `doc:"reopened" about:"Resolutions that did not hold."`
	Late        *Late          `doc:"late" about:"Entries that are learnt late."`
	CloseAfter  []span.Seconds `doc:"closeAfter" about:"Elapsed time from the resolution to the closure, as quantiles."`
	Surveys     *Surveys       `doc:"surveys" about:"What users say afterwards."`
	Series      []SeriesMix    `doc:"series" about:"Values of series that are measured outside, one a month; series that contracts name and this list does not take the first."`
	Outages     *Outages       `doc:"outages" about:"Services that stand still."`
	Maintenance *Maintenance   `doc:"maintenance" about:"Planned work on services."`
}

// Arrivals is when users call.
type Arrivals struct {
	Hours    []int  `doc:"hours" about:"Weights of the 24 hours of the local clock, from midnight."`
	Weekdays []int  `doc:"weekdays" about:"Weights of the seven days of the week, from Monday."`
	Months   []int  `doc:"months" about:"Weights of a day in each of the twelve months, from January."`
	Holiday  *Share `doc:"holiday" about:"Calls on a bank holiday as a share of those of the same day of the week."`
	Noise    *Share `doc:"noise" about:"How far a day may be above or below what is expected of it."`
}

// Weight is a name and how often it comes.
type Weight struct {
	Name   string `doc:"name" about:"The name; none if left out."`
	Weight int    `doc:"weight,required" about:"How often it comes, in proportion to the others."`
}

// KindMix is a kind of ticket and its priorities.
type KindMix struct {
	Kind       string   `doc:"kind" about:"Kind of ticket; none if left out."`
	Weight     int      `doc:"weight,required" about:"How often it comes, in proportion to the others."`
	Priorities []Weight `doc:"priorities" about:"Its priorities, the most urgent first."`
}

// ServiceMix is how a service is called about and looked after.
type ServiceMix struct {
	Service        string `doc:"service,required" about:"Service, by its id in the estate."`
	Weight         int    `doc:"weight,required" about:"How often users call about it, in proportion to the others."`
	AtDesk         *Share `doc:"atDesk" about:"Share of calls about it that the desk resolves itself."`
	Strays         *Share `doc:"strays" about:"Share of its tickets offered first to a supplier whose they are not."`
	Team           string `doc:"team" about:"Team of its supplier that works on it; the supplier's teams take turns by service if left out."`
	OutagesPerYear *int   `doc:"outagesPerYear" about:"How often it stands still in a year, on average."`
}

// Desk is who answers first.
type Desk struct {
	Party string `doc:"party,required" about:"Party, by its id in the estate."`
	Team  string `doc:"team" about:"Its team; none if left out."`
}

// Habits is how a party works.
type Habits struct {
	Acceptance []span.Seconds  `doc:"acceptance" about:"Working time from an offer until it is taken up, as quantiles; never more than a quarter of the target."`
	Work       []WorkMix       `doc:"work" about:"Working time of a holder from taking up a ticket until it is resolved or passed on, without pauses. For a party that lists it, it goes before ofTarget."`
	OfTarget   []money.Percent `doc:"ofTarget" about:"Open time to resolve as a percentage of the target, as quantiles, where the contract has a target."`
	Pauses     *Pauses         `doc:"pauses" about:"How often and how long work stands."`
	Rejects    *Share          `doc:"rejects" about:"Share of offers that the party says are not its own."`
	Notes      *Share          `doc:"notes" about:"Chance of a note during the work, and of another after each."`
}

// WorkMix is working time by priority.
type WorkMix struct {
	Priority string         `doc:"priority" about:"Priority it is for; all others if left out."`
	Lengths  []span.Seconds `doc:"lengths,required,min=2" about:"Working time in the party's calendar, as quantiles."`
}

// Pauses is how often and how long work stands.
type Pauses struct {
	Share   *Share         `doc:"share" about:"Chance of a pause during the work, and of another after each."`
	Reasons []Weight       `doc:"reasons" about:"Why; the reasons that the contract's clock allows, the first most often, if left out."`
	Lengths []span.Seconds `doc:"lengths" about:"How long, in the party's working time, as quantiles."`
}

// PartyHabits is the habits of one party.
type PartyHabits struct {
	Party  string `doc:"party,required" about:"Party, by its id in the estate."`
	Habits `doc:",inline"`
}

// HandOver is one cell of the hand-over matrix.
type HandOver struct {
	From   string `doc:"from" about:"Party that passes the ticket on; the opening if left out."`
	To     string `doc:"to" about:"Party that it is passed to; the resolution if left out."`
	Weight int    `doc:"weight,required" about:"How often, in proportion to the others from the same party."`
}

// Reopened is resolutions that did not hold.
type Reopened struct {
	Share *Share         `doc:"share" about:"Share of resolutions that are reopened."`
	After []span.Seconds `doc:"after" about:"Elapsed time from the resolution until then, as quantiles."`
}

// Late is entries that are learnt late.
type Late struct {
	Share *Share         `doc:"share" about:"Share of entries."`
	Lag   []span.Seconds `doc:"lag" about:"Elapsed time from when it happened until it is learnt, as quantiles."`
}

// Surveys is what users say afterwards.
type Surveys struct {
	Share  *Share `doc:"share" about:"Share of resolved tickets that are scored."`
	Scores []int  `doc:"scores" about:"Weights of the scores, the lowest first; their number is the highest score."`
	Series string `doc:"series" about:"Name of the survey; those that contracts measure if left out."`
}

// SeriesMix is the values of a series.
type SeriesMix struct {
	Series string          `doc:"series" about:"Name of the series; any that is not listed if left out."`
	Values []money.Percent `doc:"values,required,min=2" about:"Its value in a month, as quantiles."`
}

// Outages is services that stand still.
type Outages struct {
	PerYear  *int           `doc:"perYear" about:"Outages of each service in a year, on average, where the service does not say."`
	Lengths  []span.Seconds `doc:"lengths" about:"How long, in elapsed time, as quantiles."`
	Calls    []int          `doc:"calls" about:"Least and most calls of users that an outage brings."`
	Priority string         `doc:"priority" about:"Priority of an outage."`
}

// Maintenance is planned work: of one service a week, by turns.
type Maintenance struct {
	Weekday  Weekday       `doc:"weekday" about:"Day of the week."`
	At       *span.Seconds `doc:"at" about:"Local time at which it begins, counted from midnight, such as 1h."`
	Length   *span.Seconds `doc:"length" about:"How long; 0s for none at all."`
	Priority string        `doc:"priority" about:"Priority of its tickets."`
}

//go:embed default.yaml
var defaultYAML []byte

// Default returns the shipped profile, from which others take what they leave out.
func Default() Profile {
	p, _, findings := document.Read[Profile]("default.yaml", defaultYAML)
	if len(findings) > 0 {
		panic("simulate: the shipped profile has findings: " + findings.Error())
	}
	return p
}

// DefaultText returns the shipped profile as it is written, to start another from.
func DefaultText() []byte { return append([]byte(nil), defaultYAML...) }

// Read reads a profile from YAML and checks it. It returns everything that is wrong,
// each at its place. Whether its names are those of an estate is told by [New].
func Read(file string, data []byte) (Profile, fault.Findings) {
	p, where, findings := document.Read[Profile](file, data)
	if len(findings) == 0 {
		findings = p.check(where.Finding)
		findings.Sort()
	}
	return p, findings
}

// complete returns the profile with what it leaves out taken from the shipped one.
func (p Profile) complete() Profile {
	d := Default()
	if p.Arrivals == nil {
		p.Arrivals = &Arrivals{}
	}
	a := *p.Arrivals
	orList(&a.Hours, d.Arrivals.Hours)
	orList(&a.Weekdays, d.Arrivals.Weekdays)
	orList(&a.Months, d.Arrivals.Months)
	or(&a.Holiday, d.Arrivals.Holiday)
	or(&a.Noise, d.Arrivals.Noise)
	p.Arrivals = &a
	orList(&p.Kinds, d.Kinds)
	orList(&p.Channels, d.Channels)
	orList(&p.Answer, d.Answer)
	or(&p.AtDesk, d.AtDesk)
	or(&p.Strays, d.Strays)
	or(&p.Cancelled, d.Cancelled)
	or(&p.Disputed, d.Disputed)
	or(&p.Raised, d.Raised)
	h := p.EveryParty.or(*d.EveryParty)
	p.EveryParty = &h
	or(&p.Reopened, d.Reopened)
	p.Reopened = &Reopened{Share: either(p.Reopened.Share, d.Reopened.Share), After: eitherList(p.Reopened.After, d.Reopened.After)}
	or(&p.Late, d.Late)
	p.Late = &Late{Share: either(p.Late.Share, d.Late.Share), Lag: eitherList(p.Late.Lag, d.Late.Lag)}
	orList(&p.CloseAfter, d.CloseAfter)
	or(&p.Surveys, d.Surveys)
	p.Surveys = &Surveys{Share: either(p.Surveys.Share, d.Surveys.Share), Scores: eitherList(p.Surveys.Scores, d.Surveys.Scores), Series: p.Surveys.Series}
	p.Series = append(p.Series[:len(p.Series):len(p.Series)], d.Series...)
	or(&p.Outages, d.Outages)
	o := *p.Outages
	or(&o.PerYear, d.Outages.PerYear)
	orList(&o.Lengths, d.Outages.Lengths)
	orList(&o.Calls, d.Outages.Calls)
	if o.Priority == "" {
		o.Priority = d.Outages.Priority
	}
	p.Outages = &o
	p.Maintenance = p.Maintenance.or(*d.Maintenance)
	return p
}

func (m *Maintenance) or(d Maintenance) *Maintenance {
	if m == nil {
		return &d
	}
	out := *m
	or(&out.At, d.At)
	or(&out.Length, d.Length)
	if out.Weekday == "" {
		out.Weekday = d.Weekday
	}
	if out.Priority == "" {
		out.Priority = d.Priority
	}
	return &out
}

// or returns the habits with what they leave out taken from others. Working time is
// not taken: a party's own goes before a share of the target, everybody's does not.
func (h *Habits) or(d Habits) Habits {
	if h == nil {
		return d
	}
	out := *h
	orList(&out.Acceptance, d.Acceptance)
	orList(&out.Work, d.Work)
	orList(&out.OfTarget, d.OfTarget)
	or(&out.Rejects, d.Rejects)
	or(&out.Notes, d.Notes)
	if out.Pauses == nil {
		out.Pauses = d.Pauses
	} else if d.Pauses != nil {
		out.Pauses = &Pauses{
			Share: either(out.Pauses.Share, d.Pauses.Share), Reasons: eitherList(out.Pauses.Reasons, d.Pauses.Reasons),
			Lengths: eitherList(out.Pauses.Lengths, d.Pauses.Lengths),
		}
	}
	return out
}

func either[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

func eitherList[T any](a, b []T) []T {
	if len(a) > 0 {
		return a
	}
	return b
}

func or[T any](a **T, b *T)       { *a = either(*a, b) }
func orList[T any](a *[]T, b []T) { *a = eitherList(*a, b) }
