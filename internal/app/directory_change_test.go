package app_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/span"
)

func (d *desk) add(values map[string]string) *app.PersonEntry {
	d.t.Helper()
	p, err := d.AddPerson(d.ctx, app.Request{Who: d.admin()}, values)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func TestAddPerson(t *testing.T) {
	d := newDesk(t)
	before := d.size()
	got := d.add(map[string]string{"id": "ada", "name": "Ada Finch", "party": "force", "email": "ada@force.example", "roles": "agent", "site": "harbour"})
	want := &app.PersonEntry{Version: 1, Person: directory.Person{
		ID: "ada", Name: "Ada Finch", Email: "ada@force.example", Party: "force", Site: "harbour", Roles: []access.Role{access.Agent}, Active: true,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	acts := d.acts(before + 1)
	if len(acts) != 1 {
		t.Fatalf("the acts are %v", acts)
	}
	wantFields := map[string]any{"changed": "id name email party site roles", "party": "force", "site": "harbour", "roles": "agent"}
	if diff := cmp.Diff(wantFields, acts[0]["fields"]); diff != "" || acts[0]["act"] != "person.add" {
		t.Errorf("%s\n%v", diff, acts[0])
	}
	for _, secret := range []string{"ada", "Ada", "administrator"} {
		if strings.Contains(fmt.Sprint(acts[0]), secret) {
			t.Errorf("the line holds %q: %v", secret, acts[0])
		}
	}

	for name, c := range map[string]struct {
		values map[string]string
		want   fault.Kind
		say    string
	}{
		"one who is there":       {map[string]string{"id": "ADA", "name": "A", "party": "force"}, fault.Conflict, "already"},
		"the same id":            {map[string]string{"id": "ada", "name": "A", "party": "force"}, fault.Conflict, "already"},
		"without a name":         {map[string]string{"id": "bo", "party": "force"}, fault.Invalid, "TB2107: name"},
		"an address of another":  {map[string]string{"id": "bo", "name": "Bo", "party": "force", "email": "ADA@force.example"}, fault.Invalid, "TB2110: email: \"ADA@force.example\" is also that of ada"},
		"roles that are apart":   {map[string]string{"id": "bo", "name": "Bo", "party": "force", "roles": "agent;assurance"}, fault.Invalid, "TB2002: roles"},
		"a role of another kind": {map[string]string{"id": "bo", "name": "Bo", "party": "fennock", "roles": "analyst"}, fault.Invalid, "TB2003: roles"},
		"a site that is none":    {map[string]string{"id": "bo", "name": "Bo", "party": "force", "site": "moon"}, fault.Invalid, "TB2111: site"},
		"a value that is none":   {map[string]string{"id": "bo", "name": "Bo", "party": "force", "shoe": "9"}, fault.Invalid, "TB2104: shoe"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.AddPerson(d.ctx, app.Request{Who: d.admin()}, c.values)
			refuses(t, name, err, c.want)
			if err == nil || !strings.Contains(err.Error(), c.say) {
				t.Errorf("it does not say %q: %v", c.say, err)
			}
		})
	}
	if got := d.size(); got != before+1 {
		t.Errorf("%d lines more", got-before)
	}
}

// An address is one person's, also where several people are given it at once.
func TestAddPeopleAtOnce(t *testing.T) {
	d := newDesk(t)
	who := d.admin()
	var wait sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = d.AddPerson(d.ctx, app.Request{Who: who}, map[string]string{"id": fmt.Sprint("p", i), "name": "P", "party": "force", "email": "one@force.example"})
		})
	}
	wait.Wait()
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
			continue
		}
		refuses(t, "an address that is taken", err, fault.Invalid)
	}
	if added != 1 {
		t.Errorf("%d people have the address: %v", added, errs)
	}
}

