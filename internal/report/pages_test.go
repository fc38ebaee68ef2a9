package report_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"towerbridge/audit"
	"towerbridge/contract"
	"towerbridge/flow"
	"towerbridge/internal/report"
	"towerbridge/money"
	"towerbridge/reconcile"
	"towerbridge/span"
	"towerbridge/statement"
	"towerbridge/whatif"
)

// hostile is a name that would do harm if a page took it for anything but text.
const hostile = `<script>alert("x")</script>`

type pager interface{ HTML(io.Writer) error }

// flowSample reads the flow of the sample's log with everything that a page draws.
func flowSample(t *testing.T, log string) *report.Flow {
	t.Helper()
	book := cityBook(t, "", "")
	j := readLog(t, book, log)
	r, err := flow.Read(book, j, flow.Order{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var orders []statement.Order
	for m := time.March; m <= time.April; m++ {
		orders = append(orders, statement.Order{Contract: "hosting", Period: span.Month(2026, m)})
	}
	drawn, err := statement.Draw(book, j, orders, 1)
	if err != nil {
		t.Fatal(err)
	}
	longest, err := flow.Longest(book, j, r, 3)
	if err != nil {
		t.Fatal(err)
	}
	controls := flow.Controls(drawn)
	points := []flow.ControlPoint{}
	for i := range 8 {
		p := flow.ControlPoint{Period: span.Month(2026, time.Month(i+1)), Display: "90%", Thousandths: 90_000 + int64(i)*1000, Outside: i == 7}
		if i > 0 {
			moved := int64(1000)
			p.Moved = &moved
		}
		points = append(points, p)
	}
	controls = append(controls, flow.Control{
		Contract: hostile, Measure: "KPI-X", Name: hostile, Unit: "percent", Target: "95%", Points: points,
		Limits: &flow.ControlLimits{Mean: 93_500, Lower: 90_840, Upper: 96_160, MeanMoved: 1000, UpperMoved: 3268},
	})
	r.Watermelons = &flow.Watermelons{Definition: "What it is.", Broken: 2, List: []flow.Watermelon{{
		Service: "mail", Period: span.Month(2026, time.April), AllGreen: true,
		Promises:  []flow.Promise{{Service: "mail", Met: 1, Counted: 4, Broken: true, Held: []flow.GroupHeld{{Kind: contract.UnownedLeg, Name: hostile, ElapsedSeconds: 60}}}},
		Contracts: []flow.Standing{{Contract: "hosting", Supplier: "atlas", Held: true, Met: []string{"KPI-1"}}},
		Longest:   longest[:1],
	}}}
	pauses := flow.PausesOf(book, j, drawn)
	return &report.Flow{Book: book, Result: r, Controls: controls, Pauses: pauses, Longest: longest}
}

func auditSample(t *testing.T) *report.Audit {
	t.Helper()
	book := cityBook(t, "", "")
	r, err := audit.Look(book, readLog(t, book, cityLog), audit.Options{Thresholds: audit.Shipped()})
	if err != nil {
		t.Fatal(err)
	}
	r.Questions = append(r.Questions, audit.Question{
		Pattern: audit.LatePausePattern, Contract: "hosting", Party: "atlas", Clock: "resolve", Subject: hostile, Found: 12, Of: 40, ExpectedThousandths: 3500,
		Chance: 0.00002, Statistic: "12 of 40", Threshold: "at least 8", WorthALook: true, Saying: audit.WorthALook, Tickets: []string{"INC-1", hostile},
	})
	return &report.Audit{Book: book, Report: r}
}

func reconcileSample(t *testing.T) *report.Reconciliation {
	t.Helper()
	book, j, s := sample(t)
	data := "ticket,verdict,minutes\nINC-1001,met,350\nINC-1002,met,400\n\"<script>alert(1)</script>\",met,5\n"
	figures, findings := reconcile.Read("theirs.csv", []byte(data), reconcile.Mapping{}, book.Contracts["hosting"], []string{"KPI-1"})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	r, err := reconcile.Compare(book, j, s, figures)
	if err != nil {
		t.Fatal(err)
	}
	return &report.Reconciliation{Book: book, Report: r, Lines: r.Select(reconcile.Filter{}, reconcile.ByCause)}
}

func pounds(n string) money.Amount { return money.MustAmount("GBP " + n) }

func whatifSample(t *testing.T) *report.WhatIf {
	t.Helper()
	side := &whatif.Figure{Contract: "hosting", Name: hostile, Kind: "share", Target: "95%", Met: 9, Counted: 10, Display: "90%", Measured: 1, Failed: 1, Points: 2, Credit: pounds("10.00")}
	two := whatif.Tally{Old: 7200, New: 3600}
	return &report.WhatIf{Book: cityBook(t, "", ""), Result: &whatif.Result{
		OldEstate: "city", NewEstate: hostile, From: span.Month(2026, time.April).From, To: span.Month(2026, time.April).To, Tickets: 10, By: whatif.ByParty,
		Moves:        []whatif.Move{{Of: "party borealis", To: "atlas", Why: "asked for"}},
		HandOvers:    []whatif.HandOvers{{Level: whatif.ByParty, Old: 5, Gone: 2, New: 3, Meaning: "changes of the party"}},
		Inside:       []whatif.Inside{{From: "atlas", To: "borealis", Becomes: "atlas", Count: 2, Seconds: 3600, Tickets: []string{"INC-1"}}},
		Waiting:      whatif.Waiting{Seconds: 3600, Was: []whatif.KindTime{{Kind: contract.UnownedLeg, Seconds: 3600}}, As: []whatif.KindTime{{Kind: contract.SupplierLeg, Seconds: 3600}}},
		Kinds:        []whatif.KindTotal{{Kind: contract.UnownedLeg, Meaning: "held by nobody", Seconds: two}},
		Parties:      []whatif.PartyTotal{{Party: "", Kind: contract.UnownedLeg, Seconds: two}},
		Conservation: whatif.Conservation{Legs: two, EndToEnd: two, Holds: true},
		Groups:       []whatif.Group{{Supplier: "atlas", OldSuppliers: []string{"atlas", "borealis"}, Rows: []whatif.Row{{ID: "KPI-1", Old: side, New: side, NowMissed: []string{"INC-2"}}, {ID: "KPI-2", Old: side}}}},
		Totals: []whatif.MoneyTotal{{
			Currency: "GBP", Charges: whatif.Money{Old: pounds("100.00"), New: pounds("90.00")}, Gross: whatif.Money{Old: pounds("20.00"), New: pounds("30.00")},
			Credits: whatif.Money{Old: pounds("10.00"), New: pounds("12.50")}, Drawn: whatif.Tally{Old: 2, New: 1},
		}},
		Unknown: []string{"A supplier would act otherwise under other terms."},
	}}
}

func trialsSample(t *testing.T) *report.Trials {
	t.Helper()
	d := whatif.Distribution{Least: pounds("0.00"), P5: pounds("5.00"), Median: pounds("50.00"), P95: pounds("90.00"), Most: pounds("100.00"), Some: 9}
	half, err := money.NewFraction(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	return &report.Trials{Book: cityBook(t, "", ""), Result: &whatif.Trials{
		Trials: 10, Tickets: 100, Seed: 7, Profile: "default", From: span.Month(2026, time.April).From, To: span.Month(2026, time.April).To, Meaning: whatif.TrialsMeaning,
		Books: []whatif.Regime{{Estate: hostile, All: []whatif.Distribution{d}, Contracts: []whatif.ContractTrials{{
			Contract: "hosting", Supplier: "atlas", Charges: pounds("1000.00"), Credits: d,
			Caps:    []whatif.CapTrials{{Scheme: "points", Number: 1, Trials: 3, Statements: 4, Of: 10, Excess: pounds("7.00")}},
			Drivers: []whatif.Driver{{Measure: "KPI-1", Leads: 6, Costs: 9, Failed: 5, Of: 10, Sum: pounds("80.00"), Share: half}},
		}}}},
	}}
}

func pages(t *testing.T) map[string]pager {
	return map[string]pager{
		"flow": flowSample(t, cityLog), "audit": auditSample(t), "reconcile": reconcileSample(t), "whatif": whatifSample(t), "trials": trialsSample(t),
	}
}

func rendered(t *testing.T, p pager) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every page stands alone, asks nothing of anybody, takes no name for more than text,
// and can be reached by everyone.
func TestPages(t *testing.T) {
	for name, p := range pages(t) {
		t.Run(name, func(t *testing.T) {
			page := rendered(t, p)
			d := parsed(t, page)
			d.standsAlone()
			d.structure()
			if !bytes.Equal(page, rendered(t, p)) {
				t.Error("written twice, the page differs")
			}
			if !bytes.Contains(page, []byte("&lt;script&gt;")) {
				t.Error("a hostile name is not on the page as text")
			}
		})
	}
}

func (d tree) standsAlone() {
	d.t.Helper()
	for _, n := range d.all() {
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "embed", "form", "base", "foreignObject":
			d.t.Errorf("the page has a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "#") {
				d.t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	for _, n := range d.all("meta") {
		if attribute(n, "http-equiv") == "Content-Security-Policy" && strings.HasPrefix(attribute(n, "content"), "default-src 'none'; style-src 'sha256-") {
			return
		}
	}
	d.t.Error("the page has no policy that lets nothing in")
}

// place is a place or length in a drawing: percent or pixels, within sense.
var place = regexp.MustCompile(`^\d{1,4}(\.\d+)?%?$`)

func (d tree) structure() {
	d.t.Helper()
	ids, level := map[string]bool{}, 0
	for _, n := range d.all() {
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				d.t.Errorf("id %s stands twice", id)
			}
			ids[id] = true
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			if l := int(n.Data[1] - '0'); l > level+1 {
				d.t.Errorf("heading %q of level %d follows one of level %d", text(n), l, level)
			} else {
				level = l
			}
		}
	}
	for _, n := range d.all() {
		for _, name := range []string{"aria-labelledby", "aria-describedby"} {
			for _, id := range strings.Fields(attribute(n, name)) {
				if !ids[id] {
					d.t.Errorf("%s is labelled by %s, which is nowhere", n.Data, id)
				}
			}
		}
		if href := attribute(n, "href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
			d.t.Errorf("a link leads to %s, which is nowhere", href)
		}
		switch n.Data {
		case "table":
			d.tableOf(n)
		case "svg":
			d.drawing(n)
		case "rect", "circle", "line", "text":
			for _, a := range n.Attr {
				switch a.Key {
				case "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height":
					if !place.MatchString(a.Val) {
						d.t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
					}
				}
			}
		}
	}
}

func (d tree) tableOf(n *html.Node) {
	d.t.Helper()
	inner := tree{d.t, n}
	captions, heads := inner.all("caption"), inner.all("thead")
	if len(captions) != 1 || text(captions[0]) == "" || len(heads) != 1 {
		d.t.Fatalf("a table without a caption or a head: %s", text(n))
	}
	columns := len((tree{d.t, heads[0]}).all("th"))
	rows := (tree{d.t, inner.all("tbody")[0]}).all("tr")
	if len(rows) == 0 {
		d.t.Errorf("table %q has no row", text(captions[0]))
	}
	for _, tr := range rows {
		if cells := len((tree{d.t, tr}).all("th", "td")); cells != columns {
			d.t.Errorf("a row of %d cells under %d headings: %s", cells, columns, text(tr))
		}
	}
}

// drawing checks that a drawing is named and described, is within one that is, or is
// hidden.
func (d tree) drawing(n *html.Node) {
	d.t.Helper()
	for p := n.Parent; p != nil; p = p.Parent {
		if attribute(p, "role") == "img" || attribute(p, "aria-hidden") == "true" {
			return
		}
	}
	if attribute(n, "aria-hidden") == "true" {
		return
	}
	inner := tree{d.t, n}
	if attribute(n, "role") != "img" || len(inner.all("title")) == 0 || len(inner.all("desc")) != 1 || text(inner.all("desc")[0]) == "" {
		d.t.Errorf("a drawing without title and desc: %s", text(n))
	}
}

func TestPagesSay(t *testing.T) {
	all := pages(t)
	for name, list := range map[string][]string{
		"flow": {
			"All holders' seconds:", "Adds up", "Who handed tickets to whom", "Hand-overs --tickets hand-overs", "1 signal Mean 93.50%; limits 90.84% to 96.16%. Target 95%.",
			"outside the limits", "1 watermelon among 2 cases", "Red to users", "KPI-1", "Life of INC-", "began in the last tenth of the target",
		},
		"audit":     {" questions asked about ", "worth a look", "To be expected 3.5", "12 of 40", "at least 8", "2 tickets to look at", "under 0.01%", "nobody is accused"},
		"reconcile": {"What the differences are worth GBP ", "theirs.csv", "not-in-journal", "INC-1002", "missing", "we count it as"},
		"whatif": {
			"GBP 10.00 / GBP 12.50", "difference +2.50", "old 5 / new 3", "kept: 1 h", "9 of 10 missed 1 of 1, 2 points in hosting", "in no contract",
			"A supplier would act otherwise under other terms.", "-1 h", "0 of 2 0 of 1",
		},
		"trials": {"Credits over 10 trials", "median GBP 50.00", "5 of 100 trials at most GBP 5.00", "4 of 10", "50.0%", "seed 7"},
	} {
		page := text(parsed(t, rendered(t, all[name])).root)
		for _, want := range list {
			if !strings.Contains(page, want) {
				t.Errorf("the page of %s does not say %q", name, want)
			}
		}
	}
}

// Without periods, hand-overs or tickets the page of a flow says so and draws nothing.
func TestFlowPageOfNothing(t *testing.T) {
	book := cityBook(t, "", "")
	r, err := flow.Read(book, readLog(t, book, ""), flow.Order{Periods: []span.Period{span.Month(2020, time.May)}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := parsed(t, rendered(t, &report.Flow{Book: book, Result: r}))
	d.structure()
	page := text(d.root)
	for _, want := range []string{"May 2020", "No ticket was handed over.", "Ask for a range of them", "There are none."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// What is beyond a page's limits is counted on it.
func TestPagesLimits(t *testing.T) {
	a := auditSample(t)
	q := &a.Report.Questions[len(a.Report.Questions)-1]
	for len(q.Tickets) < report.MaxTickets+7 {
		q.Tickets = append(q.Tickets, "INC-2")
	}
	r := reconcileSample(t)
	for len(r.Lines) < report.MaxLines+3 {
		r.Lines = append(r.Lines, r.Lines[0])
	}
	f := flowSample(t, cityLog)
	cell := f.Result.Matrix.Cells[0]
	for len(f.Result.Matrix.Cells) < report.MaxRows+9 {
		f.Result.Matrix.Cells = append(f.Result.Matrix.Cells, cell)
	}
	for len(f.Controls) < report.MaxControls+2 {
		f.Controls = append(f.Controls, f.Controls[0])
	}
	for want, p := range map[string]pager{"7 more tickets": a, "3 more lines": r, "9 more pairs": f, "2 more measures": f} {
		if !strings.Contains(text(parsed(t, rendered(t, p)).root), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// A drawing's bars are as long as their numbers are.
func TestStackedBarAddsUp(t *testing.T) {
	f := flowSample(t, cityLog)
	d := parsed(t, rendered(t, f))
	for _, n := range d.all("svg") {
		if attribute(n, "aria-labelledby") != "whose-bar-n whose-bar-d" {
			continue
		}
		total := int64(0)
		for _, r := range (tree{t, n}).all("rect") {
			w := strings.NewReplacer("%", "", ".", "").Replace(attribute(r, "width"))
			part, err := money.ParseFraction(w + "/1")
			if err != nil {
				t.Fatal(err)
			}
			total += part.Num()
		}
		if total != 1_000_000 {
			t.Errorf("the parts are %d millionths of the bar", total)
		}
		return
	}
	t.Error("there is no bar of all tickets")
}
