package identity

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"towerbridge/fault"
)

// The lengths that a password may have, in characters.
const (
	MinPassword = 12
	MaxPassword = 256
)

// common is the list of words that lead every list of stolen passwords, one a line.
//
//go:embed password_common.txt
var common string

// commonWords is the list, and the length of its longest word in bytes.
var commonWords, longestCommon = func() (map[string]bool, int) {
	words, longest := map[string]bool{}, 0
	for line := range strings.Lines(common) {
		if w := strings.TrimSpace(line); w != "" && !strings.HasPrefix(w, "#") {
			words[w] = true
			longest = max(longest, len(w))
		}
	}
	return words, longest
}()

// CheckPassword returns what is wrong with a new password of somebody with these names:
// those that he signs in by, his own and his address. Length is what counts; nobody is
// asked for marks or capitals. No finding holds the password or a part of it.
func CheckPassword(password Secret, names ...string) fault.Findings {
	var out fault.Findings
	refuse := func(r fault.Rule, format string, args ...any) {
		out = append(out, r.At(fault.Position{}, "password", format, args...))
	}
	s := norm.NFKC.String(password.Reveal()[:min(len(password), 4*MaxPassword+1)])
	n := utf8.RuneCountInString(s)
	switch {
	case n < MinPassword:
		refuse(rulePasswordShort, "the password has %d characters, and %d are the least", n, MinPassword)
	case n > MaxPassword:
		refuse(rulePasswordLong, "the password has more than %d characters", MaxPassword)
		return out
	}
	folded := strings.ToLower(s)
	if holdsName(folded, names) {
		refuse(rulePasswordName, "the password holds the name of the account")
	}
	if n >= MinPassword && guessable(folded) {
		refuse(rulePasswordCommon, "the password is made of nothing but the commonest words, runs and digits")
	}
	return out
}

// plainLetters takes back the marks that people put in the place of letters, one byte
// for one.
var plainLetters = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// holdsName reports whether a folded password holds one of the names, or a part of one
// of four letters or more.
func holdsName(folded string, names []string) bool {
	for _, name := range names {
		name = strings.ToLower(norm.NFKC.String(name))
		local, _, _ := strings.Cut(name, "@") // of an address, whose host many share
		for _, part := range append(strings.FieldsFunc(local, func(r rune) bool { return !unicode.IsLetter(r) }), local) {
			if utf8.RuneCountInString(part) >= 4 && strings.Contains(folded, part) {
				return true
			}
		}
	}
	return false
}

// guessable reports whether a folded password can be parted into common words, runs
// (abc, 321, aaa), up to four digits at a time, and marks, with nothing left over.
func guessable(s string) bool {
	plain := plainLetters.Replace(s) // as long as s
	reached := make([]bool, len(s)+1)
	reached[0] = true
	for i := range s {
		if !reached[i] {
			continue
		}
		for n := 2; n <= min(longestCommon, len(s)-i); n++ {
			if commonWords[s[i:i+n]] || commonWords[plain[i:i+n]] {
				reached[i+n] = true
			}
		}
		for n := 1; n <= 4 && i+n <= len(s) && s[i+n-1] >= '0' && s[i+n-1] <= '9'; n++ {
			reached[i+n] = true
		}
		if r, size := utf8.DecodeRuneInString(s[i:]); !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			reached[i+size] = true
		}
		for _, step := range [...]rune{-1, 0, 1} {
			for _, end := range runs(s[i:], step) {
				reached[i+end] = true
			}
		}
	}
	return reached[len(s)]
}

// runs returns the ends of the runs at the start of a text: three characters or more
// each of which follows the one before it by a step.
func runs(s string, step rune) []int {
	var ends []int
	var last rune
	count := 0
	for i, r := range s {
		if count > 0 && r != last+step {
			break
		}
		last, count = r, count+1
		if count >= 3 {
			ends = append(ends, i+utf8.RuneLen(r))
		}
	}
	return ends
}
