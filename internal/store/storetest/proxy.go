package storetest

import (
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Proxy stands between a client and a PostgreSQL server, so that connections can be cut
// as a network cuts them.
type Proxy struct {
	folder string // of our socket
	server string // the server's socket
	mutex  sync.Mutex
	listen net.Listener
	open   map[net.Conn]bool
	wait   sync.WaitGroup
}

// socketName is what PostgreSQL calls the socket of its usual port.
const socketName = ".s.PGSQL.5432"

// NewProxy returns a proxy for the server of a database, and the URL of the database
// through it.
func NewProxy(t testing.TB, database string) (*Proxy, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp(shortTemp(), "towerbridge-proxy-")
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	p := &Proxy{folder: folder, server: filepath.Join(q.Get("host"), socketName), open: map[net.Conn]bool{}}
	q.Set("host", folder)
	u.RawQuery = q.Encode()
	p.Mend(t)
	t.Cleanup(func() {
		p.Cut()
		p.wait.Wait()
		os.RemoveAll(folder)
	})
	return p, u.String()
}

// Cut cuts every connection, and lets no new one be made.
func (p *Proxy) Cut() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.listen != nil {
		p.listen.Close()
		p.listen = nil
	}
	p.cut()
}

// Drop cuts every connection; new ones can be made.
func (p *Proxy) Drop() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.cut()
}

func (p *Proxy) cut() {
	for c := range p.open {
		c.Close()
	}
	clear(p.open)
}

// Mend lets connections be made again.
func (p *Proxy) Mend(t testing.TB) {
	t.Helper()
	listen, err := net.Listen("unix", filepath.Join(p.folder, socketName))
	if err != nil {
		t.Fatal(err)
	}
	p.mutex.Lock()
	p.listen = listen
	p.mutex.Unlock()
	p.wait.Go(func() {
		for {
			client, err := listen.Accept()
			if err != nil {
				return
			}
			p.wait.Go(func() { p.join(client) })
		}
	})
}

// join passes on what a client and the server say, until one of them has ended.
func (p *Proxy) join(client net.Conn) {
	server, err := net.Dial("unix", p.server)
	if err != nil {
		client.Close()
		return
	}
	p.mutex.Lock()
	if p.listen == nil { // cut meanwhile
		client.Close()
		server.Close()
	} else {
		p.open[client], p.open[server] = true, true
	}
	p.mutex.Unlock()
	p.wait.Go(func() {
		io.Copy(server, client) //nolint:errcheck // an end is an end
		server.Close()
	})
	io.Copy(client, server) //nolint:errcheck // an end is an end
	client.Close()
	p.mutex.Lock()
	delete(p.open, client)
	delete(p.open, server)
	p.mutex.Unlock()
}
