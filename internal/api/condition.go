package api

import (
	"strconv"
	"strings"

	"towerbridge/fault"
)

// Matched is the condition of a change: what was read is still so.
type Matched struct {
	Match string `header:"If-Match" maxLength:"80" doc:"The ETag of what you read. The change is refused (412) when it has changed since." example:"\"128\""`
}

// version returns the version that If-Match asks for; zero where it asks for none.
func (m Matched) version() (int64, error) {
	if m.Match == "" || m.Match == "*" {
		return 0, nil
	}
	n, ok := versionOf(m.Match)
	if !ok {
		return 0, fault.Findings{ruleMatch.At(fault.Position{}, "header.If-Match", "%q is not the ETag of a version, such as \"128\"", m.Match)}
	}
	return n, nil
}

// Unmatched is the condition of a reading: it is not what is known already.
type Unmatched struct {
	None string `header:"If-None-Match" maxLength:"400" doc:"ETags that you have. The answer is 304 without a body when one of them still holds." example:"\"128\""`
}

// holds reports whether one of the ETags is a thing's. They are compared weakly, as
// RFC 9110 says.
func (u Unmatched) holds(etag string) bool {
	if u.None == "*" {
		return true
	}
	for one := range strings.SplitSeq(u.None, ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == etag {
			return true
		}
	}
	return false
}

// Tagged is the head of an answer that has a version.
type Tagged struct {
	ETag  string `header:"ETag" doc:"Stands for what was answered; see If-Match and If-None-Match." example:"\"128\""`
	Cache string `header:"Cache-Control"`
}

// tag returns the head of an answer of a version.
func tag(etag string) Tagged { return Tagged{ETag: etag, Cache: "private, no-cache"} }

func etagOf(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

func versionOf(etag string) (int64, bool) {
	inner, ok := strings.CutPrefix(etag, `"`)
	if ok {
		inner, ok = strings.CutSuffix(inner, `"`)
	}
	n, err := strconv.ParseInt(inner, 10, 64)
	return n, ok && err == nil && n > 0
}
