#!/usr/bin/env bash
# Request Tracker 5 of Debian 12, as a rival in the creation and reading of tickets.
#
#   rt5.sh install                 its packages, by apt-get; once, as root
#   rt5.sh absent                  prints why it cannot run here, or nothing
#   rt5.sh prepare FOLDER PORT     makes a database in FOLDER, with a queue
#   rt5.sh serve FOLDER PORT       serves until it is ended
#   rt5.sh headers FOLDER PORT     signs in, and prints a header line for each client
#
# It runs on SQLite with one worker, which creates more tickets a second on two cores
# than four workers on PostgreSQL do. Clients show the cookie of a session, each its
# own: RT checks a token or a password by a slow hash on every request. Mail goes to a
# file; nothing under /etc/request-tracker5 is read.
set -euo pipefail

password=benchmark
packages=(request-tracker5 rt5-db-sqlite rt5-standalone msmtp-mta curl)

install_packages() {
	local policy=/usr/sbin/policy-rc.d made=""
	if [ ! -e "$policy" ]; then # no service starts because its package came
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod +x "$policy"
		made=1
	fi
	apt-get update -q
	debconf-set-selections <<-'END'
		request-tracker5 request-tracker5/dbconfig-install boolean false
		request-tracker5 request-tracker5/install-cronjobs boolean false
		request-tracker5 request-tracker5/handle-siteconfig-permissions boolean false
	END
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confdef "${packages[@]}"
	if [ -n "$made" ]; then rm "$policy"; fi
}

absent() {
	if [ ! -x /usr/share/request-tracker5/libexec/rt-server ]; then
		echo "it is not installed (bench/rivals/rt5.sh install)"
	elif [ "$(id -u)" != 0 ]; then
		echo "only root may start it"
	fi
}

# as runs a command as the user that Debian keeps for it.
as() {
	runuser -u www-data -- env RT_SITE_CONFIG="$folder/RT_SiteConfig.pm" RT_SITE_CONFIG_DIR="$folder/RT_SiteConfig.d" "$@"
}

prepare() {
	mkdir -p "$folder/RT_SiteConfig.d" "$folder/log"
	cat >"$folder/RT_SiteConfig.pm" <<-END
		Set(\$rtname, 'bench.example.test'); Set(\$Organization, 'bench.example.test');
		Set(\$WebDomain, '127.0.0.1'); Set(\$WebPort, $port); Set(\$WebPath, '');
		Set(\$CorrespondAddress, 'rt\@bench.example.test'); Set(\$CommentAddress, 'rt-comment\@bench.example.test');
		Set(\$Timezone, 'UTC'); Set(\$MailCommand, 'mbox'); Set(\$StatementLog, undef);
		Set(\$LogToSTDERR, undef); Set(\$LogToSyslog, undef); Set(\$LogToFile, 'info'); Set(\$LogDir, '$folder/log'); Set(\$LogToFileNamed, 'rt.log');
		Set(\$DatabaseType, 'SQLite'); Set(\$DatabaseName, '$folder/rt5.sqlite'); Set(\$DatabaseUser, ''); Set(\$DatabasePassword, '');
		1;
	END
	echo "$password" >"$folder/password"
	cat >"$folder/queue.initialdata" <<-'END'
		@Queues = ({ Name => 'Bench', Description => 'benchmark', CorrespondAddress => 'bench@bench.example.test', CommentAddress => 'bench-comment@bench.example.test' });
		1;
	END
	mkdir -p /var/cache/request-tracker5/mason_data/obj /var/cache/request-tracker5/session_data
	chown -R www-data:www-data "$folder" /var/cache/request-tracker5
	as rt-setup-database-5 --action init --root-password-file "$folder/password" >"$folder/log/init.log" 2>&1 || { tail -20 "$folder/log/init.log" >&2; exit 1; }
	as rt-setup-database-5 --action insert --datafile "$folder/queue.initialdata" >>"$folder/log/init.log" 2>&1 || { tail -20 "$folder/log/init.log" >&2; exit 1; }
}

serve() {
	cd "$folder"
	exec runuser -u www-data -- env RT_SITE_CONFIG="$folder/RT_SiteConfig.pm" RT_SITE_CONFIG_DIR="$folder/RT_SiteConfig.d" PERL_LWP_ENV_PROXY= \
		/usr/share/request-tracker5/libexec/rt-server --server Starlet --host 127.0.0.1 --port "$port" --max-workers 1
}

headers() {
	for _ in $(seq 32); do
		rm -f "$folder/jar"
		curl -fsS -o /dev/null -c "$folder/jar" -d "user=root&pass=$password" "http://127.0.0.1:$port/NoAuth/Login.html"
		awk '/RT_SID/ {print "Cookie: " $6 "=" $7}' "$folder/jar"
	done
}

action=${1:-} folder=${2:-} port=${3:-}
case "$action" in
install) install_packages ;;
absent) absent ;;
prepare | serve | headers) "$action" ;;
*)
	sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
