// Package identity is how the program knows that somebody is who he says: passwords,
// passkeys, other organisations' sign-in, and the secrets that it hands out itself.
//
//	password.go         hashing and checking, the same time for known and unknown
//	password_rule.go    which passwords are refused
//	mint.go             tokens, sessions, one-time links: made here, known again by keyed hash
//	passkey.go          registration and sign-in by WebAuthn
//	provider.go         sign-in by OpenID Connect: there
//	provider_answer.go  and back
//	claims.go           what a provider's claims are taken to mean
//	limit.go            how often a thing may be tried, and how long to wait after failures
//	secret.go           text that is never shown, and its removal from logs
//
// It knows who somebody is, and nothing of what he may do. It keeps nothing: whatever
// has to last is handed to the caller in a form that is safe to store. It has no clock:
// the present is an argument. Random bytes come from the reader that it is given.
//
// What was presented and does not hold is an error of kind Denied that says no more
// than its reader may know: one who guesses learns nothing about which accounts there
// are. [ErrNotKnown] is in its chain, so that an edge can ask for a new sign-in.
package identity

import (
	"errors"
	"fmt"
	"time"

	"towerbridge/fault"
)

// Findings about what people and configurations give.
var (
	rulePasswordShort = fault.Declare(2201, "the password is too short",
		"Use twelve characters or more; four plain words do well.")
	rulePasswordLong = fault.Declare(2202, "the password is too long",
		"Use at most 256 characters.")
	rulePasswordName = fault.Declare(2203, "the password holds the account's own name",
		"Choose one that nobody guesses who knows the account.")
	rulePasswordCommon = fault.Declare(2204, "the password is among the first that are guessed",
		"Choose words that do not belong together; a year or a mark at the end adds nothing.")
	ruleProvider = fault.Declare(2205, "the sign-in provider is not described whole",
		"Give its issuer, client and redirect address as the provider registered them.")
	ruleClaims = fault.Declare(2206, "the meaning of the claims is not said whole",
		"Name a claim, and each of its values that means something.")
	ruleOrigin = fault.Declare(2207, "the address of the site cannot have passkeys",
		"Use https and a host name, or http://localhost.")
)

// ErrNotKnown is in the chain of every error that says: what was presented does not
// show who you are. It is never shown by itself.
var ErrNotKnown = errors.New("not known")

// NotKnown returns a [Refusal] with what to do and a sentence, whose arguments are as in
// [fmt.Sprintf]. The sentence holds nothing that would help a stranger.
func NotKnown(remedy, format string, args ...any) error {
	return &Refusal{fault.New(fault.Denied, remedy, format, args...)}
}

// Refusal is an error of kind Denied about who somebody is, not about what he may do.
type Refusal struct{ fault *fault.Error }

// Error returns the sentence and what to do.
func (r *Refusal) Error() string { return r.fault.Error() }

// Unwrap returns the error that edges read, and ErrNotKnown.
func (r *Refusal) Unwrap() []error { return []error{r.fault, ErrNotKnown} }

// TooSoon is in the chain of an error that says: wait, then try again.
type TooSoon struct{ After time.Duration }

// Error says how long to wait.
func (t TooSoon) Error() string { return fmt.Sprintf("wait %s", t.After.Round(time.Second)) }
