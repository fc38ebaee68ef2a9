package document

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/scanner"
	"github.com/goccy/go-yaml/token"

	"towerbridge/fault"
)

// maxRefused is how many anchors, aliases and tags are reported one by one and still
// read past; the parser's time grows with the square of their number.
const maxRefused = 20

// syntaxTree returns the root of the text's YAML, or nil when there is none that
// can be read; the reason is then among the findings. A panic of the YAML
// library is a finding too: no text may stop the program.
func (r *reader) syntaxTree(text string) (root ast.Node) {
	defer func() {
		if recover() != nil {
			r.add(Syntax.At(r.place(1, 1), "", "the text confuses the YAML reader"))
			root = nil
		}
	}()
	tokens, ok := r.tokens(text)
	if !ok {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	for _, d := range file.Docs {
		if d.Body != nil {
			return d.Body
		}
	}
	r.add(Empty.At(r.place(1, 1), "", "the document holds no keys"))
	return nil
}

// syntax adds the finding of a scanner's or parser's error.
func (r *reader) syntax(err error) {
	var located interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if !errors.As(err, &located) || located.GetToken() == nil {
		r.add(Syntax.At(r.place(1, 1), "", "%s", firstLine(err.Error())))
		return
	}
	r.syntaxAt(located.GetToken(), located.GetMessage())
}

func (r *reader) syntaxAt(t *token.Token, message string) {
	f := Syntax.At(r.tokenPlace(t), "", "%s", firstLine(strings.ReplaceAll(message, "\t", `\t`)))
	if strings.Contains(f.Message, "tab ") || strings.Contains(f.Message, `\t`) {
		f.Remedy = "Indent with spaces: YAML does not let a tab indent."
	}
	r.add(f)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// tokens splits the text, without comments and up to the end of the first
// document, and checks what must be known before the parser sees them.
func (r *reader) tokens(text string) (token.Tokens, bool) {
	var s scanner.Scanner
	s.Init(text)
	var all token.Tokens
	for {
		more, err := s.Scan()
		if errors.Is(err, io.EOF) {
			break
		}
		for _, t := range more {
			if t.Type == token.InvalidType {
				r.syntaxAt(t, t.Error)
				return nil, false
			}
			all.Add(t)
		}
		if err != nil {
			r.add(Syntax.At(r.place(1, 1), "", "%s", firstLine(err.Error())))
			return nil, false
		}
	}
	var kept token.Tokens
	for _, t := range all {
		if t.Type != token.CommentType {
			kept = append(kept, t)
		}
	}
	if readable := r.plain(kept); !r.untabbed(kept) || !r.strict(kept) || !readable {
		return nil, false
	}
	kept, ok := r.firstDocument(kept)
	return kept, ok && r.shallow(kept)
}

// untabbed adds a finding at each line with a tab outside quotes, block texts and
// comments, where the YAML library drops it, and reports whether there is none.
func (r *reader) untabbed(tokens token.Tokens) bool {
	ok, last := true, 0
	for i, t := range tokens {
		quoted := t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType
		block := i > 0 && (tokens[i-1].Type == token.LiteralType || tokens[i-1].Type == token.FoldedType)
		if quoted || block || !strings.Contains(strings.TrimRight(t.Origin, " \t\n"), "\t") {
			continue
		}
		ok = false
		at := r.tokenPlace(t)
		for line := at.Line; line <= min(len(r.lines), at.Line+strings.Count(t.Origin, "\n")); line++ {
			if before, _, found := strings.Cut(r.lines[line-1], "\t"); found {
				at = r.place(line, utf8.RuneCountInString(before)+1)
				break
			}
		}
		if at.Line == last {
			continue
		}
		last = at.Line
		f := Syntax.At(at, "", "a tab stands outside quotes")
		f.Remedy = "Use spaces, or put the text in quotes."
		r.add(f)
	}
	return ok
}

// firstDocument returns the tokens of the first document and adds a finding when
// there is another.
func (r *reader) firstDocument(tokens token.Tokens) (token.Tokens, bool) {
	for i, t := range tokens {
		switch {
		case t.Type == token.DocumentHeaderType && i > 0:
			r.add(SecondDocument.At(r.tokenPlace(t), "", "another document starts here"))
			tokens = tokens[:i]
		case t.Type == token.DocumentEndType:
			if i+1 < len(tokens) {
				r.add(SecondDocument.At(r.tokenPlace(tokens[i+1]), "", "there is text after the end of the document"))
			}
			tokens = tokens[:i]
		default:
			continue
		}
		break
	}
	if len(tokens) == 0 || len(tokens) == 1 && tokens[0].Type == token.DocumentHeaderType {
		r.add(Empty.At(r.place(1, 1), "", "the document holds no keys"))
		return nil, false
	}
	return tokens, true
}

// plain adds a finding for each token of a feature that documents do not have,
// and reports whether the parser can read past them. Where there are very many, as
// in a text whose aliases stand for ever more aliases, only the first is told.
func (r *reader) plain(tokens token.Tokens) bool {
	readable := true
	var refused fault.Findings
	for _, t := range tokens {
		var f fault.Finding
		switch at := r.tokenPlace(t); t.Type {
		case token.AnchorType:
			f = NotPlain.At(at, "", "an anchor (&) is not read")
		case token.AliasType:
			f = NotPlain.At(at, "", "an alias (*) is not read")
			f.Remedy = "Write the value out in full, or put the text in quotes if it begins with a star."
		case token.MergeKeyType:
			f = NotPlain.At(at, "", "a merge key (<<) is not read")
		case token.TagType:
			f = NotPlain.At(at, "", "a tag (!) is not read")
			f.Remedy = "Remove the tag, or put the text in quotes if it begins with an exclamation mark."
		case token.MappingKeyType:
			f = NotPlain.At(at, "", "a key marked with ? is not read")
			f.Remedy = "Write the key and a colon on one line, or put the text in quotes if it begins with a question mark."
			readable = false
		case token.DirectiveType:
			f = NotPlain.At(at, "", "a directive (%%) is not read")
			f.Remedy = "Remove the line."
			readable = false
		default:
			continue
		}
		refused = append(refused, f)
	}
	if more := len(refused) - 1; more >= maxRefused {
		refused[0].Message += fmt.Sprintf(", nor are %s more anchors, aliases and tags below it", thousands(more))
		r.add(refused[0])
		return false
	}
	for _, f := range refused {
		r.add(f)
	}
	return readable
}

// level is an open list or mapping.
type level struct {
	flow   bool // in brackets or braces
	list   bool
	column int // in block style: of its keys or dashes
	keys   int
}

// shallow reports whether lists and mappings are nested no deeper than MaxDepth
// and no mapping has more than MaxKeys keys.
func (r *reader) shallow(tokens token.Tokens) bool {
	var open []level
	for i, t := range tokens {
		n := len(open) - 1
		flow := n >= 0 && open[n].flow
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			open = append(open, level{flow: true, list: t.Type == token.SequenceStartType, keys: 1})
		case token.MappingEndType, token.SequenceEndType:
			if flow {
				open = open[:n]
			}
		case token.CollectEntryType:
			if flow {
				open[n].keys++
			}
		case token.MappingValueType:
			if !flow {
				open = enter(open, tokens[max(0, i-1)].Position.Column, false)
			}
		case token.SequenceEntryType:
			if !flow {
				open = enter(open, t.Position.Column, true)
			}
		}
		n = len(open) - 1
		if n >= MaxDepth {
			r.add(TooDeep.At(r.tokenPlace(t), "", "lists and mappings are nested more than %d deep", MaxDepth))
			return false
		}
		if n >= 0 && !open[n].list && open[n].keys > MaxKeys {
			r.add(TooMuch.At(r.tokenPlace(t), "", "the mapping has more than %s keys", thousands(MaxKeys)))
			return false
		}
	}
	return true
}

// enter closes the levels that a key or dash at a column ends, and opens or
// continues the one that it belongs to. A list may stand in the column of the key
// that it is the value of.
func enter(open []level, column int, list bool) []level {
	for n := len(open) - 1; n >= 0; n-- {
		if top := open[n]; top.column < column || top.column == column && (list || !top.list) {
			break
		}
		open = open[:n]
	}
	if n := len(open) - 1; n < 0 || open[n].column != column || open[n].list != list {
		open = append(open, level{column: column, list: list})
	}
	open[len(open)-1].keys++
	return open
}
