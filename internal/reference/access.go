package reference

import (
	"strings"

	"towerbridge/access"
)

// accessPage is the roles, the actions and the policies that are shipped.
func accessPage() ([]byte, error) {
	policies, err := access.New()
	if err != nil {
		return nil, err
	}
	p := newPage("Access", "Who may do what. What no policy permits is denied; what one forbids stays forbidden, whatever others permit. The guide of access explains; `access/testdata/table.txt` lists the decision on every role, action and kind of object.")
	p.line("")
	p.line("## Roles")
	p.head("role", "who has it")
	for _, r := range access.Roles() {
		p.row("`"+string(r)+"`", sentence(r.About()))
	}
	p.line("")
	p.line("## Actions")
	p.line("")
	p.line("These are the scopes of tokens, too.")
	p.head("action", "what it is")
	for _, a := range access.Actions() {
		p.row("`"+string(a)+"`", sentence(a.About()))
	}
	p.line("")
	p.line("## Policies")
	file := ""
	for _, one := range policies.All() {
		if one.File != file {
			file = one.File
			p.line("")
			p.line("### [%s](../../access/policies/%s)", strings.TrimSuffix(file, ".cedar"), file)
			p.head("policy", "effect", "what it says")
		}
		effect := "permits"
		if one.Forbids {
			effect = "**forbids**"
		}
		p.row("`"+one.ID+"`", effect, one.Sentence)
	}
	return p.text(), nil
}
