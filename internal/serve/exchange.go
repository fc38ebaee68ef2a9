package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"towerbridge/fault"
)

// Exchange is one request and its answer, as the frame sees them.
type Exchange struct {
	ID     string     // of the request, which its answer, its log line and its problem carry
	Client netip.Addr // of whoever asks; not valid where it is not known
	Secure bool       // the client speaks https, to us or to a proxy that is trusted

	route   string // pattern; empty: there is none
	traits  Traits
	caller  string // name; empty: nobody
	trace   string // id; empty where no traces are made
	failure error  // for the log, where it is a defect or something outside
	begun   time.Time
	status  int
	bytes   int64
}

type exchangeKey struct{}

// Of returns the exchange that a context is of: an empty one where it is of none.
func Of(ctx context.Context) *Exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*Exchange); ok {
		return x
	}
	return &Exchange{}
}

// Route returns the pattern of the route that answers.
func (x *Exchange) Route() string { return x.route }

// Fail keeps an error for the log. It is not shown to the caller.
func (x *Exchange) Fail(err error) { x.failure = err }

// exchanged makes the exchange, and counts and logs it when it is over.
func (s *Server) exchanged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &Exchange{begun: time.Now()}
		x.Client, x.Secure = s.client(r)
		x.ID = s.requestID(r)
		w.Header().Set("X-Request-Id", x.ID)
		answer := &recorder{ResponseWriter: w, x: x, part: s.options.Limits.Part}
		s.options.Metrics.begin()
		defer s.over(answer, r, x)
		next.ServeHTTP(answer, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
	})
}

// over ends an exchange. A panic is a defect: it is logged with its place, and
// answered by a problem where nothing was written yet; else the connection is cut, so
// that nobody takes a part for the whole.
func (s *Server) over(w *recorder, r *http.Request, x *Exchange) {
	left := recover()
	written := x.status != 0
	if left != nil && left != http.ErrAbortHandler {
		if err, isError := left.(error); !isError || r.Context().Err() == nil && !lost(err) {
			x.Fail(fault.New(fault.Internal, "", "panic: %v\n%s", left, debug.Stack()))
		}
		if !written {
			Refuse(w, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)), Problem{Type: TypeInternal})
		}
	}
	if x.status == 0 {
		x.status = http.StatusOK
	}
	s.options.Metrics.end(r.Method, x)
	s.log(r, x)
	if left != nil && written {
		panic(http.ErrAbortHandler)
	}
}

// lost reports whether an error only says that the client has gone or is too slow.
func lost(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded)
}

// requestID returns the id that a trusted proxy gave the request, or a new one.
func (s *Server) requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && len(id) <= 64 && s.trusts(r.RemoteAddr) && !strings.ContainsFunc(id, notOfID) {
		return id
	}
	return rand.Text()[:16]
}

func notOfID(c rune) bool {
	return c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
}

// recorder notes the status and size of an answer.
type recorder struct {
	http.ResponseWriter
	x    *Exchange
	part time.Duration
}

// WriteHeader notes the status.
func (w *recorder) WriteHeader(status int) {
	if w.x.status == 0 && status >= 200 {
		w.x.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write notes the size. Each part of a stream has its own time to pass.
func (w *recorder) Write(b []byte) (int, error) {
	if w.x.status == 0 {
		w.x.status = http.StatusOK
	}
	if w.x.traits.Stream {
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(w.part))
	}
	n, err := w.ResponseWriter.Write(b)
	w.x.bytes += int64(n)
	return n, err
}

// Flush sends what was written.
func (w *recorder) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap returns the writer below, for [http.ResponseController].
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
