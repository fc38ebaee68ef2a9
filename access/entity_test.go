package access

import "testing"

// What is kept of people by their attributes is never that of somebody else.
func TestLikes(t *testing.T) {
	m, err := models()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	people := []Principal{
		{Party: "a"},
		{Party: "a", Manages: []string{"x"}},
		{Party: "a", Clearances: []string{"x"}},
		{Party: "a", Scopes: []Action{"x"}},
		{Party: "a", Manages: []string{"x", "y"}},
		{Party: "a", Manages: []string{"x1:y"}},
		{Party: "a", Manages: []string{"x\x00y"}},
		{Party: "a", Service: true},
		{Kind: "a"},
	}
	for round := range 2 { // the second from what was kept
		for i := range people {
			text := people[i].entity(m).Attributes.String()
			if before, taken := seen[text]; taken && before != i || round == 1 && !taken {
				t.Errorf("%+v and %+v are both %s", people[before], people[i], text)
			}
			seen[text] = i
		}
	}
}

func TestLikesAreBounded(t *testing.T) {
	var l likes
	l.many.Store(mostLikes)
	who := Principal{Party: "a"}
	if r := l.attributes(&who); r.Len() == 0 {
		t.Error("nobody is made any more")
	}
	l.known.Range(func(any, any) bool { t.Error("more are kept than may be"); return false })
}
