// Package audit reads a journal for patterns that are worth a person's look, and draws
// random samples of what a measure counted so that a person can check them.
//
// Whoever is paid by a clock has reasons to help it along. Each [Pattern] is a shape
// that honest work rarely leaves in a journal, asked as a [Question] of each contract:
// how often was it found, how often was it to be expected, and how likely is so much by
// chance alone?
//
//	journal ──tickets──▶ clock.Reader ──▶ counts ──▶ Question ──thresholds──▶ worth a look
//	contracts ──────────▶                (found, of, expected)                 (its tickets)
//
// A question passes its threshold only where all three of its parts do: enough cases to
// matter, so many times more than expected, and too unlikely for chance. "Worth a look"
// is all that is ever said. It accuses nobody: a pattern may have a good reason that no
// journal knows, and a person who asks will hear it.
//
// Every time is read by the clocks of the line (see clock); nothing is computed a second
// way. What is expected is kept in whole thousandths. Real numbers occur only in the
// probability of a question and never decide a verdict or money.
//
// The second half of the package is the sample: see [Frame], [Commit], [DrawSample] and
// [EstimateErrors].
package audit

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"towerbridge/span"
)

// Pattern names a shape that is looked for.
type Pattern string

// The patterns.
const (
	LatePausePattern           Pattern = "late-pause"
	BunchedClosurePattern      Pattern = "bunched-closure"
	PeriodEndClosurePattern    Pattern = "period-end-closure"
	ReprioritisedPattern       Pattern = "reprioritised"
	ReopenedAfterPeriodPattern Pattern = "reopened-after-period"
	TestCallsPattern           Pattern = "test-calls"
	RoundingPattern            Pattern = "rounding"
	CalendarChangePattern      Pattern = "calendar-change"
	BackdatedPattern           Pattern = "backdated"
)

// WorthALook is all that is said of a question that passes its threshold.
const WorthALook = "worth a look"

// Definition says what a pattern is and what it is compared with.
type Definition struct {
	Pattern  Pattern `json:"pattern"`
	Looks    string  `json:"looksFor"`  // what carries the pattern
	Expected string  `json:"expected"`  // how often it is to be expected, and why
	Reason   string  `json:"goodCause"` // an honest reason that it may have
}

// Definitions returns what each pattern is, in the order of the results.
func Definitions() []Definition { return slices.Clone(definitions) }

var definitions = []Definition{
	{
		LatePausePattern, "pauses that begin in the last part of the target, before it has passed",
		"pauses begin anywhere in the time that a ticket's clock ran before its target: of each paused ticket, the share of that time that lies in the last part",
		"work is handed to the user for a check when it is almost done",
	},
	{
		BunchedClosurePattern, "resolutions in the last slice of the target",
		"as many as in each of the four slices around it, two before and two after the target; tickets with a late pause are left out",
		"tickets near their target are worked on first",
	},
	{
		PeriodEndClosurePattern, "resolutions in the last hours of a service period, or from its last working day to its end",
		"as many as in the same hours of the week one and two weeks before and after; those reopened just after the period are left out",
		"open work is cleared before a stocktaking",
	},
	{
		ReprioritisedPattern, "changes of priority that lengthen the target after it had passed",
		"such changes are spread over the time before and after the target as the tickets' running time is, in parts of the target",
		"the trouble was over for most users, and the rest could wait",
	},
	{
		ReopenedAfterPeriodPattern, "tickets resolved in a service period and reopened just after its end",
		"as many as after the same instants one and two weeks before and after, of tickets resolved before those",
		"users come back from a holiday and find it is not mended",
	},
	{
		TestCallsPattern, "tickets of one kind and service, opened in the quiet hours of a day that has far more of them than the others; children of an outage are left out",
		"in each such day as many as in all days of the log on average; or, where that is more, as its tickets in other hours bring at the average rate",
		"a monitor or a night shift opens them",
	},
	{
		RoundingPattern, "resolutions stamped on a multiple of five minutes to the second",
		"one in three hundred, or one in five in a log without seconds; or the share of all other contracts, where that is more",
		"the tool offers round times",
	},
	{
		CalendarChangePattern, "changes of priority, kind, service or site, before the target, by which another calendar with a later deadline counts",
		"such changes bring a later deadline as often as an earlier one",
		"the desk corrects a wrong site",
	},
	{
		BackdatedPattern, "resolutions dated before the target but entered after it, and late",
		"as large a share of resolutions as in all other contracts",
		"the supplier's tool was cut off and delivered later",
	},
}

