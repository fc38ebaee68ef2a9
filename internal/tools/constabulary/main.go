// Command constabulary writes the example estate's year of tickets to its standard
// output:
//
//	go run ./internal/tools/constabulary > log.ndjson
package main

import (
	"fmt"
	"os"

	"towerbridge/examples"
)

func main() {
	if err := examples.Log(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "constabulary:", err)
		os.Exit(1)
	}
}
