#!/usr/bin/env bash
# Times the product against its rivals; see bench/README.md.
#
#   bench/run.sh            or: make bench
#
#   ROUNDS=5                how many rounds the medians are of
#   ONLY=limit,towerbridge  which contestants run
#
# bench/record.sh, which it ends with, has settings of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

data=bench/data
digest=ceea644c95e3b2af
mkdir -p bin "$data"
go build -o bin/limit ./bench/limit
go build -o bin/compare ./bench/compare
go build -o bin/towerbridge ./cmd/towerbridge

is_settled() {
	[ -f "$data/events.csv" ] && [ "$(sha256sum <"$data/events.csv" | cut -c1-16)" = "$digest" ]
}
if ! is_settled; then
	echo "generating 1,000,000 tickets into $data (637 MB)" >&2
	go run ./bench/gen -n 1000000 -seed 1 -o "$data/events.csv" -cal "$data/calendar.csv" -targets "$data/targets.csv"
	if ! is_settled; then
		echo "bench: $data/events.csv is not the log that the figures speak of (SHA-256 $digest...)" >&2
		exit 1
	fi
fi
if command -v npm >/dev/null && [ ! -d bench/duckdb/node_modules ]; then
	npm install --no-save --prefix bench/duckdb --no-fund --no-audit >&2 # not ci: not every platform's bindings are served everywhere
fi

echo "== calendar: a question under 20 ns, a due date under 80 ns, no allocation"
go test -run '^$' -bench . -benchmem ./calendar
echo
echo "== statement: 1,000,000 tickets, six contracts, twelve months"
bin/compare -limit bin/limit -towerbridge bin/towerbridge -bench bench -data "$data" \
	-rounds "${ROUNDS:-5}" -only "${ONLY:-limit,towerbridge,duckdb,postgres}"
bench/record.sh
