#!/bin/sh
# Brings Debian's nginx into .cache/nginx, for the test of the reverse proxy's configuration.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../debian-file.sh"
debian_file nginx 'usr/sbin/nginx' "$here/../../../.cache/nginx/nginx"