// Question is one pattern asked of one contract. Found is never a share: shares are the
// fractions Found/Of and ExpectedThousandths/(1000 Of).
type Question struct {
	Pattern             Pattern  `json:"pattern"`
	Contract            string   `json:"contract"`
	Party               string   `json:"party"`
	Clock               string   `json:"clock,omitempty"`     // whose target is meant
	Subject             string   `json:"subject,omitempty"`   // kind and service that are asked about
	Found               int64    `json:"found"`               // cases that carry the pattern
	Of                  int64    `json:"of"`                  // cases looked at
	ExpectedThousandths int64    `json:"expectedThousandths"` // cases to be expected, times 1000
	Chance              float64  `json:"chance"`              // probability of so many or more by chance, three digits
	Statistic           string   `json:"statistic"`           // the above in words
	Threshold           string   `json:"threshold"`           // what must be passed, in words
	WorthALook          bool     `json:"worthALook"`          // all of the threshold is passed
	Saying              string   `json:"saying,omitempty"`    // [WorthALook] where it is
	Tickets             []string `json:"tickets,omitempty"`   // that carry the pattern, where it is worth a look, in the journal's order
}

// Report is the questions that were asked of a journal.
type Report struct {
	From        *span.Date   `json:"from,omitempty"` // what happened before is not looked at; nil is everything
	To          *span.Date   `json:"to,omitempty"`   // nor what happened from here on
	AsOf        span.Instant `json:"asOf"`
	Thresholds  string       `json:"thresholds"` // id of the document
	FalseFlags  string       `json:"falseFlags"` // the declared rate
	Tickets     int64        `json:"tickets"`    // with which a contract had to do
	Contracts   []string     `json:"contracts"`
	Definitions []Definition `json:"definitions"`
	Questions   []Question   `json:"questions"` // all that were asked: worth a look or not
}

// Flagged returns the questions that are worth a look.
func (r *Report) Flagged() []Question {
	var out []Question
	for i := range r.Questions {
		if r.Questions[i].WorthALook {
			out = append(out, r.Questions[i])
		}
	}
	return out
}

// verdict fills in a question: its probability, its words, and whether it passes.
func (q *Question) verdict(t Common, chance float64, noun string) {
	q.Chance = short(chance)
	q.Statistic = fmt.Sprintf("%d of %d %s, where %s were to be expected; chance alone brings as many with probability %s",
		q.Found, q.Of, noun, thousandths(q.ExpectedThousandths), strconv.FormatFloat(q.Chance, 'g', -1, 64))
	q.Threshold = fmt.Sprintf("at least %d, at least %s of what is expected, probability at most %s", t.Least, t.Times, t.Chance)
	most := float64(billionths(t.Chance)) / 1e9
	q.WorthALook = q.Found >= int64(t.Least) && chance <= most &&
		float64(q.Found)*1e3 >= float64(q.ExpectedThousandths)*float64(billionths(t.Times))/1e9
	if q.WorthALook {
		q.Saying = WorthALook
	}
}

// short keeps three digits, so that the last bit of a machine's arithmetic is not shown.
func short(x float64) float64 {
	if math.IsNaN(x) {
		return 1
	}
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	if err != nil {
		return x
	}
	return y
}

// Expected returns how many cases were to be expected, with one decimal.
func (q *Question) Expected() string { return thousandths(q.ExpectedThousandths) }

// thousandths writes a number of thousandths with one decimal.
func thousandths(n int64) string { return fmt.Sprintf("%d.%d", n/1000, n%1000/100) }

func sortQuestions(list []Question) {
	order := map[Pattern]int{}
	for i, d := range definitions {
		order[d.Pattern] = i
	}
	slices.SortStableFunc(list, func(a, b Question) int {
		return cmp.Or(
			cmp.Compare(order[a.Pattern], order[b.Pattern]), cmp.Compare(a.Contract, b.Contract),
			cmp.Compare(a.Clock, b.Clock), cmp.Compare(a.Subject, b.Subject),
		)
	})
}