func TestChangePerson(t *testing.T) {
	d := newDesk(t)
	d.add(map[string]string{"id": "ada", "name": "Ada", "party": "force", "roles": "officer"})
	q := app.Request{Who: d.admin()}
	change := func(c app.PersonChange) (*app.PersonEntry, error) {
		c.ID = "ada"
		return d.ChangePerson(d.ctx, q, c)
	}
	before := d.size()
	got, err := change(app.PersonChange{Grant: []access.Role{access.Agent}, Revoke: []access.Role{access.Officer}, Values: map[string]string{"name": "Ada Finch"}})
	if err != nil || got.Version != 2 || got.Name != "Ada Finch" || !cmp.Equal(got.Roles, []access.Role{access.Agent}) {
		t.Fatalf("%+v, %v", got, err)
	}
	acts := d.acts(before + 1)
	if diff := cmp.Diff(map[string]any{"changed": "name roles", "roles": "agent"}, acts[0]["fields"]); diff != "" || acts[0]["act"] != "person.change" {
		t.Errorf("%s\n%v", diff, acts)
	}
	if got, err = change(app.PersonChange{Values: map[string]string{"name": "Ada Finch"}}); err != nil || got.Version != 2 || d.size() != before+1 {
		t.Errorf("no change: %+v, %v", got, err)
	}
	_, err = change(app.PersonChange{Grant: []access.Role{access.Assurance}})
	refuses(t, "a role that must be apart", err, fault.Invalid)
	q.Version = 1
	_, err = change(app.PersonChange{Values: map[string]string{"name": "A"}})
	refuses(t, "another version", err, fault.Conflict)
	q.Version, q.Dry = 2, true
	if got, err = change(app.PersonChange{Values: map[string]string{"name": "A"}}); err != nil || got.Name != "A" || d.person("ada").Name != "Ada Finch" {
		t.Errorf("dry: %+v, %v", got, err)
	}
	q.Version, q.Dry, q.Key = 0, false, "k"
	for range 2 {
		if got, err = change(app.PersonChange{Values: map[string]string{"disabled": "yes"}}); err != nil || got.Version != 3 || got.Active {
			t.Errorf("disabled: %+v, %v", got, err)
		}
	}
	_, err = change(app.PersonChange{Values: map[string]string{"disabled": "no"}})
	refuses(t, "a key again", err, fault.Conflict)
	q.Key = ""
	d.apply(q.Who, app.DirectoryFile{Kind: app.PeopleFile, Adopt: true, Data: []byte("id,name,party\nada,Ada,force\n")})
	if p := d.person("ada"); p.Active || !p.Disabled || p.Source != app.DefaultSource {
		t.Errorf("an import enabled who is disabled by hand: %+v", p)
	}
	if got, err = change(app.PersonChange{Values: map[string]string{"disabled": "", "to": "2019-03-13"}}); err != nil || !got.Active || !got.Present(span.Date(17967)) || got.Present(span.Date(17968)) {
		t.Errorf("a last day: %+v, %v", got, err)
	}
}

