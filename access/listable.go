package access

import (
	"fmt"
	"slices"
)

// An organisation's policy that keeps people from reading tickets has to hold in lists
// too, where no policy is evaluated, but a condition of the store. That can be had when
// the policy is false of a ticket of which nothing is known, and can become true by the
// ticket's service alone: then [Policies.Sight] finds out by asking once a service.

// narrowing are the attributes of a ticket that follow from its service, and the service.
var narrowing = []string{"service", "tower", "dataClass", "restricted"}

// unlistable returns why a policy cannot be made a condition of lists, and "" where it
// can be, or is not about reading tickets.
func (p *policy) unlistable(m *model) string {
	if !p.reaches(m, named("Action", string(TicketRead)), "Ticket") {
		return ""
	}
	if op := p.written.Resource.Op; op != "All" {
		return fmt.Sprintf("the policy %q is not about all tickets with their notes", p.id)
	}
	if !p.reaches(m, named("Action", string(NoteRead)), "Note") || !p.reaches(m, named("Action", string(EntryProve)), "Note") {
		return fmt.Sprintf("the policy %q keeps people from reading tickets and not from their notes", p.id)
	}
	looks, excepts := false, false
	for _, c := range p.written.Conditions {
		switch {
		case c.Kind == "unless" && isReporter(c.Body):
			excepts = true
		case !looksAtResource(c.Body):
		case c.Kind == "unless" || !narrows(c.Body):
			return fmt.Sprintf("the policy %q looks at the ticket in a way that lists cannot follow", p.id)
		default:
			looks = true
		}
	}
	if looks && !excepts {
		return fmt.Sprintf("the policy %q does not except the reporter", p.id)
	}
	return ""
}

// narrows reports whether an expression is made only by && and || of comparisons of an
// attribute in narrowing with something that is never empty, and of what does not look
// at the ticket.
func narrows(v any) bool {
	if !looksAtResource(v) {
		return true
	}
	op, arg := operation(v)
	switch op {
	case "&&", "||":
		return narrows(arg["left"]) && narrows(arg["right"])
	case "==":
		l, r := arg["left"], arg["right"]
		return isNarrowing(l) && !looksAtResource(r) && !namesNothing(r) ||
			isNarrowing(r) && !looksAtResource(l) && !namesNothing(l)
	case "contains":
		return isNarrowing(arg["right"]) && !looksAtResource(arg["left"]) && !namesNothing(arg["left"])
	case ".":
		return arg["attr"] == "restricted" && isNarrowing(v)
	case "is":
		return isResource(arg["left"]) // the same for every ticket
	}
	return false
}

// operation returns an expression's operator with its arguments.
func operation(v any) (op string, arg map[string]any) {
	m, _ := v.(map[string]any)
	for op, v := range m {
		arg, _ = v.(map[string]any)
		return op, arg
	}
	return "", nil
}

func isResource(v any) bool {
	m, _ := v.(map[string]any)
	return m["Var"] == "resource"
}

// isNarrowing reports whether an expression is the resource's attribute that follows
// from the service.
func isNarrowing(v any) bool {
	op, arg := operation(v)
	name, _ := arg["attr"].(string)
	return op == "." && isResource(arg["left"]) && slices.Contains(narrowing, name)
}

// namesNothing reports whether an expression is, or has in it, a name that is empty: it
// would be equal to that of a ticket without a service.
func namesNothing(v any) bool {
	return slices.ContainsFunc(entitiesIn(v), func(e entityID) bool { return e.ID == "" })
}

// looksAtResource reports whether the resource occurs in an expression.
func looksAtResource(v any) bool {
	found := false
	walk(v, func(name string, value any) { found = found || name == "Var" && value == "resource" })
	return found
}

// isReporter reports whether an expression is resource.reporter == principal.
func isReporter(v any) bool {
	op, arg := operation(v)
	reporter := func(v any) bool {
		op, arg := operation(v)
		return op == "." && isResource(arg["left"]) && arg["attr"] == "reporter"
	}
	principal := func(v any) bool {
		m, _ := v.(map[string]any)
		return m["Var"] == "principal"
	}
	l, r := arg["left"], arg["right"]
	return op == "==" && (reporter(l) && principal(r) || reporter(r) && principal(l))
}

// entitiesIn returns the entities that an expression names.
func entitiesIn(v any) []entityID {
	var out []entityID
	walk(v, func(name string, value any) {
		if e, ok := value.(map[string]any); ok && name == "__entity" {
			kind, _ := e["type"].(string)
			id, _ := e["id"].(string)
			out = append(out, entityID{kind, id})
		}
	})
	return out
}

// walk calls f with every member of every object in JSON.
func walk(v any, f func(name string, value any)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			walk(e, f)
		}
	case map[string]any:
		for name, e := range v {
			f(name, e)
			walk(e, f)
		}
	}
}
