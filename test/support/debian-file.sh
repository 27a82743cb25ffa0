# Sourced by install.sh files: takes one file out of a Debian package into .cache, without installing the package, which
# may start a service.  debian_file PACKAGE PATTERN TARGET
debian_file() {
  target=$3
  [ -e "$target" ] && return 0
  command -v apt-get > /dev/null && command -v dpkg > /dev/null || return 0
  folder=$(mktemp -d)
  chmod 755 "$folder"
  if ! (cd "$folder" && apt-get download -qq "$1" > /dev/null 2>&1); then
    [ "$(id -u)" = 0 ] && apt-get update -qq > /dev/null 2>&1
    (cd "$folder" && apt-get download -qq "$1" > /dev/null)
  fi
  dpkg -x "$folder"/*.deb "$folder/files"
  mkdir -p "$(dirname "$target")"
  # Under its name last, so that a broken copy is not taken for a whole one.
  # shellcheck disable=SC2086
  cp "$folder"/files/$2 "$target.part"
  mv "$target.part" "$target"
  rm -rf "$folder"
}
