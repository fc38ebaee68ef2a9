package estate

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
)

// WithSites returns the text of an estate's document in which some sites are others:
// a site of an id that is there takes its place, one of another id is added after the
// last. All else of the text stays as it is, byte for byte, comments too; those within
// a site that is replaced stay beside it, and a last line without an end gets one.
// Sites never go: one that closes gets an end.
//
// The list of sites must be written with one dash a line. The text that is returned
// was read again: it says what the old one says with those sites in it, and nothing
// else. Whether that is right, [Read] tells.
func WithSites(file string, data []byte, sites []Site) ([]byte, fault.Findings) {
	doc, where, findings := document.Read[Document](file, data)
	if len(findings) > 0 || len(sites) == 0 {
		return data, findings
	}
	w := siteWriter{end: "\n", indent: "  "}
	if bytes.Contains(data, []byte("\r\n")) {
		w.end = "\r\n"
	}
	w.lines = strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")
	w.lines[len(w.lines)-1] += "\n"
	if ok := w.find(doc.Sites, where); ok {
		doc.Sites = w.put(doc.Sites, sites)
		text := []byte(strings.Join(w.lines, ""))
		again, _, findings := document.Read[Document](file, text)
		if slices.ContainsFunc(findings, func(f fault.Finding) bool {
			return f.Rule == document.TooLarge || f.Rule == document.TooMuch
		}) {
			return nil, findings
		}
		if len(findings) == 0 && reflect.DeepEqual(again, doc) {
			return text, nil
		}
	}
	return nil, fault.Findings{where.Finding(NotEdited, "sites", "the sites of %s are not written so that a program can change them", file)}
}

// siteWriter changes the lines of a document. Every line has its end.
type siteWriter struct {
	lines  []string
	end    string // of a line
	indent string // before the dashes of sites
	at     []stretch
	key    int // line of the key sites; that after the last where there is none
}

// stretch is the lines of one site, without blank lines and comments below it.
type stretch struct{ first, last int }

var (
	sitesKey = regexp.MustCompile(`^sites:[ \t]*(?:\[[ \t]*\])?[ \t]*(#.*)?$`)
	siteDash = regexp.MustCompile(`^( *)-[ \t]`)
)

// find finds the lines of the sites there are, and reports whether each begins with a
// dash.
func (w *siteWriter) find(sites []Site, where *document.Where) bool {
	w.key = slices.IndexFunc(w.lines, func(l string) bool { return sitesKey.MatchString(strings.TrimRight(l, "\r\n")) })
	if len(sites) == 0 {
		return true
	}
	for i := range sites {
		first := where.At(at("sites", i)).Line - 1
		if first >= len(w.lines) { // lines that end as those of no machine of today
			return false
		}
		dash := siteDash.FindStringSubmatch(w.lines[first])
		if dash == nil || w.key < 0 || i > 0 && (dash[1] != w.indent || first <= w.at[i-1].first) {
			return false
		}
		w.indent = dash[1]
		w.at = append(w.at, stretch{first: first})
	}
	for i := range w.at {
		s := &w.at[i]
		s.last = s.first
		for n := s.first + 1; n < len(w.lines) && (i+1 == len(w.at) || n < w.at[i+1].first); n++ {
			text := strings.TrimLeft(w.lines[n], " ")
			if blank(text) {
				continue
			}
			if len(w.lines[n])-len(text) <= len(w.indent) {
				break
			}
			s.last = n
		}
	}
	return true
}

// blank reports whether a line holds nothing, or only a comment.
func blank(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#'
}

// put writes sites over those of their ids or after the last, and returns all of them.
func (w *siteWriter) put(there, sites []Site) []Site {
	all := slices.Clone(there)
	byID := make(map[string]int, len(there))
	for i, s := range there {
		byID[s.ID] = i
	}
	var fresh strings.Builder
	for _, s := range sites {
		if i, known := byID[s.ID]; known {
			all[i] = s
			w.replace(w.at[i], &s)
			continue
		}
		fresh.WriteString(w.indent + "- " + siteText(&s) + w.end)
		all = append(all, s)
	}
	switch fresh := fresh.String(); {
	case fresh == "":
	case len(w.at) > 0:
		w.lines[w.at[len(w.at)-1].last] += fresh
	case w.key >= 0:
		comment := sitesKey.FindStringSubmatch(strings.TrimRight(w.lines[w.key], "\r\n"))[1]
		w.lines[w.key] = strings.TrimRight("sites: "+comment, " ") + w.end + fresh
	default:
		w.lines = append(w.lines, "sites:"+w.end+fresh)
	}
	return all
}

// replace writes a site over its lines. Other lines keep their places.
func (w *siteWriter) replace(s stretch, site *Site) {
	var comments []string
	for n := s.first; n <= s.last; n++ {
		if c := commentOf(w.lines[n]); c != "" {
			comments = append(comments, c)
		}
		if n > s.first {
			w.lines[n] = ""
		}
	}
	line := w.indent + "- " + siteText(site)
	if s.first == s.last && len(comments) == 1 {
		w.lines[s.first] = line + " " + comments[0] + w.end
		return
	}
	above := ""
	for _, c := range comments {
		above += w.indent + c + w.end
	}
	w.lines[s.first] = above + line + w.end
	if s.first != s.last { // what is added after the last site goes below its last line
		w.lines[s.last], w.lines[s.first] = w.lines[s.first], ""
	}
}

// commentOf returns the comment at the end of a line, or the empty text.
func commentOf(line string) string {
	line = strings.TrimRight(line, "\r\n")
	quote := byte(0)
	before := byte(':') // the last that is no space
	for i := range len(line) {
		c := line[i]
		switch {
		case quote != 0:
			if c == quote && (quote == '\'' || line[i-1] != '\\') {
				quote = 0
			}
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return strings.TrimRight(line[i:], " \t")
		case (c == '"' || c == '\'') && strings.IndexByte(":,[{-", before) >= 0:
			quote = c
		}
		if c != ' ' && c != '\t' {
			before = c
		}
	}
	return ""
}

// siteText returns a site as one line of YAML.
func siteText(s *Site) string {
	var b strings.Builder
	put := func(key, value string) {
		if value == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(key + ": " + value)
	}
	day := func(d *span.Date) string {
		if d == nil {
			return ""
		}
		return d.String()
	}
	names := make([]string, len(s.Names))
	for i, n := range s.Names {
		names[i] = scalarText(n)
	}
	put("id", scalarText(s.ID))
	put("name", scalarText(s.Name))
	put("zone", scalarText(s.Zone))
	put("nation", scalarText(string(s.Nation)))
	put("calendar", scalarText(s.Calendar))
	if len(names) > 0 {
		put("names", "["+strings.Join(names, ", ")+"]")
	}
	put("from", day(s.From))
	put("to", day(s.To))
	return "{" + b.String() + "}"
}

var (
	plainText = regexp.MustCompile(`^\pL[\pL0-9 _./()'-]*$`)
	otherText = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n)$| $`) // to some program no text
)

// scalarText returns a text as YAML within braces: in quotes, where there is any doubt.
func scalarText(s string) string {
	if s == "" || plainText.MatchString(s) && !otherText.MatchString(s) {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil { // a string is always written
		panic("estate: " + err.Error())
	}
	return strings.TrimSpace(b.String())
}
