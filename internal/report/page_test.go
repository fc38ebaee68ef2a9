package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"towerbridge/internal/report"
	"towerbridge/statement"
)

// tree is a parsed page.
type tree struct {
	t    *testing.T
	root *html.Node
}

func parsed(t *testing.T, page []byte) tree {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return tree{t, root}
}

// all returns the elements of some names, in order; every element without names.
func (d tree) all(names ...string) []*html.Node {
	var out []*html.Node
	for n := range d.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, name := range names {
			if n.Data == name {
				out = append(out, n)
			}
		}
		if len(names) == 0 {
			out = append(out, n)
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text is an element's text with its white space made single.
func text(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func samplePage(t *testing.T) ([]byte, tree) {
	t.Helper()
	book, j, s := sample(t)
	page := written(t, asHTML, report.New(book, j, s))
	return page, parsed(t, page)
}

func TestPageHeadings(t *testing.T) {
	_, d := samplePage(t)
	var got []string
	level := 0
	for _, n := range d.all("h1", "h2", "h3", "h4", "h5", "h6") {
		l := int(n.Data[1] - '0')
		if l > level+1 {
			t.Errorf("%s %q follows a heading of level %d", n.Data, text(n), level)
		}
		if level = l; l <= 2 {
			got = append(got, text(n))
		}
	}
	want := []string{
		"Statement for April 2026", "Contents", "Summary of measures", "Charges and credits", "Each measure",
		"Earlier periods read", "Documents", "How to recompute this statement",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("headings %q, want %q", got, want)
	}
	if n := len(d.all("h1")); n != 1 {
		t.Errorf("%d headings of the first level", n)
	}
}

func TestPageIsAccessible(t *testing.T) {
	_, d := samplePage(t)
	if lang := attribute(d.all("html")[0], "lang"); lang != "en-GB" {
		t.Errorf("language %q", lang)
	}
	ids := map[string]bool{}
	for _, n := range d.all() {
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("id %s stands twice", id)
			}
			ids[id] = true
		}
	}
	for _, n := range d.all() {
		for _, id := range strings.Fields(attribute(n, "aria-labelledby")) {
			if !ids[id] {
				t.Errorf("%s is labelled by %s, which is nowhere", n.Data, id)
			}
		}
		if href := attribute(n, "href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
			t.Errorf("a link leads to %s, which is nowhere", href)
		}
	}
	for _, n := range d.all("table") {
		inner := tree{t, n}
		if c := inner.all("caption"); len(c) != 1 || text(c[0]) == "" {
			t.Errorf("a table without a caption: %s", text(n))
		}
		for _, th := range inner.all("th") {
			if s := attribute(th, "scope"); s != "col" && s != "row" {
				t.Errorf("heading %q has scope %q", text(th), s)
			}
		}
		columns := len((tree{t, inner.all("thead")[0]}).all("th"))
		for _, tr := range (tree{t, inner.all("tbody")[0]}).all("tr") {
			if cells := len((tree{t, tr}).all("th", "td")); cells != columns {
				t.Errorf("a row of %d cells under %d headings: %s", cells, columns, text(tr))
			}
		}
		if box := n.Parent; attribute(box, "tabindex") != "0" || attribute(box, "role") == "" {
			t.Errorf("the keyboard does not reach the box of table %q", text(inner.all("caption")[0]))
		}
	}
}

func TestPageBars(t *testing.T) {
	_, d := samplePage(t)
	bars := 0
	for _, n := range d.all("svg") {
		if attribute(n, "role") != "img" {
			if attribute(n, "aria-hidden") != "true" {
				t.Errorf("a drawing that is neither named nor hidden")
			}
			continue
		}
		bars++
		inner := tree{t, n}
		if len(inner.all("title")) != 1 || len(inner.all("desc")) != 1 {
			t.Errorf("a bar without title and desc: %s", text(n))
		}
	}
	// Four late incidents, an outage, and two reopened tickets of the reopening rate.
	if bars != 7 {
		t.Errorf("%d bars, want 7", bars)
	}
	if !strings.Contains(attribute(d.all("main")[0], "class"), "tb-few") {
		t.Error("the tables of so few bars are not printed")
	}
	for _, n := range d.all() {
		if attribute(n, "style") != "" {
			t.Errorf("%s has a style attribute", n.Data)
		}
	}
}

// The page asks nothing of anybody: no script, no other file, and a policy that names
// the digest of its own style.
func TestPageStandsAlone(t *testing.T) {
	page, d := samplePage(t)
	for _, n := range d.all() {
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "embed", "form", "base":
			t.Errorf("the page has a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s has %s", n.Data, a.Key)
			}
			if (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("%s leads out of the page to %q", n.Data, a.Val)
			}
		}
	}
	sum := sha256.Sum256([]byte(d.all("style")[0].FirstChild.Data))
	policy := ""
	for _, n := range d.all("meta") {
		if attribute(n, "http-equiv") == "Content-Security-Policy" {
			policy = attribute(n, "content")
		}
	}
	if digest := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(policy, "'sha256-"+digest+"'") || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("policy %q does not name the style's digest %s, or lets more in", policy, digest)
	}
	for _, s := range []string{"@import", "@font-face", "GDS", "url(http", "crest"} {
		if bytes.Contains(page, []byte(s)) {
			t.Errorf("the page holds %q", s)
		}
	}
}

