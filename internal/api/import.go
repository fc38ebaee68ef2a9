package api

import (
	"context"
	"net/http"
	"path/filepath"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towerbridge/access"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
)

const importTag = "Imports"

// imports adds the import of logs: an upload, and how far it has come.
func (r *registrar) imports() {
	add(r, operation{
		id: "import-log", method: http.MethodPost, path: "/imports", tag: importTag, status: http.StatusAccepted,
		summary: "Import a log",
		about: "The body is the log, plain or compressed (.gz): in the journal's own open form (NDJSON), or of the form that a mapping of the record describes. " +
			"The answer comes when it was received; follow how far it is by its address. The same log again writes nothing, one that was broken off goes on where it stopped, and one that has grown adds what is new.",
		refused: changing, traits: serve.Traits{Body: uploads, Stream: true},
	}, r.importLog)
	op := r.described("/imports", http.MethodPost)
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {
		Schema:  &huma.Schema{Type: huma.TypeString, Format: "binary"},
		Example: `{"source":"desk","key":"1","ticket":"INC-7","happened":"2026-03-02T09:00:00Z","learnt":"2026-03-02T09:00:00Z","event":"opened"}`,
	}}}
	add(r, operation{
		id: "read-import", method: http.MethodGet, path: "/imports/{import}", tag: importTag,
		summary: "Read how far an import has come",
	}, r.readImport)
	add(r, operation{
		id: "follow-import", method: http.MethodGet, path: "/imports/{import}/events", tag: importTag,
		summary: "Follow an import", about: "Server-sent events, each of which is named progress and says how far it has come. The last one has a phase in which nothing more happens.",
		traits: serve.Traits{Stream: true},
	}, r.followImport)
	r.answers("/imports/{import}/events", http.MethodGet, "text/event-stream")
}

// uploads stands for the limit of uploads, which the server knows.
const uploads = serve.Upload

// Request is the request itself, for an operation that reads its body part by part.
type Request struct{ http *http.Request }

// Resolve notes the request.
func (r *Request) Resolve(ctx huma.Context) []error {
	r.http, _ = humago.Unwrap(ctx)
	return nil
}

type importInput struct {
	Request
	Name    string `query:"name" default:"log.ndjson" maxLength:"100" pattern:"^[A-Za-z0-9_-][A-Za-z0-9._-]*$" doc:"Name of the log. Its ending says what it is: .ndjson, .csv, .xes ..., and .gz where it is compressed."`
	Mapping string `query:"mapping" maxLength:"200" doc:"Document of the record that says how columns and states become entries, such as mappings/desk.yaml. Left out: the log is in the open form."`
	Texts   bool   `query:"texts" doc:"Read people and free text too: they are sealed, and can be erased."`
	Accept  bool   `query:"acceptRefused" doc:"Go on without rows that cannot be read. Left out: such rows are an error, and nothing is written."`
	Dry     bool   `query:"dry" doc:"Check everything, but keep nothing."`
}

type importOutput struct {
	Location string `header:"Location" doc:"Address of the import."`
	Body     importAnswer
}

// importAnswer is how far an import has come.
type importAnswer struct {
	Import   string             `json:"import" doc:"Digest of the log and of how it is read."`
	Phase    string             `json:"phase" enum:"waiting,reading,writing,finished,failed,stopped" doc:"stopped: it was broken off; the same import again goes on."`
	Read     int64              `json:"bytesRead"`
	Bytes    int64              `json:"bytes"`
	Rows     int64              `json:"rows" doc:"Rows are entries, held, or refused."`
	Entries  int64              `json:"entries"`
	Held     int64              `json:"held" doc:"Rows that wait for a decision."`
	Refused  int64              `json:"refused" doc:"Rows that cannot be read."`
	Tickets  int64              `json:"tickets"`
	Done     int64              `json:"done" doc:"Tickets that are written."`
	Added    int64              `json:"added" doc:"Entries that the record did not have before."`
	Problem  *serve.ProblemBody `json:"problem,omitempty" doc:"Why it failed."`
	HeldRows []int64            `json:"heldRows,omitempty" doc:"Numbers of the first 1000 rows that wait, from one. Told by the process that read the log, while it remembers the import."`
	Odd      []refusedRow       `json:"refusedRows,omitempty" doc:"The first 1000 rows that cannot be read, and why. Told as heldRows are."`
	finished bool
}

