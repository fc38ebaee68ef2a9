package store

import (
	"context"
	"io"

	"towerbridge/fault"
	"towerbridge/journal"
	"towerbridge/span"
	"towerbridge/statement"
)

// Ledger is a store that is written to: the journal, the shelves, and the indexes by
// which they are found. Everything that is written goes through [Ledger.Commit] or,
// for whole logs, [Ledger.Append]; both are all or nothing, and what they have
// returned from survives a power cut.
//
//	            ┌ journal   lines in sequence, chained, in a Merkle tree   the truth
//	Commit ─────┼ withheld  names and texts that lines stand for by digest the truth
//	Append      ├ shelves   documents, people, tokens, each with versions  the truth
//	            └ tickets   rows and lines by ticket                       an index
//
// Indexes are only ever made from the truth: [Ledger.Reindex] replaces them.
//
// A Ledger may be used from many goroutines, and several processes may have one open.
// Every error is a [towerbridge/fault.Error] or fault.Findings: Conflict where the
// state has moved on, Unavailable where the disk is full or the database is away.
type Ledger interface {
	Store
	Writer
	Reader
	Keeper

	// Derive returns 32 bytes that follow from the record's secret and a purpose: keys
	// of tokens, of the journal's signed head. The secret itself is never told.
	Derive(purpose string) []byte

	// Close finishes what was begun and lets the store go.
	Close() error
}

// Writer is what changes a ledger.
type Writer interface {
	// Commit writes a change, together with those of other callers that wait at the
	// same moment. It returns when the change is durable.
	Commit(ctx context.Context, c *Change) (Receipt, error)

	// Append writes a part of a log: whole batches, one after another, from one
	// caller at a time. It returns when the batch is durable.
	Append(ctx context.Context, b *Batch) (Receipt, error)

	// Erase drops the content of withheld items for ever, with their salts, and from
	// the indexes. Their digests stay in the lines. The change says who
	// decided it and is committed together with it.
	Erase(ctx context.Context, items []Withheld, c *Change) (Receipt, error)
}

// Change is one thing that somebody does: what is added to the journal, and what
// changes beside it.
type Change struct {
	Who     string // person or service account; the scope of Key
	Key     string // idempotency key; empty where there is none
	Request []byte // digest of what was asked; the same key with another is a Conflict
	Dry     bool   // do everything, then undo it; the receipt says what would have been

	Expect  []Expect    // versions that tickets must still have
	Prefix  string      // of the id of a new ticket, such as INC; empty where none is made
	Entries []Entry     // in order; an empty Ticket means the new one
	Acts    []Act       // after the entries
	Rows    []TicketRow // how the tickets stand after the entries; an empty ID means the new one
	Put     []Item      // what is put on shelves
	Drop    []Item      // what is taken away; only Shelf, ID and Version are read
}

// Expect is the version that a ticket must have for a change to be made.
type Expect struct {
	Ticket  string
	Version int64 // zero: there is no such ticket
}

// Entry is an entry to be written. The ledger gives it its sequence number, which is
// also its key, and the instant at which it was learnt: never before that of an
// earlier act. Its happened instant, where zero, becomes the learnt one.
type Entry struct {
	journal.Draft
	Clear []Clear // kept out of the line; a salted digest of each stands in it
}

// Act is something done to the record itself and not to one ticket: a document put on
// a shelf, a person's right changed, a restricted ticket read, a note erased.
type Act struct {
	journal.ActDraft
	Clear []Clear
}

// Clear is content that is kept sealed beside the journal: see [journal.Withheld].
type Clear struct {
	Name  string // person, summary, text, reason
	Value string
}

// Receipt says what a commit has come to.
type Receipt struct {
	First, Last int64        // sequence numbers of the lines, from one; both zero where there are none
	Ticket      string       // id of the new ticket, or of the only one the change was about
	Learnt      span.Instant // at which the ledger learnt of it
	Replayed    bool         // the key was used before: nothing was written now
	Versions    []int64      // of the items put, in their order
}

// Batch is a part of a log. Its tickets' entries follow one another.
type Batch struct {
	Tickets []BatchTicket
	Acts    []Act
	Put     []Item // such as how far an import has come
}

// BatchTicket is new entries of a ticket.
type BatchTicket struct {
	Row   TicketRow // as the ticket stands with them; Version is that expected before, zero for a new ticket
	Lines [][]byte  // in the journal's open form, complete
	Clear []Sealed  // what the lines withhold
}

// Sealed is withheld content of a line that is already written.
type Sealed struct {
	Line int // position in Lines
	journal.Withheld
}