func TestPageFigures(t *testing.T) {
	_, d := samplePage(t)
	page := text(d.root)
	for _, want := range []string{
		"GBP 24,750.00 to be deducted from the charges of Atlas Hosting (atlas)",
		"from 1 April 2026 00:00 (+01:00) up to but not including 1 May 2026 00:00 (+01:00)",
		"6 of 10 tickets met the target",
		"18 points x 0.5% x GBP 412500.00 = GBP 37125.00",
		"6% of GBP 412500.00 = GBP 24750.00",
		"14 h 5 min counted of 8 h allowed, due 8 April 2026 08:15 (+01:00)",
		"INC-1008 life 2, after a reopening",
		"awaiting-customer customer (clause 4.2(a)) 2 April 2026 17:15 (+01:00) 7 April 2026 11:00 (+01:00) 3 h 45 min",
		"INC-1009 Power cut at the force's own data hall (asked by J Price, approved by R Osei) Schedule 2.2, 8.3 power-cut",
		"attributed to another party 1",
		"March 2026 drawn, not issued",
		"towerbridge verify hosting-2026-04.zip",
		"Signature Unsigned",
		"sha256:",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, " ,") {
		t.Errorf("a space before a comma: %q", page[strings.Index(page, " ,")-20:][:40])
	}
}

func TestPageSaysWhoSigned(t *testing.T) {
	book, j, s := sample(t)
	sheet := report.New(book, j, s)
	sheet.Signer = "atlas.example+key"
	page := text(parsed(t, written(t, asHTML, sheet)).root)
	if !strings.Contains(page, "Signed by atlas.example+key") || !strings.Contains(page, "--pub KEY") || strings.Contains(page, "Unsigned") {
		t.Error("the page does not say who signed, or how to check it")
	}
}

// Names from documents and logs are text wherever they stand.
func TestPageEscapesHostileNames(t *testing.T) {
	const hostile = `<script>alert('x')</script>`
	book := cityBook(t, "name: Incidents resolved in time", "name: \""+hostile+"\"")
	log := strings.ReplaceAll(cityLog, "INC-1002", `INC"><svg/onload=alert(1)>`)
	book, j, s := drawn(t, book, log)
	page := written(t, asHTML, report.New(book, j, s))
	d := parsed(t, page)
	if len(d.all("script")) > 0 || bytes.Contains(page, []byte("<script")) {
		t.Error("a name became a script")
	}
	for _, n := range d.all() {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("a name became the attribute %s of %s", a.Key, n.Data)
			}
		}
	}
	if all := text(d.root); !strings.Contains(all, hostile) || !strings.Contains(all, `INC"><svg/onload=alert(1)>`) {
		t.Error("the names are not on the page as they are written")
	}
}

// Beyond the limit the page counts what it does not show, and the CSV shows it.
func TestPageLimits(t *testing.T) {
	var log strings.Builder
	for i := range report.MaxBars + 25 {
		fmt.Fprintf(&log, "BIG-%04d 04-13T09:00 opened P2 incident mail atlas\nBIG-%04d 04-15T09:00 resolved\n", i, i)
	}
	for i := range report.MaxExcluded + 5 {
		fmt.Fprintf(&log, "GONE-%04d 04-13T09:00 opened P2 incident mail atlas\nGONE-%04d 04-13T09:10 cancelled\n", i, i)
	}
	book, j, s := drawn(t, cityBook(t, "", ""), log.String())
	sheet := report.New(book, j, s)
	d := parsed(t, written(t, asHTML, sheet))
	page := text(d.root)
	for _, want := range []string{"25 more tickets of this measure, beyond the 500", "5 more excluded tickets of this measure, beyond the 2,000"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	bars := 0
	for _, n := range d.all("svg") {
		if attribute(n, "role") == "img" {
			bars++
		}
	}
	if bars != report.MaxBars {
		t.Errorf("%d bars, want %d", bars, report.MaxBars)
	}
	if !strings.Contains(page, "there are 500 of them") || strings.Contains(attribute(d.all("main")[0], "class"), "tb-few") {
		t.Error("500 tables of lives would be printed, or the page does not say that they are not")
	}
	rows := readCSV(t, sheet)
	if n := len(rows.where("section", "counted", "id", "KPI-1", "verdict", "missed")); n != report.MaxBars+25 {
		t.Errorf("%d missed tickets in the CSV, want %d", n, report.MaxBars+25)
	}
	if n := len(rows.where("section", "leg", "id", "KPI-1", "ticket", "BIG-0524")); n == 0 {
		t.Error("the CSV has no leg of the last ticket")
	}
	if n := len(rows.where("section", "excluded", "id", "KPI-1")); n != report.MaxExcluded+5 {
		t.Errorf("%d excluded tickets in the CSV, want %d", n, report.MaxExcluded+5)
	}
}

// A statement that was read from its record has no evidence; what can be shown is.
func TestStatementFromItsRecord(t *testing.T) {
	book, j, s := sample(t)
	read, err := statement.Decode(statement.Encode(s))
	if err != nil {
		t.Fatal(err)
	}
	sheet := report.New(book, nil, read)
	page := text(parsed(t, written(t, asHTML, sheet)).root)
	if !strings.Contains(page, "The entries of the ticket are not at hand") || !strings.Contains(page, "14 h 5 min counted of 8 h allowed") {
		t.Error("the page does not say that lives cannot be drawn, or leaves out what is known")
	}
	rows := readCSV(t, sheet)
	if n := len(rows.where("section", "counted", "id", "KPI-1")); n != 4 {
		t.Errorf("%d tickets listed, want the 4 that missed", n)
	}
	if n := len(rows.where("section", "statement", "name", "evidence")); n != 1 {
		t.Error("the CSV does not say that the tickets that met are missing")
	}
	// With the journal at hand the bars are drawn all the same.
	page = text(parsed(t, written(t, asHTML, report.New(book, j, read))).root)
	if !strings.Contains(page, "Life of INC-1002") || strings.Contains(page, "not at hand") {
		t.Error("no bars from a journal")
	}
}
