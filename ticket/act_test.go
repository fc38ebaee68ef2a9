package ticket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/ticket"
)

// Every state of a ticket and every act: which of them go together.
func TestMay(t *testing.T) {
	const open = "change note assign respond cancel link"
	held := func(s journal.Status, more ticket.State) ticket.State {
		more.Status, more.Party = s, 1
		return more
	}
	for _, c := range []struct {
		name  string
		state ticket.State
		may   string
	}{
		{"new", ticket.State{Status: journal.New}, open},
		{"new, rejected", ticket.State{Status: journal.New, RejectedBy: 1}, open},
		{"new, held", held(journal.New, ticket.State{}), open + " accept reject pause resolve"},
		{"offered", held(journal.Queued, ticket.State{}), open + " accept reject pause resolve"},
		{"offered to a team of no party", ticket.State{Status: journal.Queued, Team: 1}, open + " accept reject pause resolve"},
		{"offered while paused", held(journal.Queued, ticket.State{Pauses: 1}), open + " accept reject pause resume resolve"},
		{"in progress, held by nobody", ticket.State{Status: journal.InProgress, Accepted: true}, open},
		{"in progress", held(journal.InProgress, ticket.State{Accepted: true}), open + " reject pause resolve"},
		{"in progress, another reason stands", held(journal.InProgress, ticket.State{Accepted: true, Pauses: 2}), open + " reject pause resume resolve"},
		{"in progress, not accepted", held(journal.InProgress, ticket.State{}), open + " accept reject pause resolve"},
		{"waiting", held(journal.Waiting, ticket.State{Accepted: true, Pauses: 1}), open + " reject pause resume resolve"},
		{"waiting for no reason", held(journal.Waiting, ticket.State{Accepted: true}), open + " reject pause resume resolve"},
		{"waiting, held by nobody", ticket.State{Status: journal.Waiting, Pauses: 1}, open + " resume"},
		{"disputed", held(journal.InProgress, ticket.State{Accepted: true, Disputed: true}), open + " reject pause resolve"},
		{"resolved", held(journal.ResolvedStatus, ticket.State{Accepted: true}), "change note link reopen close"},
		{"closed", held(journal.ClosedStatus, ticket.State{Accepted: true}), "note link reopen"},
		{"cancelled", held(journal.CancelledStatus, ticket.State{}), "note link"},
	} {
		for _, a := range ticket.Acts() {
			err := ticket.May(&c.state, a)
			if want := slices.Contains(strings.Fields(c.may), string(a)); (err == nil) != want {
				t.Errorf("%s: %s is allowed: %v, want %v", c.name, a, err, want)
			}
			var why *fault.Error
			if err != nil && (!errors.As(err, &why) || why.Kind != fault.Conflict || why.Remedy == "" || !strings.HasPrefix(why.Message, "the ticket is "+c.state.Status.String())) {
				t.Errorf("%s: %s is refused by %v", c.name, a, err)
			}
		}
	}
	if err := ticket.May(&ticket.State{Status: journal.New}, "frown"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an act that there is not: %v", err)
	}
	if all := ticket.Acts(); len(all) != 14 || all[0] != ticket.Open {
		t.Errorf("acts %v", all)
	}
}

// What a remedy names can be done: it is an act that the state allows.
func TestRemediesHelp(t *testing.T) {
	for _, c := range []struct {
		state  ticket.State
		act    ticket.Act
		remedy string
		first  ticket.Act
	}{
		{ticket.State{Status: journal.New}, ticket.Accept, "Assign it first.", ticket.Assign},
		{ticket.State{Status: journal.New}, ticket.Resolve, "Assign it first.", ticket.Assign},
		{ticket.State{Status: journal.New}, ticket.Close, "Resolve it first.", ""},
		{ticket.State{Status: journal.ClosedStatus}, ticket.Pause, "Reopen it first.", ticket.Reopen},
		{ticket.State{Status: journal.ResolvedStatus}, ticket.Assign, "Reopen it first.", ticket.Reopen},
		{ticket.State{Status: journal.ClosedStatus}, ticket.Change, "Reopen it first, or write a note.", ticket.Reopen},
		{ticket.State{Status: journal.ClosedStatus}, ticket.Close, "There is nothing left to do.", ""},
		{ticket.State{Status: journal.CancelledStatus}, ticket.Reopen, "Open another.", ""},
		{ticket.State{Status: journal.CancelledStatus}, ticket.Resume, "Open another.", ""},
		{ticket.State{Status: journal.InProgress, Party: 1, Accepted: true}, ticket.Accept, "Go on with it, or assign it to somebody else.", ticket.Assign},
		{ticket.State{Status: journal.InProgress, Party: 1}, ticket.Resume, "Go on with it.", ""},
		{ticket.State{Status: journal.Waiting, Party: 1}, ticket.Reopen, "Go on with it.", ""},
		{ticket.State{Status: journal.InProgress}, ticket.Open, "Open another.", ""},
	} {
		var why *fault.Error
		if err := ticket.May(&c.state, c.act); !errors.As(err, &why) || why.Remedy != c.remedy {
			t.Errorf("%s of a ticket that is %s: %v, want %q", c.act, c.state.Status, err, c.remedy)
		}
		if c.first == "" {
			continue
		}
		if err := ticket.May(&c.state, c.first); err != nil {
			t.Errorf("the remedy %q is refused: %v", c.remedy, err)
		}
	}
}

