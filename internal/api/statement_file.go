package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"towerbridge/internal/app"
	"towerbridge/internal/report"
)

// statementFiles adds statements as files that people take away.
func (r *registrar) statementFiles() {
	const about = "bundle: the record with everything that it was computed from, signed by the record, so that the other party recomputes it (towerbridge verify). " +
		"page: HTML. table: CSV with every counted ticket. workbook: XLSX."
	const drawn = "/statements/{contract}/{period}/{form}"
	add(r, operation{
		id: "draw-statement-file", method: http.MethodGet, path: drawn, tag: statementTag,
		summary: "Draw a statement as a file", about: about, refused: drawing,
	}, r.drawFile)
	const issued = "/statements/{contract}/{period}/issued/{version}/{form}"
	add(r, operation{
		id: "read-statement-file", method: http.MethodGet, path: issued, tag: statementTag,
		summary: "Read an issued statement as a file",
		about:   about + " It is drawn again by the documents of its time; where that gives another than was issued, it is refused.", refused: drawing,
	}, r.readFile)
	for _, path := range []string{drawn, issued} {
		content := map[string]*huma.MediaType{}
		for _, f := range forms {
			content[f.kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		}
		r.described(path, http.MethodGet).Responses["200"] = &huma.Response{Description: "The file.", Content: content}
	}
}

// form is a form of a statement's file.
type form struct{ ending, kind string }

var forms = map[string]form{
	"bundle":   {".zip", "application/zip"},
	"page":     {".html", "text/html; charset=utf-8"},
	"table":    {".csv", "text/csv; charset=utf-8"},
	"workbook": {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
}

// Form is which file is wanted.
type Form struct {
	Form string `path:"form" enum:"bundle,page,table,workbook" doc:"Which file." example:"bundle"`
}

type drawFileInput struct {
	ServicePeriod
	Form
	AsOf moment `query:"asOf" doc:"Nothing that was learnt later is in it. Left out: the end of the contract's time for late entries, or the last instant at which anything was learnt."`
}

type fileOutput struct {
	Kind string `header:"Content-Type"`
	Name string `header:"Content-Disposition"`
	Body []byte
}

func (a *API) drawFile(ctx context.Context, in *drawFileInput) (*fileOutput, error) {
	drawn, err := a.Record.DrawStatement(ctx, whoOf(ctx), in.Contract, in.Period.Period, in.AsOf.at)
	if err != nil {
		return nil, err
	}
	return a.file(ctx, drawn, in.Form.Form)
}

type readFileInput struct {
	IssuedVersion
	Form
}

func (a *API) readFile(ctx context.Context, in *readFileInput) (*fileOutput, error) {
	drawn, err := a.Record.DrawIssued(ctx, whoOf(ctx), in.Contract, in.Period.Period, in.Version)
	if err != nil {
		return nil, err
	}
	return a.file(ctx, drawn, in.Form.Form)
}

// file writes a statement as a file. It is ready before anything is sent, so that what
// goes wrong is told and no part passes for the whole.
func (a *API) file(ctx context.Context, drawn *app.Drawn, name string) (*fileOutput, error) {
	s := drawn.Statements[0]
	sheet := report.New(drawn.Book, drawn.Log.Journal, s)
	write := map[string]func(io.Writer) error{
		"bundle": func(w io.Writer) error { return a.Record.WriteBundle(ctx, drawn, w) },
		"page":   sheet.HTML, "table": sheet.CSV, "workbook": sheet.XLSX,
	}[name]
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	f := forms[name]
	return &fileOutput{Kind: f.kind, Name: `attachment; filename="` + plainName(s.Contract+"-"+s.Period.String()) + f.ending + `"`, Body: b.Bytes()}, nil
}

// plainName replaces what the name of a file should not hold.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, s)
}
