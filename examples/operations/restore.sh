#!/bin/sh
# restore.sh FILE URL: what backup.sh made, into a new, empty database. All of it, or nothing.
set -eu
file=$1
url=$2
pg_restore --exit-on-error --single-transaction --no-owner --dbname="$url" "$file"
# Without figures of the tables the planner guesses.
psql --quiet --no-psqlrc --command='ANALYZE' "$url"
