package identity

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"towerbridge/fault"
)

// Cost is how dear one guess of a password is.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// StandardCost is what new hashes are made with: about 40 ms and 19 MiB.
var StandardCost = Cost{Memory: 19 << 10, Passes: 2, Lanes: 1}

// The lengths of what a hash is made of and comes to, in bytes, and the most that a
// stored one may ask for: a store that was tampered with must not exhaust the machine.
const (
	saltBytes = 16
	hashBytes = 32
	maxMemory = 1 << 20 // KiB
	maxPasses = 16
	maxLanes  = 16
)

// Hasher hashes passwords by argon2id and checks them. The cost stands in the hash, so
// that old hashes stay good when [StandardCost] rises, and are made anew at the next
// sign-in. Only so many are worked on at once and only so many wait: a flood of
// sign-ins takes neither the machine's memory nor all its time.
type Hasher struct {
	random  io.Reader
	cost    Cost
	working chan struct{}
	waiting chan struct{}
	decoy   string
}

// waitersForEach is how many may wait for each that is worked on.
const waitersForEach = 32

// NewHasher returns a hasher that works on so many passwords at once.
func NewHasher(random io.Reader, cost Cost, parallel int) (*Hasher, error) {
	if !cost.sane() {
		return nil, fault.New(fault.Invalid, "Use the standard cost.", "a password cannot be hashed at the cost %+v", cost)
	}
	parallel = max(parallel, 1)
	h := &Hasher{
		random: random, cost: cost,
		working: make(chan struct{}, parallel), waiting: make(chan struct{}, parallel*(1+waitersForEach)),
	}
	noise := make([]byte, saltBytes+hashBytes)
	if _, err := io.ReadFull(random, noise); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "no random bytes could be had")
	}
	h.decoy = encode(cost, noise[:saltBytes], noise[saltBytes:])
	return h, nil
}

func (c Cost) sane() bool {
	return c.Memory >= 8*uint32(c.Lanes) && c.Memory <= maxMemory && c.Passes >= 1 && c.Passes <= maxPasses && c.Lanes >= 1 && c.Lanes <= maxLanes
}

// Hash returns the encoded hash of a password, with its cost and salt, in the PHC form
//
//	$argon2id$v=19$m=19456,t=2,p=1$salt$hash
//
// The error is Unavailable where too many wait.
func (h *Hasher) Hash(ctx context.Context, password Secret) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fault.Wrap(fault.Internal, err, "no random bytes could be had")
	}
	sum, err := h.work(ctx, password, salt, h.cost, hashBytes)
	if err != nil {
		return "", err
	}
	return encode(h.cost, salt, sum), nil
}

// Check reports whether an encoded hash is that of a password, and whether the hash
// should be made anew because its cost is no longer the standard one. An empty hash
// stands for an account that does not exist or has no password: the answer is no, and
// takes as long. The error is Unavailable where too many wait.
func (h *Hasher) Check(ctx context.Context, encoded string, password Secret) (ok, stale bool, err error) {
	known := encoded != ""
	if !known {
		encoded = h.decoy
	}
	cost, salt, want, good := decode(encoded)
	if !good {
		return false, false, fault.New(fault.Internal, "", "a stored password hash is not in the form $argon2id$")
	}
	got, err := h.work(ctx, password, salt, cost, len(want))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got, want) == 1 && known
	return ok, ok && cost != h.cost, nil
}

// work hashes, when its turn has come.
func (h *Hasher) work(ctx context.Context, password Secret, salt []byte, cost Cost, size int) ([]byte, error) {
	busy := func(cause error) error {
		return &fault.Error{Kind: fault.Unavailable, Message: "too many people are signing in at this moment", Remedy: "Try again in a few seconds.", Cause: cause}
	}
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, busy(nil)
	}
	select {
	case h.working <- struct{}{}:
		defer func() { <-h.working }()
	case <-ctx.Done():
		return nil, busy(ctx.Err())
	}
	return argon2.IDKey(plain(password), salt, cost.Passes, cost.Memory, cost.Lanes, uint32(size)), nil
}

// plain returns the bytes of a password that are hashed: NFKC, so that it does not
// matter which keyboard made an accent. What is too long to be any account's password is
// cut before it costs anything; it is refused by length when it is set.
func plain(password Secret) []byte {
	s := password.Reveal()
	if most := 4*MaxPassword + 1; len(s) > most {
		s = s[:most]
	}
	return norm.NFKC.Bytes([]byte(s))
}

func encode(c Cost, salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Lanes, b64(salt), b64(sum))
}

// decode reads what encode writes, and nothing else.
func decode(s string) (c Cost, salt, sum []byte, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return c, nil, nil, false
	}
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Lanes)
	if err != nil || n != 3 || !c.sane() {
		return c, nil, nil, false
	}
	strict := base64.RawStdEncoding.Strict()
	salt, err = strict.DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return c, nil, nil, false
	}
	sum, err = strict.DecodeString(parts[5])
	if err != nil || len(sum) < 16 || len(sum) > 64 {
		return c, nil, nil, false
	}
	return c, salt, sum, encode(c, salt, sum) == s
}
