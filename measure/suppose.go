package measure

// Suppose returns the result as it would stand if so many of the tickets counted had
// been met, judged anew by the same terms: value, target, band, small volume, rating.
// The evidence stays that of the result itself, and the notes are those of the new
// judgement. It is for results that count tickets one by one as met or missed, and for
// numbers from zero to the number counted.
func (r *Result) Suppose(met int64) Result {
	out := Result{Measure: r.Measure, Period: r.Period, Met: met, Counted: r.Counted, Evidence: r.Evidence, Excluded: r.Excluded, Aside: r.Aside}
	out.judge()
	return out
}