type refusedRow struct {
	Row     int64         `json:"row" doc:"Number in the log, from one."`
	Finding serve.Finding `json:"finding"`
}

// mostRows is how many rows of each kind are listed.
const mostRows = 1000

// ImportID is the import of a path.
type ImportID struct {
	Import string `path:"import" maxLength:"100" doc:"Digest of the import." example:"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
}

func (a *API) importLog(ctx context.Context, in *importInput) (*importOutput, error) {
	who := whoOf(ctx)
	if err := a.Record.Policies.May(who, access.LogImport, access.Record{}).Err(); err != nil {
		return nil, err // before gigabytes are taken in
	}
	job, err := a.jobs.begin(ctx, in, app.Request{Who: who, Dry: in.Dry})
	if err != nil {
		return nil, err
	}
	state, _ := job.now()
	return &importOutput{Location: Base + "/imports/" + state.Import, Body: state}, nil
}

func (a *API) readImport(ctx context.Context, in *ImportID) (*importOutput, error) {
	state, _, err := a.importState(ctx, in.Import)
	return &importOutput{Location: Base + "/imports/" + in.Import, Body: state}, err
}

// importState returns how far an import has come, in this process or another, and what
// is closed when it has come further.
func (a *API) importState(ctx context.Context, digest string) (importAnswer, <-chan struct{}, error) {
	kept, err := a.Record.ImportState(ctx, whoOf(ctx), digest)
	switch p := serve.ProblemOf(err); {
	case err != nil && p.Type != serve.TypeNotFound:
		return importAnswer{}, nil, err
	default:
		if job := a.jobs.of(digest); job != nil {
			state, more := job.now()
			return state, more, nil
		}
	}
	if err != nil {
		return importAnswer{}, nil, err
	}
	state := importAnswer{Import: digest, Phase: "stopped"}
	state.take(kept)
	if kept.Finished {
		state.Phase = "finished"
	}
	state.finished = true
	return state, nil, nil
}

// take fills in what an import has come to.
func (x *importAnswer) take(m *app.Imported) {
	x.Rows, x.Entries, x.Held, x.Refused, x.Tickets, x.Done, x.Added = m.Rows, m.Entries, m.Held, m.Refused, m.Tickets, m.Done, m.Added
	if m.Log == nil {
		return
	}
	for _, h := range m.Log.Held[:min(len(m.Log.Held), mostRows)] {
		x.HeldRows = append(x.HeldRows, h.Row)
	}
	for _, r := range m.Log.Details[:min(len(m.Log.Details), mostRows)] {
		x.Odd = append(x.Odd, refusedRow{r.Row, serve.FindingsOf(fault.Findings{r.Finding})[0]})
		named(&x.Odd[len(x.Odd)-1].Finding)
	}
}

// named calls a finding's file as whoever sent it did.
func named(f *serve.Finding) {
	if f.File != "" {
		f.File = filepath.Base(f.File)
	}
}

func (a *API) followImport(ctx context.Context, in *ImportID) (*huma.StreamResponse, error) {
	if _, _, err := a.importState(ctx, in.Import); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		r, w := humago.Unwrap(h)
		out, err := a.Server.Events(w, r, comeAgain)
		for n := 1; err == nil; n++ {
			state, more, wrong := a.importState(ctx, in.Import)
			if wrong != nil || out.Send(strconv.Itoa(n), "progress", state) != nil || state.finished || !out.Wait(more) {
				return
			}
		}
	}}, nil
}
