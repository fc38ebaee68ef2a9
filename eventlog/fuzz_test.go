package eventlog

import (
	"testing"

	"towerbridge/fault"
)

// fuzzRead reads any text as a log: it is read or it fails with findings, and no
// row is lost.
func fuzzRead(t *testing.T, m *Mapping, text string, opt Options) *Result {
	opt.Location = location
	got, err := Read([]Input{anywhere("log", text)}, m, opt)
	if err != nil {
		if findings, ok := err.(fault.Findings); !ok || len(findings) == 0 {
			t.Fatalf("the error is no finding: %v", err)
		}
		return nil
	}
	checkResult(t, got)
	return got
}

func FuzzCSV(f *testing.F) {
	for _, text := range []string{
		simpleHead + "A,2026-05-01T10:00:00Z,P1,x\n",
		"\ufeff" + simpleHead + "\"A\",2026-05-01 10:00,\"P\"\"1\",\"a\r\nb\"\r\n",
		simpleHead + "A,2026-05-01T10:00:00Z,P1\n,,,\n\n\"", "id,at\n", "\x1f\x8b\x08", "\xff\xfe", "",
	} {
		f.Add(text, int64(7))
	}
	m := mustMap(f, propertyMapping)
	f.Fuzz(func(t *testing.T, text string, stretch int64) {
		whole := fuzzRead(t, m, text, Options{})
		cut := fuzzRead(t, m, text, Options{Workers: 2, stretch: max(1, stretch%int64(len(text)+2))})
		if (whole == nil) != (cut == nil) || whole != nil && (lines(whole.Journal) != lines(cut.Journal) || whole.Summary() != cut.Summary()) {
			t.Fatalf("cut differs: %v, %v", whole, cut)
		}
	})
}

func FuzzXES(f *testing.F) {
	for _, text := range []string{
		xesLog(trace("A", event(`<string key="org:group" value="x&amp;y"/>`))),
		"<log><!-- --><![CDATA[ ]]><trace/></log>", "<!DOCTYPE a>", "<log><trace><event>", "</a>", "<log a='b' c=\"d\"/>",
	} {
		f.Add(text)
	}
	m := mustMap(f, xesMapping)
	f.Fuzz(func(t *testing.T, text string) { fuzzRead(t, m, text, Options{}) })
}

func FuzzNDJSON(f *testing.F) {
	f.Add(seventh + "\n" + full)
	f.Add(`{"source":"a","key":"1","ticket":"\u0041","happened":"2026-05-01T10:00:00+01:00","salt":"x","text":"y"}`)
	f.Add(`{"digest":"sha256:0"}`)
	f.Add(act + "\n" + seventh + "\n" + `{"subject":"x","by":"y","visibility":"own"}`)
	f.Fuzz(func(t *testing.T, text string) {
		got := fuzzRead(t, nil, text, Options{})
		if got == nil {
			return
		}
		open := lines(got.Journal)
		again := fuzzRead(t, nil, open, Options{})
		if again == nil || lines(again.Journal) != open || again.Refused != 0 {
			t.Fatalf("the open form is not read again:\n%s\n%v", open, again)
		}
	})
}

func FuzzMapping(f *testing.F) {
	for _, text := range []string{rich, local, vinstXES, "id: m\nformat: csv\nstampFormats: [\"d/M/yyyy HH:mm\"]\ncolumns: {ticket: id, happened: at}\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, findings := ReadMapping("mapping.yaml", []byte(text))
		if len(findings) > 0 {
			return
		}
		fuzzRead(t, m, "id,at,action,state\nA,2025-10-26 01:30,made,Open\n", Options{Salt: []byte("s")})
	})
}

func FuzzDecisions(f *testing.F) {
	f.Add("row,choice,who,why\n2,first,Ann,so\n3,drop,Ann,\"because\nof\"\n")
	f.Add("row,choice,who,why\n2,2025-10-26T00:30:00Z,Ann,so\n")
	m := mustMap(f, local)
	f.Fuzz(func(t *testing.T, text string) {
		d, findings := ReadDecisions("d.csv", []byte(text))
		if len(findings) > 0 {
			return
		}
		if got := fuzzRead(t, m, localLog, Options{Decisions: d}); got != nil {
			again := fuzzRead(t, nil, lines(got.Journal), Options{})
			if again == nil || lines(again.Journal) != lines(got.Journal) {
				t.Fatalf("the open form is not read again: %s", lines(got.Journal))
			}
		}
	})
}

func FuzzStamp(f *testing.F) {
	f.Add("yyyy-MM-dd HH:mm", "2025-10-26 01:30")
	f.Add("MMM d, yyyy h:mm a", "Mar 5, 2016 12:07 am")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		var p Pattern
		if p.UnmarshalText([]byte(pattern)) != nil {
			return
		}
		s := stamps{patterns: []Pattern{p}, zone: mustZone(t, "Europe/London")}
		first, second, means := s.read([]byte(text))
		if means == unsure && first >= second {
			t.Fatalf("%q is %s or %s", text, first, second)
		}
	})
}
