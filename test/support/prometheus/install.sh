#!/bin/sh
# Brings Debian's promtool into .cache/prometheus, for the test of the alert rules.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../debian-file.sh"
debian_file prometheus 'usr/bin/promtool' "$here/../../../.cache/prometheus/promtool"
