package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towerbridge/fault"
	"towerbridge/internal/serve"
)

// Findings of requests.
var (
	ruleForm = fault.Declare(2510, "a request does not have the form that the reference states",
		"Write the field as the description of the operation says.")
	ruleCursor = fault.Declare(2511, "a cursor is not one that this list gave",
		"Begin at the first page, and follow next from there with the same filters.")
	ruleMatch = fault.Declare(2512, "a header of conditions cannot be read",
		"Send an ETag just as an earlier answer had it.")
)

// Problem is the body of every refusal.
type Problem struct {
	serve.ProblemBody
}

// Error returns what is wrong in this case.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the answer's status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the type of content of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// What huma finds wrong, and what handlers return, becomes a problem in one place.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return told(nil, refusal(status, message, errs))
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		return told(ctx, refusal(status, message, errs))
	}
}

var typeOfStatus = map[int]serve.Type{
	http.StatusBadRequest: serve.TypeMalformed, http.StatusUnauthorized: serve.TypeStranger, http.StatusForbidden: serve.TypeDenied,
	http.StatusNotFound: serve.TypeNotFound, http.StatusMethodNotAllowed: serve.TypeMethod, http.StatusNotAcceptable: serve.TypeAcceptable,
	http.StatusRequestTimeout: serve.TypeSlow, http.StatusConflict: serve.TypeConflict, http.StatusPreconditionFailed: serve.TypePrecondition,
	http.StatusRequestEntityTooLarge: serve.TypeTooLarge, http.StatusUnsupportedMediaType: serve.TypeMedia,
	http.StatusUnprocessableEntity: serve.TypeInvalid, http.StatusTooManyRequests: serve.TypeTooMany,
	http.StatusInternalServerError: serve.TypeInternal, http.StatusServiceUnavailable: serve.TypeUnavailable,
}

// failure is a problem with the error that it was made of.
type failure struct {
	serve.Problem
	cause error
}

// refusal makes a problem of what huma found, or of the error that a handler returned.
func refusal(status int, message string, errs []error) failure {
	if status == http.StatusInternalServerError && len(errs) == 1 && errs[0] != nil {
		return failure{problemOf(errs[0]), errs[0]}
	}
	var large *http.MaxBytesError
	p := serve.Problem{Type: typeOfStatus[status], Detail: message}
	for _, err := range errs {
		var detail *huma.ErrorDetail
		switch {
		case errors.As(err, &large):
			return failure{serve.TooLarge(large.Limit), nil}
		case errors.As(err, &detail): // its value is what was sent: that is not told again
			p.Findings = append(p.Findings, serve.Finding{Code: ruleForm.Code(), Field: detail.Location, Message: detail.Message, Remedy: ruleForm.Remedy})
		}
	}
	slices.SortStableFunc(p.Findings, func(a, b serve.Finding) int { return strings.Compare(a.Field, b.Field) })
	return failure{p, nil}
}

// preconditionError says that a thing has changed since the version of If-Match.
type preconditionError struct{ cause error }

// Error returns the error of the change.
func (e preconditionError) Error() string { return e.cause.Error() }

// Unwrap returns the error of the change.
func (e preconditionError) Unwrap() error { return e.cause }

// moved tells a conflict that If-Match asked to be told of. It is for what has no state
// of its own that could be in conflict too.
func moved(version int64, err error) error {
	if version != 0 && fault.KindOf(err) == fault.Conflict && err != nil {
		return preconditionError{err}
	}
	return err
}

func problemOf(err error) serve.Problem {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return serve.TooLarge(large.Limit)
	}
	p := serve.ProblemOf(err)
	var changed preconditionError
	if errors.As(err, &changed) {
		p.Type = serve.TypePrecondition
	}
	return p
}

// told writes a problem's headers, keeps for the log what is not told, and returns the body.
func told(ctx huma.Context, f failure) *Problem {
	x := &serve.Exchange{}
	if ctx != nil {
		x = serve.Of(ctx.Context())
		h := http.Header{}
		f.Headers(h)
		for name, values := range h {
			ctx.SetHeader(name, values[0])
		}
		if f.cause != nil && f.Type.Status >= http.StatusInternalServerError {
			x.Fail(f.cause)
		}
	}
	return &Problem{f.Body(x)}
}

// writeProblem answers by a problem before an operation begins.
func writeProblem(ctx huma.Context, p serve.Problem) {
	r, w := humago.Unwrap(ctx)
	serve.Refuse(w, r, p)
}
