#!/bin/sh
# restore-embedded.sh FILE DATA: what backup-embedded.sh made, into a new folder. As root, owners are kept.
set -eu
file=$1
data=$2
if [ -e "$data" ]; then
  echo "$data is there already: move it away first." >&2
  exit 1
fi
mkdir "$data.part"
tar --extract --gzip --file="$file" --directory="$data.part" --same-permissions
mv "$data.part" "$data"
