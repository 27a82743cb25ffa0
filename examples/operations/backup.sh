#!/bin/sh
# backup.sh URL FILE: a consistent copy of the store while it serves. pg_dump must be as new as the server, or newer.
set -eu
url=$1
file=$2
umask 077
pg_dump --format=custom --no-owner --file="$file.part" "$url"
# A copy that cannot be listed cannot be restored.
pg_restore --list "$file.part" > /dev/null
mv "$file.part" "$file"
