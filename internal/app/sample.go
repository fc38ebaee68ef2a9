package app

import (
	"context"
	"runtime"

	"towerbridge/audit"
	"towerbridge/eventlog"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
	"towerbridge/statement"
)

// Sampling says which tickets are sampled: those that a measure of a statement counted.
// The statement is that of a bundle, or else of a contract and period of a store.
type Sampling struct {
	Bundle   string // file; empty draws the statement from the store
	Contract string
	Period   span.Period
	AsOf     *span.Instant // nothing learnt later is read; nil is the period's own default
	Measure  string
}

// SampleFrame returns the frame to sample from, and what became of the log's rows where
// a log was read. A bundle is recomputed first: one that does not agree with itself is
// an error of kind fault.Disagrees.
func SampleFrame(ctx context.Context, s store.Store, q Sampling, progress store.Progress) (*audit.Frame, *eventlog.Result, error) {
	if q.Bundle != "" {
		var frame *audit.Frame
		err := withBundle(q.Bundle, func(b *statement.Bundle) (err error) {
			frame, err = bundleFrame(b, q.Measure)
			return err
		})
		return frame, nil, err
	}
	drawn, err := DrawStatements(ctx, s, Draw{
		Contracts: []string{q.Contract}, Periods: []span.Period{q.Period}, AsOf: q.AsOf, Workers: runtime.GOMAXPROCS(0),
	}, progress)
	if err != nil {
		return nil, nil, err
	}
	frame, err := audit.NewFrame(drawn.Book, drawn.Log.Journal, drawn.Statements[0], q.Measure)
	return frame, drawn.Log, err
}

func bundleFrame(b *statement.Bundle, measure string) (*audit.Frame, error) {
	book, err := b.Book()
	if err != nil {
		return nil, err
	}
	drawn, err := statement.Draw(book, b.Journal, []statement.Order{b.Order()}, runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, err
	}
	if drawn[0].Digest != b.Statement.Digest {
		return nil, fault.New(fault.Disagrees, "Run verify on the bundle: it names the first line that does not agree.",
			"the bundle's statement is %s, recomputed it is %s", b.Statement.Digest, drawn[0].Digest)
	}
	return audit.NewFrame(book, b.Journal, drawn[0], measure)
}

// ReadSeeds reads the seeds of a draw: the phrases, then the files, each in its order.
// What they hold is never part of a message.
func ReadSeeds(phrases, files []string) ([]audit.Seed, error) {
	var texts [][]byte
	for _, p := range phrases {
		texts = append(texts, []byte(p))
	}
	for _, name := range files {
		data, err := store.ReadFile("the seed", name, audit.MaxSeed+2)
		if err != nil {
			return nil, err
		}
		texts = append(texts, data)
	}
	var out []audit.Seed
	for _, b := range texts {
		seed, err := audit.NewSeed(b)
		if err != nil {
			return nil, err
		}
		out = append(out, seed)
	}
	return out, nil
}

// ReadSampleFindings reads a file of findings. With seeds, its tickets must be the first
// that they draw from the frame, and no others.
func ReadSampleFindings(file string, f *audit.Frame, seeds []audit.Seed) ([]audit.Finding, error) {
	data, err := store.ReadFile("the file of findings", file, audit.MaxFindingsBytes)
	if err != nil {
		return nil, err
	}
	list, findings := audit.ReadFindings(file, data, f, nil)
	if len(findings) > 0 || len(seeds) == 0 {
		return list, findings.Err()
	}
	d, err := audit.DrawSample(f, seeds, len(list))
	if err != nil {
		return nil, err
	}
	_, findings = audit.ReadFindings(file, data, f, d)
	return list, findings.Err()
}
