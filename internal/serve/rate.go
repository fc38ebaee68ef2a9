package serve

import (
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// mostRates is how many callers' rates are kept. When there are more, those who have
// been quiet are forgotten: they would be allowed anyway.
const mostRates = 20_000

// tooMany is the problem of a caller who asks too often.
var tooMany = Problem{Type: TypeTooMany, Detail: "this caller asks more often than is allowed", RetryAfter: 1}

// rates keep how often each caller asks: people and service accounts by their name,
// strangers by their address.
type rates struct {
	limits Limits
	mutex  sync.Mutex
	of     map[string]*rate.Limiter
}

func newRates(l Limits) *rates { return &rates{limits: l, of: map[string]*rate.Limiter{}} }

// allow reports whether a caller may ask once more now.
func (r *rates) allow(caller string, from netip.Addr) bool {
	name, perSecond, burst := "caller "+caller, r.limits.Rate, r.limits.Burst
	if caller == "" {
		name, perSecond, burst = "address "+neighbourhood(from), r.limits.Strangers, r.limits.StrangersIn
	}
	if perSecond < 0 {
		return true
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	l := r.of[name]
	if l == nil {
		if len(r.of) >= mostRates {
			r.forget()
		}
		l = rate.NewLimiter(rate.Limit(perSecond), burst)
		r.of[name] = l
	}
	return l.AllowN(time.Now(), 1)
}

// forget drops the callers whose whole burst is there again; where nobody is quiet,
// everybody begins anew, so that memory stays bounded.
func (r *rates) forget() {
	for name, l := range r.of {
		if l.Tokens() >= float64(l.Burst()) {
			delete(r.of, name)
		}
	}
	if len(r.of) >= mostRates {
		clear(r.of)
	}
}

// rated refuses callers who ask too often.
func (s *Server) rated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := Of(r.Context())
		if !s.rates.allow(x.caller, x.Client) {
			Refuse(w, r, tooMany)
			return
		}
		next.ServeHTTP(w, r)
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
