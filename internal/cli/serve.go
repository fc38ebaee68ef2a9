package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/store"
)

// Serving is what a server is started with.
type Serving struct {
	Config  *Configured
	Version string
	Log     io.Writer
	Random  io.Reader

	// Ready is called once requests are taken, with the site's address and, while there
	// is no administrator, the link by which the first one is made.
	Ready func(address, link string)
}

type serveCommand struct{ settingFlags }

// Help is shown below the command's summary.
func (serveCommand) Help() string {
	return `Without any setting a database is made in the folder towerbridge-data, and the site is at http://localhost:8080. While there is no administrator, a link is printed that makes the first one; it works once. Several processes may serve one database on PostgreSQL.

The server ends when it is interrupted or told to terminate: requests that have begun are answered first.

Example:

    towerbridge serve --listen :8080 --origin https://record.example.org --trusted-proxies 10.0.0.0/8
`
}

// Run serves until it is interrupted.
func (c *serveCommand) Run(s *session) error {
	config, err := s.configuration(&c.settingFlags)
	if err != nil {
		return err
	}
	if s.Serve == nil {
		return fault.New(fault.Unavailable, "Use the towerbridge program.", "this program was built without a server")
	}
	return s.Serve(s.ctx, Serving{
		Config: config, Version: s.Version, Log: s.Stderr, Random: s.Random,
		Ready: func(address, link string) { s.ready(config, address, link) },
	})
}

// ready says where the site is. What is printed must be seen at once, while the command
// goes on.
func (s *session) ready(config *Configured, address, link string) {
	if s.json {
		_ = writeJSON(s.Stdout, map[string]string{"address": address, "store": masked(config.Store), "link": link})
	} else {
		s.print("Towerbridge is at %s\nThe record is %s\n", address, plain(masked(config.Store)))
		if link != "" {
			s.print("There is no administrator yet. Make the first one here; the link works once:\n\n    %s\n\n", link)
		}
	}
	if f, ok := s.Stdout.(interface{ Flush() error }); ok {
		_ = f.Flush()
	}
}

type healthcheckCommand struct{ settingFlags }

// Help is shown below the command's summary.
func (healthcheckCommand) Help() string {
	return `Asks the server that has the same settings, on this machine, whether it takes requests and its record can be written to: status 0 means yes, 1 no. It is for containers and others that have no program to ask with.

Example:

    towerbridge healthcheck --listen :8080
`
}

// healthTime is how long a server may take to say how it is.
const healthTime = 5 * time.Second

// Run asks.
func (c *healthcheckCommand) Run(s *session) error {
	config, err := s.configuration(&c.settingFlags)
	if err != nil {
		return err
	}
	client, address, err := config.asked()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(s.ctx, healthTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the server's address %s cannot be asked", address)
	}
	answer, err := client.Do(r)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "the server does not answer")
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fault.New(fault.Unavailable, "Look into its log.", "the server is not ready: it answers %d", answer.StatusCode)
	}
	if s.json {
		return writeJSON(s.Stdout, map[string]bool{"ready": true})
	}
	s.print("ready\n")
	return nil
}

// asked returns where a server of this configuration says how it is, and a client that
// knows its certificate.
func (c *Configured) asked() (*http.Client, string, error) {
	transport := &http.Transport{Proxy: nil}
	scheme, address := "http", c.Metrics
	if address == "" {
		address = c.Listen
		if c.Certificate != "" {
			scheme = "https"
			chain, err := store.ReadFile("the certificate", c.Certificate, maxConfig)
			if err != nil {
				return nil, "", err
			}
			known := x509.NewCertPool()
			if !known.AppendCertsFromPEM(chain) {
				return nil, "", fault.New(fault.Invalid, "Give the chain in PEM form.", "the file %s holds no certificate", c.Certificate)
			}
			site, err := url.Parse(c.Origin)
			if err != nil {
				return nil, "", fault.Wrap(fault.Internal, err, "the origin was checked")
			}
			transport.TLSClientConfig = &tls.Config{RootCAs: known, ServerName: site.Hostname(), MinVersion: tls.VersionTLS12}
		}
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", fault.Wrap(fault.Internal, err, "the address was checked")
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return &http.Client{Transport: transport}, fmt.Sprintf("%s://%s/readyz", scheme, net.JoinHostPort(host, port)), nil
}
