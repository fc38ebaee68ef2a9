#!/usr/bin/env bash
# Redmine 5 of Debian 12, as a rival in the creation and reading of tickets.
#
#   redmine.sh install                 its packages, by apt-get; once, as root
#   redmine.sh absent                  prints why it cannot run here, or nothing
#   redmine.sh prepare FOLDER PORT     makes a project, and the key of a user of it
#   redmine.sh serve FOLDER PORT       serves until it is ended
#   redmine.sh headers FOLDER PORT     prints the header line of every client
#
# It runs on SQLite, as its package sets it up, behind puma with one to four threads;
# the database is that of Debian's instance "default". Clients show an API key.
set -euo pipefail

packages=(redmine redmine-sqlite ruby-sqlite3 puma curl)
home=/usr/share/redmine

# create_missing_gem_folders lets bundler find packaged gems: Debian 12 leaves out the
# folders of those that have no files, and its own set-up fails for it.
create_missing_gem_folders() {
	cd "$home"
	local missing gem
	for _ in 1 2 3 4 5; do
		missing=$(bundle install --local 2>&1 | grep -oP 'Could not find \K\S+(?=\.gem for)' | sort -u || true)
		if [ -z "$missing" ]; then return; fi
		for gem in $missing; do
			mkdir -p "/usr/share/rubygems-integration/all/gems/$gem" "/usr/share/rubygems-integration/3.1.0/gems/$gem"
		done
	done
}

install_packages() {
	local policy=/usr/sbin/policy-rc.d made=""
	if [ ! -e "$policy" ]; then # no service starts because its package came
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod +x "$policy"
		made=1
	fi
	apt-get update -q
	debconf-set-selections <<-'END'
		redmine redmine/instances/default/dbconfig-install boolean true
		redmine redmine/instances/default/database-type select sqlite3
		redmine redmine/default-language select en
	END
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}" || true
	echo "gem 'puma'" >"$home/Gemfile.local" # Debian's Gemfile names no web server
	create_missing_gem_folders
	DEBIAN_FRONTEND=noninteractive dpkg --configure -a
	if [ -n "$made" ]; then rm "$policy"; fi
}

absent() {
	if [ ! -d /var/lib/redmine/default ] || [ ! -f "$home/Gemfile.local" ]; then
		echo "it is not installed (bench/rivals/redmine.sh install)"
	elif [ "$(id -u)" != 0 ]; then
		echo "only root may start it"
	fi
}

prepare() {
	mkdir -p "$folder"
	cat >"$folder/seed.rb" <<-'END'
		Setting.rest_api_enabled = '1'
		Setting.default_language = 'en'
		Setting.host_name = '127.0.0.1'
		role = Role.find_by(name: 'Developer')
		role.add_permission!(:add_issues, :edit_issues, :view_issues)
		project = Project.find_by(identifier: 'bench') || Project.create!(name: 'Bench', identifier: 'bench', is_public: false, enabled_module_names: ['issue_tracking'], trackers: Tracker.all)
		user = User.find_by(login: 'bench') || User.new(firstname: 'bench', lastname: 'mark', mail: 'bench@bench.example.test', language: 'en')
		user.login = 'bench'
		user.password = user.password_confirmation = 'Benchmark12'
		user.mail_notification = 'none'
		user.save!
		Member.create!(project: project, principal: user, roles: [role]) unless Member.exists?(project_id: project.id, user_id: user.id)
		File.write(ENV['KEY'], user.api_key)
	END
	touch /var/lib/redmine/Gemfile.lock
	chown www-data: /var/lib/redmine/Gemfile.lock
	chown -R www-data:www-data "$folder"
	cd "$home"
	as bundle exec rails runner "$folder/seed.rb"
}

# as runs a command as the user that Debian keeps for it.
as() {
	runuser -u www-data -- env HOME="$folder" KEY="$folder/key" REDMINE_INSTANCE=default RAILS_ENV=production "$@"
}

serve() {
	cd "$home"
	exec runuser -u www-data -- env HOME="$folder" REDMINE_INSTANCE=default RAILS_ENV=production \
		bundle exec puma -b "tcp://127.0.0.1:$port" -t 1:4 config.ru
}

headers() { echo "X-Redmine-API-Key: $(cat "$folder/key")"; }

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
