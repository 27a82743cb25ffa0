#!/bin/sh
# restore.sh FILE URL [ROLE]: what backup.sh made, into a new, empty database. All of it, or nothing.
# The tables belong to the role that owns the database, whoever connects; with ROLE the database passes to ROLE first.
# That must be the role that the gateway connects as. Grants to other roles are not restored.
set -eu
file=$1
url=$2
role=${3:-}
run() {
  psql --quiet --no-psqlrc --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@" "$url"
}
if [ -n "$role" ]; then
  run --set=role="$role" <<'SQL'
SELECT format('ALTER DATABASE %I OWNER TO %I', current_database(), :'role') \gexec
SQL
fi
owner=$(run --command='SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()')
pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --role="$owner" --dbname="$url" "$file"
# Settings of a database are not part of its dump; without figures of the tables the planner guesses.
PGOPTIONS='-c client_min_messages=error' run --set=owner="$owner" <<'SQL'
SET ROLE :"owner";
SELECT format('ALTER DATABASE %I SET %s', current_database(), setting)
  FROM unnest(ARRAY['jit = off', 'random_page_cost = 1.1']) AS setting \gexec
ANALYZE;
SQL
