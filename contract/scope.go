package contract

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"

	"towerbridge/journal"
)

// MaxScopeLength is the number of bytes that a scope may have, and maxScopeCost
// the number of CEL's cost units that evaluating one may take.
const (
	MaxScopeLength = 4096
	maxScopeCost   = 10_000
)

// Subject is what a scope may read of a ticket, as symbols of its journal.
type Subject struct {
	Kind, Priority, Service, Site, Party, Team, Reason, Parent journal.Symbol
	Extra                                                      uint32
	Tower                                                      uint32 // any number that stands for the tower of the service
	Line                                                       uint8
	Status                                                     journal.Status
	Reopened                                                   uint8 // times reopened, at most 255
}

// ScopeVariables are the names that a scope may use, each with its meaning. They
// are the same in every contract.
var ScopeVariables = []struct{ Name, Type, Meaning string }{
	{"kind", "string", "kind of the ticket, such as incident"},
	{"priority", "string", "priority in force"},
	{"service", "string", "service, by its id in the estate"},
	{"tower", "string", "tower of the service on the day the ticket opened"},
	{"site", "string", "site, by its id in the estate"},
	{"party", "string", "party that holds the ticket"},
	{"team", "string", "team that holds the ticket"},
	{"line", "int", "support line of the team; 0 if none is known"},
	{"status", "string", "state of the ticket"},
	{"reason", "string", "last pause, rejection or cancellation reason"},
	{"parent", "string", "ticket it is a child of or merged into"},
	{"reopened", "int", "times the ticket was reopened"},
	{"fields", "map(string, string)", "further fields that the mapping names; a missing one is empty"},
}

var scopeEnv = func() *cel.Env {
	options := make([]cel.EnvOption, 0, len(ScopeVariables))
	for _, v := range ScopeVariables {
		t := cel.StringType
		switch v.Type {
		case "int":
			t = cel.IntType
		case "map(string, string)":
			t = cel.MapType(cel.StringType, cel.StringType)
		}
		options = append(options, cel.Variable(v.Name, t))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		panic(err)
	}
	return env
}()

// Scope is a checked CEL expression over a ticket. It is evaluated once for each
// distinct combination of what it reads, never once for each ticket: see
// [Scope.Mask] and [Scope.Holds].
type Scope struct {
	Text    string
	program cel.Program
	reads   []string
	mask    Subject // all ones where the scope reads
}

// CompileScope checks an expression. The empty expression holds for every ticket.
func CompileScope(text string) (*Scope, error) {
	s := &Scope{Text: text}
	if strings.TrimSpace(text) == "" {
		return s, nil
	}
	if len(text) > MaxScopeLength {
		return nil, fmt.Errorf("the expression is longer than %d bytes", MaxScopeLength)
	}
	tree, issues := scopeEnv.Compile(text)
	if issues.Err() != nil {
		return nil, scopeFault(issues)
	}
	if tree.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("the expression gives %s, not true or false", tree.OutputType())
	}
	program, err := scopeEnv.Program(tree, cel.CostLimit(maxScopeCost), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, err
	}
	s.program = program
	celast.PreOrderVisit(tree.NativeRep().Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() == celast.IdentKind && isScopeVariable(e.AsIdent()) && !slices.Contains(s.reads, e.AsIdent()) {
			s.reads = append(s.reads, e.AsIdent())
		}
	}))
	slices.Sort(s.reads)
	s.mask = maskOf(s.reads)
	return s, nil
}

// scopeFault says in one line what is wrong with an expression, and where in it.
func scopeFault(issues *cel.Issues) error {
	var parts []string
	for _, e := range issues.Errors() {
		message := strings.TrimSuffix(strings.Join(strings.Fields(e.Message), " "), " (in container '')")
		if strings.HasPrefix(message, "undeclared reference to '") && !strings.Contains(message, "did you mean") {
			message += ", expressions may read " + strings.Join(scopeNames(), ", ")
		}
		parts = append(parts, fmt.Sprintf("%s (line %d, character %d)", message, e.Location.Line(), e.Location.Column()+1))
	}
	return errors.New(strings.Join(parts, "; "))
}

