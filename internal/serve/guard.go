package serve

import (
	"io"
	"net/http"
	"time"
)

// crowded refuses requests when too many are being answered: whoever is inside is
// served well, and whoever is not learns so at once. A stream waits more than it works,
// and has a limit of its own.
func (s *Server) crowded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if Of(r.Context()).traits.Stream {
			next.ServeHTTP(w, r)
			return
		}
		select {
		case s.inside <- struct{}{}:
			defer func() { <-s.inside }()
			next.ServeHTTP(w, r)
		default:
			Refuse(w, r, Problem{Type: TypeUnavailable, Detail: "too many requests are being answered", RetryAfter: 1})
		}
	})
}

// heard is how many bytes of a body that is too large are read all the same.
const heard = 4 << 20

// sized refuses bodies that are too large: at once where their length is told, and
// where it is not, when the limit is passed.
func (s *Server) sized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := Of(r.Context()).traits.Body
		switch most {
		case 0:
			most = s.options.Limits.Body
		case Upload:
			most = s.options.Limits.Upload
		}
		if r.ContentLength > most {
			w.Header().Set("Connection", "close")
			Refuse(w, r, TooLarge(most))
			_ = http.NewResponseController(w).Flush()
			_, _ = io.CopyN(io.Discard, r.Body, heard) // who is cut off while writing reads no answer
			return
		}
		if r.Body != nil && r.Body != http.NoBody {
			limited := http.MaxBytesReader(w, r.Body, most)
			if most > s.options.Limits.Body {
				limited = &patient{ReadCloser: limited, of: http.NewResponseController(w), part: s.options.Limits.Part}
			}
			r.Body = limited
		}
		next.ServeHTTP(w, r)
	})
}

// TooLarge is the problem of a body of more bytes than a route takes.
func TooLarge(most int64) Problem {
	return Problem{Type: TypeTooLarge, Detail: "the body has more than the " + bytesText(most) + " that are taken here"}
}

// patient is a long body: each part of it has its own time to pass.
type patient struct {
	io.ReadCloser
	of   *http.ResponseController
	part time.Duration
}

// Read reads a part.
func (p *patient) Read(b []byte) (int, error) {
	_ = p.of.SetReadDeadline(time.Now().Add(p.part))
	return p.ReadCloser.Read(b)
}

// sameOrigin refuses what a browser sends on behalf of another site, where that could
// use the right of whoever sits before it: requests with a token of their own cannot.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			if err := s.origins.Check(r); err != nil {
				Refuse(w, r, Problem{Type: TypeOrigin, Detail: "a browser sent it from another site"})
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// identified finds out who asks.
func (s *Server) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.options.Identify == nil {
			next.ServeHTTP(w, r)
			return
		}
		ctx, name, err := s.options.Identify(r)
		if err != nil {
			if s.allowed(w, r, "") { // who shows what is not good is a stranger
				refuseStranger(w, r, err)
			}
			return
		}
		Of(ctx).caller = name
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// refuseStranger answers a request whose token or session is not good.
func refuseStranger(w http.ResponseWriter, r *http.Request, err error) {
	p := ProblemOf(err)
	if p.Type != TypeDenied {
		RefuseError(w, r, err)
		return
	}
	p.Type = TypeStranger
	Refuse(w, r, p)
}
