package serve

import "net/http"

// Policies of content: an answer to a program holds nothing that runs or is shown; a
// page has its own style, its own script and its own forms, and nobody frames it.
const (
	bare  = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	paged = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

// hardened sets the headers by which browsers guard against what others do with an answer.
func (s *Server) hardened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", bare)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if Of(r.Context()).Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

func pageHeaders(h http.Header) { h.Set("Content-Security-Policy", paged) }
