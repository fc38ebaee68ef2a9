package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"towerbridge/access"
	"towerbridge/internal/app"
	"towerbridge/internal/serve"
	"towerbridge/internal/store"
	"towerbridge/span"
)

const directoryTag = "Directory"

// maxDirectory is how many bytes a file of the directory may have.
const maxDirectory = 64 << 20

// directories adds the operations on people, sites and assets.
func (r *registrar) directories() {
	add(r, operation{
		id: "list-people", method: http.MethodGet, path: "/people", tag: directoryTag,
		summary: "List people", about: "Those whom you may see, by name. A page may be shorter than its limit and still have a next one.",
		refused: []int{http.StatusUnprocessableEntity},
	}, r.listPeople)
	add(r, operation{
		id: "read-person", method: http.MethodGet, path: "/people/{person}", tag: directoryTag,
		summary: "Read a person",
	}, r.readPerson)
	add(r, operation{
		id: "add-person", method: http.MethodPost, path: "/people", tag: directoryTag, status: http.StatusCreated,
		summary: "Add a person by hand", about: "Of the columns of an import, id, name and party are needed.", refused: changing,
		body: `{"values": {"id": "p-1042", "name": "Ada Mercer", "party": "acme", "roles": "agent"}}`,
	}, r.addPerson)
	add(r, operation{
		id: "change-person", method: http.MethodPost, path: "/people/{person}/changes", tag: directoryTag,
		summary: "Change a person, and grant or revoke roles", refused: changing,
		body: `{"values": {"site": "depot"}, "grant": ["manager"]}`,
	}, r.changePerson)
	add(r, operation{
		id: "invite-person", method: http.MethodPost, path: "/people/{person}/invitations", tag: directoryTag, status: http.StatusCreated,
		summary: "Make a one-time link by which a person sets a password or a passkey", about: "Only this answer holds it. A later link takes the place of an earlier one.",
		refused: changing,
	}, r.invitePerson)
	add(r, operation{
		id: "end-sessions", method: http.MethodDelete, path: "/people/{person}/sessions", tag: directoryTag,
		summary: "End all sessions of a person", refused: []int{http.StatusConflict},
	}, r.endSessions)
	add(r, operation{
		id: "list-assets", method: http.MethodGet, path: "/assets", tag: directoryTag,
		summary: "List assets", about: "Those that you may see, by type and name.", refused: []int{http.StatusUnprocessableEntity},
	}, r.listAssets)
	r.directoryFiles()
}

// directoryFiles adds the import of CSV files, with their plans, and the export.
func (r *registrar) directoryFiles() {
	const columns = "CSV with a header. The columns are described in the guide of the directory."
	add(r, operation{
		id: "plan-directory", method: http.MethodPost, path: "/directory/{kind}/plans", tag: directoryTag,
		summary: "Show what importing a file would change", about: columns + " Adds, changes and leavers are listed, and nothing is written. The plan's digest applies it.",
		refused: changing, traits: serve.Traits{Body: maxDirectory}, body: `"id,name,party\np-1042,Ada Mercer,acme\n"`,
	}, r.planDirectory)
	add(r, operation{
		id: "import-directory", method: http.MethodPost, path: "/directory/{kind}/imports", tag: directoryTag,
		summary: "Import a file as its plan says", about: columns + " Where what is there has changed since the plan was shown, nothing is written (409).",
		refused: changing, traits: serve.Traits{Body: maxDirectory, Stream: true}, body: `"id,name,party\np-1042,Ada Mercer,acme\n"`,
	}, r.importDirectory)
	add(r, operation{
		id: "export-directory", method: http.MethodGet, path: "/directory/{kind}", tag: directoryTag,
		summary: "Export the rows that you may see", about: "As a file that can be imported again. That people were exported is an entry of the journal.",
		refused: []int{http.StatusUnprocessableEntity}, traits: serve.Traits{Stream: true},
	}, r.exportDirectory)
	r.answers("/directory/{kind}", http.MethodGet, "text/csv")
}

// PersonID is the person of a path.
type PersonID struct {
	Person string `path:"person" maxLength:"200" doc:"Id of the person." example:"p-1042"`
}

