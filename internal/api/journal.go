package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towerbridge/internal/serve"
	"towerbridge/journal"
	"towerbridge/span"
)

const journalTag = "Journal"

// journal adds what is asked of the journal as a whole.
func (r *registrar) journal() {
	add(r, operation{
		id: "read-journal-head", method: http.MethodGet, path: "/journal/head", tag: journalTag,
		summary: "Read how far the journal has come",
		about:   "Signed by the record. Keep the note: by it you show later whether the record is still the one that you saw.",
	}, r.readHead)
	add(r, operation{
		id: "prove-entry", method: http.MethodGet, path: "/journal/entries/{sequence}/proof", tag: journalTag,
		summary: "Prove that an entry is in the journal",
		about: "The line, its path in the Merkle tree (RFC 6962) and the signed head: what somebody who has the record's public key and nothing else needs. " +
			"Whoever may read an entry may have it proved.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.proveEntry)
	add(r, operation{
		id: "prove-consistency", method: http.MethodGet, path: "/journal/consistency", tag: journalTag,
		summary: "Prove that the journal of one size begins with that of another",
		about:   "The consistency proof of RFC 6962: nothing that was there is gone or another.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.proveConsistency)
	add(r, operation{
		id: "read-journal-lines", method: http.MethodGet, path: "/journal/lines", tag: journalTag,
		summary: "Read the journal's lines",
		about: "One JSON object a line, byte for byte as it was chained: the first is that of the sequence number asked for, and none is left out. " +
			"It ends where the journal ended when it was asked for, or after as many lines as you want.",
		refused: []int{http.StatusUnprocessableEntity}, traits: serve.Traits{Stream: true},
	}, r.readLines)
	ok := r.huma.OpenAPI().Paths[Base+"/journal/lines"].Get.Responses["200"]
	ok.Description = "Lines of the journal."
	ok.Content = map[string]*huma.MediaType{ndjson: {
		Schema:  &huma.Schema{Type: huma.TypeString},
		Example: `{"source":"towerbridge","key":"1","learnt":"2026-03-02T09:00:00Z","act":"document.put","subject":"estate.yaml"}` + "\n",
	}}
}

const ndjson = "application/x-ndjson"

type headAnswer struct {
	Size   int64         `json:"size" doc:"Number of lines."`
	Chain  string        `json:"chain" doc:"SHA-256 of the chain before and the last line's leaf, in hexadecimal."`
	Root   string        `json:"root" doc:"Root of the Merkle tree (RFC 6962), in hexadecimal."`
	Learnt *span.Instant `json:"learnt,omitempty" doc:"Latest instant at which anything was learnt of a ticket; not there while there is none."`
	Note   string        `json:"note" doc:"The same as a signed note, in the form of golang.org/x/mod/sumdb/note."`
	Key    string        `json:"key" doc:"The record's public key, by which the note is checked."`
}

type headOutput struct{ Body headAnswer }

func (a *API) readHead(ctx context.Context, _ *struct{}) (*headOutput, error) {
	h, err := a.Record.JournalHead(ctx, whoOf(ctx))
	if err != nil {
		return nil, err
	}
	out := headAnswer{Size: h.Size, Chain: hex.EncodeToString(h.Chain[:]), Root: hex.EncodeToString(h.Root[:]), Note: h.Note, Key: h.Key}
	if h.Learnt > span.Earliest {
		out.Learnt = &h.Learnt
	}
	return &headOutput{out}, nil
}

type proveInput struct {
	Sequence int64 `path:"sequence" minimum:"1" doc:"Sequence number of the line, from one." example:"128"`
}

type proofOutput struct{ Body *journal.Proof }

func (a *API) proveEntry(ctx context.Context, in *proveInput) (*proofOutput, error) {
	p, err := a.Record.ProveEntry(ctx, whoOf(ctx), in.Sequence)
	return &proofOutput{p}, err
}

type consistencyInput struct {
	From int64 `query:"from" required:"true" minimum:"1" doc:"The earlier size."`
	To   int64 `query:"to" required:"true" minimum:"1" doc:"The later size."`
}

type consistencyOutput struct {
	Body struct {
		From int64    `json:"from"`
		To   int64    `json:"to"`
		Path []string `json:"path" doc:"Consistency proof (RFC 6962), in base64."`
	}
}

func (a *API) proveConsistency(ctx context.Context, in *consistencyInput) (*consistencyOutput, error) {
	path, err := a.Record.ProveConsistency(ctx, whoOf(ctx), in.From, in.To)
	out := &consistencyOutput{}
	out.Body.From, out.Body.To, out.Body.Path = in.From, in.To, path
	return out, err
}

type linesInput struct {
	From  int64 `query:"from" minimum:"1" default:"1" doc:"Sequence number of the first line."`
	Limit int64 `query:"limit" minimum:"1" doc:"How many lines at most. Left out: all that there are."`
}

// readLines sends the journal in parts: each is read whole before it is sent, so that
// a slow reader holds nothing of the store.
func (a *API) readLines(ctx context.Context, in *linesInput) (*huma.StreamResponse, error) {
	part, err := a.linesFrom(ctx, in.From)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		_, w := humago.Unwrap(h)
		w.Header().Set("Content-Type", ndjson)
		w.WriteHeader(http.StatusOK)
		for from, left := in.From, in.Limit; len(part) > 0; {
			if in.Limit > 0 && int64(len(part)) > left {
				part = part[:left]
			}
			if _, err := w.Write(append(bytes.Join(part, newline), '\n')); err != nil {
				return // the reader has gone
			}
			from, left = from+int64(len(part)), left-int64(len(part))
			if in.Limit > 0 && left == 0 || len(part) < partLines {
				return
			}
			if part, err = a.linesFrom(ctx, from); err != nil {
				serve.Of(ctx).Fail(err)
				panic(http.ErrAbortHandler) // a part must not pass for the whole
			}
		}
	}}, nil
}

// partLines is how many lines are read at once, and partTime the most that may take.
const (
	partLines = 1000
	partTime  = 30 * time.Second
)

var newline = []byte{'\n'}

func (a *API) linesFrom(ctx context.Context, from int64) ([][]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, partTime)
	defer cancel()
	var out [][]byte
	err := a.Record.ReadJournal(ctx, whoOf(ctx), from, func(_ int64, line []byte) bool {
		out = append(out, bytes.Clone(line))
		return len(out) < partLines
	})
	return out, err
}