// TicketRow is a ticket as lists show it: an index, made from its entries.
type TicketRow struct {
	ID       string
	Version  int64 // sequence number of its last entry
	Kind     string
	Priority string
	Service  string // id in the estate
	Site     string
	Party    string // who holds it or is offered it
	Team     string
	Status   journal.Status
	Reporter string       // person who opened it; empty where that is not known
	Parent   string       // the ticket it is a child of or merged into
	Opened   span.Instant // first moment
	Changed  span.Instant // last moment
	Due      span.Instant // the next due instant of its running clocks; span.Never if there is none
	Parties  []string     // all that have ever held it or been offered it, sorted
	Summary  int64        // sequence number of the last entry that withholds a SummaryName. The ledger fills it in; zero for none
}

// The names under which a ledger looks for what rows show of withheld content.
const (
	ReporterName = "reporter" // id of a person
	SummaryName  = "summary"
)

// Open reports whether somebody is still to work on the ticket.
func (r *TicketRow) Open() bool { return !r.Status.Done() }

// Item is something on a shelf. Its data is JSON or YAML, never looked into.
type Item struct {
	Shelf   Shelf
	ID      string
	Group   string // by which a shelf is divided, such as a person's party
	Sort    string // by which a shelf is sorted
	Version int64  // zero: there was none. In Put: the one that must be there now; AnyVersion where it does not matter
	Seq     int64  // of the change that put it; zero for shelves that are not in the journal
	Until   span.Instant
	Data    []byte
}

// AnyVersion is the version of an item that is put whatever was there.
const AnyVersion = -1

// Shelf is a kind of item.
type Shelf string

// The shelves. Of those below Statements every version is kept, and each put is in the
// journal by an act that holds its digest; of the others only the last.
const (
	Documents  Shelf = "document"  // estate.yaml, contracts/network.yaml ... as they were written; no Group
	Statements Shelf = "statement" // issued statements, as their JSON; Group is the contract
	People     Shelf = "person"    // who may sign in; Group is the party
	Assets     Shelf = "asset"     // Group is the site
	Accounts   Shelf = "account"   // by sign-in name: passwords and passkeys, hashed
	Links      Shelf = "link"      // one-time links and other sign-in states; Until
	Tokens     Shelf = "token"     // by keyed hash: service accounts' tokens; Until
	Sessions   Shelf = "session"   // by keyed hash; Until
	Imports    Shelf = "import"    // by digest: how far an import of a log has come
	Settings   Shelf = "setting"   // of the record itself: retention, keys
)

// KeepsVersions reports whether every version of a shelf's items is kept.
func (s Shelf) KeepsVersions() bool { return s == Documents || s == Statements }

// Sight is what a reader may see of tickets: those that he has reported, and those of
// which another of the conditions holds and whose service is not hidden. It is made by
// package access and pushed down into every list and count.
type Sight struct {
	All      bool
	Parties  []string // that have held it or been offered it
	Services []string // of the ticket: those that the reader's party manages
	Reporter string   // whose own tickets are in sight, hidden or not; empty: that is no reason
	Hidden   []string // services of data classes that the reader is not cleared for
}

// Query asks for a list of tickets.
type Query struct {
	Sight      Sight
	Open       *bool
	Statuses   []journal.Status
	Kinds      []string
	Priorities []string
	Services   []string
	Sites      []string
	Parties    []string // holding it now
	Teams      []string
	Reporter   string
	Parent     string
	IDPrefix   string
	DueBefore  span.Instant // zero: any
	By         Order
	Descending bool
	After      *Cursor // the last of the page before
	Limit      int     // at most MaxPage
}

// MaxPage is the number of tickets or items in a page.
const MaxPage = 1000

// Order is what a list is sorted by. Equal ones stand in the order of their numbers.
type Order string

// The orders.
const (
	ByOpened  Order = "opened"
	ByChanged Order = "changed"
	ByDue     Order = "due"
)

// Cursor is a place in a list.
type Cursor struct {
	Value  span.Instant // of what the list is sorted by
	Number int64        // the ticket's
}

// Found is a ticket that was found. Number is its place in the store; lines only
// where they were asked for.
type Found struct {
	TicketRow
	Number int64
	Lines  Lines
}

// Lines is a ticket's entries in the order of their sequence numbers.
type Lines struct {
	Seq  []int64
	Line [][]byte
}

