package serve

import (
	"net/http"
	"net/netip"
	"strings"
)

// client returns the address of whoever asks, and whether it speaks https: a site whose own
// address is https is asked in no other way, whatever stands before it. Behind a trusted
// proxy both are what the proxy says: X-Forwarded-For is read from its end, past
// the proxies that are trusted, because what stands before them anybody may have written.
func (s *Server) client(r *http.Request) (netip.Addr, bool) {
	address := hostOf(r.RemoteAddr)
	secure := r.TLS != nil || strings.HasPrefix(s.options.Origin, "https://")
	if !s.trusted(address) {
		return address, secure
	}
	if said := last(r.Header.Values("X-Forwarded-Proto")); said != "" {
		secure = strings.EqualFold(said, "https")
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := hostOf(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			break
		}
		address = hop
		if !s.trusted(hop) {
			break
		}
	}
	return address, secure
}

// last returns the last of the values of a header that lists some.
func last(values []string) string {
	list := strings.Split(strings.Join(values, ","), ",")
	return strings.TrimSpace(list[len(list)-1])
}

func (s *Server) trusts(remote string) bool { return s.trusted(hostOf(remote)) }

func (s *Server) trusted(a netip.Addr) bool {
	for _, p := range s.options.Trusted {
		if a.IsValid() && p.Contains(a) {
			return true
		}
	}
	return false
}

// hostOf returns the address of a host, with or without a port; it is not valid where
// there is none.
func hostOf(s string) netip.Addr {
	if with, err := netip.ParseAddrPort(s); err == nil {
		return with.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}
