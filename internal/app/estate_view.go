package app

import (
	"context"

	"towerbridge/access"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/store"
	"towerbridge/span"
)

// EstateOn returns a store's estate on a date. Only the estate has to be right, not
// the contracts beside it.
func EstateOn(ctx context.Context, s store.Store, on span.Date) (estate.View, error) {
	sources, err := s.Documents(ctx)
	if err != nil {
		return estate.View{}, err
	}
	for _, x := range sources {
		if x.Name != "estate.yaml" {
			continue
		}
		e, findings := estate.Read(s.Place(x.Name), x.Data)
		if len(findings) > 0 {
			return estate.View{}, findings
		}
		return e.On(on), nil
	}
	return estate.View{}, fault.New(fault.NotFound, "Name the folder that holds it.", "there is no %s", s.Place("estate.yaml"))
}

// ReadEstate returns the record's estate on a date; today's where the date is nil.
func (r *Record) ReadEstate(ctx context.Context, who access.Principal, on *span.Date) (estate.View, error) {
	if err := r.may(who, access.EstateRead, access.Estate{}); err != nil {
		return estate.View{}, err
	}
	book, err := r.Book(ctx)
	if err != nil {
		return estate.View{}, err
	}
	if on == nil {
		today := book.today(r.Now())
		on = &today
	}
	return book.Estate.On(*on), nil
}
