package app

// Priced reports whether a member of contracts' documents is told only to those who may
// see prices.
func Priced(path string) bool { return priced[path] }
