#!/bin/sh
# backup-embedded.sh DATA FILE: copies the data folder of a gateway that is stopped, its embedded PostgreSQL included.
# A copy of a cluster that runs cannot be started again.
set -eu
data=$1
file=$2
if [ -e "$data/postgres/postmaster.pid" ]; then
  echo "The PostgreSQL in $data runs, or did not end well: stop the gateway first." >&2
  exit 1
fi
umask 077
tar --create --gzip --file="$file.part" --directory="$data" .
mv "$file.part" "$file"
