package calendar

import (
	"slices"
	"strings"
	"time"

	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/span"
)

// Document is a calendar as people write it.
type Document struct {
	ID       string    `doc:"id,required" about:"Plain name by which other documents refer to the calendar."`
	Name     string    `doc:"name" about:"What the calendar is called on pages."`
	Zone     string    `doc:"zone,required" about:"IANA time zone in which the windows are written, such as Europe/London."`
	Versions []Version `doc:"versions,min=1" about:"The working time, by the date from which it holds; the first holds from the beginning."`
}

// Version is the working time from a date until the next version begins.
type Version struct {
	From     *span.Date `doc:"from" about:"First day on which this version holds. Only the first version may leave it out: it holds from the beginning in any case."`
	Week     *Week      `doc:"week,choice=hours" about:"Windows of each day of the week; a day that is left out is closed."`
	Always   *bool      `doc:"always,choice=hours" about:"True for open at every second of every day, instead of a week."`
	Holidays Holidays   `doc:"holidays" about:"Days on which the week does not hold."`
	Source   string     `doc:"source" about:"Clause or paper that the version comes from."`
}

// Week is the windows of each day of the week.
type Week struct {
	Monday    []Window `doc:"monday" about:"Windows that begin on a Monday."`
	Tuesday   []Window `doc:"tuesday" about:"Windows that begin on a Tuesday."`
	Wednesday []Window `doc:"wednesday" about:"Windows that begin on a Wednesday."`
	Thursday  []Window `doc:"thursday" about:"Windows that begin on a Thursday."`
	Friday    []Window `doc:"friday" about:"Windows that begin on a Friday."`
	Saturday  []Window `doc:"saturday" about:"Windows that begin on a Saturday."`
	Sunday    []Window `doc:"sunday" about:"Windows that begin on a Sunday."`
}

// On returns the windows that begin on a day of the week.
func (w *Week) On(day time.Weekday) []Window {
	return [...][]Window{
		w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday,
	}[day]
}

// Holidays is the days on which the week of a version does not hold.
type Holidays struct {
	Sets  []string      `doc:"sets" about:"Published bank holidays: england-and-wales, scotland or northern-ireland."`
	Dates []HolidayDate `doc:"dates" about:"Further dates; they go before the sets."`
}

// HolidayDate is one date of a calendar's own: closed, or open in other windows.
type HolidayDate struct {
	Date    span.Date `doc:"date,required" about:"The date."`
	Name    string    `doc:"name" about:"What the day is called."`
	Source  string    `doc:"source" about:"Notice or clause that the day comes from."`
	Windows []Window  `doc:"windows" about:"Windows that replace the week's on this date; none for closed all day."`
}

// Read reads a calendar from YAML and checks it against the shipped zones and
// holiday sets. It returns everything that is wrong, each at its place; the
// document is fit for use only when there are no findings.
func Read(file string, data []byte) (Document, fault.Findings) {
	doc, where, findings := document.Read[Document](file, data)
	if doc.ID == "" && doc.Zone == "" && doc.Versions == nil {
		return doc, findings // nothing could be read, which is said already
	}
	// What the document already says of a field or of a part of it is said once.
	reported := func(f fault.Finding) bool {
		return slices.ContainsFunc(findings, func(g fault.Finding) bool {
			rest, within := strings.CutPrefix(g.Field, f.Field)
			return within && (rest == "" || rest[0] == '.' || rest[0] == '[')
		})
	}
	all := slices.Clone(findings)
	for _, f := range check(doc, Shipped(), HolidaySet, where.Finding) {
		if !reported(f) {
			all = append(all, f)
		}
	}
	all.Sort()
	return doc, all
}
