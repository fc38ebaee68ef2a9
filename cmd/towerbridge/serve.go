package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/api"
	"towerbridge/internal/app"
	"towerbridge/internal/cli"
	"towerbridge/internal/identity"
	"towerbridge/internal/serve"
	"towerbridge/internal/store"
	"towerbridge/internal/store/folder"
	"towerbridge/internal/store/sqlstore"
)

// serverGarbage is the percent of growth between two collections in a server, which has
// little that lasts and shares its machine.
const serverGarbage = 300

// serveRecord serves a record until the context is done. What was opened is closed in
// the opposite order.
func serveRecord(ctx context.Context, s cli.Serving) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(serverGarbage)
	}
	log := logger(s)
	stopTraces, err := serve.StartTraces(ctx, log, s.Version)
	if err != nil {
		return err
	}
	defer func() { flushTraces(ctx, log, stopTraces) }()
	at, watched, err := listeners(s.Config)
	if err != nil {
		return err
	}
	defer at.Close()
	if watched != nil {
		defer watched.Close()
	}
	secure, err := certificate(s.Config)
	if err != nil {
		return err
	}
	commits := api.NewCommits()
	ledger, err := openServed(ctx, s.Config, commits)
	if err != nil {
		return err
	}
	// What follows the ledger ends before it is closed.
	following, unfollow := context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		unfollow()
		if err := ledger.Close(); err != nil {
			log.Error("the record could not be closed", slog.String("error", err.Error()))
		}
	}()
	server, operations, err := assemble(following, s, log, ledger, commits)
	if err != nil {
		return err
	}
	defer operations.Close()
	link, err := firstLink(ctx, s.Config, operations.Door)
	if err != nil {
		return err
	}
	s.Ready(s.Config.Origin, link)
	notify(log, "READY=1")
	go func() {
		<-server.Stopping()
		notify(log, "STOPPING=1")
	}()
	log.Info("serving", slog.String("address", at.Addr().String()), slog.String("version", s.Version))
	err = server.Run(ctx, at, watched, secure)
	log.Info("stopped")
	return err
}

// logger returns the log that the settings ask for. Secrets are taken out of it, should
// any have come into it.
func logger(s cli.Serving) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.Config.LogLevel)) // one of those that settings can have
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: identity.Redact}
	if s.Config.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(s.Log, o))
	}
	return slog.New(slog.NewTextHandler(s.Log, o))
}

// flushTraces sends the spans that were not sent yet.
func flushTraces(ctx context.Context, log *slog.Logger, stop func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := stop(ctx); err != nil {
		log.Warn("traces", slog.String("error", err.Error()))
	}
}

// listeners opens the addresses of the settings.
func listeners(c *cli.Configured) (at, watched net.Listener, err error) {
	if at, err = net.Listen("tcp", c.Listen); err != nil {
		return nil, nil, fault.Wrap(fault.Unavailable, err, "the address %s cannot be listened on", c.Listen)
	}
	if c.Metrics == "" {
		return at, nil, nil
	}
	if watched, err = net.Listen("tcp", c.Metrics); err != nil {
		at.Close()
		return nil, nil, fault.Wrap(fault.Unavailable, err, "the address %s cannot be listened on", c.Metrics)
	}
	return at, watched, nil
}

// certificate returns how https is spoken; nil where a proxy does, or nobody.
func certificate(c *cli.Configured) (*tls.Config, error) {
	if c.Certificate == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the certificate %s cannot be used with its key", c.Certificate)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}, nil
}

// openServed opens the record of the settings, and makes it where there is none.
func openServed(ctx context.Context, c *cli.Configured, commits *api.Commits) (store.Ledger, error) {
	if file, ok := sqlstore.File(c.Store); ok {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, store.FileError("the folder of the record", filepath.Dir(file), err)
		}
	}
	return openRecord(ctx, c.Store, c.Secret, true, commits.Committed)
}

