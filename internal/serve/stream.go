package serve

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"towerbridge/fault"
)

// beat is how often a stream says that it is alive when nothing happens, so that
// proxies do not close it and a client learns of a dead one.
const beat = 15 * time.Second

// Events is a stream of server-sent events to one client.
type Events struct {
	w        http.ResponseWriter
	flush    *http.ResponseController
	done     <-chan struct{}
	stopping <-chan struct{}
	buffer   bytes.Buffer
}

// Events begins a stream. A client that loses it comes again with the id of the last
// event that it had, after the given time.
func (s *Server) Events(w http.ResponseWriter, r *http.Request, again time.Duration) (*Events, error) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies must not wait for more
	w.WriteHeader(http.StatusOK)
	e := &Events{w: w, flush: http.NewResponseController(w), done: r.Context().Done(), stopping: s.stopping}
	e.buffer.WriteString("retry: ")
	e.buffer.WriteString(strconv.FormatInt(again.Milliseconds(), 10))
	e.buffer.WriteString("\n\n")
	return e, e.send()
}

// Send sends an event. The id is what a client shows when it comes again; it must hold
// no line end, nor must the name.
func (e *Events) Send(id, name string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "an event cannot be written")
	}
	e.buffer.WriteString("id: " + id + "\nevent: " + name + "\ndata: ")
	e.buffer.Write(b)
	e.buffer.WriteString("\n\n")
	return e.send()
}

// Wait waits until there is something to look at. It returns false when the stream is
// over: the client has gone, or the server stops. Meanwhile it keeps the stream alive.
func (e *Events) Wait(something <-chan struct{}) bool {
	alive := time.NewTicker(beat)
	defer alive.Stop()
	for {
		select {
		case <-e.done:
			return false
		case <-e.stopping:
			return false
		case <-something:
			return true
		case <-alive.C:
			e.buffer.WriteString(": alive\n\n")
			if e.send() != nil {
				return false
			}
		}
	}
}

// send sends what was written.
func (e *Events) send() error {
	_, err := e.w.Write(e.buffer.Bytes())
	e.buffer.Reset()
	if err == nil {
		err = e.flush.Flush()
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "the client of a stream has gone")
	}
	return nil
}