func scopeNames() []string {
	names := make([]string, len(ScopeVariables))
	for i, v := range ScopeVariables {
		names[i] = v.Name
	}
	return names
}

// isScopeVariable tells a variable of scopes from one that a macro such as exists
// brings along.
func isScopeVariable(name string) bool { return slices.Contains(scopeNames(), name) }

func maskOf(reads []string) (m Subject) {
	const all = ^journal.Symbol(0)
	for _, r := range reads {
		switch r {
		case "kind":
			m.Kind = all
		case "priority":
			m.Priority = all
		case "service":
			m.Service = all
		case "tower":
			m.Tower = ^uint32(0)
		case "site":
			m.Site = all
		case "party":
			m.Party = all
		case "team":
			m.Team = all
		case "line":
			m.Line = 255
		case "status":
			m.Status = 255
		case "reason":
			m.Reason = all
		case "parent":
			m.Parent = all
		case "reopened":
			m.Reopened = 255
		case "fields":
			m.Extra = ^uint32(0)
		}
	}
	return m
}

// ReadsTower reports whether the scope reads the tower, which depends on the day.
func (s *Scope) ReadsTower() bool { return s.mask.Tower != 0 }

// All reports whether the scope holds for every ticket.
func (s *Scope) All() bool { return s.program == nil }

// Reads returns the names that the scope reads, in order.
func (s *Scope) Reads() []string { return s.reads }

// Whole is the subject with every bit set: the mask of a scope that reads all.
var Whole = maskOf([]string{"kind", "priority", "service", "tower", "site", "party", "team", "line", "status", "reason", "parent", "reopened", "fields"})

// And returns the subject with only what a mask keeps.
func (x Subject) And(m Subject) Subject {
	return Subject{
		Kind: x.Kind & m.Kind, Priority: x.Priority & m.Priority, Service: x.Service & m.Service, Site: x.Site & m.Site,
		Party: x.Party & m.Party, Team: x.Team & m.Team, Reason: x.Reason & m.Reason, Parent: x.Parent & m.Parent,
		Extra: x.Extra & m.Extra, Tower: x.Tower & m.Tower, Line: x.Line & m.Line, Status: x.Status & m.Status, Reopened: x.Reopened & m.Reopened,
	}
}

// Or returns what either of two masks keeps.
func (x Subject) Or(m Subject) Subject {
	return Subject{
		Kind: x.Kind | m.Kind, Priority: x.Priority | m.Priority, Service: x.Service | m.Service, Site: x.Site | m.Site,
		Party: x.Party | m.Party, Team: x.Team | m.Team, Reason: x.Reason | m.Reason, Parent: x.Parent | m.Parent,
		Extra: x.Extra | m.Extra, Tower: x.Tower | m.Tower, Line: x.Line | m.Line, Status: x.Status | m.Status, Reopened: x.Reopened | m.Reopened,
	}
}

// Mask returns the subject with everything left out that the scope does not read,
// so that it can be the key of a remembered verdict.
func (s *Scope) Mask(x Subject) Subject { return x.And(s.mask) }

// Holds evaluates the scope for a subject of a journal; tower is the tower of the
// subject's service. An expression that fails (a cost over the limit) does not hold.
func (s *Scope) Holds(j *journal.Journal, x Subject, tower string) (bool, error) {
	if s.program == nil {
		return true, nil
	}
	fields := map[string]string{}
	for _, f := range j.Fields(x.Extra) {
		fields[j.Name(f.Name)] = j.Name(f.Value)
	}
	out, _, err := s.program.Eval(map[string]any{
		"kind": j.Name(x.Kind), "priority": j.Name(x.Priority), "service": j.Name(x.Service), "tower": tower,
		"site": j.Name(x.Site), "party": j.Name(x.Party), "team": j.Name(x.Team), "line": int64(x.Line),
		"status": x.Status.String(), "reason": j.Name(x.Reason), "parent": j.Name(x.Parent), "reopened": int64(x.Reopened),
		"fields": newFieldsValue(fields),
	})
	if err != nil {
		return false, err
	}
	holds, _ := out.Value().(bool)
	return holds, nil
}
