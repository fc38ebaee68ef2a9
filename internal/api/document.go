package api

import (
	"bytes"
	"context"
	"net/http"

	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
	"towerbridge/statement"
)

const documentTag = "Documents"

// maxDocuments is how many bytes the documents of one request may have.
const maxDocuments = 16 << 20

// documents adds the operations on documents: the estate, calendars, contracts and
// mappings, as they are written.
func (r *registrar) documents() {
	add(r, operation{
		id: "list-documents", method: http.MethodGet, path: "/documents", tag: documentTag,
		summary: "List documents", about: "Those that you may read, with their versions and digests.",
	}, r.listDocuments)
	add(r, operation{
		id: "put-documents", method: http.MethodPost, path: "/documents", tag: documentTag,
		summary: "Put and take away several documents at once",
		about:   "Documents are checked against each other as they would be afterwards: everything that is wrong is told, and nothing is put. A contract and its calendars come together so.",
		refused: changing, traits: serve.Traits{Body: maxDocuments},
		body: `{"put": [{"name": "calendars/office.yaml", "text": "id: office\n"}], "remove": ["contracts/old.yaml"]}`,
	}, r.putDocuments)
	reading := operation{
		id: "read-estate-document", method: http.MethodGet, path: "/documents/estate.yaml", tag: documentTag,
		summary: "Read the estate as it was written", refused: []int{http.StatusUnprocessableEntity},
	}
	add(r, reading, func(ctx context.Context, in *ReadText) (*textOutput, error) {
		return r.readDocument(ctx, estateName, in)
	})
	r.answers(reading.path, http.MethodGet, "application/yaml")
	reading.id, reading.path, reading.summary = "read-document", "/documents/{folder}/{file}", "Read a document as it was written"
	add(r, reading, func(ctx context.Context, in *readDocumentInput) (*textOutput, error) {
		return r.readDocument(ctx, in.name(), &in.ReadText)
	})
	r.answers(reading.path, http.MethodGet, "application/yaml")
	putting := operation{
		id: "put-estate-document", method: http.MethodPut, path: "/documents/estate.yaml", tag: documentTag,
		summary: "Put the estate", about: "With If-Match it replaces that version, with If-None-Match: * only nothing.",
		refused: changing, traits: serve.Traits{Body: maxDocuments}, body: `"id: force\n"`,
	}
	add(r, putting, func(ctx context.Context, in *PutText) (*documentOutput, error) {
		return r.putDocument(ctx, estateName, in)
	})
	putting.id, putting.path, putting.summary, putting.body = "put-document", "/documents/{folder}/{file}", "Put a document", `"id: office\n"`
	add(r, putting, func(ctx context.Context, in *putDocumentInput) (*documentOutput, error) {
		return r.putDocument(ctx, in.name(), &in.PutText)
	})
	add(r, operation{
		id: "remove-document", method: http.MethodDelete, path: "/documents/{folder}/{file}", tag: documentTag,
		summary: "Take a document away", about: "Its versions stay in the record.", refused: changing,
	}, r.removeDocument)
}

type documentsOutput struct {
	Body struct {
		Documents []app.DocumentEntry `json:"documents"`
	}
}

func (a *API) listDocuments(ctx context.Context, _ *struct{}) (*documentsOutput, error) {
	list, err := a.Record.ListDocuments(ctx, whoOf(ctx))
	out := &documentsOutput{}
	out.Body.Documents = list
	return out, err
}

// DocumentName is the document of a path.
type DocumentName struct {
	Folder string `path:"folder" enum:"calendars,contracts,mappings" doc:"Folder of the document."`
	File   string `path:"file" maxLength:"120" doc:"Name in the folder." example:"network.yaml"`
}

// estateName is the one document that is in no folder.
const estateName = "estate.yaml"

func (d DocumentName) name() string { return d.Folder + "/" + d.File }

// ReadText asks for the text of a document.
type ReadText struct {
	Unmatched
	Version int64 `query:"version" minimum:"1" doc:"An earlier version. Left out: the one in force."`
}

