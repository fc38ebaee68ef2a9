package main

import (
	"fmt"
	"strconv"
	"strings"
)

// stride is how far apart two requests' places in a range are: a prime, so that every
// place comes once before one comes again, unless the range's length is a multiple of it.
const stride = 7919

// template is a text with places that differ from request to request.
type template []piece

// piece is fixed text, or a place.
type piece struct {
	text     string
	number   bool  // {i}
	from, to int64 // {r:from-to}, where from < to
}

// parseTemplate reads a text. Braces that hold neither {i} nor {r:a-b} are text.
func parseTemplate(text string) (template, error) {
	var out template
	for text != "" {
		open := strings.Index(text, "{")
		if open < 0 {
			break
		}
		p, length, err := parsePlace(text[open:])
		if err != nil {
			return nil, err
		}
		if length == 0 { // a brace that is text
			out, text = append(out, piece{text: text[:open+1]}), text[open+1:]
			continue
		}
		if open > 0 {
			out = append(out, piece{text: text[:open]})
		}
		out, text = append(out, p), text[open+length:]
	}
	if text != "" {
		out = append(out, piece{text: text})
	}
	return out, nil
}

// parsePlace reads the place that a text begins with, and returns its length; zero where
// it begins with none.
func parsePlace(text string) (piece, int, error) {
	if strings.HasPrefix(text, "{i}") {
		return piece{number: true}, len("{i}"), nil
	}
	inside, ok := strings.CutPrefix(text, "{r:")
	if !ok {
		return piece{}, 0, nil
	}
	inside, _, ok = strings.Cut(inside, "}")
	first, last, dashed := strings.Cut(inside, "-")
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	if !ok || !dashed || err1 != nil || err2 != nil || from >= to {
		return piece{}, 0, fmt.Errorf("%.40q does not begin with a range such as {r:1-100}", text)
	}
	return piece{from: from, to: to}, len("{r:}") + len(inside), nil
}

// of returns the text of the request of a number.
func (t template) of(number int64) string {
	if len(t) == 1 && t[0].text != "" {
		return t[0].text
	}
	var b []byte
	for _, p := range t {
		switch {
		case p.number:
			b = strconv.AppendInt(b, number, 10)
		case p.from < p.to:
			b = strconv.AppendInt(b, p.from+number*stride%(p.to-p.from+1), 10)
		default:
			b = append(b, p.text...)
		}
	}
	return string(b)
}
