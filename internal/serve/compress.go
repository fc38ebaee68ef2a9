package serve

import "strings"

// minCompressed is the number of bytes from which an answer is compressed.
const minCompressed = 1024

// jitter is by how many random bytes a compressed answer differs in length, so that
// its length tells little of what stands in it.
const jitter = 32

// compressible reports whether an answer of a content type becomes smaller: text does,
// but a stream of events must not wait for a block to fill.
func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind {
	case "application/json", "application/problem+json", "application/openapi+json", "application/openapi+yaml", "application/x-ndjson",
		"application/xml", "application/yaml":
		return true
	case "text/event-stream":
		return false
	}
	return strings.HasPrefix(kind, "text/")
}
