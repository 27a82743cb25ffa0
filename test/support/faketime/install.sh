#!/bin/sh
# Brings Debian's libfaketime into .cache/faketime, for the test whose clock jumps.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../debian-file.sh"
debian_file libfaketime 'usr/lib/*/faketime/libfaketimeMT.so.1' "$here/../../../.cache/faketime/libfaketimeMT.so.1"
