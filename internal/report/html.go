package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"io"
)

//go:embed page.css
var styles string

// policy lets the page's own style work and nothing else: no script, no image, no
// frame, no form, and no request to anywhere.
func policy() string {
	sum := sha256.Sum256([]byte(styles))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// styleElement is the page's style. It stands in the page byte for byte, because the
// policy names its digest.
func styleElement() string { return "<style>" + styles + "</style>" }

// HTML writes the statement as one page that needs nothing else: no script, no other
// file, no network. It prints to A4. An error is that of the writer.
func (s *Sheet) HTML(w io.Writer) error {
	return write(w, page(s))
}
