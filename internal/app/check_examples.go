package app

import (
	"towerbridge/statement"
	"towerbridge/worked"
)

// Examples is what worked examples came to.
type Examples struct {
	Scripts  int // examples that could be read
	Expected int // expectations in them
	Passed   int // expectations that hold
	Failures []worked.Failure
	Updated  []statement.Source // examples whose expectations were rewritten; empty where that was not asked for
}

// examples runs worked examples on the pure chain. With update, the expectations that
// do not hold are rewritten to what was computed instead.
func (c *Checked) examples(scripts []statement.Source, update bool) {
	engine := worked.PureEngine()
	x := &c.Examples
	for _, source := range scripts {
		script, findings := worked.Parse(source.Name, source.Data)
		if len(findings) > 0 {
			c.Findings = append(c.Findings, findings...)
			continue
		}
		x.Scripts++
		n := len(script.Expectations) + len(script.Fails)
		x.Expected += n
		failures := worked.Run(script, engine)
		if update && len(failures) > 0 {
			text, findings := worked.Update(source.Name, source.Data, engine)
			c.Findings = append(c.Findings, findings...)
			if script, findings = worked.Parse(source.Name, text); len(findings) == 0 && string(text) != string(source.Data) {
				x.Updated = append(x.Updated, statement.Source{Name: source.Name, Data: text})
				failures = worked.Run(script, engine)
				x.Expected += len(script.Expectations) + len(script.Fails) - n
				n = len(script.Expectations) + len(script.Fails)
			}
		}
		x.Passed += max(n-len(failures), 0)
		x.Failures = append(x.Failures, failures...)
	}
}
