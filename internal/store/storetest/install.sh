#!/bin/sh
# Installs the PostgreSQL that the tests run against, where there is none and the
# machine is a Debian one. It makes no cluster and starts no server.
set -eu
if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	exit 0
fi
if [ -n "${TOWERBRIDGE_WITHOUT_POSTGRES:-}" ]; then
	echo "PostgreSQL is not installed, and TOWERBRIDGE_WITHOUT_POSTGRES is set: it is not tested"
	exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
	echo "The tests need PostgreSQL 15 or later (Debian's package postgresql). Install it," >&2
	echo "or set TOWERBRIDGE_WITHOUT_POSTGRES=1 to test without it." >&2
	exit 1
fi
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
	mkdir -p /etc/postgresql-common
	echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql
