package flow

// blocks is a list that grows by whole blocks, so that millions of items are not
// copied again and again.
type blocks[T any] struct {
	full [][]T
	tail []T
	n    int
}

// The sizes of blocks: each is twice the one before it.
const smallBlock, largeBlock = 8, 1 << 13

func (b *blocks[T]) add(x T) {
	if len(b.tail) == cap(b.tail) {
		b.grow()
	}
	b.tail = append(b.tail, x)
	b.n++
}

func (b *blocks[T]) grow() {
	size := smallBlock
	if b.tail != nil {
		b.full = append(b.full, b.tail)
		size = min(2*cap(b.tail), largeBlock)
	}
	b.tail = make([]T, 0, size)
}

// join appends another list, which is not used any more.
func (b *blocks[T]) join(o *blocks[T]) {
	if o.n == 0 {
		return
	}
	if b.tail != nil {
		b.full = append(b.full, b.tail)
	}
	b.full = append(b.full, o.full...)
	b.tail = o.tail
	b.n += o.n
}

// flat returns all items in one list.
func (b *blocks[T]) flat() []T {
	out := make([]T, 0, b.n)
	for _, x := range b.full {
		out = append(out, x...)
	}
	return append(out, b.tail...)
}

// last returns the item added last.
func (b *blocks[T]) last() (x T, ok bool) {
	if n := len(b.tail); n > 0 {
		return b.tail[n-1], true
	}
	return x, false
}