// assemble makes the server of a record.
func assemble(ctx context.Context, s cli.Serving, log *slog.Logger, ledger store.Ledger, commits *api.Commits) (*serve.Server, *api.API, error) {
	policies, err := access.New()
	if err != nil {
		return nil, nil, err
	}
	record := app.NewRecord(ctx, ledger, policies, now, s.Random)
	providers, err := providers(s.Config)
	if err != nil {
		return nil, nil, err
	}
	origin := s.Config.Origin
	if !identity.PasskeyOrigin(origin) {
		log.Warn("there are no passkeys: browsers keep them for https and a host name, or http://localhost", slog.String("origin", origin))
		origin = ""
	}
	door, err := app.NewDoor(record, app.DoorSettings{Origin: origin, Providers: providers, Log: log})
	if err != nil {
		return nil, nil, err
	}
	feed, err := app.NewFeed(ctx, record)
	if err != nil {
		return nil, nil, err
	}
	trusted := make([]netip.Prefix, 0, len(s.Config.Proxies))
	for _, p := range s.Config.Proxies {
		prefix, err := p.Prefix()
		if err != nil {
			return nil, nil, fault.Wrap(fault.Internal, err, "the proxies were checked")
		}
		trusted = append(trusted, prefix)
	}
	metrics := serve.NewMetrics(s.Version)
	metrics.Add(api.NewCollector(record))
	metrics.Add(commits)
	server, err := serve.New(serve.Options{
		Log: log, Limits: limits(s.Config), Origin: s.Config.Origin, Trusted: trusted,
		Identify: api.Identify(door), Ready: ledger.Ping, Metrics: metrics, Apart: s.Config.Metrics != "",
	})
	if err != nil {
		return nil, nil, err
	}
	operations, err := api.New(api.Options{
		Record: record, Door: door, Feed: feed, Server: server, Version: s.Version, OpenLog: openLog, Uploads: uploads(s.Config),
	})
	return server, operations, err
}

// openLog returns a log that was uploaded.
func openLog(f api.LogFiles) api.Log {
	return &folder.Folder{Logs: []string{f.Log}, Mapping: f.Mapping, Salt: f.Salt, Workers: runtime.GOMAXPROCS(0)}
}

// uploads is the folder in which logs are kept until they were read: beside the record,
// where that is a file.
func uploads(c *cli.Configured) string {
	if file, ok := sqlstore.File(c.Store); ok {
		return filepath.Dir(file)
	}
	return ""
}

// limits are those of the settings.
func limits(c *cli.Configured) serve.Limits {
	l := serve.DefaultLimits()
	l.Body, l.Upload, l.Inside, l.Streams = int64(c.Body), int64(c.Upload), int(c.Inside), int(c.Streams)
	l.Rate, l.Strangers = serve.PerSecond(int(c.Rate), 2), serve.PerSecond(int(c.Stranger), 4)
	l.Answer, l.Read, l.Idle = time.Duration(c.Answer), time.Duration(c.Read), time.Duration(c.Idle)
	l.Notice, l.Drain = time.Duration(c.Notice), time.Duration(c.Drain)
	return l
}

// providers are those of the settings, each with its secret.
func providers(c *cli.Configured) ([]identity.ProviderConfig, error) {
	var out []identity.ProviderConfig
	for _, p := range c.Providers {
		x := identity.ProviderConfig{
			ID: p.ID, Name: p.Name, Issuer: p.Issuer, Client: p.Client, Redirect: c.Origin + "/sign-in/" + p.ID, Scopes: p.Scopes,
			Post: p.Post, UserInfo: p.UserInfo,
			Claims: identity.Claims{Person: p.Person, Party: p.Party, Parties: p.Parties, Roles: p.Roles, Grants: p.Grants},
		}
		if p.Secret != "" {
			data, err := store.ReadFile("the secret of provider "+p.ID, p.Secret, 4096)
			if err != nil {
				return nil, err
			}
			x.Secret = identity.Secret(strings.TrimSpace(string(data)))
		}
		out = append(out, x)
	}
	return out, nil
}

// firstLink returns the address at which the first administrator is made; empty where
// there is one.
func firstLink(ctx context.Context, c *cli.Configured, door *app.Door) (string, error) {
	secret, made, err := door.FirstAdministrator(ctx)
	if err != nil || !made {
		return "", err
	}
	return c.Origin + api.LinkPath(secret), nil
}

// notify tells a service manager how the server is, where one wants to know (see
// sd_notify). That it cannot be told is no reason to stop.
func notify(log *slog.Logger, state string) {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	to, err := net.Dial("unixgram", socket)
	if err == nil {
		_, err = to.Write([]byte(state))
		err = errors.Join(err, to.Close())
	}
	if err != nil {
		log.Warn("the service manager could not be told", slog.String("error", err.Error()))
	}
}
