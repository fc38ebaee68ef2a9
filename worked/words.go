package worked

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"towerbridge/fault"
	"towerbridge/money"
	"towerbridge/span"
)

// word is a word of a line: a run without blanks, or a text in double quotes.
type word struct {
	text   string
	column int // of its first byte, from one
	quoted bool
}

// words reads a line from left to right. The first thing that is wrong is kept;
// after it every reading returns its zero value.
type words struct {
	list []word
	at   int
	end  int // column after the last word
	rule fault.Rule
	col  int
	bad  string
}

// split cuts a line into words.
func split(line string) *words {
	w := &words{end: len(line) + 1}
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
			i++
		case c == '"':
			text, end, closed := unquote(line[i:])
			if !closed {
				w.fail(incomplete, i+1, "a text in quotes does not end")
			}
			w.list = append(w.list, word{text, i + 1, true})
			i += end
		default:
			n := strings.IndexAny(line[i:], " \t")
			if n < 0 {
				n = len(line) - i
			}
			w.list = append(w.list, word{line[i : i+n], i + 1, false})
			i += n
		}
	}
	return w
}

// unquote reads a text in double quotes, in which \ stands before a quote or
// another \, and returns it with the bytes that it took and whether it ended.
func unquote(s string) (text string, length int, closed bool) {
	var b strings.Builder
	i := 1
	for ; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i + 1, true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), i, false
}

// quote writes what unquote reads.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// plain writes a text as one word, in quotes where it needs them: where it is no
// single word, or one that means something of its own at the end of a line.
func plain(s string) string {
	if s == "" || s == "contract" || s == "clock" || s == "reason" || strings.ContainsAny(s, " \t\"") {
		return quote(s)
	}
	return s
}

func (w *words) fail(rule fault.Rule, column int, format string, args ...any) {
	if w.bad == "" {
		w.rule, w.col, w.bad = rule, column, fmt.Sprintf(format, args...)
	}
}

// more reports whether there is a further word and nothing is wrong yet.
func (w *words) more() bool { return w.bad == "" && w.at < len(w.list) }

// peek returns the next word's text, or nothing; a quoted word is never a keyword.
func (w *words) peek() string {
	if !w.more() || w.list[w.at].quoted {
		return ""
	}
	return w.list[w.at].text
}

// next returns the next word; what says in words what it should be.
func (w *words) next(what string) word {
	if !w.more() {
		w.fail(incomplete, w.end, "%s is missing", what)
		return word{column: w.end}
	}
	w.at++
	return w.list[w.at-1]
}

// take takes the next word if it is the keyword.
func (w *words) take(keyword string) bool {
	if w.peek() != keyword {
		return false
	}
	w.at++
	return true
}

// must takes a keyword that has to be there.
func (w *words) must(keyword string) {
	if !w.take(keyword) {
		x := w.next("the word " + keyword)
		w.fail(unknownWord, x.column, "%q stands where %q is expected", x.text, keyword)
	}
}

// done reports a word too many.
func (w *words) done() {
	if w.more() {
		w.fail(unknownWord, w.list[w.at].column, "%q is not expected here", w.list[w.at].text)
	}
}

// trailing takes a keyword and its value from the end of the line.
func (w *words) trailing(keyword string) (string, bool) {
	n := len(w.list)
	if n < 2 || w.list[n-2].quoted || w.list[n-2].text != keyword {
		return "", false
	}
	value := w.list[n-1].text
	w.list = w.list[:n-2]
	return value, true
}

func (w *words) length(what string) span.Seconds {
	x := w.next(what)
	n, err := span.ParseSeconds(x.text)
	if err != nil {
		w.fail(incomplete, x.column, "%v", err)
	}
	return n
}

func (w *words) number(what string) int64 {
	x := w.next(what)
	n, err := strconv.ParseInt(x.text, 10, 64)
	if err != nil {
		w.fail(incomplete, x.column, "%q is not %s, a whole number", x.text, what)
	}
	return n
}

func (w *words) period() span.Period {
	x := w.next("a period such as 2026-05")
	p, err := span.ParsePeriod(x.text)
	if err != nil {
		w.fail(incomplete, x.column, "%v", err)
	}
	return p
}

// amount reads a currency and a number: two words.
func (w *words) amount() money.Amount {
	code := w.next("a sum such as GBP 6000.00")
	number := w.next("a sum such as GBP 6000.00")
	a, err := money.ParseAmount(code.text + " " + number.text)
	if err != nil {
		w.fail(incomplete, code.column, "%s %s is not a sum such as GBP 6000.00", code.text, number.text)
	}
	return a
}

func (w *words) stamp(zone *time.Location) span.Instant {
	x := w.next("an instant such as 2026-05-05T16:00")
	i, err := parseStamp(x.text, zone)
	if err != nil {
		w.fail(badStamp, x.column, "%v", err)
	}
	return i
}
