// Recompute is another program than towerbridge that draws a bundle's statement
// again, with the same nouns: what a supplier can write to check what it is charged.
//
//	go run . org-c-2012-04.zip
package main

import (
	"fmt"
	"os"
	"towerbridge/statement"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: recompute BUNDLE.zip")
		os.Exit(2)
	}
	agrees, err := recompute(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || !agrees {
		os.Exit(1)
	}
}

func recompute(path string) (agrees bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	bundle, err := statement.Open(f, info.Size()) // every file and entry has its digest
	if err != nil {
		return false, err
	}
	book, err := bundle.Book() // contract, estate, calendars, with the bundle's zones and holidays
	if err != nil {
		return false, err
	}
	drawn, err := statement.Draw(book, bundle.Journal, []statement.Order{bundle.Order()}, 0)
	if err != nil {
		return false, err
	}
	ours, theirs := drawn[0], bundle.Statement
	fmt.Printf("%s, %s, from %d entries\n", ours.Contract, ours.Period, bundle.Entries)
	for _, m := range ours.Measures {
		fmt.Printf("  %s: %d of %d, %s\n", m.ID, m.Met, m.Counted, m.Display)
	}
	fmt.Printf("  total %s, recorded %s\n", ours.Total, theirs.Total)
	agrees = ours.Digest == theirs.Digest
	fmt.Println(map[bool]string{true: "agrees", false: "disagrees"}[agrees])
	return agrees, nil
}
