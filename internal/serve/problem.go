package serve

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"towerbridge/fault"
	"towerbridge/internal/identity"
)

// Type is a kind of problem. Its address is /problems/ and its name; its status never
// changes.
type Type struct {
	Name    string
	Status  int
	Title   string
	Meaning string // what its reader should know or do
}

// The types of problem.
var (
	TypeMalformed    = Type{"malformed", http.StatusBadRequest, "The request cannot be read", "Its body, a header or its address is not of the form that the reference states. Mend it; sending it again changes nothing."}
	TypeStranger     = Type{"sign-in", http.StatusUnauthorized, "Sign in first", "Send a token that is good in the header Authorization, or sign in. What was sent has expired, was withdrawn, or never was good."}
	TypeDenied       = Type{"denied", http.StatusForbidden, "You may not do this", "Ask an administrator of your organisation for the right."}
	TypeOrigin       = Type{"other-site", http.StatusForbidden, "The request came from another site", "A browser sent it on behalf of another site. Begin at a page of this one."}
	TypeNotFound     = Type{"not-found", http.StatusNotFound, "There is no such thing", "It does not exist, or you may not see it: the answer is the same. Check its name."}
	TypeMethod       = Type{"method", http.StatusMethodNotAllowed, "Not by this method", "The header Allow of the answer lists the methods of this address."}
	TypeAcceptable   = Type{"form", http.StatusNotAcceptable, "Not in this form", "The header Accept asks for a form in which this is not to be had."}
	TypeSlow         = Type{"slow", http.StatusRequestTimeout, "The request came too slowly", "Send it again."}
	TypeConflict     = Type{"conflict", http.StatusConflict, "The state has moved on", "Read again what you are about to change, decide anew, then repeat."}
	TypeDisagrees    = Type{"disagrees", http.StatusConflict, "A recomputation gave another result", "What is on record and what was computed now differ. The findings say where."}
	TypePrecondition = Type{"changed-since", http.StatusPreconditionFailed, "It has changed since you read it", "Read it again and use the ETag of that answer in If-Match."}
	TypeTooLarge     = Type{"too-large", http.StatusRequestEntityTooLarge, "The request is too large", "Send less at once."}
	TypeMedia        = Type{"media-type", http.StatusUnsupportedMediaType, "Not this kind of content", "The header Content-Type names a form that this address does not take."}
	TypeInvalid      = Type{"invalid", http.StatusUnprocessableEntity, "Something in the request is wrong", "The findings say what, where, and what to do."}
	TypeTooMany      = Type{"too-many", http.StatusTooManyRequests, "Too many requests", "Wait as long as the header Retry-After says."}
	TypeInternal     = Type{"internal", http.StatusInternalServerError, "A defect of the program", "Report it, with the number of the request. Nothing is lost: what was not acknowledged was not done."}
	TypeUnavailable  = Type{"unavailable", http.StatusServiceUnavailable, "Not now", "Something that is needed does not answer. Wait as long as the header Retry-After says, then repeat with the same Idempotency-Key."}
)

// Types lists the types of problem in the order of their status.
func Types() []Type {
	return []Type{
		TypeMalformed, TypeStranger, TypeDenied, TypeOrigin, TypeNotFound, TypeMethod, TypeAcceptable, TypeSlow, TypeConflict, TypeDisagrees,
		TypePrecondition, TypeTooLarge, TypeMedia, TypeInvalid, TypeTooMany, TypeInternal, TypeUnavailable,
	}
}

// URI returns the type's address, relative to the server.
func (t Type) URI() string { return "/problems/" + t.Name }

// Problem is an answer that says what went wrong, and what to do.
type Problem struct {
	Type       Type
	Detail     string // one sentence; may be empty
	Remedy     string // what to do in this case; empty: what the type says
	Findings   []Finding
	RetryAfter int // seconds; zero: it is not said
}

// Finding is one thing wrong with what was sent; see [fault.Finding].
type Finding struct {
	Code    string `json:"code" doc:"Stable public number of the finding." example:"TB2401"`
	Field   string `json:"field,omitempty" doc:"Path of the field, such as body.priority."`
	File    string `json:"file,omitempty" doc:"The document that it is in."`
	Line    int    `json:"line,omitempty" doc:"Line of the document, counted from one."`
	Column  int    `json:"column,omitempty" doc:"Column of the line, counted in characters from one."`
	Message string `json:"message" doc:"What is wrong, in one sentence."`
	Remedy  string `json:"remedy,omitempty" doc:"What to do about it."`
}

