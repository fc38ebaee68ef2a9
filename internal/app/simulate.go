package app

import (
	"context"
	"io"

	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/simulate"
	"towerbridge/statement"
)

// maxProfile is the number of bytes that a file with a profile may have; one more than
// documents may have is read, so that their reader can say so.
const maxProfile = 4<<20 + 1

// ReadProfile reads a profile from a file.
func ReadProfile(file string) (simulate.Profile, error) {
	data, err := store.ReadFile("the profile", file, maxProfile)
	if err != nil {
		return simulate.Profile{}, err
	}
	p, findings := simulate.Read(file, data)
	return p, findings.Err()
}

// FitProfile returns the profile of a store's log.
func FitProfile(ctx context.Context, s store.Store, source string, progress store.Progress) (simulate.Profile, error) {
	book, err := ReadBook(ctx, s)
	if err != nil {
		return simulate.Profile{}, err
	}
	log, err := s.Journal(ctx, book, progress)
	if err != nil {
		return simulate.Profile{}, err
	}
	if log.Entries == 0 {
		return simulate.Profile{}, fault.Findings{ruleNoEntry.At(fault.Position{File: log.Files[0]}, "", "the log has no entry, and so there is nothing to fit a profile to")}
	}
	return simulate.Fit(simulated(book), log.Journal, "fitted", source), nil
}

// NewSimulation readies a simulation of a store's estate.
func NewSimulation(ctx context.Context, s store.Store, p simulate.Profile, o simulate.Options) (*simulate.Simulation, error) {
	book, err := ReadBook(ctx, s)
	if err != nil {
		return nil, err
	}
	out, findings := simulate.New(simulated(book), p, o)
	return out, findings.Err()
}

// simulated is a book as the world of a simulation.
func simulated(book *statement.Book) simulate.World {
	return simulate.World{Estate: book.Estate, Calendars: book.Calendars, Contracts: book.Contracts, Zones: book.Zones}
}

// WriteSimulation writes a simulation's journal in the open form.
func WriteSimulation(ctx context.Context, s *simulate.Simulation, out io.Writer, workers int) (simulate.Result, error) {
	result, err := s.Write(stoppable{ctx, out}, workers)
	switch {
	case ctx.Err() != nil:
		return result, ctx.Err()
	case err != nil:
		return result, fault.Wrap(fault.Unavailable, err, "the journal cannot be written")
	}
	return result, nil
}

// stoppable is a writer that fails once a context is done.
type stoppable struct {
	ctx context.Context
	out io.Writer
}

// Write writes, unless the context is done.
func (s stoppable) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.out.Write(b)
}

// AddTruth adds the list of tricks that were played to an output: trick,ticket.
func AddTruth(out *Output, file string, truth []simulate.Truth) error {
	return out.AddAt(file, func(w io.Writer) error {
		if _, err := io.WriteString(w, "trick,ticket\n"); err != nil {
			return err
		}
		for _, x := range truth {
			if _, err := io.WriteString(w, x.Trick+","+x.Ticket+"\n"); err != nil {
				return err
			}
		}
		return nil
	})
}
