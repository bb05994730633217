#!/bin/sh
# Builds the program and installs it: ./install.sh PREFIX
#
# The binary and its catalog lie side by side in PREFIX/lib/simulate, and PREFIX/bin/simulate leads there. Nothing
# else is needed at run time: the clone may be deleted, and PREFIX may be moved. The manual page and completions for bash,
# zsh and fish go to PREFIX/share, where shells look for them. An older version works until the new one
# has been built and has passed its check, and whenever this script is stopped, PREFIX/bin/simulate is one or the other.
set -eu
# Whoever may reach PREFIX may run the program, whatever files of the user's own are.
umask 022
CDPATH=

case "${1:-}" in
  "" | -*)
    echo "usage: ./install.sh PREFIX    (for example ./install.sh ~/.local)" >&2
    exit 64
    ;;
esac
case "$1" in
  /*) prefix=$1 ;;
  *) prefix=$(pwd)/$1 ;;
esac
bin="$prefix/bin"
lib="$prefix/lib"
staged="simulate.new.$$"

refuse() {
  echo "install.sh: error: $1" >&2
  exit 1
}

# What stands in the way is found before anything is built or changed.
for folder in "$prefix" "$bin" "$lib"; do
  if [ -e "$folder" ] && ! { [ -d "$folder" ] && [ -w "$folder" ]; }; then
    refuse "$folder is not a folder that can be written to"
  fi
done
if [ -d "$bin/simulate" ]; then refuse "$bin/simulate is a folder; remove it, or choose another PREFIX"; fi
if [ -e "$lib/simulate" ] && [ ! -f "$lib/simulate/simulate" ]; then
  refuse "$lib/simulate is something else than this program; remove it, or choose another PREFIX"
fi

cd "$(dirname "$0")"

# Linux: Swift's libraries go into the binary, so that it runs where no toolchain is installed, and what only a debugger
# reads, or a library that it would load, stays out of it. macOS has the libraries.
case $(uname -s) in
  Darwin) flags="" ;;
  *) flags="--static-swift-stdlib -Xlinker --strip-all -Xlinker --no-export-dynamic" ;;
esac
# shellcheck disable=SC2086
swift build -c release --product simulate $flags >&2
# shellcheck disable=SC2086
built=$(swift build -c release --product simulate $flags --show-bin-path)

# Makes PREFIX/bin/simulate lead to a folder of PREFIX/lib, in one step.
lead_to() {
  rm -f "$bin/simulate.new.$$"
  case $(uname -s) in
    Darwin)
      # A program started through a link looks for its catalog beside the link there; so this is a script.
      cat > "$bin/simulate.new.$$" <<SCRIPT
#!/bin/sh
exec "\$(dirname "\$(readlink -f "\$0")")/../lib/$1/simulate" "\$@"
SCRIPT
      chmod +x "$bin/simulate.new.$$"
      ;;
    *) ln -s "../lib/$1/simulate" "$bin/simulate.new.$$" ;;
  esac
  mv -f "$bin/simulate.new.$$" "$bin/simulate"
}

# Where something fails, what is new goes away again; folders only if they are empty.
leads_to_new=no
clean() {
  if [ "$leads_to_new" = yes ]; then return; fi
  rm -rf "$lib/$staged" "$bin/simulate.new.$$"
  rmdir "$bin" "$lib" "$prefix" 2> /dev/null || true
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$bin" "$lib"
mkdir "$lib/$staged"
cp "$built/simulate" "$lib/$staged/"
for bundle in "$built"/*_CatalogFiles.resources "$built"/*_CatalogFiles.bundle; do
  if [ -d "$bundle" ]; then cp -R "$bundle" "$lib/$staged/"; fi
done
# The build folder may have been made by somebody more secretive.
chmod -R a+rX "$lib/$staged"
"$lib/$staged/simulate" profiles check >&2

# The new version is right. It is led to where it lies; then a whole copy takes the place of the old folder, so that no
# profile of an older version stays behind, and is led to in turn. At no time does the link lead nowhere.
leads_to_new=yes
lead_to "$staged"
rm -rf "$lib/simulate.copy"
cp -R "$lib/$staged" "$lib/simulate.copy"
rm -rf "$lib/simulate"
mv "$lib/simulate.copy" "$lib/simulate"
lead_to simulate
# Also what was left behind where this script was stopped before.
rm -rf "$lib"/simulate.new.* "$lib/simulate.copy" "$bin"/simulate.new.*

"$bin/simulate" profiles check >&2

# What comes beside the program may fail without taking it away.
beside() {
  folder="$prefix/share/$1"
  file="$folder/$2"
  shift 2
  if ! { mkdir -p "$folder" && "$bin/simulate" "$@" > "$file.new.$$" && mv -f "$file.new.$$" "$file"; }; then
    rm -f "$file.new.$$"
    echo "install.sh: $file could not be written; 'simulate $*' prints it" >&2
  fi
}
beside man/man1 simulate.1 man
beside bash-completion/completions simulate completions bash
beside zsh/site-functions _simulate completions zsh
beside fish/vendor_completions.d simulate.fish completions fish

echo "$bin/simulate"
