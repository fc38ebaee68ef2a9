package sqlstore

import (
	"context"
	"strings"
	"testing"

	"towerbridge/fault"
)

func TestParseAddress(t *testing.T) {
	for url, want := range map[string]address{
		"record.db":                      {file: "record.db"},
		"a b/rec#ord?.sqlite":            {file: "a b/rec#ord?.sqlite"},
		"/var/lib/r.sqlite3":             {file: "/var/lib/r.sqlite3"},
		"sqlite:record":                  {file: "record"},
		"sqlite:///var/lib/r.db":         {file: "/var/lib/r.db"},
		"postgres://u:p@h/d":             {postgres: "postgres://u:p@h/d"},
		"postgresql://h/d.db":            {postgres: "postgresql://h/d.db"},
		"host=/tmp dbname=record":        {postgres: "host=/tmp dbname=record"},
		"dbname=record.db":               {postgres: "dbname=record.db"},
		"user=u password=x host=h.local": {postgres: "user=u password=x host=h.local"},
	} {
		got, err := parseAddress(url)
		if err != nil || got != want {
			t.Errorf("%s is %+v, %v", url, got, err)
		}
	}
}

// planted is a password that no message may repeat.
const planted = "hunter2planted"

func TestPasswordsAreNotRepeated(t *testing.T) {
	for _, url := range []string{
		"mysql://u:" + planted + "@h/d",
		planted,
		"postgres://u:" + planted + "@[broken/d",
		"postgres://u:" + planted + "@h:notaport/d",
		"postgres://u:" + planted + "%zz@h/d",
		"host=h port=notaport password=" + planted,
		"host=/nowhere/at/all password='" + planted + "' dbname=d",
		"postgres://u:" + planted + "@127.0.0.1:1/d?connect_timeout=2",
	} {
		_, err := Open(context.Background(), url, Options{Secret: testSecret})
		if err == nil {
			t.Errorf("%s was opened", url)
			continue
		}
		for e := err; e != nil; e = unwrap(e) {
			if strings.Contains(e.Error(), planted) {
				t.Errorf("a message repeats the password: %v", e)
			}
		}
		if fault.KindOf(err) == fault.Internal {
			t.Errorf("%s is a defect: %v", url, err)
		}
	}
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

// A URL is a file, a database or an error, and an error never repeats it.
func FuzzParseAddress(f *testing.F) {
	for _, url := range []string{"", "record.db", "sqlite:", "sqlite://x", "postgres://u:p@h/d", "host=h", "a:b:c", "\x00.db"} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		where, err := parseAddress(url)
		if (err == nil) == (where == address{}) || where.file != "" && where.postgres != "" {
			t.Errorf("%q is %+v, %v", url, where, err)
		}
		if file, ok := File(url); ok != (where.file != "") || file != where.file {
			t.Errorf("%q names the file %q, %v", url, file, ok)
		}
		if err != nil && len(url) > 30 && strings.Contains(err.Error(), url) {
			t.Errorf("the message repeats the URL: %v", err)
		}
	})
}
