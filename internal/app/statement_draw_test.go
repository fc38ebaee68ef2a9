package app

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"towerbridge/contract"
	"towerbridge/fault"
	"towerbridge/span"
)

func drawnNames(d *Drawn) string {
	var out []string
	for _, s := range d.Statements {
		out = append(out, s.Contract+" "+s.Period.String())
	}
	return strings.Join(out, ", ")
}

const oneTicket = "INC-1,2026-03-02 09:00,,opened,P3,DESK-1,E-mail,,Ada\nINC-1,2026-03-02 15:00,,fixed,,,,,Bob\n"

func TestDrawStatements(t *testing.T) {
	quarterly := func(name, text string) string {
		if name == "contracts/net.yaml" {
			return text + "servicePeriod: quarter\n"
		}
		return text
	}
	for _, c := range []struct {
		name, periods string
		contracts     []string
		want          string
	}{
		{"one month", "2026-03", []string{"desk"}, "desk 2026-03"},
		{"a contract asked for twice", "2026-03", []string{"desk", "desk"}, "desk 2026-03"},
		{"all, of a quarter", "2026-Q1", nil, "desk 2026-01, desk 2026-02, desk 2026-03, net 2026-Q1"},
		{"all, of a year's first months", "2026-02..2026-07", nil, "desk 2026-02, desk 2026-03, desk 2026-04, desk 2026-05, desk 2026-06, desk 2026-07, net 2026-Q2"},
		{"all, from before the term", "2025-12..2026-01", nil, "desk 2026-01"},
		{"quarters of the quarterly contract", "2026-Q1..2026-Q2", []string{"net"}, "net 2026-Q1, net 2026-Q2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			drawn, err := DrawStatements(context.Background(), townHall(t, oneTicket, quarterly), Draw{Contracts: c.contracts, Periods: periods(t, c.periods)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := drawnNames(drawn); got != c.want {
				t.Errorf("drawn %s; want %s", got, c.want)
			}
			if drawn.Log.Rows != 2 {
				t.Errorf("%d rows; want 2", drawn.Log.Rows)
			}
		})
	}
	for _, c := range []struct {
		name, periods string
		contracts     []string
		want          []string
	}{
		{"no such contract, and one outside its term", "2028-01", []string{"disk", "desk"}, []string{"TB1901", "TB1902"}},
		{"a month of a quarterly contract", "2026-02", []string{"net"}, []string{"TB1903", "2026-02-01 to 2026-03-01"}},
		{"no contract runs", "2029-01", nil, []string{"TB1902", "no contract runs"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := DrawStatements(context.Background(), townHall(t, oneTicket, quarterly), Draw{Contracts: c.contracts, Periods: periods(t, c.periods)}, nil)
			wantError(t, err, fault.Invalid, c.want...)
		})
	}
}

// TestFindingsHaveThePlacesPeopleKnow draws from documents that are wrong.
func TestFindingsHaveThePlacesPeopleKnow(t *testing.T) {
	s := townHall(t, oneTicket, func(name, text string) string { return strings.Replace(text, "currency: GBP", "currency: Pounds", 1) })
	_, err := DrawStatements(context.Background(), s, Draw{Periods: periods(t, "2026-03")}, nil)
	wantError(t, err, fault.Invalid, "town/contracts/desk.yaml:8:11: TB1013: currency", "town/contracts/net.yaml:8:11")
}

// TestDigestDoesNotDependOnWorkers draws the same statement by one and by many.
func TestDigestDoesNotDependOnWorkers(t *testing.T) {
	var log strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&log, "INC-%d,2026-03-%02d %02d:00,,opened,P3,DESK-1,E-mail,,\nINC-%d,2026-03-%02d 16:%02d,,fixed,,,,,\n", i, i%27+1, i%16, i, i%27+1, i%60)
	}
	digests := map[string]bool{}
	for _, workers := range []int{1, 2, 7} {
		drawn, err := DrawStatements(context.Background(), townHall(t, log.String(), nil), Draw{Contracts: []string{"desk"}, Periods: periods(t, "2026-03"), Workers: workers}, nil)
		if err != nil {
			t.Fatal(err)
		}
		digests[drawn.Statements[0].Digest] = true
	}
	if len(digests) != 1 {
		t.Errorf("%d digests from 1, 2 and 7 workers", len(digests))
	}
}

func TestTerm(t *testing.T) {
	start, end := span.DateOf(2026, 1, 1), span.DateOf(2028, 1, 1)
	taken := span.DateOf(2027, 1, 1)
	for _, c := range []struct {
		name       string
		extensions []contract.Extension
		want       span.Date
	}{
		{"none", nil, end},
		{"an option not taken", []contract.Extension{{Months: 12}}, end},
		{"one of two taken", []contract.Extension{{Months: 12, TakenOn: &taken}, {Months: 6}}, span.DateOf(2029, 1, 1)},
		{"both taken", []contract.Extension{{Months: 12, TakenOn: &taken}, {Months: 6, TakenOn: &taken}}, span.DateOf(2029, 7, 1)},
	} {
		k := &contract.Contract{Document: contract.Document{Term: contract.Term{Start: start, End: end, Extensions: c.extensions}}}
		if from, to := term(k); from != start || to != c.want {
			t.Errorf("%s: term %s to %s; want %s to %s", c.name, from, to, start, c.want)
		}
	}
}
