#!/bin/sh
# Installs what the Python example needs into .cache/gql, for the tests that run it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wanted="$here/../../../examples/clients/python/requirements.txt"
target="$here/../../../.cache/gql"
if [ -x "$target/bin/python" ] && cmp -s "$wanted" "$target/requirements.txt"; then
  exit 0
fi
# Debian keeps what a virtual environment is made with in a package of its own.
if ! python3 -c 'import ensurepip' 2> /dev/null && command -v apt-get > /dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
fi
rm -rf "$target"
python3 -m venv "$target"
"$target/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
# Last, so that a broken installation is not taken for a whole one.
cp "$wanted" "$target/requirements.txt"
