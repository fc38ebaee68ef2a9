#!/usr/bin/env bash
# Times the record, on SQLite and on PostgreSQL; see bench/README.md.
#
#   bench/record.sh         or, with all else: make bench
#
#   RECORD_ROUNDS=3         how many rounds the medians are of
#   RECORD_TIME=8s          for how long a server is driven at once
#   RECORD_ONLY=open,read   which parts run: open import month start read list token
#
# The year's log must be there: bench/run.sh generates it.
set -euo pipefail
cd "$(dirname "$0")/.."

data=bench/data
only=${RECORD_ONLY:-open,import,month,start,read,list,token}
mkdir -p bin
go build -o bin/load ./bench/load
go build -o bin/record ./bench/record
go build -o bin/towerbridge ./cmd/towerbridge

if [[ $only != open && $only != token ]]; then
	if [ ! -f "$data/events.csv" ]; then
		echo "bench: $data/events.csv is not there: run bench/run.sh first" >&2
		exit 1
	fi
	# The log ends on 2026-02-01; open tickets are moved so that theirs ends this week.
	weeks=$((($(date +%s) - 1769904000) / (7 * 86400)))
	go run ./bench/gen -n 100000 -seed 2 -first 1000001 -open -weeks "$weeks" -o "$data/open.csv" -cal /dev/null -targets /dev/null >&2
fi
bin/record -bench bench -data "$data" -rounds "${RECORD_ROUNDS:-3}" -time "${RECORD_TIME:-8s}" -only "$only"
