package serve

import (
	"net/http"
	"strconv"
	"time"

	"towerbridge/internal/identity"
)

// mostRates is how many callers' rates are kept, and how many addresses'.
const mostRates = 20_000

// rates keep how often each caller asks: people and service accounts by their name,
// strangers by their address.
type rates struct{ callers, strangers *identity.Limits }

func newRates(l Limits) rates {
	return rates{identity.NewLimits(l.Rate, mostRates), identity.NewLimits(l.Strangers, mostRates)}
}

// allowed reports whether a caller may ask once more, and refuses the request if not.
func (s *Server) allowed(w http.ResponseWriter, r *http.Request, caller string) bool {
	limits, key := s.rates.callers, caller
	if caller == "" {
		limits, key = s.rates.strangers, identity.AddressKey(Of(r.Context()).Client)
	}
	ok, after := limits.Allow(key, time.Now())
	if !ok {
		Refuse(w, r, Problem{Type: TypeTooMany, Detail: "this caller asks more often than is allowed", RetryAfter: seconds(after)})
	}
	return ok
}

// rated refuses callers who ask too often.
func (s *Server) rated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.allowed(w, r, Of(r.Context()).caller) {
			next.ServeHTTP(w, r)
		}
	})
}

// bytesText says a number of bytes as people do.
func bytesText(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + " " + u.name
		}
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
