package document_test

import (
	"fmt"
	"strings"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
)

// rich is a document that uses every feature of the package.
type rich struct {
	ID       string           `doc:"id,required" about:"Plain name by which others refer to it."`
	Title    *string          `doc:"title"`
	Live     bool             `doc:"live"`
	Count    int              `doc:"count"`
	Small    int8             `doc:"small"`
	Unsigned uint16           `doc:"unsigned"`
	Opened   *span.Date       `doc:"opened"`
	Length   span.Seconds     `doc:"length"`
	Month    *span.Period     `doc:"month"`
	Amount   amount           `doc:"amount"`
	Code     code             `doc:"code"`
	Colour   colour           `doc:"colour"`
	Level    level            `doc:"level"`
	Tags     []string         `doc:"tags"`
	Measures []measure        `doc:"measures,required,min=1" about:"What is measured."`
	Limits   map[string]int64 `doc:"limits"`
	Teams    map[string]team  `doc:"teams,min=1"`
	Fixed    *amount          `doc:"fixed,choice=price"`
	Rate     *amount          `doc:"rate,choice=price"`
	Steps    []amount         `doc:"steps,choice=price"`
	Inner    *struct {        // a struct without a name
		Note string `doc:"note"`
	} `doc:"inner"`
	span.Dated `doc:",inline"`
	Ignored    string
}

type measure struct {
	Name  string    `doc:"name,required"`
	Bands []*band   `doc:"bands"`
	Parts []measure `doc:"parts"`
}

type band struct {
	Below  amount `doc:"below"`
	Points int    `doc:"points,required"`
}

type team struct {
	Lead string     `doc:"lead,required"`
	Day  *span.Date `doc:"day,choice=when"`
	Week *int       `doc:"week,choice=when"`
	Mail *string    `doc:"mail,choice=reach"`
	Call *string    `doc:"call,choice=reach"`
}

// amount is an exact number, kept as it is written.
type amount struct{ text string }

func (a *amount) UnmarshalText(b []byte) error {
	if s := strings.TrimPrefix(string(b), "-"); s == "" || strings.Trim(s, "0123456789.") != "" || strings.Count(s, ".") > 1 ||
		strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") {
		return fmt.Errorf("%q is not an amount such as 99.50", b)
	}
	a.text = string(b)
	return nil
}

func (amount) SchemaPattern() string { return `^-?\d+(\.\d+)?$` }
func (amount) SchemaNumber() bool    { return true }

// code accepts any text by itself, so that only its pattern refuses.
type code string

func (code) SchemaPattern() string { return `^[A-Z]{2}-\d{3}$` }

type colour string

func (*colour) SchemaEnum() []string { return []string{"red", "green", "dark-blue"} }

// level has names that YAML takes for other things.
type level string

func (level) SchemaEnum() []string { return []string{"1", "2", "true", "none"} }

const good = `id: 12
title: 2012-01-01
live: true
count: -7
small: 127
unsigned: 65535
opened: 2026-03-29
length: 1h30m
month: 2012-04
amount: 99.50
code: AB-123
colour: dark-blue
level: 1
tags: [yes, 1e3, "quoted: text", 0x1F]
measures:
  - name: speed
    bands:
      - below: 95
        points: 5
      - {below: 90.0, points: 10}
    parts:
    - name: half
  - name: |
      two
      lines
limits:
  network: 3
  "a.b": 4
teams:
  desk: {lead: Ann, week: 3, mail: ann@example.org}
rate: -0.5
fixed:
inner:
  note: >-
    folded
    text
from: 2026-01-01
`

// readRich is document.Read of a rich document, with its findings as lines.
func readRich(text string) (rich, *document.Where, []string) {
	value, where, findings := document.Read[rich]("a.yaml", []byte(text))
	return value, where, lines(findings)
}

func lines(findings fault.Findings) []string {
	var out []string
	for _, f := range findings {
		line := fmt.Sprintf("%d:%d %d", f.Position.Line, f.Position.Column, f.Rule.Number)
		if f.Field != "" {
			line += " " + f.Field
		}
		out = append(out, line+": "+f.Message)
	}
	return out
}
