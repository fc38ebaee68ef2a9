package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestMetrics reads what a server that has done something measures.
func TestMetrics(t *testing.T) {
	h := force(t)
	h.laptop()
	text := string(h.ask("GET", "/metrics", "", "").is(t, http.StatusOK).body)
	for _, want := range []string{"towerbridge_store_up 1", "towerbridge_journal_learnt_timestamp_seconds 1.55", `route="/api/v1/tickets",status="201"} 1`} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
	for _, more := range []string{"towerbridge_journal_lines", "towerbridge_store_commit_changes_count", "towerbridge_store_commit_seconds_sum"} {
		if !regexp.MustCompile(`(?m)^` + more + ` [0-9.e-]*[1-9]`).MatchString(text) {
			t.Errorf("%s is nothing", more)
		}
	}
	if strings.Contains(text, "INC") {
		t.Error("a ticket is named")
	}
}
