package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"towerbridge/internal/app"
	"towerbridge/span"
	"towerbridge/statement"
)

const statementTag = "Statements"

// statements adds the operations on statements: drawn now, and issued.
func (r *registrar) statements() {
	add(r, operation{
		id: "list-statements", method: http.MethodGet, path: "/statements", tag: statementTag,
		summary: "List the issued statements that stand", about: "Those that you may read, by period.",
	}, r.listStatements)
	add(r, operation{
		id: "issue-statement", method: http.MethodPost, path: "/statements", tag: statementTag, status: http.StatusCreated,
		summary: "Issue a statement",
		about: "It is drawn, kept for ever and written down as an act with its digest. The first of a period supersedes nothing; a later one names the digest of the one that stands, " +
			"and the answer has every line that differs.",
		refused: changing, body: `{"contract": "network", "period": "2026-03"}`,
	}, r.issueStatement)
	add(r, operation{
		id: "draw-statement", method: http.MethodGet, path: "/statements/{contract}/{period}", tag: statementTag,
		summary: "Draw a statement",
		about:   "As the record has it now; nothing is kept. The body is the record that the digest is of: SHA-256 over it without its member digest.",
		refused: drawing,
	}, r.drawStatement)
	answersAs[statement.Statement](r, "/statements/{contract}/{period}", http.MethodGet)
	add(r, operation{
		id: "read-statement-history", method: http.MethodGet, path: "/statements/{contract}/{period}/issued", tag: statementTag,
		summary: "List all issued statements of a period", about: "The one that stands first, each with the lines that it changed of the one before.",
		refused: drawing,
	}, r.readHistory)
	add(r, operation{
		id: "read-statement", method: http.MethodGet, path: "/statements/{contract}/{period}/issued/{version}", tag: statementTag,
		summary: "Read an issued statement", about: "Byte for byte as it was issued.", refused: drawing,
	}, r.readStatement)
	answersAs[statement.Statement](r, "/statements/{contract}/{period}/issued/{version}", http.MethodGet)
	r.statementFiles()
}

// drawing is how a drawing of figures may be refused.
var drawing = []int{http.StatusConflict, http.StatusUnprocessableEntity}

// ServicePeriod is the contract and the period of a path.
type ServicePeriod struct {
	Contract string `path:"contract" maxLength:"200" doc:"Id of the contract." example:"network"`
	Period   month  `path:"period" doc:"A service period of it: a month, or a quarter." example:"2026-03"`
}

type listStatementsInput struct {
	Contract string `query:"contract" maxLength:"200" doc:"Id of a contract. Left out: all of which you may read statements."`
}

type statementsOutput struct {
	Body struct {
		Statements []app.IssuedEntry `json:"statements"`
	}
}

func (a *API) listStatements(ctx context.Context, in *listStatementsInput) (*statementsOutput, error) {
	list, err := a.Record.ListStatements(ctx, whoOf(ctx), in.Contract)
	out := &statementsOutput{}
	out.Body.Statements = list
	return out, err
}

type issueInput struct {
	Keyed
	Body struct {
		Contract   string        `json:"contract" maxLength:"200" doc:"Id of the contract."`
		Period     span.Period   `json:"period" doc:"A service period of it that is over."`
		AsOf       *span.Instant `json:"asOf,omitempty" doc:"Nothing that was learnt later is in it. Left out: the end of the contract's time for late entries, or the last instant at which anything was learnt."`
		Supersedes string        `json:"supersedes,omitempty" maxLength:"80" doc:"Digest of the statement that stands. Left out: the period has none."`
	}
}

type issueOutput struct {
	Written
	Location string `header:"Location" doc:"Address of the statement."`
	Body     *app.Issued
}

func (a *API) issueStatement(ctx context.Context, in *issueInput) (*issueOutput, error) {
	q, b := request(ctx, in.Keyed, 0), &in.Body
	x, err := a.Record.IssueStatement(ctx, q, app.IssueOrder{Contract: b.Contract, Period: b.Period, AsOf: b.AsOf, Supersedes: b.Supersedes})
	if err != nil {
		return nil, err
	}
	out := &issueOutput{Written: writtenOf(x.Replayed, q.Dry), Body: x}
	if !q.Dry {
		out.Location = Base + "/statements/" + url.PathEscape(x.Contract) + "/" + x.Period.String() + "/issued/" + strconv.FormatInt(x.Version, 10)
	}
	return out, nil
}

type drawStatementInput struct {
	ServicePeriod
	Unmatched
	AsOf moment `query:"asOf" doc:"Nothing that was learnt later is in it. Left out: the end of the contract's time for late entries, or the last instant at which anything was learnt."`
}

// recordOutput is a statement's record, byte for byte.
type recordOutput struct {
	Tagged
	Status int
	Kind   string `header:"Content-Type"`
	Body   []byte
}

func recordOf(s *statement.Statement, known Unmatched) *recordOutput {
	out := &recordOutput{Tagged: tag(`"` + s.Digest + `"`), Status: http.StatusOK, Kind: "application/json"}
	if known.holds(out.ETag) {
		out.Status = http.StatusNotModified
		return out
	}
	out.Body = statement.Encode(s)
	return out
}

func (a *API) drawStatement(ctx context.Context, in *drawStatementInput) (*recordOutput, error) {
	drawn, err := a.Record.DrawStatement(ctx, whoOf(ctx), in.Contract, in.Period.Period, in.AsOf.at)
	if err != nil {
		return nil, err
	}
	return recordOf(drawn.Statements[0], in.Unmatched), nil
}

type historyOutput struct {
	Body struct {
		Issued []app.Issued `json:"issued"`
	}
}

func (a *API) readHistory(ctx context.Context, in *ServicePeriod) (*historyOutput, error) {
	list, err := a.Record.StatementHistory(ctx, whoOf(ctx), in.Contract, in.Period.Period)
	out := &historyOutput{}
	out.Body.Issued = list
	return out, err
}

// IssuedVersion is an issued statement of a path.
type IssuedVersion struct {
	ServicePeriod
	Version int64 `path:"version" minimum:"1" doc:"Which of the period's issued statements, from one." example:"1"`
}

type readStatementInput struct {
	IssuedVersion
	Unmatched
}

func (a *API) readStatement(ctx context.Context, in *readStatementInput) (*recordOutput, error) {
	x, err := a.Record.ReadStatement(ctx, whoOf(ctx), in.Contract, in.Period.Period, in.Version)
	if err != nil {
		return nil, err
	}
	return recordOf(x.Statement, in.Unmatched), nil
}
