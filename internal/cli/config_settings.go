package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Config is how a server is set up. Each setting is one field, known everywhere by one
// name: listen is the key of the configuration file, --listen the flag and
// TOWERBRIDGE_LISTEN the variable of the environment. What is left out has the default
// that stands beside it.
type Config struct {
	Listen string `doc:"listen" value:"ADDR" default:"localhost:8080" about:"Address on which requests are taken, as host:port. :8080 takes them from every network."`
	Origin string `doc:"origin" value:"URL" about:"Address of the site as browsers see it, such as https://record.example.org. Left out: that of listen. Sign-in by others and passkeys hold for this address alone."`
	Data   string `doc:"data" value:"DIR" default:"towerbridge-data" about:"Folder of the database, where store names none. It is made if it is missing."`
	Store  string `doc:"store" value:"URL" about:"The record: the file of its database, or a postgres:// URL. Left out: towerbridge.db in the data folder."`
	Secret string `doc:"secret-file" value:"FILE" about:"File with the secret of a record on PostgreSQL: the same for every process that serves it, and for every command; in hexadecimal, it may stand in the variable TOWERBRIDGE_SECRET instead. Left out: the file beside a database file, which is made with it."`

	Certificate string `doc:"tls-certificate" value:"FILE" about:"Certificate chain (PEM), to speak https without a proxy before it."`
	Key         string `doc:"tls-key" value:"FILE" about:"Private key (PEM) of the certificate."`
	Proxies     []Net  `doc:"trusted-proxies" value:"NET,..." about:"Addresses or networks of proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Request-Id are believed."`
	Metrics     string `doc:"metrics-listen" value:"ADDR" about:"Address on which /metrics is read, with /healthz and /readyz. Left out: all three are on the address of listen."`

	LogFormat LogFormat `doc:"log-format" value:"FORM" default:"text" about:"Form of the log on standard error: text or json."`
	LogLevel  LogLevel  `doc:"log-level" value:"LEVEL" default:"info" about:"What is logged: debug, info, warn or error, each with those after it."`

	Body     Size     `doc:"body-limit" value:"SIZE" default:"1MiB" about:"Size that a request may have."`
	Upload   Size     `doc:"upload-limit" value:"SIZE" default:"1GiB" about:"Size that the upload of a log may have."`
	Inside   Count    `doc:"requests-limit" value:"N" default:"512" about:"Requests that are answered at one moment. More are refused until others have ended."`
	Streams  Count    `doc:"streams-limit" value:"N" default:"1024" about:"Live lists that are open at one moment."`
	Rate     Count    `doc:"rate" value:"N" default:"1000" about:"Requests a second that one person or service account may make; twice as many at once. 0 is any number."`
	Stranger Count    `doc:"stranger-rate" value:"N" default:"50" about:"Requests a second from one address that says not who it is; four times as many at once. 0 is any number."`
	Answer   Interval `doc:"answer-time" value:"TIME" default:"1m" about:"Time that a request may take to be answered. Streams and exports take as long as they need."`
	Read     Interval `doc:"read-time" value:"TIME" default:"30s" about:"Time that a request may take to come in. Each part of an upload has as long."`
	Idle     Interval `doc:"idle-time" value:"TIME" default:"2m" about:"Time that a connection may wait for its next request."`
	Notice   Interval `doc:"notice-time" value:"TIME" default:"0s" about:"Time between saying at /readyz that the server stops and taking nothing new, so that a load balancer can look elsewhere."`
	Drain    Interval `doc:"drain-time" value:"TIME" default:"20s" about:"Time that requests have to end when the server stops."`

	Providers []Provider `doc:"providers" about:"Providers of sign-in by OpenID Connect. Only in the file."`
}

// Provider is a provider of sign-in by OpenID Connect.
type Provider struct {
	ID       string              `doc:"id,required" about:"Name in addresses: lower-case letters, digits and hyphens. The provider is given ORIGIN/sign-in/ID as the address to come back to."`
	Name     string              `doc:"name,required" about:"Name on the sign-in page."`
	Issuer   string              `doc:"issuer,required" about:"Address of the issuer, as the provider writes it."`
	Client   string              `doc:"client,required" about:"Id of this program at the provider."`
	Secret   string              `doc:"client-secret-file" about:"File with the secret of this program at the provider. Left out: it has none."`
	Scopes   []string            `doc:"scopes" about:"Scopes that are asked for beside openid, such as profile and email."`
	Post     bool                `doc:"post-secret" about:"Send the secret in the form and not in the header."`
	UserInfo bool                `doc:"user-info" about:"Ask the provider for claims that its identity token leaves out."`
	Person   string              `doc:"person-claim" about:"Claim that holds the person's id in the directory."`
	Party    string              `doc:"party-claim" about:"Claim by which the person's party is told. Left out: the directory says."`
	Parties  map[string]string   `doc:"parties" about:"Values of that claim, each with the id of a party."`
	Roles    string              `doc:"roles-claim" about:"Claim by which the person's roles are told, such as groups. Left out: the directory says."`
	Grants   map[string][]string `doc:"grants" about:"Values of that claim, each with the roles that it gives."`
}

// Net is an address, or a network such as 10.0.0.0/8.
type Net string

// Size is a number of bytes, such as 512KiB, 1MiB or 2GiB.
type Size int64

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

// SchemaPattern returns the form of a size.
func (Size) SchemaPattern() string { return `^[1-9][0-9]{0,11}(KiB|MiB|GiB)?$` }

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(b []byte) error {
	text := string(b)
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n <= 0 || n > math.MaxInt64/(1<<20)/u.bytes {
			break
		}
		*s = Size(n * u.bytes)
		return nil
	}
	return fmt.Errorf("%q is not a size such as 512KiB, 1MiB or 2GiB", text)
}

// String returns the size in its largest whole unit.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if int64(s)%u.bytes == 0 && int64(s) >= u.bytes {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return "0"
}

// Interval is a stretch of time, such as 500ms, 30s or 2m.
type Interval time.Duration

// longest is the longest interval.
const longest = 24 * time.Hour

// SchemaPattern returns the form of an interval.
func (Interval) SchemaPattern() string { return `^([0-9]{1,6}(ms|s|m|h))+$` }

// UnmarshalText reads an interval.
func (i *Interval) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil || d < 0 || d > longest {
		return fmt.Errorf("%q is not a time such as 500ms, 30s or 2m, of at most %s", b, longest)
	}
	*i = Interval(d)
	return nil
}

// String returns the interval as it is written.
func (i Interval) String() string {
	s := time.Duration(i).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Count is a whole number from zero to a million.
type Count int

// SchemaPattern returns the form of a count.
func (Count) SchemaPattern() string { return `^[0-9]{1,7}$` }

// UnmarshalText reads a count.
func (c *Count) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 32)
	if err != nil || n > 1_000_000 {
		return fmt.Errorf("%q is not a whole number from 0 to 1000000", b)
	}
	*c = Count(n)
	return nil
}

// String returns the count in digits.
func (c Count) String() string { return strconv.Itoa(int(c)) }

// LogFormat is the form of the log.
type LogFormat string

// SchemaEnum returns the forms.
func (LogFormat) SchemaEnum() []string { return []string{"text", "json"} }

// LogLevel is the least level that is logged.
type LogLevel string

// SchemaEnum returns the levels.
func (LogLevel) SchemaEnum() []string { return []string{"debug", "info", "warn", "error"} }
