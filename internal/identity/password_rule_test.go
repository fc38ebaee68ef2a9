package identity

import (
	"strings"
	"testing"

	"towerbridge/fault"
)

func TestCheckPassword(t *testing.T) {
	names := []string{"ada.byron@force.example", "Ada Byron-King", "ab", "emp-4711"}
	for password, want := range map[string][]fault.Rule{
		"correct horse battery staple":       nil,
		"eleven thin geese at noon":          nil,
		"korrekt-pferd":                      nil,
		"zwölf Boxkämpfer":                   nil,
		"\U0001f40e\U0001f40e rides at dawn": nil,
		strings.Repeat("ob la di ", 28):      nil,
		"":                                   {rulePasswordShort},
		"short":                              {rulePasswordShort},
		"eleven char":                        {rulePasswordShort},
		"pässwörtähnl":                       nil, // twelve characters, of more bytes
		strings.Repeat("ob la di ", 29):      {rulePasswordLong},
		strings.Repeat("x", 1<<20):           {rulePasswordLong},
		"Password1234":                       {rulePasswordCommon},
		"passwordpassword":                   {rulePasswordCommon},
		"P@ssw0rd2026!":                      {rulePasswordCommon},
		"Welcome-to-3":                       nil, // "to" is no such word
		"Welcome2026!!":                      {rulePasswordCommon},
		"Summer2026Summer2026":               {rulePasswordCommon},
		"aaaaaaaaaaaaa":                      {rulePasswordCommon},
		"abcdefghijklm":                      {rulePasswordCommon},
		"zyxwvutsrqpo":                       {rulePasswordCommon},
		"123456789012":                       {rulePasswordCommon},
		"482950173648":                       {rulePasswordCommon}, // digits alone
		"qwertyuiop12":                       {rulePasswordCommon},
		"1qaz2wsx3edc":                       {rulePasswordCommon},
		"letmein-letmein":                    {rulePasswordCommon},
		"my byron is great":                  {rulePasswordName},
		"ADA.BYRON at sea":                   {rulePasswordName},
		"emp-4711 is at sea":                 {rulePasswordName},
		"a cab and a boat":                   nil, // ab is too short to matter
		"the force is with me today ada":     nil, // the host is shared by many
		"byron2026":                          {rulePasswordShort, rulePasswordName},
	} {
		got := CheckPassword(Secret(password), names...)
		if len(got) != len(want) {
			t.Errorf("%.40q: %v, want %v", password, got, want)
			continue
		}
		for i := range want {
			if got[i].Rule != want[i] {
				t.Errorf("%.40q: %v, want %v", password, got[i], want[i])
			}
		}
	}
}

func TestCommonWordsAreFolded(t *testing.T) {
	if len(commonWords) < 150 {
		t.Errorf("the list has %d words", len(commonWords))
	}
	for w := range commonWords {
		if w != strings.ToLower(w) || strings.ContainsAny(w, " 0123456789") {
			t.Errorf("%q is in the list", w)
		}
	}
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("Password1234", "ada")
	f.Add("correct horse battery staple", "ada.byron@force.example")
	f.Add("\xff\xfe", "\xff")
	f.Fuzz(func(t *testing.T, password, name string) {
		findings := CheckPassword(Secret(password), name)
		if p := strings.TrimSpace(password); len(p) > 24 && strings.Contains(findings.Error(), p) {
			t.Errorf("a finding repeats the password: %v", findings)
		}
	})
}
