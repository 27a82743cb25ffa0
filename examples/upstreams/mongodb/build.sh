#!/bin/sh
# build.sh [FOLDER]: builds the server of the MongoDB protocol that the tests and the demo run on into FOLDER
# (.cache/mongodb), where there is neither another server nor a build of these sources. It takes two minutes and the Go
# module proxy once.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/ferretdb"
cache=${1:-$here/../../../.cache/mongodb}
if [ -n "${MONGODB_URI:-}" ] || command -v mongod > /dev/null || command -v ferretdb > /dev/null; then
  exit 0
fi
version=$(cat main.go go.mod go.sum | cksum | cut -d ' ' -f 1)
if [ -x "$cache/ferretdb-$version" ]; then
  exit 0
fi
if ! command -v go > /dev/null; then
  echo 'There is no server of the MongoDB protocol, and no Go to build one: what needs it will say so.'
  exit 0
fi
mkdir -p "$cache"
# One build serves all who want it at once.
if [ "${2:-}" != locked ] && command -v flock > /dev/null; then
  echo 'Go builds FerretDB, a server of the MongoDB protocol: about two minutes, this once.'
  exec flock "$cache/lock" sh "$here/build.sh" "$cache" locked
fi
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$cache/building-$$" .
# Last, so that a broken build is not taken for a whole one.
mv "$cache/building-$$" "$cache/ferretdb-$version"
