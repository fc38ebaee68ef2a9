package report

import (
	"archive/zip"
	"bytes"
	"cmp"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"towerbridge/statement"
)

// workbook writes sheets one after another, row by row.
type workbook struct {
	file  *excelize.File
	limit int // rows of a sheet, the head included
	head  int // style of the head
	open  *grid
}

// grid is a sheet being written.
type grid struct {
	book    *workbook
	name    string
	part    int // 1 for the first sheet of the name
	columns []column
	stream  *excelize.StreamWriter
	next    int // number of the next row
	cells   []any
}

// begin sets what a workbook says of itself, none of which is the present time.
func (b *workbook) begin(s *statement.Statement) error {
	at := s.AsOf.String()
	err := b.file.SetDocProps(&excelize.DocProperties{
		Title:   "Statement " + s.Contract + " " + s.Period.String(),
		Creator: "Towerbridge", LastModifiedBy: "Towerbridge", Description: "Record " + s.Digest,
		Created: at, Modified: at, Language: "en-GB",
	})
	if err != nil {
		return err
	}
	b.head, err = b.file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"},
		Border:    []excelize.Border{{Type: "bottom", Color: "0B0C0C", Style: 2}},
	})
	return err
}

// sheet ends the sheet before and begins one with a frozen head.
func (b *workbook) sheet(name string, columns ...column) (*grid, error) {
	if err := b.end(); err != nil {
		return nil, err
	}
	t := &grid{book: b, name: name, columns: columns, cells: make([]any, len(columns))}
	b.open = t
	return t, t.begin()
}

// end finishes the sheet being written.
func (b *workbook) end() error {
	if b.open == nil {
		return nil
	}
	t := b.open
	b.open = nil
	return t.stream.Flush()
}

// begin starts the sheet, or the next one of its name when the last is full.
func (t *grid) begin() error {
	t.part++
	name := t.name
	if t.part > 1 {
		name += " " + strconv.Itoa(t.part)
	}
	f := t.book.file
	if first := f.GetSheetName(0); first == "Sheet1" {
		if err := f.SetSheetName(first, name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(name); err != nil {
		return err
	}
	var err error
	if t.stream, err = f.NewStreamWriter(name); err != nil {
		return err
	}
	for i, c := range t.columns {
		if err := t.stream.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	err = t.stream.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}},
	})
	if err != nil {
		return err
	}
	heads := make([]any, len(t.columns))
	for i, c := range t.columns {
		heads[i] = excelize.Cell{StyleID: t.book.head, Value: c.head}
	}
	t.next = 2
	return t.stream.SetRow("A1", heads)
}

// row writes one row. Texts are written as texts whatever they begin with; nil is an
// empty cell.
func (t *grid) row(values ...any) error {
	if t.next > t.book.limit {
		if err := t.stream.Flush(); err != nil {
			return err
		}
		if err := t.begin(); err != nil {
			return err
		}
	}
	for i := range t.cells {
		t.cells[i] = nil
		if i < len(values) && values[i] != "" {
			t.cells[i] = values[i]
		}
	}
	cell := "A" + strconv.Itoa(t.next)
	t.next++
	return t.stream.SetRow(cell, t.cells)
}

// write ends the workbook and writes it with its parts in the order of their names,
// so that the same statement gives the same bytes.
func (b *workbook) write(w io.Writer) error {
	if err := b.end(); err != nil {
		return err
	}
	b.file.SetActiveSheet(0)
	var packed bytes.Buffer
	if err := b.file.Write(&packed); err != nil {
		return err
	}
	in, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		return err
	}
	slices.SortFunc(in.File, func(x, y *zip.File) int { return cmp.Compare(x.Name, y.Name) })
	out := zip.NewWriter(w)
	for _, part := range in.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}
