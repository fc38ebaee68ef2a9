package sqlstore

// File returns the file that a URL names, and whether it names one: false for
// PostgreSQL, and for what is no URL of a store.
func File(url string) (string, bool) {
	where, err := parseAddress(url)
	return where.file, err == nil && where.file != ""
}
