// Load is a closed-loop HTTP client for measurements side by side on loopback: each of
// its clients sends a request, waits for the whole answer, and sends the next, until so
// many have been sent or so long has passed. Every side of a comparison is driven by
// the same program in the same way.
//
//	load -c 8 -n 500 -d 30s -X POST -H 'Content-Type: application/json' \
//	    -H 'Idempotency-Key: bench-{i}' -body '{"summary": "number {i}"}' http://127.0.0.1:8080/x/{r:1-100}
//
// In the address, the headers and the body, {i} is the request's number and {r:a-b} goes
// through a..b in strides, so that neighbours are not asked for one after another.
//
// An answer is bad when its status is 400 or more, when it is not what -want says, or
// when there is none; bad answers are counted and timed like others. What the server
// took is told when -server and -database name the first process of each.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

// repeated is a flag that may be given several times.
type repeated []string

// String returns the values.
func (r *repeated) String() string { return strings.Join(*r, ", ") }

// Set adds a value.
func (r *repeated) Set(s string) error { *r = append(*r, s); return nil }

func main() {
	var l loop
	var headers repeated
	var address, body, each string
	var asJSON bool
	flag.IntVar(&l.clients, "c", 1, "clients")
	flag.Int64Var(&l.most, "n", 1<<40, "requests at most")
	flag.DurationVar(&l.lasts, "d", 10*time.Second, "duration at most")
	flag.Int64Var(&l.first, "i", 0, "number before that of the first request")
	flag.StringVar(&l.method, "X", "GET", "method")
	flag.StringVar(&l.want, "want", "", "what a good answer holds")
	flag.StringVar(&l.name, "name", "", "name of the measurement")
	flag.IntVar(&l.server, "server", 0, "first process of the server")
	flag.IntVar(&l.database, "database", 0, "first process of its database")
	flag.StringVar(&body, "body", "", "body")
	flag.StringVar(&each, "headers", "", "file with a header line for each client: client k takes line k modulo their number")
	flag.BoolVar(&asJSON, "json", false, "print JSON")
	flag.Var(&headers, "H", "header line; may be repeated")
	flag.Parse()
	address = flag.Arg(0)
	err := l.prepare(address, body, headers, each)
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
	r := l.run()
	if asJSON {
		text, err := json.Marshal(r)
		if err != nil {
			fmt.Fprintln(os.Stderr, "load:", err)
			os.Exit(1)
		}
		fmt.Println(string(text))
		return
	}
	fmt.Println(r)
}
