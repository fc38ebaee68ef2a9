package clock_test

import "testing"

// TestVectors holds the published and the project's own vectors of clock cases.
func TestVectors(t *testing.T) {
	within := func(s string) []string { return []string{"within: " + s} }
	v10 := "2026-06-01T09:00 opened priority=P3; 2026-06-01T13:00 changed priority=P1"
	v10targets := []string{"priorities: [P1], within: 4h", "priorities: [P3], within: 16h"}
	for _, x := range []reads{
		{
			name: "V1 spring forward", clock: "stop: resolved, calendar: always", targets: within("4h"),
			entries: "2026-03-29T00:30:00Z opened", asOf: "2026-03-29T04:00",
			want: "running 9000 of 14400 due Sun 2026-03-29 05:30:00 BST",
		},
		{
			name: "V2 fall back", clock: "stop: resolved, calendar: always", targets: within("4h"),
			entries: "2025-10-26T00:30:00+01:00 opened", asOf: "2025-10-26T03:30",
			want: "running 14400 of 14400 due Sun 2025-10-26 03:30:00 GMT",
		},
		{
			name: "V3 a day of 23 hours", clock: "stop: resolved, calendar: always", targets: within("24h"),
			entries: "2026-03-29T00:00 opened; 2026-03-30T00:00 resolved", asOf: "2026-04-01T00:00",
			want: "met 82800 of 86400 due Mon 2026-03-30 01:00:00 BST",
		},
		{
			name: "V3 a day of 25 hours", clock: "stop: resolved, calendar: always", targets: within("24h"),
			entries: "2025-10-26T00:00 opened; 2025-10-27T00:00 resolved", asOf: "2025-11-01T00:00",
			want: "missed 90000 of 86400 due Sun 2025-10-26 23:00:00 GMT", breach: "Sun 2025-10-26 23:00:01 GMT",
		},
		{
			name: "V4 the hour that comes twice", clock: "stop: resolved, calendar: always", targets: within("1h"),
			entries: "2025-10-26T01:30:00+01:00 opened; 2025-10-26T01:30:00Z resolved", asOf: "2025-11-01T00:00",
			want: "met 3600 of 3600 due Sun 2025-10-26 01:30:00 GMT",
		},
		{
			name: "V5 office hours across the change", clock: "stop: resolved, calendar: office", targets: within("8h"),
			entries: "2026-03-27T16:00 opened", asOf: "2026-03-28T12:00",
			want: "running 3600 of 28800 due Mon 2026-03-30 16:00:00 BST",
		},
		{
			name: "V6 Easter", clock: "stop: resolved, calendar: banked", targets: within("8h"),
			entries: "2026-04-02T16:00 opened", asOf: "2026-04-06T12:00",
			want: "running 3600 of 28800 due Tue 2026-04-07 16:00:00 BST",
		},
		{
			name: "V7 a night of seven hours", clock: "stop: resolved, calendar: night", targets: within("8h"),
			entries: "2026-03-28T20:00 opened; 2026-03-29T12:00 resolved", asOf: "2026-04-01T00:00",
			want: "met 25200 of 28800 due Sun 2026-03-29 23:00:00 BST",
		},
		{
			name: "V7 a night of nine hours", clock: "stop: resolved, calendar: night", targets: within("8h"),
			entries: "2025-10-25T20:00 opened; 2025-10-26T12:00 resolved", asOf: "2025-11-01T00:00",
			want: "missed 32400 of 28800 due Sun 2025-10-26 05:00:00 GMT", breach: "Sun 2025-10-26 05:00:01 GMT",
		},
		{
			name: "V7 any other night", clock: "stop: resolved, calendar: night", targets: within("8h"),
			entries: "2026-06-01T20:00 opened; 2026-06-02T12:00 resolved", asOf: "2026-06-03T00:00",
			want: "met 28800 of 28800 due Tue 2026-06-02 06:00:00 BST",
		},
		{
			name: "V8 a pause over closing time", clock: "stop: resolved, calendar: office, pauses: [user]", targets: within("4h"),
			entries: "2026-06-01T15:00 opened; 2026-06-01T16:30 paused reason=user; 2026-06-02T10:00 resumed", asOf: "2026-06-02T11:00",
			want: "running 9000 of 14400 due Tue 2026-06-02 12:30:00 BST", pauses: "01/16:30-02/10:00 5400",
		},
		{
			name: "V9 a pause in closed hours takes nothing, and is listed", clock: "stop: resolved, calendar: office, pauses: [user]", targets: within("4h"),
			entries: "2026-06-01T15:00 opened; 2026-06-01T18:00 paused reason=user; 2026-06-02T08:00 resumed", asOf: "2026-06-02T09:30",
			want: "running 9000 of 14400 due Tue 2026-06-02 11:00:00 BST", pauses: "01/18:00-02/08:00 0",
		},
		{
			name: "V10 retroactive", clock: "stop: resolved, calendar: always", targets: v10targets, entries: v10, asOf: "2026-06-01T13:00:01",
			want: "missed 14401 of 14400 due Mon 2026-06-01 13:00:00 BST", breach: "Mon 2026-06-01 13:00:01 BST",
		},
		{
			name: "V10 retroactive, on the second", clock: "stop: resolved, calendar: always", targets: v10targets, entries: v10, asOf: "2026-06-01T13:00:00",
			want: "running 14400 of 14400 due Mon 2026-06-01 13:00:00 BST",
		},
		{
			name: "V10 restart", clock: "stop: resolved, calendar: always, priorityChange: restart", targets: v10targets, entries: v10, asOf: "2026-06-01T14:00",
			want: "running 3600 of 14400 due Mon 2026-06-01 17:00:00 BST",
		},
		{
			name: "V10 proportional", clock: "stop: resolved, calendar: always, priorityChange: proportional", targets: v10targets, entries: v10, asOf: "2026-06-01T14:00",
			want: "running 7200 of 14400 due Mon 2026-06-01 16:00:00 BST",
		},
		{
			name:    "V11 the calendar changes after a pause",
			clock:   "stop: resolved, pauses: [user], calendars: [{priorities: [top], calendar: always}], calendar: office",
			targets: within("8h"),
			entries: "2026-06-01T09:00 opened priority=top; 2026-06-01T09:00 paused reason=user; 2026-06-08T09:00 resumed; 2026-06-08T09:00 changed priority=high",
			asOf:    "2026-06-08T10:00", want: "running 3600 of 28800 due Mon 2026-06-08 17:00:00 BST", pauses: "01/09:00-08/09:00 144000",
		},
		{
			name:    "V11 in a calendar that never closes",
			clock:   "stop: resolved, pauses: [user], calendars: [{priorities: [top], calendar: always}], calendar: office",
			targets: within("8h"),
			entries: "2026-06-01T09:00 opened priority=top; 2026-06-01T09:00 paused reason=user; 2026-06-08T09:00 resumed",
			asOf:    "2026-06-08T10:00", want: "running 3600 of 28800 due Mon 2026-06-08 17:00:00 BST", pauses: "01/09:00-08/09:00 604800",
		},
		{
			name: "V12 a second before ten days", clock: "stop: resolved, calendar: always", targets: within("240h"),
			entries: "2026-06-01T00:00 opened; 2026-06-10T23:59:59 resolved", asOf: "2026-07-01T00:00",
			want: "met 863999 of 864000 due Thu 2026-06-11 00:00:00 BST",
		},
		{
			name: "V12 ten days to the second", clock: "stop: resolved, calendar: always", targets: within("240h"),
			entries: "2026-06-01T00:00 opened; 2026-06-11T00:00 resolved", asOf: "2026-07-01T00:00",
			want: "met 864000 of 864000 due Thu 2026-06-11 00:00:00 BST",
		},
		{
			name: "V12 a second more", clock: "stop: resolved, calendar: always", targets: within("240h"),
			entries: "2026-06-01T00:00 opened; 2026-06-11T00:00:01 resolved", asOf: "2026-07-01T00:00",
			want: "missed 864001 of 864000 due Thu 2026-06-11 00:00:00 BST", breach: "Thu 2026-06-11 00:00:01 BST",
		},
		{
			name: "V14 around the clock", clock: "stop: resolved, calendar: always", targets: within("4h"),
			entries: "2026-06-01T22:00 opened", asOf: "2026-06-01T23:00",
			want: "running 3600 of 14400 due Tue 2026-06-02 02:00:00 BST",
		},
	} {
		t.Run(x.name, x.run)
	}
}
