package app

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/document"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/statement"
)

// estateName is the name of the estate's document.
const estateName = "estate.yaml"

func (r *Record) planSites(ctx context.Context, q Request, book *Book, f *DirectoryFile, o directory.Options) (directoryImport, error) {
	if err := r.may(q.Who, access.DocumentPut, access.Document{ID: estateName, Kind: "estate"}); err != nil {
		return nil, err
	}
	sheet, findings := directory.ReadSites(f.Name, f.Data)
	if len(findings) > 0 {
		return nil, findings
	}
	plan, findings := directory.CompareSites(book.Estate.Document().Sites, sheet, o)
	if len(findings) > 0 {
		return nil, findings
	}
	old, err := r.Ledger.Get(ctx, store.Documents, estateName)
	if err != nil {
		return nil, err
	}
	text, findings := estate.WithSites(estateName, old.Data, plan.Rows())
	if len(findings) > 0 {
		return nil, findings
	}
	i := &siteImport{Plan: plan, text: text, version: old.Version}
	q.Dry, q.Key = true, "" // what the new estate has against it is said with the plan
	if _, err := i.put(ctx, r, q); err != nil {
		var findings fault.Findings
		if errors.As(err, &findings) {
			return nil, inSheet(findings, text, sheet)
		}
		return nil, err
	}
	return i, nil
}

// inSheet gives findings about sites in a new text of the estate the places of their
// rows in the file.
func inSheet(findings fault.Findings, text []byte, sheet *directory.Sheet[estate.Site]) fault.Findings {
	doc, _, _ := document.Read[estate.Document](estateName, text)
	for i := range findings {
		number, field, ok := strings.Cut(strings.TrimPrefix(findings[i].Field, "sites["), "]")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n >= len(doc.Sites) || findings[i].Position.File != estateName {
			continue
		}
		if row := slices.IndexFunc(sheet.Rows, func(s estate.Site) bool { return s.ID == doc.Sites[n].ID }); row >= 0 {
			findings[i].Position = fault.Position{File: sheet.File, Line: sheet.Lines[row]}
			findings[i].Field = strings.TrimPrefix(field, ".")
		}
	}
	return findings
}

// siteImport is an import of sites: a change of the estate's document.
type siteImport struct {
	*directory.Plan[estate.Site]
	text    []byte
	version int64 // of the document that the plan was made from
}

func (i *siteImport) plan() *DirectoryPlan {
	return planOf(i.Plan, func(s *estate.Site) string { return s.ID }, func(s *estate.Site) string { return s.Name })
}

func (i *siteImport) write(ctx context.Context, r *Record, q Request, _ *DirectoryFile, out *DirectoryPlan, progress store.Progress) error {
	put, err := i.put(ctx, r, q)
	if err != nil {
		return err
	}
	out.Written, out.Estate = i.Counts(), &put.Documents[0]
	out.Parts = append(out.Parts, put.Receipt)
	if progress != nil {
		n := int64(len(i.Adds) + len(i.Changes) + len(i.Leavers))
		progress(n, n)
	}
	return nil
}

// put puts the estate's new text in the place of the version that it was made from.
func (i *siteImport) put(ctx context.Context, r *Record, q Request) (*DocumentsPut, error) {
	q.Version = i.version
	return r.PutDocuments(ctx, q, []statement.Source{{Name: estateName, Data: i.text}})
}
