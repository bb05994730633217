#!/bin/sh
# Builds the program and installs it: ./install.sh PREFIX
#
# The binary and its catalog lie side by side in PREFIX/lib/simulate, and PREFIX/bin/simulate leads there. Nothing
# else is needed at run time: the clone may be deleted, and PREFIX may be moved.
set -eu

case "${1:-}" in
  "" | -*)
    echo "usage: ./install.sh PREFIX    (for example ./install.sh ~/.local)" >&2
    exit 64
    ;;
esac
mkdir -p "$1/bin" "$1/lib"
prefix=$(cd "$1" && pwd)
cd "$(dirname "$0")"

# Linux: Swift's libraries go into the binary, so that it runs where no toolchain is installed. macOS has them.
case $(uname -s) in
  Darwin) flags="" ;;
  *) flags="--static-swift-stdlib" ;;
esac
# shellcheck disable=SC2086
swift build -c release --product simulate $flags >&2
# shellcheck disable=SC2086
built=$(swift build -c release --product simulate $flags --show-bin-path)

# A whole new folder takes the place of the old one, so that no profile of an older version stays behind.
new="$prefix/lib/simulate.new"
rm -rf "$new"
mkdir "$new"
cp "$built/simulate" "$new/"
for bundle in "$built"/*_Catalog.resources "$built"/*_Catalog.bundle; do
  if [ -d "$bundle" ]; then cp -R "$bundle" "$new/"; fi
done
rm -rf "$prefix/lib/simulate"
mv "$new" "$prefix/lib/simulate"

rm -f "$prefix/bin/simulate"
case $(uname -s) in
  Darwin)
    # A program started through a link looks for its catalog beside the link there; so this is a script.
    cat > "$prefix/bin/simulate" <<'SCRIPT'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/../lib/simulate/simulate" "$@"
SCRIPT
    chmod +x "$prefix/bin/simulate"
    ;;
  *) ln -s ../lib/simulate/simulate "$prefix/bin/simulate" ;;
esac

"$prefix/bin/simulate" profiles check >&2
echo "$prefix/bin/simulate"
