package estate

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"towerbridge/span"
)

const classes = "dataClasses:\n  - {id: open, name: Open}\n  - {id: closed, name: Closed, restricted: true, about: Only for some.}\nservices:"

func TestClassChecks(t *testing.T) {
	wan, mail := "{id: wan, name: WAN, tower: net}", "tower: apps, dependsOn"
	for name, c := range map[string]struct{ replace, want []string }{
		"each service has one": {
			[]string{"services:", classes, wan, "{id: wan, name: WAN, tower: net, dataClass: open}", mail, "tower: apps, dataClass: closed, dependsOn"},
			nil,
		},
		"a service without one": {
			[]string{"services:", classes, wan, "{id: wan, name: WAN, tower: net, dataClass: open}"},
			[]string{"1219 services[1].dataClass: the service mail has no data class"},
		},
		"an unknown class": {
			[]string{wan, "{id: wan, name: WAN, tower: net, dataClass: secret}"},
			[]string{`1202 services[0].dataClass: there is no data class "secret"`},
		},
		"one id twice, and one that is none": {
			[]string{"services:", "dataClasses: [{id: a, name: A}, {id: a, name: B}, {id: no good, name: C}]\nservices:", wan, "{id: wan, name: WAN, tower: net, dataClass: a}", mail, "tower: apps, dataClass: a, dependsOn"},
			[]string{
				`1201 dataClasses[1].id: the id "a" is already that of dataClasses[0]`,
				`1215 dataClasses[2].id: "no good" is not a plain name`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) { matches(t, problems(t, c.replace...), c.want) })
	}
}

func TestDataClassOf(t *testing.T) {
	text := strings.NewReplacer("services:", classes, "{id: wan, name: WAN, tower: net}", "{id: wan, name: WAN, tower: net, dataClass: closed}",
		"tower: apps, dependsOn", "tower: apps, dataClass: open, dependsOn").Replace(small)
	e, findings := Read("small.yaml", []byte(text))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	if got, ok := e.DataClassOf("wan"); !ok || !got.Restricted || got.Name != "Closed" {
		t.Errorf("the class of wan is %+v, %v", got, ok)
	}
	if got, ok := e.DataClassOf("mail"); !ok || got.Restricted {
		t.Errorf("the class of mail is %+v, %v", got, ok)
	}
	if got, ok := e.DataClassOf("fax"); ok {
		t.Errorf("a service that is not there has the class %+v", got)
	}
	view, err := json.Marshal(e.On(span.DateOf(2026, time.January, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"dataClasses":[{"id":"closed","name":"Closed","restricted":true,"about":"Only for some."},{"id":"open","name":"Open"}]`,
		`"supplier":"ash","dataClass":"closed"`,
	} {
		if !strings.Contains(string(view), want) {
			t.Errorf("the view lacks %s:\n%s", want, view)
		}
	}

	plain, _ := Read("small.yaml", []byte(small))
	if got, ok := plain.DataClassOf("wan"); ok {
		t.Errorf("an estate without classes has %+v", got)
	}
}
