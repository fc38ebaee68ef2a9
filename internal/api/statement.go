package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"

	"towerbridge/internal/app"
	"towerbridge/span"
	"towerbridge/statement"
)

const statementTag = "Statements"

// statements adds what was measured under contracts, and what is owed.
func (r *registrar) statements() {
	add(r, operation{
		id: "draw-measures", method: http.MethodGet, path: "/contracts/{contract}/measures/{period}", tag: statementTag,
		summary: "Measure a service period", about: "Fractions met of counted, with every exclusion and its reason: no points and no money.",
		refused: drawing,
	}, r.drawMeasures)
	add(r, operation{
		id: "draw-statement", method: http.MethodGet, path: "/contracts/{contract}/statements/{period}/draft", tag: statementTag,
		summary: "Draw the statement of a service period", about: "As known at an instant. Nothing is kept: issue it for that.",
		refused: drawing,
	}, r.drawStatement)
	add(r, operation{
		id: "bundle-statement", method: http.MethodGet, path: "/contracts/{contract}/statements/{period}/bundle", tag: statementTag,
		summary: "Draw a statement with all that it takes to recompute it",
		about:   "A zip archive, signed with the record's key: the statement, its documents, calendars, zones and entries. The command towerbridge verify recomputes it offline.",
		refused: drawing,
	}, r.bundleStatement)
	r.answers("/contracts/{contract}/statements/{period}/bundle", http.MethodGet, "application/zip")
	add(r, operation{
		id: "list-statements", method: http.MethodGet, path: "/contracts/{contract}/statements", tag: statementTag,
		summary: "List issued statements", about: "The last for each period.",
	}, r.listStatements)
	add(r, operation{
		id: "read-statement", method: http.MethodGet, path: "/contracts/{contract}/statements/{period}", tag: statementTag,
		summary: "Read an issued statement", about: "Just as it was issued, byte for byte.", refused: drawing,
	}, r.readStatement)
	add(r, operation{
		id: "issue-statement", method: http.MethodPost, path: "/contracts/{contract}/statements", tag: statementTag, status: http.StatusCreated,
		summary: "Issue a statement",
		about:   "Drawn now and kept for ever. Where the period has a statement already, the new one supersedes it and says what changed; where nothing has, that is a conflict.",
		refused: changing, body: `{"period": "2026-03"}`,
	}, r.issueStatement)
	for _, path := range []string{"/contracts/{contract}/statements/{period}/draft", "/contracts/{contract}/statements/{period}"} {
		answersAs[statement.Statement](r, path, http.MethodGet)
	}
}

// drawing is how the drawing of figures may be refused.
var drawing = []int{http.StatusConflict, http.StatusUnprocessableEntity}

// ContractID is the contract of a path.
type ContractID struct {
	Contract string `path:"contract" maxLength:"200" doc:"Id of the contract." example:"network"`
}

// Period is a service period of a contract, in a path.
type Period struct {
	Period month `path:"period" doc:"Service period: a month, a quarter or a year of the contract." example:"2026-03"`
}

// AsOf is the instant at which something is read.
type AsOf struct {
	AsOf moment `query:"asOf" doc:"Nothing that was learnt later is read. Left out: as the contract says, or the last that is known."`
}

type drawInput struct {
	ContractID
	Period
	AsOf
}

// period is the service period that is asked for.
func (p *Period) period() span.Period { return p.Period.Period }

type measuresOutput struct {
	Body struct {
		Measures []statement.Measure `json:"measures"`
	}
}

func (a *API) drawMeasures(ctx context.Context, in *drawInput) (*measuresOutput, error) {
	list, err := a.Record.DrawMeasures(ctx, whoOf(ctx), in.Contract, in.period(), in.AsOf.AsOf.at)
	out := &measuresOutput{}
	out.Body.Measures = list
	return out, err
}

type statementOutput struct {
	Tagged
	Status int
	Kind   string `header:"Content-Type"`
	Body   []byte
}