func TestChangePersonRefuses(t *testing.T) {
	d := newDesk(t)
	d.add(map[string]string{"id": "ada", "name": "Ada", "party": "force"})
	d.add(map[string]string{"id": "fy", "name": "Fy", "party": "fennock"})
	own := d.who("fennock", access.Administrator)
	for name, c := range map[string]struct {
		who    access.Principal
		change app.PersonChange
		want   fault.Kind
	}{
		"nobody of the id":             {d.admin(), app.PersonChange{ID: "eve"}, fault.NotFound},
		"one of another party":         {own, app.PersonChange{ID: "ada", Values: map[string]string{"name": "A"}}, fault.NotFound},
		"own people":                   {own, app.PersonChange{ID: "fy", Grant: []access.Role{access.Agent}}, fault.Internal}, // allowed
		"who goes to another party":    {own, app.PersonChange{ID: "fy", Values: map[string]string{"party": "force"}}, fault.Denied},
		"an agent, of his own party":   {d.agent("fennock"), app.PersonChange{ID: "fy", Grant: []access.Role{access.Manager}}, fault.Denied},
		"an auditor, who reads":        {d.who("force", access.Assurance), app.PersonChange{ID: "ada", Grant: []access.Role{access.Manager}}, fault.Denied},
		"a role for oneself":           {access.Principal{ID: "ada", Party: "force", Kind: "customer", Roles: []access.Role{access.Administrator}}, app.PersonChange{ID: "ada", Grant: []access.Role{access.Manager}}, fault.Denied},
		"a clearance for oneself":      {access.Principal{ID: "ada", Party: "force", Kind: "customer", Roles: []access.Role{access.Administrator}}, app.PersonChange{ID: "ada", Values: map[string]string{"clearances": "detained-people"}}, fault.Denied},
		"a role by way of its value":   {access.Principal{ID: "ada", Party: "force", Kind: "customer", Roles: []access.Role{access.Administrator}}, app.PersonChange{ID: "ada", Values: map[string]string{"roles": "manager"}}, fault.Denied},
		"a supplier's person assures":  {d.admin(), app.PersonChange{ID: "fy", Grant: []access.Role{access.Assurance}}, fault.Invalid},
		"an id that would be another":  {d.admin(), app.PersonChange{ID: "fy", Values: map[string]string{"id": "fz"}}, fault.Invalid},
		"a class that does not exist":  {d.admin(), app.PersonChange{ID: "fy", Values: map[string]string{"clearances": "secret"}}, fault.Invalid},
		"an address that is no longer": {d.admin(), app.PersonChange{ID: "fy", Values: map[string]string{"email": "fy at home"}}, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.ChangePerson(d.ctx, app.Request{Who: c.who}, c.change)
			if c.want == fault.Internal {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			refuses(t, name, err, c.want)
		})
	}
}

func TestReadPeople(t *testing.T) {
	d := newDesk(t)
	for _, id := range []string{"ada", "bo", "cy"} {
		d.add(map[string]string{"id": id, "name": strings.ToUpper(id), "party": "force"})
	}
	d.add(map[string]string{"id": "fy", "name": "Fy", "party": "fennock"})
	ids := func(who access.Principal, q app.DirectoryQuery) string {
		t.Helper()
		var out []string
		for {
			page, err := d.ListPeople(d.ctx, who, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.Rows {
				out = append(out, p.ID)
			}
			if page.Next == nil {
				return strings.Join(out, " ")
			}
			q.After = page.Next
		}
	}
	ada := access.Principal{ID: "ada", Party: "force", Kind: "customer", Roles: []access.Role{access.Officer}}
	for name, c := range map[string]struct {
		got, want string
	}{
		"everybody":             {ids(d.admin(), app.DirectoryQuery{}), "ada bo cy fy"},
		"page by page":          {ids(d.admin(), app.DirectoryQuery{Limit: 1}), "ada bo cy fy"},
		"of a party":            {ids(d.admin(), app.DirectoryQuery{Group: "fennock"}), "fy"},
		"by part of a name":     {ids(d.admin(), app.DirectoryQuery{Match: "B"}), "bo"},
		"a supplier's own":      {ids(d.who("fennock", access.Administrator), app.DirectoryQuery{}), "fy"},
		"a supplier asks more":  {ids(d.who("fennock", access.Administrator), app.DirectoryQuery{Group: "force"}), ""},
		"an officer's party":    {ids(ada, app.DirectoryQuery{}), "ada bo cy"},
		"somebody with no role": {ids(access.Principal{ID: "eve", Party: "force"}, app.DirectoryQuery{}), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
	if p, err := d.ReadPerson(d.ctx, ada, "ada"); err != nil || p.Name != "ADA" {
		t.Errorf("herself: %v", err)
	}
	_, err := d.ReadPerson(d.ctx, ada, "fy")
	refuses(t, "another", err, fault.NotFound)
	_, missing := d.ReadPerson(d.ctx, ada, "eve")
	refuses(t, "nobody", missing, fault.NotFound)
	if strings.ReplaceAll(err.Error(), "fy", "eve") != missing.Error() {
		t.Errorf("that there is somebody can be told: %v, and %v", err, missing)
	}
}
