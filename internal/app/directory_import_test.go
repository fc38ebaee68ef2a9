package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/store"
	"towerbridge/internal/store/storetest"
	"towerbridge/span"
)

// people is a file of people of the force.
func people(rows ...string) app.DirectoryFile {
	return app.DirectoryFile{Kind: app.PeopleFile, Name: "people.csv", Source: "hr", Data: []byte("id,name,party,email,roles\n" + strings.Join(rows, "\n") + "\n")}
}

// apply imports a file whatever its plan is.
func (d *desk) apply(who access.Principal, f app.DirectoryFile) *app.DirectoryPlan {
	d.t.Helper()
	plan, err := d.ApplyDirectory(d.ctx, app.Request{Who: who}, f, app.AnyPlan, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return plan
}

// person returns somebody as the directory has him.
func (d *desk) person(id string) directory.Person {
	d.t.Helper()
	item, err := d.ledger.Get(d.ctx, store.People, id)
	if err != nil {
		d.t.Fatal(err)
	}
	p, err := directory.DecodePerson(item.Data)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func TestImportPeople(t *testing.T) {
	d := newDesk(t)
	q := app.Request{Who: d.admin()}
	file := people("ada,Ada Finch,force,ada@force.example,officer", "bo,Bo Lark,fennock,,agent;manager")

	plan, err := d.PlanDirectory(d.ctx, q, file)
	if err != nil {
		t.Fatal(err)
	}
	before := d.size()
	if plan.Counts != (directory.Counts{Adds: 2}) || plan.Applied || len(plan.Adds) != 2 || plan.Adds[0].ID != "ada" || plan.Adds[0].Name != "Ada Finch" {
		t.Errorf("the plan is %+v", plan)
	}
	if _, err := d.ledger.Get(d.ctx, store.People, "ada"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a plan wrote: %v", err)
	}
	_, err = d.ApplyDirectory(d.ctx, q, file, "sha256:other", nil)
	refuses(t, "another plan", err, fault.Conflict)
	_, err = d.ApplyDirectory(d.ctx, q, file, "", nil)
	refuses(t, "no plan", err, fault.Conflict)
	dry := q
	dry.Dry = true
	if out, err := d.ApplyDirectory(d.ctx, dry, file, plan.Digest, nil); err != nil || out.Applied || d.size() != before {
		t.Errorf("dry: %+v, %v", out, err)
	}

	var steps []int64
	done, err := d.ApplyDirectory(d.ctx, q, file, plan.Digest, func(n, of int64) { steps = append(steps, n, of) })
	if err != nil || !done.Applied || done.Written != plan.Counts || !slices.Equal(steps, []int64{2, 2}) {
		t.Fatalf("%+v, %v, %v", done, err, steps)
	}
	want := directory.Person{ID: "bo", Name: "Bo Lark", Party: "fennock", Roles: []access.Role{"agent", "manager"}, Source: "hr", Active: true}
	if diff := cmp.Diff(want, d.person("bo")); diff != "" {
		t.Error(diff)
	}
	acts := d.acts(before + 1)
	if len(acts) != 1 {
		t.Fatalf("the acts are %v", acts)
	}
	delete(acts[0], "withheld")
	wantAct := map[string]any{
		"act": "directory.import", "by": "force", "subject": "people", "digest": acts[0]["digest"],
		"fields": map[string]any{"source": "hr", "plan": plan.Digest, "part": "1/1", "adds": "2", "changes": "0", "leavers": "0"},
	}
	if diff := cmp.Diff(wantAct, acts[0]); diff != "" || !strings.HasPrefix(fmt.Sprint(acts[0]["digest"]), "sha256:") {
		t.Error(diff)
	}

	again, err := d.ApplyDirectory(d.ctx, q, file, plan.Digest, nil)
	if err != nil || !again.Applied || again.Counts != (directory.Counts{Same: 2}) || d.size() != before+1 {
		t.Errorf("the same file again: %+v, %v", again, err)
	}

	d.after(24 * time.Hour)
	file = people("bo,Bo Lark,fennock,bo@fennock.example,agent", "cy,Cy Rook,force,,")
	plan, err = d.PlanDirectory(d.ctx, q, file)
	if err != nil {
		t.Fatal(err)
	}
	wantRow := app.DirectoryRow{ID: "bo", Name: "Bo Lark", Fields: []directory.Field{{Name: "email", Is: "bo@fennock.example"}, {Name: "roles", Was: "agent;manager", Is: "agent"}}}
	if diff := cmp.Diff([]app.DirectoryRow{wantRow}, plan.Changes); diff != "" || plan.Leavers[0].ID != "ada" {
		t.Errorf("%s\n%+v", diff, plan.Leavers)
	}
	d.apply(q.Who, file)
	if ada := d.person("ada"); ada.Present(span.DateOf(2019, time.March, 13)) || ada.Active || !ada.On(span.DateOf(2019, time.March, 12)) {
		t.Errorf("who left is %+v", ada)
	}
}

func TestImportRefuses(t *testing.T) {
	d := newDesk(t)
	admin := d.admin()
	d.apply(admin, people("ada,Ada,force,,officer"))
	before := d.size()
	for name, c := range map[string]struct {
		who  access.Principal
		file app.DirectoryFile
		want fault.Kind
		say  string
	}{
		"a slip in the file":               {admin, people("a b,A,force,,"), fault.Invalid, "people.csv:2: TB2108: id"},
		"a party that is not there":        {admin, people("x,A,nobody,,"), fault.Invalid, "people.csv:2: TB2111: party"},
		"roles that must be apart":         {admin, people("x,A,force,,administrator;commercial"), fault.Invalid, "people.csv:2: TB2002: roles"},
		"an address twice":                 {admin, people("x,A,force,a@b,", "y,B,force,A@b,"), fault.Invalid, "people.csv:3: TB2110: email"},
		"somebody kept by another":         {admin, app.DirectoryFile{Kind: app.PeopleFile, Name: "p.csv", Source: "other", Data: people("ada,Ada,force,,").Data}, fault.Invalid, "p.csv:2: TB2112: id"},
		"no such kind":                     {admin, app.DirectoryFile{Kind: "cats"}, fault.Invalid, "cats"},
		"an agent":                         {d.agent("force"), people("x,A,force,,"), fault.Denied, "directory.change"},
		"a supplier's, of another party":   {d.who("fennock", access.Administrator), people("x,A,force,,"), fault.Denied, "directory.change"},
		"a supplier's, who takes somebody": {d.who("fennock", access.Administrator), people("ada,Ada,fennock,,"), fault.Denied, "directory.change"},
		"a role for oneself":               {admin, people(admin.ID + ",Me,force,,manager"), fault.Denied, "role.grant"},
		"a supplier's assets":              {d.who("fennock", access.Administrator), app.DirectoryFile{Kind: app.AssetsFile, Data: []byte("id,type\na,pc\n")}, fault.Denied, "directory.change"},
		"a supplier's sites":               {d.who("fennock", access.Administrator), app.DirectoryFile{Kind: app.SitesFile, Data: []byte("id,name\na,A\n")}, fault.Denied, "document.put"},
		"an auditor":                       {d.who("force", access.Assurance), people("x,A,force,,"), fault.Denied, "directory.change"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.PlanDirectory(d.ctx, app.Request{Who: c.who}, c.file)
			refuses(t, "the plan", err, c.want)
			_, err = d.ApplyDirectory(d.ctx, app.Request{Who: c.who}, c.file, app.AnyPlan, nil)
			refuses(t, "the import", err, c.want)
			if err == nil || !strings.Contains(err.Error(), c.say) {
				t.Errorf("it does not say %q: %v", c.say, err)
			}
			if d.size() != before {
				t.Error("something was written")
			}
		})
	}
	own := people("fy,Fy,fennock,,agent")
	if plan, err := d.PlanDirectory(d.ctx, app.Request{Who: d.who("fennock", access.Administrator)}, own); err != nil || plan.Counts.Adds != 1 {
		t.Errorf("a supplier's own: %+v, %v", plan, err)
	}
	cleared := app.DirectoryFile{Kind: app.PeopleFile, Data: []byte("id,name,party,clearances\n" + admin.ID + ",Me,force,detained-people\n")}
	_, err := d.PlanDirectory(d.ctx, app.Request{Who: admin}, cleared)
	refuses(t, "a clearance for oneself", err, fault.Denied)
}

// What somebody else changed since the plan was shown is not overwritten.
func TestPlanIsOfTheMoment(t *testing.T) {
	d := newDesk(t)
	admin := d.admin()
	d.apply(admin, people("ada,Ada,force,,officer"))
	file := people("ada,Ada Finch,force,,officer")
	shown, err := d.PlanDirectory(d.ctx, app.Request{Who: admin}, file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ChangePerson(d.ctx, app.Request{Who: admin}, app.PersonChange{ID: "ada", Grant: []access.Role{access.Manager}}); err != nil {
		t.Fatal(err)
	}
	_, err = d.ApplyDirectory(d.ctx, app.Request{Who: admin}, file, shown.Digest, nil)
	refuses(t, "a plan that is out of date", err, fault.Conflict)
	if ada := d.person("ada"); ada.Name != "Ada" || !ada.Has(access.Manager) {
		t.Errorf("she is %+v", ada)
	}
}

// engines are where records are kept: the address of a new one, and its secret.
func engines(t testing.TB) map[string]func() (string, []byte) {
	return map[string]func() (string, []byte){
		"sqlite":   func() (string, []byte) { return "sqlite:" + filepath.Join(t.TempDir(), "record.db"), nil },
		"postgres": func() (string, []byte) { return storetest.Postgres(t), bytes.Repeat([]byte{7}, 32) },
	}
}

// An import that breaks off goes on where it stopped.
func TestImportResumes(t *testing.T) {
	var rows []string
	for i := range 2500 {
		rows = append(rows, fmt.Sprintf("n%04d,Officer %d,force,,officer", i, i))
	}
	file := people(rows...)
	for name, engine := range engines(t) {
		t.Run(name, func(t *testing.T) {
			url, secret := engine()
			d := deskOver(t, url, secret)
			ctx, stop := context.WithCancel(d.ctx)
			out, err := d.ApplyDirectory(ctx, app.Request{Who: d.admin()}, file, app.AnyPlan, func(done, _ int64) {
				if done == 1000 {
					stop()
				}
			})
			if err == nil || out.Applied || out.Written.Adds != 1000 || !strings.Contains(err.Error(), "after 1000 of 2500") {
				t.Fatalf("%+v, %v", out, err)
			}
			plan, err := d.PlanDirectory(d.ctx, app.Request{Who: d.admin()}, file)
			if err != nil || plan.Counts != (directory.Counts{Adds: 1500, Same: 1000}) || len(plan.Adds) != app.ShownRows || plan.More != 500 {
				t.Fatalf("%+v, %v", plan.Counts, err)
			}
			if out := d.apply(d.admin(), file); out.Written.Adds != 1500 || len(out.Parts) != 2 {
				t.Errorf("%+v", out)
			}
			if again := d.apply(d.admin(), file); again.Counts != (directory.Counts{Same: 2500}) {
				t.Errorf("%+v", again.Counts)
			}
		})
	}
}

func TestImportSites(t *testing.T) {
	d := newDesk(t)
	admin := app.Request{Who: d.admin()}
	const head = "id,name,nation,calendar\nheadquarters,Kingsmere House,england-and-wales,office\ncontrol-room,Control room,england-and-wales,always\n" +
		"harbour,Harbour Street police station,england-and-wales,shifts\nnorthgate,Northgate police station,england-and-wales,shifts\n" +
		"custody-suite,Central custody suite,england-and-wales,always\n"
	file := app.DirectoryFile{Kind: app.SitesFile, Name: "sites.csv", Data: []byte(head + "castle-hill,Castle Hill station,england-and-wales,shifts\npier,Pier,,shifts\n")}
	before := d.size()
	plan, err := d.PlanDirectory(d.ctx, admin, file)
	if err != nil || plan.Counts != (directory.Counts{Adds: 1, Changes: 1, Same: 5}) || d.size() != before {
		t.Fatalf("%+v, %v", plan, err)
	}
	out, err := d.ApplyDirectory(d.ctx, admin, file, plan.Digest, nil)
	if err != nil || out.Estate.Change != app.DocumentChanged || out.Written != plan.Counts {
		t.Fatalf("%+v, %v", out, err)
	}
	if acts := d.acts(before + 1); len(acts) != 1 || acts[0]["act"] != "document.put" || acts[0]["digest"] != out.Estate.Is {
		t.Errorf("the acts are %v", acts)
	}
	old, now := with(t, "estate.yaml", "id", "id"), d.estate()
	want := strings.Replace(string(old.Data), "name: Castle Hill police station", "name: Castle Hill station", 1)
	want = strings.Replace(want, "custody suite, nation: england-and-wales, calendar: always}\n", "custody suite, nation: england-and-wales, calendar: always}\n  - {id: pier, name: Pier, calendar: shifts}\n", 1)
	if diff := cmp.Diff(want, now); diff != "" {
		t.Errorf("the estate's text: %s", diff)
	}

	file.Data = []byte(head + "pier,Pier,,shifts\n")
	if out := d.apply(admin.Who, file); out.Counts.Leavers != 1 || !strings.Contains(d.estate(), "calendar: shifts, to: 2019-03-12}") {
		t.Errorf("a site that closed: %+v\n%s", out, d.estate())
	}
	if out := d.apply(admin.Who, file); out.Counts != (directory.Counts{Same: 6}) {
		t.Errorf("again: %+v", out)
	}

	file.Data = []byte(head + "pier,Pier,,shifts\nmarsh,Marsh,,tides\n")
	_, err = d.PlanDirectory(d.ctx, admin, file)
	var findings fault.Findings
	if !errors.As(err, &findings) || findings[0].Position != (fault.Position{File: "sites.csv", Line: 8}) || findings[0].Field != "calendar" {
		t.Errorf("a calendar that is not there: %v", err)
	}
	file.Data = []byte(head[:strings.Index(head, "harbour")])
	if plan, err := d.PlanDirectory(d.ctx, admin, file); err != nil || plan.Counts.Leavers != 4 {
		t.Errorf("few may leave: %v", err)
	}
}

// estate returns the text of the record's estate.
func (d *desk) estate() string {
	d.t.Helper()
	item, err := d.ledger.Get(d.ctx, store.Documents, "estate.yaml")
	if err != nil {
		d.t.Fatal(err)
	}
	return string(item.Data)
}

func TestImportAssetsAndExport(t *testing.T) {
	d := newDesk(t)
	admin := app.Request{Who: d.admin()}
	d.apply(admin.Who, people("ada,Ada Finch,force,,officer", "fy,\"Lark, Fy\",fennock,,agent"))
	assets := app.DirectoryFile{Kind: app.AssetsFile, Name: "assets.csv", Data: []byte("id,type,user,site,service\nl1,laptop,ada,harbour,laptops\nl2,laptop,nobody,harbour,laptops\n")}
	_, err := d.PlanDirectory(d.ctx, admin, assets)
	if err == nil || !strings.Contains(err.Error(), "assets.csv:3: TB2111: user") {
		t.Errorf("an asset of nobody: %v", err)
	}
	assets.Data = bytes.Replace(assets.Data, []byte("nobody"), nil, 1)
	if out := d.apply(admin.Who, assets); out.Source != app.DefaultSource || out.Written.Adds != 2 {
		t.Errorf("%+v", out)
	}
	list, err := d.ListAssets(d.ctx, admin.Who, app.DirectoryQuery{Group: "harbour", Match: "LAPTOP", Limit: 1})
	if err != nil || len(list.Rows) != 1 || list.Rows[0].ID != "l1" || list.Next == nil {
		t.Fatalf("%+v, %v", list, err)
	}
	if list, err = d.ListAssets(d.ctx, admin.Who, app.DirectoryQuery{After: list.Next}); err != nil || len(list.Rows) != 1 || list.Rows[0].ID != "l2" || list.Next != nil {
		t.Fatalf("%+v, %v", list, err)
	}
	own, err := d.ListAssets(d.ctx, access.Principal{ID: "ada", Party: "force", Kind: "customer", Roles: []access.Role{"officer"}}, app.DirectoryQuery{})
	if err != nil || len(own.Rows) != 1 || own.Rows[0].ID != "l1" {
		t.Errorf("one's own assets: %+v, %v", own, err)
	}

	export := func(who access.Principal, kind string) string {
		t.Helper()
		var out bytes.Buffer
		n, err := d.ExportDirectory(d.ctx, app.Request{Who: who}, kind, &out)
		if err != nil || n != strings.Count(out.String(), "\n")-1 {
			t.Errorf("%d rows, %v\n%s", n, err, out.String())
		}
		return out.String()
	}
	all := export(admin.Who, app.PeopleFile)
	if want := "ada,Ada Finch,,force,,,officer,,,,,\n"; !strings.Contains(all, want) || !strings.Contains(all, "fy,\"Lark, Fy\"") {
		t.Errorf("the export is\n%s", all)
	}
	acts := d.acts(1)
	if last := acts[len(acts)-1]; last["act"] != "directory.export" || last["subject"] != "people" {
		t.Errorf("the last act is %v", last)
	}
	if got := export(d.who("fennock", access.Administrator), app.PeopleFile); strings.Contains(got, "ada") || !strings.Contains(got, "fy,") {
		t.Errorf("a supplier's export is\n%s", got)
	}
	back := app.DirectoryFile{Kind: app.PeopleFile, Source: "hr", Data: []byte(all)}
	if plan, err := d.PlanDirectory(d.ctx, admin, back); err != nil || plan.Counts != (directory.Counts{Same: 2}) {
		t.Errorf("the export imported again: %+v, %v", plan, err)
	}
	if got := export(admin.Who, app.AssetsFile); !strings.Contains(got, "l1,laptop,,,harbour,ada,laptops,,,\n") {
		t.Errorf("the assets are\n%s", got)
	}
	if got := export(admin.Who, app.SitesFile); !strings.Contains(got, "harbour,Harbour Street police station,,england-and-wales,shifts,,,\n") {
		t.Errorf("the sites are\n%s", got)
	}
	_, err = d.ExportDirectory(d.ctx, admin, "cats", &bytes.Buffer{})
	refuses(t, "no such kind", err, fault.Invalid)
	_, err = d.ExportDirectory(d.ctx, app.Request{}, app.SitesFile, &bytes.Buffer{})
	refuses(t, "nobody", err, fault.Denied)
}

// Everybody of a large force in seconds, on both engines.
func BenchmarkDirectory(b *testing.B) {
	const n = 44_000
	text := []byte("id,name,email,party,site,roles\n")
	for i := range n {
		text = fmt.Appendf(text, "n%05d,\"Surname%d, Given\",n%d@force.example,force,harbour,officer\n", i, i, i)
	}
	for name, engine := range engines(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				address, secret := engine()
				d := deskOver(b, address, secret)
				file := app.DirectoryFile{Kind: app.PeopleFile, Name: "people.csv", Data: text}
				b.StartTimer()
				start := time.Now()
				plan, err := d.PlanDirectory(d.ctx, app.Request{Who: d.admin()}, file)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(start).Seconds(), "plan-s")
				start = time.Now()
				if _, err := d.ApplyDirectory(d.ctx, app.Request{Who: d.admin()}, file, plan.Digest, nil); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(start).Seconds(), "apply-s")
				start = time.Now()
				again, err := d.PlanDirectory(d.ctx, app.Request{Who: d.admin()}, file)
				if err != nil || again.Counts.Same != n {
					b.Fatal(again, err)
				}
				b.ReportMetric(time.Since(start).Seconds(), "same-s")
			}
		})
	}
}