// statementAnswer is a statement as it is kept, which its digest is of.
func statementAnswer(s *statement.Statement, none Unmatched) *statementOutput {
	out := &statementOutput{Tagged: tag(strconv.Quote(s.Digest)), Status: http.StatusOK, Kind: "application/json", Body: statement.Encode(s)}
	if none.holds(out.ETag) {
		out.Status, out.Body = http.StatusNotModified, nil
	}
	return out
}

func (a *API) drawStatement(ctx context.Context, in *drawInput) (*statementOutput, error) {
	drawn, err := a.Record.DrawStatement(ctx, whoOf(ctx), in.Contract, in.period(), in.AsOf.AsOf.at)
	if err != nil {
		return nil, err
	}
	return statementAnswer(drawn.Statements[0], Unmatched{}), nil
}

type fileOutput struct {
	Kind string `header:"Content-Type"`
	Name string `header:"Content-Disposition"`
	Body []byte
}

func (a *API) bundleStatement(ctx context.Context, in *drawInput) (*fileOutput, error) {
	var b bytes.Buffer
	if err := a.Record.WriteBundle(ctx, whoOf(ctx), in.Contract, in.period(), in.AsOf.AsOf.at, &b); err != nil {
		return nil, err
	}
	name := plainName(in.Contract) + "-" + in.period().String() + ".zip"
	return &fileOutput{Kind: "application/zip", Name: `attachment; filename="` + name + `"`, Body: b.Bytes()}, nil
}

// plainName returns a text as a file may be called.
func plainName(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			b[i] = '_'
		}
	}
	return string(b)
}

type statementsOutput struct {
	Body struct {
		Statements []app.IssuedEntry `json:"statements"`
	}
}

func (a *API) listStatements(ctx context.Context, in *ContractID) (*statementsOutput, error) {
	list, err := a.Record.ListStatements(ctx, whoOf(ctx), in.Contract)
	out := &statementsOutput{}
	out.Body.Statements = list
	return out, err
}

type readStatementInput struct {
	ContractID
	Period
	Unmatched
	Version int64 `query:"version" minimum:"1" doc:"An earlier one, which was superseded. Left out: the last."`
}

func (a *API) readStatement(ctx context.Context, in *readStatementInput) (*statementOutput, error) {
	issued, err := a.Record.ReadStatement(ctx, whoOf(ctx), in.Contract, in.period(), in.Version)
	if err != nil {
		return nil, err
	}
	return statementAnswer(issued.Statement, in.Unmatched), nil
}

type issueInput struct {
	ContractID
	Keyed
	Body struct {
		Period span.Period   `json:"period" doc:"Service period: a month, a quarter or a year of the contract." example:"2026-03"`
		AsOf   *span.Instant `json:"asOf,omitempty" doc:"Nothing that was learnt later is read. Left out: as the contract says, or the last that is known."`
	}
}

type issueOutput struct {
	Tagged
	Written
	Location string `header:"Location" doc:"Address of the statement."`
	Body     issueAnswer
}

type issueAnswer struct {
	Contract   string             `json:"contract"`
	Period     span.Period        `json:"period"`
	Version    int64              `json:"version,omitempty" doc:"Of the period's statement; not there for a dry run."`
	Digest     string             `json:"digest"`
	Supersedes string             `json:"supersedes,omitempty" doc:"Digest of the one before."`
	Changes    []statement.Change `json:"changes" doc:"Lines that differ from the one before."`
}

func (a *API) issueStatement(ctx context.Context, in *issueInput) (*issueOutput, error) {
	x, err := a.Record.IssueStatement(ctx, request(ctx, in.Keyed, 0), in.Contract, in.Body.Period, in.Body.AsOf)
	if err != nil {
		return nil, err
	}
	s := x.Statement
	out := &issueOutput{Tagged: tag(strconv.Quote(s.Digest)), Written: writtenOf(x.Replayed, in.Dry), Body: issueAnswer{
		Contract: s.Contract, Period: s.Period, Version: x.Version, Digest: s.Digest, Supersedes: s.Supersedes, Changes: append([]statement.Change{}, x.Changes...),
	}}
	if !in.Dry {
		out.Location = Base + "/contracts/" + url.PathEscape(s.Contract) + "/statements/" + s.Period.String()
	}
	return out, nil
}