// FindingsOf returns findings as problems show them.
func FindingsOf(list fault.Findings) []Finding {
	out := make([]Finding, len(list))
	for i, f := range list {
		p := f.Position
		out[i] = Finding{Code: f.Rule.Code(), Field: f.Field, File: p.File, Line: p.Line, Column: p.Column, Message: f.Message, Remedy: f.Fix()}
	}
	return out
}

// ProblemBody is a problem as it is written (RFC 9457).
type ProblemBody struct {
	Type     string    `json:"type" doc:"Address of the type of problem, relative to the server; a page there explains it." example:"/problems/conflict"`
	Title    string    `json:"title" doc:"What is wrong, the same for every problem of the type." example:"The state has moved on"`
	Status   int       `json:"status" doc:"The answer's HTTP status." example:"409"`
	Detail   string    `json:"detail,omitempty" doc:"What is wrong in this case." example:"ticket INC-7 has moved on to version 12 since 9 was read"`
	Remedy   string    `json:"remedy,omitempty" doc:"What to do." example:"Read it again, and decide anew."`
	Request  string    `json:"request,omitempty" doc:"Number of the request, by which it is found in the server's log." example:"5V2QJ7GZ3XW4AB6C"`
	Findings []Finding `json:"findings,omitempty" doc:"Everything that is wrong with what was sent, each with its place and its remedy."`
}

var typeOfKind = [...]Type{
	fault.Internal: TypeInternal, fault.Invalid: TypeInvalid, fault.NotFound: TypeNotFound, fault.Denied: TypeDenied,
	fault.Conflict: TypeConflict, fault.Disagrees: TypeDisagrees, fault.Unavailable: TypeUnavailable,
}

// retry is how many seconds a caller should wait when something is away.
const retry = 2

// ProblemOf translates an error. Of a defect, and of what a fault's cause says, nothing
// is shown.
func ProblemOf(err error) Problem {
	p := Problem{Type: typeOfKind[fault.KindOf(err)]}
	var findings fault.Findings
	var e *fault.Error
	switch {
	case p.Type == TypeInternal:
	case errors.As(err, &e):
		p.Detail, p.Remedy = e.Message, e.Remedy
		if errors.As(e.Cause, &findings) {
			p.Findings = FindingsOf(findings)
		}
	case errors.As(err, &findings):
		p.Findings = FindingsOf(findings)
		p.Detail = findings[0].Message
		if more := len(findings) - 1; more > 0 {
			p.Detail += ", and " + strconv.Itoa(more) + " more"
		}
	}
	var soon identity.TooSoon
	switch {
	case errors.As(err, &soon):
		p.Type, p.RetryAfter = TypeTooMany, seconds(soon.After)
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		p = Problem{Type: TypeUnavailable, Detail: "it took longer than an answer may", RetryAfter: retry}
	case errors.Is(err, identity.ErrNotKnown):
		p.Type = TypeStranger
	case p.Type == TypeUnavailable:
		p.RetryAfter = retry
	}
	return p
}

// seconds returns a time in whole seconds, at least one.
func seconds(d time.Duration) int { return max(1, int((d+time.Second-1)/time.Second)) }

// Body returns the problem as it is written, for a request's exchange.
func (p Problem) Body(x *Exchange) ProblemBody {
	remedy := p.Remedy
	if remedy == "" {
		remedy = p.Type.Meaning
	}
	return ProblemBody{Type: p.Type.URI(), Title: p.Type.Title, Status: p.Type.Status, Detail: p.Detail, Remedy: remedy, Request: x.ID, Findings: p.Findings}
}

// Headers sets what a problem says by headers.
func (p Problem) Headers(h http.Header) {
	h.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if p.Type == TypeStranger {
		h.Set("WWW-Authenticate", `Bearer realm="towerbridge"`)
	}
}

// Refuse answers a request by a problem: people by a page, programs by JSON.
func Refuse(w http.ResponseWriter, r *http.Request, p Problem) {
	x := Of(r.Context())
	p.Headers(w.Header())
	w.Header().Del("Content-Length")
	w.Header().Del("ETag")
	if x.traits.Page {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(p.Type.Status)
		_ = problemPage(p.Body(x)).Render(r.Context(), w)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Type.Status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(p.Body(x))
	}
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	return strings.TrimSuffix(strings.ToUpper(s[:1])+s[1:], ".") + "."
}

// RefuseError answers a request by the problem of an error, and keeps the error for
// the log where it is not the caller's.
func RefuseError(w http.ResponseWriter, r *http.Request, err error) {
	p := ProblemOf(err)
	if p.Type.Status >= http.StatusInternalServerError {
		Of(r.Context()).Fail(err)
	}
	Refuse(w, r, p)
}
