package document

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"towerbridge/fault"
)

// The YAML library is lenient: it reads some texts that YAML forbids, such as a
// list item that stands too far left, and some that other programs read
// otherwise. Such a text is mostly a slip of the hand that changes what the
// document says, so that each is a finding here.

// strict reports whether every token means the same to all YAML programs.
func (r *reader) strict(tokens token.Tokens) bool {
	var open []token.Type // brackets and braces
	before := len(r.findings)
	for i, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			open = append(open, t.Type)
		case token.MappingEndType, token.SequenceEndType:
			open = open[:max(0, len(open)-1)]
		case token.SequenceEntryType:
			if len(open) > 0 {
				r.slip(r.tokenPlace(t), "", "Put commas between the items.", "a dash stands within brackets or braces")
			}
		case token.CollectEntryType:
			if i > 0 && tokens[i-1].Type == token.MappingStartType {
				r.slip(r.tokenPlace(t), "", "Remove the comma.", "a comma has nothing before it")
			}
		case token.MappingValueType:
			if i > 0 && lastLine(tokens[i-1]) != t.Position.Line {
				r.slip(r.tokenPlace(t), "", "Write the key and its colon on one line.", "a colon has no key before it on its line")
			}
			if len(open) > 0 && i > 0 && plainToken(tokens, i-1) && i+1 < len(tokens) && touching(t, tokens[i+1]) {
				r.slip(r.tokenPlace(t), "", "Write a space after the colon.", "a colon within brackets or braces has no space after it")
			}
		case token.SingleQuoteType, token.DoubleQuoteType:
			if i+1 < len(tokens) && lastLine(t) == tokens[i+1].Position.Line && !follower(tokens[i+1].Type) {
				r.slip(r.tokenPlace(tokens[i+1]), "", "Check where the quotes begin and end.", "there is text right after the end of a text in quotes")
			}
		}
		if plainToken(tokens, i) && !r.runsOn(tokens, i) {
			r.plainText(t, len(open) > 0)
		}
	}
	return len(r.findings) == before
}

// slip adds the finding of a text that YAML programs may read in several ways.
func (r *reader) slip(at fault.Position, field, remedy, format string, args ...any) {
	f := Syntax.At(at, field, format, args...)
	f.Remedy = remedy
	r.add(f)
}

// plainToken reports whether a token is a scalar without quotes.
func plainToken(tokens token.Tokens, i int) bool {
	if i > 0 && (tokens[i-1].Type == token.LiteralType || tokens[i-1].Type == token.FoldedType) {
		return false
	}
	t := tokens[i]
	return t.Indicator == token.NotIndicator && t.Type != token.CommentType && t.Type != token.MergeKeyType
}

// lastLine returns the line on which a scalar ends.
func lastLine(t *token.Token) int {
	return t.Position.Line + strings.Count(strings.TrimSpace(t.Origin), "\n")
}

// follower reports whether a token may stand on the line where quotes end.
func follower(t token.Type) bool {
	return t == token.MappingValueType || t == token.CollectEntryType || t == token.MappingEndType || t == token.SequenceEndType
}

// touching reports whether a scalar follows a token with nothing between them.
func touching(t, next *token.Token) bool {
	scalar := next.Indicator == token.NotIndicator || next.Indicator == token.QuotedScalarIndicator
	return (scalar || next.Type == token.SequenceEntryType) &&
		next.Position.Line == t.Position.Line && next.Position.Column == t.Position.Column+1
}

// runsOn adds a finding when a scalar without quotes runs on over a line that
// begins with a dash: mostly the dash of a list item that is indented wrongly. The
// library tells no good place for such a text; the line after the token before it
// is the first that can be meant.
func (r *reader) runsOn(tokens token.Tokens, i int) bool {
	rows := strings.Split(strings.TrimSpace(tokens[i].Origin), "\n")[1:]
	if !slices.ContainsFunc(rows, beginsWithDash) {
		return false
	}
	line := 1
	if i > 0 {
		line = lastLine(tokens[i-1])
	}
	for line < len(r.lines) && !beginsWithDash(r.lines[line]) {
		line++
	}
	r.slip(r.place(line+1, 1), "", "Check the indentation, or put the text in quotes.",
		"the text above runs on over a line that begins with a dash")
	return true
}

func beginsWithDash(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "-") }

// plainText adds a finding when a scalar without quotes holds what YAML does not
// let stand there.
func (r *reader) plainText(t *token.Token, flow bool) {
	const quote = "Put the text in quotes if it is meant so."
	text, at := t.Value, r.tokenPlace(t)
	switch {
	case text == "":
	case strings.ContainsRune(",[]{}#&*!|>%@`\"'", rune(text[0])) || flow && text[0] == '?':
		r.slip(at, "", quote, "a text without quotes begins with %c", text[0])
	case strings.HasSuffix(text, ":") || strings.Contains(text, ": ") || strings.Contains(text, ":\n"):
		r.slip(at, "", "Check the indentation, or put the text in quotes.", "a text without quotes holds a colon and a space or ends in a colon")
	case flow && strings.ContainsAny(text, "[]{},"):
		r.slip(at, "", quote, "a text without quotes within brackets or braces holds one of [ ] { } ,")
	}
}

// indented adds a finding when a value in block style, or a further line of one
// in quotes, stands too far left to belong to its dash or key: at the column of
// the dash or key or before it. A list may stand right below its key.
func (r *reader) indented(owner fault.Position, value *node, list bool) {
	least := owner.Column + 1
	if list {
		least = owner.Column
	}
	if value.kind != nullKind && value.place.Line > owner.Line && value.place.Column < least {
		r.slip(value.place, value.path, "Indent it further than the line it belongs to.", "the value stands too far left")
		value.kind = unknownKind
		return
	}
	for n := value.place.Line + 1; n <= min(value.lastLine, len(r.lines)); n++ {
		line := r.lines[n-1]
		if column := len(line) - len(strings.TrimLeft(line, " ")) + 1; column <= owner.Column && strings.TrimSpace(line) != "" {
			r.slip(r.place(n, column), value.path, "Close the quotes, or indent the line.",
				"the line stands too far left to belong to the text in quotes from line %d", value.place.Line)
			value.kind = unknownKind
			return
		}
	}
}

// blockList reports whether a value is a list written with dashes.
func blockList(n ast.Node) bool {
	list, ok := n.(*ast.SequenceNode)
	return ok && !list.IsFlowStyle
}
