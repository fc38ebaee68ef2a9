package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// server is a server that runs: ours or a rival's.
type server struct {
	command *exec.Cmd
	address string        // such as http://127.0.0.1:40123
	ready   time.Duration // from the start of its process until it answered
	said    *os.File      // what it prints
	ended   chan error
}

// startTime is how long a server may take to answer, and stopTime to end.
const (
	startTime = 2 * time.Minute
	stopTime  = 30 * time.Second
)

// freePort returns a port of this machine that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// startServer starts a command and waits until a GET of a path at a port has an answer
// that is no refusal.
func startServer(ctx context.Context, command *exec.Cmd, port int, path string) (*server, error) {
	said, err := os.CreateTemp("", "towerbridge-server-")
	if err != nil {
		return nil, err
	}
	command.Stdout, command.Stderr = said, said
	s := &server{command: command, address: fmt.Sprintf("http://127.0.0.1:%d", port), said: said, ended: make(chan error, 1)}
	start := time.Now()
	if err := command.Start(); err != nil {
		s.forget()
		return nil, err
	}
	go func() { s.ended <- command.Wait() }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: startTime}
	for {
		answer, err := client.Get(s.address + path)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode < http.StatusBadRequest {
				s.ready = time.Since(start)
				return s, nil
			}
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return nil, fmt.Errorf("%s ended before it was ready: %w: %s", command.Path, err, s.forget())
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), s.stop())
		default:
		}
		if time.Since(start) > startTime {
			err := s.stop()
			return nil, fmt.Errorf("%s was not ready in %v: %w", command.Path, startTime, err)
		}
		time.Sleep(time.Millisecond)
	}
}

// pid is the server's first process.
func (s *server) pid() int { return s.command.Process.Pid }

// stop asks the server to end, and ends it if it does not.
func (s *server) stop() error {
	defer s.forget()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		<-s.ended
		return nil // it had ended
	}
	select {
	case <-s.ended: // how a server that was told to end says so is its own affair
		return nil
	case <-time.After(stopTime):
		return errors.Join(fmt.Errorf("%s did not end when it was told to", s.command.Path), s.command.Process.Kill())
	}
}

// forget returns the last of what the server has printed, and removes it.
func (s *server) forget() string {
	text, _ := os.ReadFile(s.said.Name())
	s.said.Close()
	os.Remove(s.said.Name())
	return strings.TrimSpace(string(text[max(0, len(text)-2000):]))
}
