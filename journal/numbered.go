package journal

import "encoding/binary"

// numbered finds texts that count: those that are as long as the first text of an
// interner, have the same beginning, and end in digits as it does. Most tools
// number their tickets so, and tickets with near numbers are open at the same
// time, so that a table by number is small where it is in use.
//
// A page of the table is made only where it is likely to fill: a page that was
// not made when it was first asked for is never made, and its texts are hashed,
// so that each text has its place in one way for ever.
type numbered struct {
	prefix string
	length int    // of the texts; zero says that none count
	keep   uint64 // the digits among the last eight bytes
	zeros  uint64 // the digit 0 in each of their places
	pages  []*page
	made   int
}

// page holds the symbols of neighbouring numbers.
type page [pageSize]Symbol

const (
	pageSize  = 1 << 10
	maxDigits = 8
	minFill   = 32 // symbols for each page, on average, but for the first sparePages
	spare     = 16 // pages that may be made in any case
)

// hashedPage stands for a page that is not to be made.
var hashedPage = new(page)

// begin sets the form by the first text.
func (c *numbered) begin(text []byte) {
	digits := 0
	for digits < min(maxDigits, len(text)) && text[len(text)-1-digits]-'0' <= 9 {
		digits++
	}
	if digits < 2 || len(text) < maxDigits {
		return
	}
	c.prefix, c.length = string(text[:len(text)-digits]), len(text)
	c.keep = ^uint64(0) << (8 * (maxDigits - digits))
	c.zeros = c.keep & 0x3030303030303030
}

// number returns the number of a text of the form.
func (c *numbered) number(text []byte) (uint64, bool) {
	if len(text) != c.length || len(text) < maxDigits || string(text[:len(c.prefix)]) != c.prefix {
		return 0, false
	}
	// Eight bytes at once: each digit becomes its value, bytes of the prefix zero.
	v := binary.LittleEndian.Uint64(text[len(text)-maxDigits:])&c.keep ^ c.zeros
	if (v+0x7676767676767676|v)&0x8080808080808080 != 0 { // some byte is above nine
		return 0, false
	}
	v = v * (10<<8 + 1) >> 8 & 0x00ff00ff00ff00ff // two digits
	v = v * (100<<16 + 1) >> 16 & 0x0000ffff0000ffff
	return v * (10000<<32 + 1) >> 32, true
}

// find returns the symbol of a number, or zero if it is not in the table.
func (c *numbered) find(n uint64) Symbol {
	if n/pageSize >= uint64(len(c.pages)) || c.pages[n/pageSize] == nil {
		return 0
	}
	return c.pages[n/pageSize][n%pageSize]
}

// place returns where a number's symbol is kept, or nil if its text is hashed.
// Symbols is how many there are already.
func (c *numbered) place(n uint64, symbols int) *Symbol {
	at := int(n / pageSize)
	if at >= len(c.pages) {
		c.pages = room(c.pages, at+1-len(c.pages))[:at+1]
	}
	if c.pages[at] == nil {
		c.pages[at] = hashedPage
		if c.made < spare+symbols/minFill {
			c.pages[at] = new(page)
			c.made++
		}
	}
	if c.pages[at] == hashedPage {
		return nil
	}
	return &c.pages[at][n%pageSize]
}
