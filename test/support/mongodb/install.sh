#!/bin/sh
# The server that the tests of the MongoDB sources run on, where there is none yet.
exec sh "$(dirname "$0")/../../../examples/upstreams/mongodb/build.sh"