// After an act, the ticket is in a state of which the rules know.
func TestMayFollowsHistory(t *testing.T) {
	steps := []struct {
		act   ticket.Act
		event journal.Event
		then  []ticket.Act
	}{
		{ticket.Assign, journal.Assigned, []ticket.Act{ticket.Accept, ticket.Reject}},
		{ticket.Accept, journal.Accepted, []ticket.Act{ticket.Pause, ticket.Resolve}},
		{ticket.Pause, journal.Paused, []ticket.Act{ticket.Resume, ticket.Resolve}},
		{ticket.Resume, journal.Resumed, []ticket.Act{ticket.Pause}},
		{ticket.Resolve, journal.Resolved, []ticket.Act{ticket.Close, ticket.Reopen}},
		{ticket.Reopen, journal.Reopened, []ticket.Act{ticket.Resolve, ticket.Pause}},
		{ticket.Resolve, journal.Resolved, []ticket.Act{ticket.Close}},
		{ticket.Close, journal.Closed, []ticket.Act{ticket.Reopen, ticket.Note}},
	}
	for n := range steps {
		_, h := read(t, 60, func(names names) []line {
			out := []line{{facts: journal.Facts{Event: journal.Opened}}}
			for i, s := range steps[:n+1] {
				f := journal.Facts{Event: s.event}
				if s.act == ticket.Assign {
					f.Party = names.symbol("A")
				}
				if s.act == ticket.Pause {
					f.Reason = names.symbol("user")
				}
				out = append(out, line{minute: i + 1, facts: f})
			}
			return out
		})
		if n > 0 {
			before := h.Moments[n].State
			if err := ticket.May(&before, steps[n].act); err != nil {
				t.Errorf("step %d: %v", n, err)
			}
		}
		for _, a := range steps[n].then {
			if err := ticket.May(h.Last(), a); err != nil {
				t.Errorf("after %s: %v", steps[n].act, err)
			}
		}
	}
}

func TestMayResume(t *testing.T) {
	j, h := read(t, 60, func(n names) []line {
		return []line{
			{facts: journal.Facts{Event: journal.Opened, Party: n.symbol("A")}},
			{minute: 1, facts: journal.Facts{Event: journal.Paused, Reason: n.symbol("user")}},
			{minute: 2, facts: journal.Facts{Event: journal.Paused, Reason: n.symbol("parts")}},
			{minute: 3, facts: journal.Facts{Event: journal.Resumed, Reason: n.symbol("user")}},
			{minute: 4, facts: journal.Facts{Event: journal.Resumed}},
			{minute: 5, facts: journal.Facts{Event: journal.Changed, Status: journal.Waiting}},
			{minute: 6, facts: journal.Facts{Event: journal.Closed}},
		}
	})
	for _, c := range []struct {
		minute int
		reason string
		want   string // part of the error; empty: allowed
	}{
		{1, "user", ""},
		{1, "", ""},
		{1, "parts", `does not wait for "parts", but for user`},
		{1, "never heard of", `but for user`},
		{2, "user", ""},
		{2, "A", "but for user, parts"},
		{3, "user", "but for parts"},
		{3, "parts", ""},
		{4, "", "does not wait for anything"},
		{4, "parts", "does not wait for anything"},
		{5, "", ""},
		{5, "parts", "nobody said why"},
		{6, "parts", "nobody works on it"},
	} {
		err := ticket.MayResume(j, &h.Moments[c.minute].State, c.reason)
		switch {
		case (err == nil) != (c.want == ""):
			t.Errorf("after minute %d, %q: %v", c.minute, c.reason, err)
		case err != nil && (fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), c.want)):
			t.Errorf("after minute %d, %q: %v, want %q", c.minute, c.reason, err, c.want)
		}
	}
}