type readDocumentInput struct {
	DocumentName
	ReadText
}

type textOutput struct {
	Tagged
	Status int
	Kind   string `header:"Content-Type"`
	Body   []byte
}

func (a *API) readDocument(ctx context.Context, name string, in *ReadText) (*textOutput, error) {
	d, err := a.Record.ReadDocument(ctx, whoOf(ctx), name, in.Version)
	if err != nil {
		return nil, err
	}
	out := &textOutput{Tagged: tag(etagOf(d.Version)), Status: http.StatusOK, Kind: "application/yaml", Body: d.Text}
	if in.holds(out.ETag) {
		out.Status, out.Body = http.StatusNotModified, nil
	}
	return out, nil
}

// PutText puts the text of a document.
type PutText struct {
	Matched
	None    string `header:"If-None-Match" enum:"*" doc:"*: there must be none yet."`
	Dry     bool   `query:"dry" doc:"Check everything and answer, but keep nothing."`
	RawBody []byte `contentType:"application/yaml"`
}

type putDocumentInput struct {
	DocumentName
	PutText
}

type documentOutput struct {
	Tagged
	Written
	Body app.DocumentChange
}

func (a *API) putDocument(ctx context.Context, name string, in *PutText) (*documentOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	q := app.Request{Who: whoOf(ctx), Dry: in.Dry, Version: version}
	if in.None == "*" {
		if _, err := a.Record.ReadDocument(ctx, q.Who, name, 0); err == nil {
			return nil, preconditionError{fault.New(fault.Conflict, "Read it, and replace it by If-Match.", "there is a document %s already", name)}
		}
	}
	put, err := a.Record.PutDocuments(ctx, q, []statement.Source{{Name: name, Data: bytes.Clone(in.RawBody)}})
	return oneDocument(put, q, err)
}

// oneDocument is what became of a document.
func oneDocument(put *app.DocumentsPut, q app.Request, err error) (*documentOutput, error) {
	if err != nil {
		return nil, moved(q.Version, err)
	}
	out := &documentOutput{Written: writtenOf(false, put.Dry), Body: put.Documents[0]}
	if out.Body.Change != app.DocumentRemoved {
		out.Tagged = tag(etagOf(out.Body.Version))
	}
	return out, nil
}

type removeDocumentInput struct {
	DocumentName
	Matched
	Dry bool `query:"dry" doc:"Check everything and answer, but keep nothing."`
}

func (a *API) removeDocument(ctx context.Context, in *removeDocumentInput) (*documentOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	q := app.Request{Who: whoOf(ctx), Dry: in.Dry, Version: version}
	put, err := a.Record.PutDocuments(ctx, q, nil, in.name())
	return oneDocument(put, q, err)
}

type putDocumentsInput struct {
	Keyed
	Body struct {
		Put []struct {
			Name string `json:"name" maxLength:"200" doc:"estate.yaml, or a name in calendars, contracts or mappings."`
			Text string `json:"text" doc:"The document, as YAML."`
		} `json:"put,omitempty" maxItems:"5000" doc:"Documents that are put."`
		Remove []string `json:"remove,omitempty" maxItems:"5000" doc:"Names of documents that are taken away."`
	}
}

type putDocumentsOutput struct {
	Written
	Body struct {
		Documents []app.DocumentChange `json:"documents" doc:"What became of each; empty where the key was used before."`
	}
}

func (a *API) putDocuments(ctx context.Context, in *putDocumentsInput) (*putDocumentsOutput, error) {
	var files []statement.Source
	for _, f := range in.Body.Put {
		files = append(files, statement.Source{Name: f.Name, Data: []byte(f.Text)})
	}
	put, err := a.Record.PutDocuments(ctx, request(ctx, in.Keyed, 0), files, in.Body.Remove...)
	if err != nil {
		return nil, err
	}
	out := &putDocumentsOutput{Written: writtenOf(put.Receipt.Replayed, put.Dry)}
	out.Body.Documents = put.Documents
	return out, nil
}
