package cli

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"towerbridge/document"
	"towerbridge/fault"
)

// check fills in what follows from other settings, and returns what is wrong with them.
func (c *Configured) check(where *document.Where) fault.Findings {
	k := checker{of: c, where: where}
	k.address("listen", c.Listen)
	if c.Metrics != "" {
		k.address("metrics-listen", c.Metrics)
		if c.Metrics == c.Listen {
			k.clash("metrics-listen", "metrics-listen and listen are the same address %s", c.Listen)
		}
	}
	if (c.Certificate == "") != (c.Key == "") {
		k.clash("tls-certificate", "tls-certificate and tls-key are given together or not at all")
	}
	if c.Origin != "" {
		k.origin(c.Origin)
	} else {
		c.Origin = c.ownOrigin()
	}
	if c.Store == "" {
		c.Store = filepath.Join(c.Data, "towerbridge.db")
	}
	for _, p := range c.Proxies {
		if _, err := p.Prefix(); err != nil {
			k.wrong("trusted-proxies", "%q is neither an address nor a network such as 10.0.0.0/8", string(p))
		}
	}
	k.positive()
	k.providers()
	return k.findings
}

// checker gathers what is wrong with a configuration.
type checker struct {
	of       *Configured
	where    *document.Where
	findings fault.Findings
}

// at returns where a setting was given, and its name there.
func (k *checker) at(name string) (fault.Position, string) {
	for _, x := range Settings() {
		if x.Name != name {
			continue
		}
		switch from := k.of.From[name]; from {
		case fromFlag:
			return fault.Position{File: from}, x.Flag
		case fromEnvironment:
			return fault.Position{File: from}, x.Variable
		}
	}
	return k.where.At(name), name
}

func (k *checker) wrong(name, format string, args ...any) {
	place, field := k.at(name)
	k.findings = append(k.findings, ruleSettingValue.At(place, field, format, args...))
}

func (k *checker) clash(name, format string, args ...any) {
	place, field := k.at(name)
	k.findings = append(k.findings, ruleSettings.At(place, field, format, args...))
}

func (k *checker) address(name, address string) {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		if n, wrong := strconv.ParseUint(port, 10, 16); wrong == nil && n <= 65535 {
			return
		}
	}
	k.wrong(name, "%q is not an address as host:port, such as localhost:8080 or :8080", address)
}

func (k *checker) origin(origin string) {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		k.wrong("origin", "%q is not the address of a site, such as https://record.example.org", origin)
		return
	}
	k.of.Origin = u.Scheme + "://" + u.Host
	if u.Scheme == "http" && k.of.Certificate != "" {
		k.clash("origin", "the origin is http, but there is a certificate")
	}
}

// positive refuses zero where it would mean that nothing works.
func (k *checker) positive() {
	for name, n := range map[string]int64{
		"requests-limit": int64(k.of.Inside), "streams-limit": int64(k.of.Streams),
		"answer-time": int64(k.of.Answer), "read-time": int64(k.of.Read), "idle-time": int64(k.of.Idle), "drain-time": int64(k.of.Drain),
	} {
		if n == 0 {
			k.wrong(name, "it must be more than nothing")
		}
	}
	if k.of.Upload < k.of.Body {
		k.clash("upload-limit", "upload-limit %s is less than body-limit %s", k.of.Upload, k.of.Body)
	}
	k.findings.Sort()
}

// providers finds what two providers have in common.
func (k *checker) providers() {
	seen := map[string]bool{}
	for i, p := range k.of.Providers {
		if field := "providers[" + strconv.Itoa(i) + "].id"; seen[p.ID] {
			k.findings = append(k.findings, ruleSettings.At(k.where.At(field), field, "two providers have the id %q", p.ID))
		}
		seen[p.ID] = true
	}
}

// ownOrigin is the site's address where nothing else is said: that which is listened on.
func (c *Configured) ownOrigin() string {
	scheme := "http"
	if c.Certificate != "" {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(c.Listen)
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	if port == "80" && scheme == "http" || port == "443" && scheme == "https" {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return scheme + "://" + host
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// Prefix returns the network; a single address is a network of one.
func (n Net) Prefix() (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(string(n)); err == nil {
		return p.Masked(), nil
	}
	a, err := netip.ParseAddr(string(n))
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}
