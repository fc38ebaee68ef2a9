package serve

import (
	"time"

	"towerbridge/internal/identity"
)

// Rate is how many requests may be made: so many at once, then one each interval.
type Rate = identity.Rate

// NoRate allows any number of requests.
var NoRate = Rate{Burst: 1 << 30, Every: 1}

// PerSecond is a rate of so many requests a second, and so many seconds' requests at
// once. None is any number.
func PerSecond(n, burst int) Rate {
	if n == 0 {
		return NoRate
	}
	return Rate{Burst: n * burst, Every: time.Second / time.Duration(n)}
}

// Limits are how much a server takes on. A field that is zero has its default.
type Limits struct {
	Body    int64 // bytes of a request's body
	Upload  int64 // bytes of the body of a route that takes files; see [Traits]
	Head    int   // bytes of a request's headers
	Inside  int   // requests that are answered at one moment
	Streams int   // streams that are open at one moment

	Rate      Rate // of one caller
	Strangers Rate // of one address that says not who it is

	ReadHead time.Duration // until a request's headers are there
	Read     time.Duration // until its body is there
	Answer   time.Duration // until it is answered
	Idle     time.Duration // that a connection may wait for its next request
	Part     time.Duration // until one part of a stream or an upload has passed
	Drain    time.Duration // that requests have to end when the server stops
	Notice   time.Duration // between saying that it is not ready and stopping
}

// orDefault fills in what is zero.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	fill(&l.Body, d.Body)
	fill(&l.Upload, d.Upload)
	fill(&l.Head, d.Head)
	fill(&l.Inside, d.Inside)
	fill(&l.Streams, d.Streams)
	fill(&l.Rate, d.Rate)
	fill(&l.Strangers, d.Strangers)
	fill(&l.ReadHead, d.ReadHead)
	fill(&l.Read, d.Read)
	fill(&l.Answer, d.Answer)
	fill(&l.Idle, d.Idle)
	fill(&l.Part, d.Part)
	fill(&l.Drain, d.Drain)
	return l
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// DefaultLimits are those of a server that was told nothing.
func DefaultLimits() Limits {
	return Limits{
		Body: 1 << 20, Upload: 1 << 30, Head: 32 << 10, Inside: 512, Streams: 1024,
		Rate: PerSecond(1000, 2), Strangers: PerSecond(50, 4),
		ReadHead: 5 * time.Second, Read: 30 * time.Second, Answer: time.Minute, Idle: 2 * time.Minute,
		Part: 30 * time.Second, Drain: 20 * time.Second,
	}
}
