package sqlstore

import (
	"strconv"
	"strings"
)

// batch is statements that are sent together: one after another on SQLite, in one
// round trip on PostgreSQL.
type batch struct{ steps []step }

// step is a statement of a batch: a query where it has a function for its rows, an
// insertion of rows where it has an insertion.
type step struct {
	text   string
	args   []any
	row    func(scan func(...any) error) error
	insert *insertion
	rows   [][]any
}

// query adds a query. The function is called for each of its rows.
func (b *batch) query(row func(scan func(...any) error) error, text string, args ...any) {
	b.steps = append(b.steps, step{text: text, args: args, row: row})
}

// exec adds a statement without a result.
func (b *batch) exec(text string, args ...any) {
	b.steps = append(b.steps, step{text: text, args: args})
}

// insert adds the insertion of rows.
func (b *batch) insert(into *insertion, rows [][]any) {
	if len(rows) > 0 {
		b.steps = append(b.steps, step{insert: into, rows: rows})
	}
}

// insertion is how rows are put into a table.
type insertion struct {
	table   string
	columns []string
	keys    int      // the first columns are the table's key; zero where no row can be there already
	texts   []string // statements for 1, 2, 4 ... rows
}

// maxRows is the number of rows that one statement inserts on PostgreSQL, a power of
// two. More does not make it faster.
const maxRows = 64

// newInsertion returns an insertion of rows. Where keys is above zero, a row whose
// first columns are there already replaces that row's other columns.
func newInsertion(table string, keys int, columns ...string) *insertion {
	in := &insertion{table: table, columns: columns, keys: keys}
	for rows := 1; rows <= maxRows; rows *= 2 {
		in.texts = append(in.texts, in.text(rows))
	}
	return in
}

func (in *insertion) text(rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + in.table + " (" + strings.Join(in.columns, ", ") + ") VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + places(r*len(in.columns)+1, len(in.columns)) + ")")
	}
	if in.keys > 0 {
		b.WriteString(" ON CONFLICT (" + strings.Join(in.columns[:in.keys], ", ") + ") DO UPDATE SET ")
		for i, c := range in.columns[in.keys:] {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(c + " = excluded." + c)
		}
	}
	return b.String()
}

// places returns n places for values, the first with the given number: $3, $4, $5.
func places(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
	}
	return b.String()
}

// parts calls f with the rows parted as PostgreSQL takes them.
func (in *insertion) parts(rows [][]any, f func(text string, args []any)) {
	for size, at := maxRows, len(in.texts)-1; len(rows) > 0; size, at = size/2, at-1 {
		for len(rows) >= size {
			args := make([]any, 0, size*len(in.columns))
			for _, row := range rows[:size] {
				args = append(args, row...)
			}
			f(in.texts[at], args)
			rows = rows[size:]
		}
	}
}
