package api

import (
	"net/http"

	"towerbridge/internal/serve"
)

// documentRoutes adds the description of the API.
func (a *API) documentRoutes() {
	a.Server.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		b, err := a.describe()
		if err != nil {
			serve.RefuseError(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(b)
	})
}