// Search is which rows of the directory are listed.
type Search struct {
	Match string `query:"match" maxLength:"200" doc:"Part of the name or address, or of the type or name of an asset, whatever the case."`
}

type listPeopleInput struct {
	Located
	Search
	Pages
	Party string `query:"party" maxLength:"200" doc:"Id of the party. Left out: all."`
}

type peopleOutput struct {
	Linked
	Body struct {
		People []app.PersonEntry `json:"people"`
		Next   string            `json:"next,omitempty" doc:"after of the next page; not there on the last."`
	}
}

// shelfPage is where a page of a shelf begins, and what its cursors hold for.
func (a *API) shelfPage(l *Located, p Pages, who access.Principal) (*store.Item, string, error) {
	way := wayOf(l.url.Path, l.url.Query(), who.ID)
	if p.After == "" {
		return nil, way, nil
	}
	after, err := a.cursors.readItem(p.After, way)
	return after, way, err
}

func (a *API) listPeople(ctx context.Context, in *listPeopleInput) (*peopleOutput, error) {
	who := whoOf(ctx)
	after, way, err := a.shelfPage(&in.Located, in.Pages, who)
	if err != nil {
		return nil, err
	}
	page, err := a.Record.ListPeople(ctx, who, app.DirectoryQuery{Group: in.Party, Match: in.Match, After: after, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &peopleOutput{}
	out.Body.People = page.Rows
	out.Body.Next = a.cursors.writeItem(page.Next, way)
	out.Linked = linkNext(&in.url, out.Body.Next)
	return out, nil
}

type listAssetsInput struct {
	Located
	Search
	Pages
	Site string `query:"site" maxLength:"200" doc:"Id of the site. Left out: all."`
}

type assetsOutput struct {
	Linked
	Body struct {
		Assets []app.AssetEntry `json:"assets"`
		Next   string           `json:"next,omitempty" doc:"after of the next page; not there on the last."`
	}
}

func (a *API) listAssets(ctx context.Context, in *listAssetsInput) (*assetsOutput, error) {
	who := whoOf(ctx)
	after, way, err := a.shelfPage(&in.Located, in.Pages, who)
	if err != nil {
		return nil, err
	}
	page, err := a.Record.ListAssets(ctx, who, app.DirectoryQuery{Group: in.Site, Match: in.Match, After: after, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &assetsOutput{}
	out.Body.Assets = page.Rows
	out.Body.Next = a.cursors.writeItem(page.Next, way)
	out.Linked = linkNext(&in.url, out.Body.Next)
	return out, nil
}

type personOutput struct {
	Tagged
	Location string `header:"Location" doc:"Address of the person."`
	Body     *app.PersonEntry
}

// personAnswer is a person as the directory has him.
func personAnswer(p *app.PersonEntry, err error) (*personOutput, error) {
	if err != nil {
		return nil, err
	}
	return &personOutput{Tagged: tag(etagOf(p.Version)), Location: Base + "/people/" + url.PathEscape(p.ID), Body: p}, nil
}

func (a *API) readPerson(ctx context.Context, in *PersonID) (*personOutput, error) {
	return personAnswer(a.Record.ReadPerson(ctx, whoOf(ctx), in.Person))
}

type addPersonInput struct {
	Keyed
	Body struct {
		Values map[string]string `json:"values" doc:"By the names of the columns of an import."`
	}
}

func (a *API) addPerson(ctx context.Context, in *addPersonInput) (*personOutput, error) {
	return personAnswer(a.Record.AddPerson(ctx, request(ctx, in.Keyed, 0), in.Body.Values))
}

type changePersonInput struct {
	PersonID
	Keyed
	Matched
	Body struct {
		Values map[string]string `json:"values,omitempty" doc:"By the names of the columns of an import; an empty one takes the value away."`
		Grant  []access.Role     `json:"grant,omitempty" doc:"Roles that are given."`
		Revoke []access.Role     `json:"revoke,omitempty" doc:"Roles that are taken away."`
	}
}

func (a *API) changePerson(ctx context.Context, in *changePersonInput) (*personOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	q := request(ctx, in.Keyed, version)
	p, err := a.Record.ChangePerson(ctx, q, app.PersonChange{ID: in.Person, Values: in.Body.Values, Grant: in.Body.Grant, Revoke: in.Body.Revoke})
	if err == nil {
		a.Door.Forget()
	}
	return personAnswer(p, moved(version, err))
}

type inviteInput struct {
	PersonID
	Keyed
}

type inviteOutput struct {
	Body struct {
		Path  string        `json:"path" doc:"Address of the page, below the site's own. It is a secret, and works once."`
		Until *span.Instant `json:"until,omitempty" doc:"The link's end."`
	}
}

func (a *API) invitePerson(ctx context.Context, in *inviteInput) (*inviteOutput, error) {
	link, until, err := a.Door.Invite(ctx, request(ctx, in.Keyed, 0), in.Person)
	if err != nil {
		return nil, err
	}
	out := &inviteOutput{}
	if link != "" {
		out.Body.Path, out.Body.Until = LinkPath(link), &until
	}
	return out, nil
}

type endedOutput struct {
	Body struct {
		Ended int `json:"ended" doc:"How many sessions there were."`
	}
}

func (a *API) endSessions(ctx context.Context, in *PersonID) (*endedOutput, error) {
	n, err := a.Door.EndSessions(ctx, app.Request{Who: whoOf(ctx)}, in.Person)
	out := &endedOutput{}
	out.Body.Ended = n
	return out, err
}

// DirectoryKind is the kind of a file of the directory.
type DirectoryKind struct {
	Kind string `path:"kind" enum:"people,sites,assets" doc:"What the rows are."`
}

// DirectoryFile is a file of the directory, and how it is read.
type DirectoryFile struct {
	DirectoryKind
	Source  string `query:"source" maxLength:"60" doc:"Name under which the rows are kept: rows of another source are left alone. Left out: import."`
	Party   string `query:"party" maxLength:"200" doc:"People of this party only. Left out: of those that are in the file."`
	Leave   bool   `query:"leave" doc:"A large share of what is there may leave."`
	Adopt   bool   `query:"adopt" doc:"Rows of another source may be taken over."`
	RawBody []byte `contentType:"text/csv"`
}

func (f *DirectoryFile) file() app.DirectoryFile {
	return app.DirectoryFile{Kind: f.Kind, Name: f.Kind + ".csv", Data: bytes.Clone(f.RawBody), Source: f.Source, Party: f.Party, Leave: f.Leave, Adopt: f.Adopt}
}

type planOutput struct{ Body *app.DirectoryPlan }

func (a *API) planDirectory(ctx context.Context, in *DirectoryFile) (*planOutput, error) {
	p, err := a.Record.PlanDirectory(ctx, app.Request{Who: whoOf(ctx)}, in.file())
	return &planOutput{p}, err
}

type importDirectoryInput struct {
	DirectoryFile
	Keyed
	Plan string `query:"plan" required:"true" maxLength:"100" doc:"Digest of the plan that was shown; any applies it unseen."`
}

func (a *API) importDirectory(ctx context.Context, in *importDirectoryInput) (*planOutput, error) {
	p, err := a.Record.ApplyDirectory(ctx, request(ctx, in.Keyed, 0), in.file(), in.Plan, nil)
	if err == nil {
		a.Door.Forget()
	}
	return &planOutput{p}, err
}

type exportOutput struct {
	Kind string `header:"Content-Type"`
	Name string `header:"Content-Disposition" doc:"What to call the file."`
	Body []byte
}

func (a *API) exportDirectory(ctx context.Context, in *DirectoryKind) (*exportOutput, error) {
	var b bytes.Buffer
	if _, err := a.Record.ExportDirectory(ctx, app.Request{Who: whoOf(ctx)}, in.Kind, &b); err != nil {
		return nil, err
	}
	return &exportOutput{Kind: "text/csv", Name: `attachment; filename="` + in.Kind + `.csv"`, Body: b.Bytes()}, nil
}
