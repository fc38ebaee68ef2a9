package reference

import (
	"strconv"

	"towerbridge/internal/api"
	"towerbridge/internal/serve"
)

// apiFiles are the description of the API, and the page of its problems.
func apiFiles() ([]File, error) {
	asJSON, asYAML, err := api.Describe(describedVersion)
	if err != nil {
		return nil, err
	}
	return []File{
		{"docs/reference/openapi.json", asJSON},
		{"docs/reference/openapi.yaml", asYAML},
		{"docs/reference/problems.md", problemsPage()},
	}, nil
}

// describedVersion is the version of the API, which is in its addresses; the program's
// own would change the description with every commit.
const describedVersion = "1"

func problemsPage() []byte {
	p := newPage("Problems", "Whatever the API refuses, it refuses by a problem (RFC 9457), a JSON object of the type `application/problem+json`. Its `type` is one of these addresses, which have a page in every server; `detail` and `findings` say what is wrong in this case, `remedy` what to do, and `request` is the number under which the server's log has it.")
	p.head("type", "status", "title", "what to know")
	for _, t := range serve.Types() {
		p.row("`"+t.URI()+"`", strconv.Itoa(t.Status), t.Title, t.Meaning)
	}
	return p.text()
}