// Reader is what is asked of a ledger. What a reader returns is of one moment.
type Reader interface {
	// Ticket returns a ticket with its lines. The error is NotFound where there is none.
	Ticket(ctx context.Context, id string) (*Found, error)

	// Tickets returns those of the tickets that there are, by id, with their lines.
	Tickets(ctx context.Context, ids []string) (map[string]*Found, error)

	// List returns a page of tickets with their lines.
	List(ctx context.Context, q *Query) ([]Found, error)

	// Count returns how many tickets a query finds, at most the given number.
	Count(ctx context.Context, q *Query, most int) (int, error)

	// Part returns the journal of the tickets that something needs, each whole, in the
	// order of their numbers. The journal's last learnt instant is Head.Learnt.
	Part(ctx context.Context, needs []statement.Need, progress Progress) (*journal.Journal, error)

	// Withheld returns the content of withheld items, by sequence number of their
	// line, that of the names alone where some are given; what was erased is there
	// without a value.
	Withheld(ctx context.Context, seqs []int64, names ...string) (map[int64][]journal.Withheld, error)

	// Replay returns the receipt of the commit that used a key, if there was one. The
	// error is Conflict where the key was used for another request.
	Replay(ctx context.Context, who, key string, request []byte) (Receipt, bool, error)

	// Get returns an item. The error is NotFound where there is none, or no longer.
	Get(ctx context.Context, shelf Shelf, id string) (Item, error)

	// GetVersion returns an earlier version of an item of a shelf that keeps them.
	GetVersion(ctx context.Context, shelf Shelf, id string, version int64) (Item, error)

	// Browse returns items of a shelf in the order of Sort and ID.
	Browse(ctx context.Context, b Browse) ([]Item, error)

	// Head returns how far the journal has come.
	Head(ctx context.Context) (Head, error)

	// Lines calls f with the journal's lines from a sequence number on, in order, until
	// f returns false or there are no more. A line must not be kept.
	Lines(ctx context.Context, from int64, f func(seq int64, line []byte) bool) error

	// Inclusion proves that a line is in the journal of a size.
	Inclusion(ctx context.Context, seq, size int64) (*Inclusion, error)

	// Consistency proves that the journal of one size begins with that of an earlier one.
	Consistency(ctx context.Context, from, to int64) ([][]byte, error)

	// Watch calls f after each commit with the sequence number it came to, those of
	// other processes too, until the context is done. Calls may be joined.
	Watch(ctx context.Context, f func(last int64))
}

// Browse asks for a page of a shelf.
type Browse struct {
	Shelf  Shelf
	Group  *string
	Match  string // part of Sort or ID, whatever the case
	After  *Item  // the last of the page before; Sort and ID are read
	Limit  int    // at most MaxPage; zero means MaxPage
	NoData bool
}

// Head is how far a journal has come.
type Head struct {
	Size   int64        // number of lines
	Chain  [32]byte     // SHA-256 of the chain before and the last line's leaf; zero when empty
	Root   [32]byte     // of the Merkle tree (RFC 6962)
	Learnt span.Instant // the latest instant at which anything was learnt of a ticket; Earliest when empty
	Acted  span.Instant // the latest instant that the ledger itself gave a line; never goes back
	Book   int64        // changes whenever a document is put: books read before are stale
}

// Inclusion is a line and the proof that it is in the journal.
type Inclusion struct {
	Seq, Size int64
	Line      []byte
	Proof     [][]byte // RFC 6962 audit path
}

// Withheld names withheld content.
type Withheld struct {
	Seq  int64
	Name string // empty: all of the line
}

// Keeper is what keeps a ledger in health. All of it may be done while others read and
// write.
type Keeper interface {
	// Backup writes the whole ledger as it is at one moment, in a form that either
	// engine restores.
	Backup(ctx context.Context, w io.Writer, progress Progress) (Head, error)

	// Restore reads a backup into an empty ledger and checks it.
	Restore(ctx context.Context, r io.Reader, progress Progress) (Head, error)

	// Check reads everything again: that the lines are those that were chained, that
	// the withheld content is what the lines' digests stand for, and that the indexes
	// hold what the journal says. It returns what is wrong.
	Check(ctx context.Context, progress Progress) (fault.Findings, error)

	// Reindex makes the indexes anew from the journal; row makes a ticket's row of its
	// entries, but for what the ledger fills in.
	Reindex(ctx context.Context, row func(id string, lines Lines) (TicketRow, error), progress Progress) error

	// Ping reports whether the store answers and may be written to.
	Ping(ctx context.Context) error

	// Clock returns the instant that the store's own machine has; the zero instant for
	// one without a clock of its own.
	Clock(ctx context.Context) (span.Instant, error)
}
