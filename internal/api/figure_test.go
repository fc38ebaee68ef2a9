package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

// TestContracts reads terms with prices and without.
func TestContracts(t *testing.T) {
	h := force(t)
	commercial, manager := h.as("brackwold", access.Commercial), h.as("brackwold", access.Manager)
	var list struct{ Contracts []app.Terms }
	h.get("/contracts", manager).is(t, http.StatusOK).into(t, &list)
	if len(list.Contracts) != 1 || list.Contracts[0].ID != "end-user" || list.Contracts[0].From != "2016-02-01" || list.Contracts[0].Document != nil {
		t.Errorf("%+v", list)
	}
	full, bare := string(h.get("/contracts/end-user", commercial).is(t, http.StatusOK).body), string(h.get("/contracts/end-user", manager).is(t, http.StatusOK).body)
	if !strings.Contains(full, "GBP 1150000.00") || !strings.Contains(full, `"prices":true`) || strings.Contains(bare, "GBP ") || strings.Contains(bare, `"points"`) || !strings.Contains(bare, `"prices":false`) {
		t.Errorf("%s\n%s", full, bare)
	}
	for _, who := range []string{h.as("fennock", access.Commercial), h.as("brackwold", access.Agent), h.as("force", access.Administrator)} {
		h.get("/contracts/end-user", who).refused(t, serve.TypeNotFound)
	}
}

// TestEstate reads the estate before and after towers merge.
func TestEstate(t *testing.T) {
	h := force(t)
	who := h.as("fennock", access.Officer)
	var now, later struct {
		Date   string
		Towers []struct{ ID string }
	}
	h.get("/estate", who).is(t, http.StatusOK).into(t, &now)
	h.get("/estate?on=2020-04-01", who).is(t, http.StatusOK).into(t, &later)
	if now.Date != "2019-03-12" || len(now.Towers) != 6 || later.Date != "2020-04-01" || len(later.Towers) != 2 {
		t.Errorf("%+v, %+v", now, later)
	}
	h.get("/estate?on=tomorrow", who).refused(t, serve.TypeInvalid)
}

// TestCalendars asks calendars over a change of the clocks.
func TestCalendars(t *testing.T) {
	h := force(t)
	who := h.as("quenby", access.Officer)
	var list struct{ Calendars []app.CalendarEntry }
	h.get("/calendars", who).is(t, http.StatusOK).into(t, &list)
	if len(list.Calendars) != 4 || list.Calendars[0].ID != "always" || !list.Calendars[0].Always || list.Calendars[2].ID != "office" || list.Calendars[2].Zone != "Europe/London" {
		t.Errorf("%+v", list)
	}
	var office app.CalendarView
	h.get("/calendars/office?from=2019-03-29T00:00:00Z&to=2019-04-02T00:00:00%2B01:00", who).is(t, http.StatusOK).into(t, &office)
	if office.Open || len(office.Windows) != 2 || office.Windows[0].From.String() != "2019-03-29T08:00:00Z" || office.Windows[1].From.String() != "2019-04-01T07:00:00Z" {
		t.Errorf("%+v", office)
	}
	var open struct{ Seconds int64 }
	h.get("/calendars/office/open?from=2019-03-29T12:00:00Z&to=2019-04-01T12:00:00%2B01:00", who).is(t, http.StatusOK).into(t, &open)
	var due struct{ Due string }
	h.get("/calendars/office/due?from=2019-03-29T12:00:00Z&seconds="+strconv.FormatInt(open.Seconds, 10), who).is(t, http.StatusOK).into(t, &due)
	if open.Seconds == 0 || due.Due != "2019-04-01T11:00:00Z" {
		t.Errorf("%d open seconds are over at %s", open.Seconds, due.Due)
	}
	for path, want := range map[string]serve.Type{
		"/calendars/never-was": serve.TypeNotFound,
		"/calendars/never-was/due?from=2019-03-29T12:00:00Z&seconds=1":                      serve.TypeNotFound,
		"/calendars/office?from=2019-03-29T00:00:00Z&to=2020-12-02T00:00:00Z":               serve.TypeInvalid,
		"/calendars/office/open?from=2019-03-29T12:00:00Z&to=2019-03-28T12:00:00Z":          serve.TypeInvalid,
		"/calendars/office/open?from=1900-03-29T12:00:00Z&to=2019-03-28T12:00:00Z":          serve.TypeInvalid,
		"/calendars/office/due?from=2019-03-29T12:00:00Z&seconds=1000000000":                serve.TypeInvalid,
		"/calendars/office/due?from=2019-03-29T12:00:00Z":                                   serve.TypeInvalid,
		"/calendars/office/due?from=noon&seconds=1":                                         serve.TypeInvalid,
		"/calendars/office/open?from=2019-03-29T12:00:00Z&to=2019-03-30T12:00:00Z&zone=UTC": serve.TypeInvalid,
	} {
		h.get(path, who).refused(t, want)
	}
}
