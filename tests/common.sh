# Shared by the scripts: where things are, and getting the tools that they need. Sourced, not run.

top=$(cd "$(dirname "$0")/.." && pwd)
CARGO=${CARGO:-cargo}

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# The folder that cargo builds into.
target_dir() {
  (cd "$top" && "$CARGO" metadata --quiet --format-version 1 --no-deps) |
    sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}

# The folder below it for a profile.
profile_dir() {
  case $1 in
  dev | test) echo "$(target_dir)/debug" ;;
  *) echo "$(target_dir)/$1" ;;
  esac
}

have() { command -v "$1" >/dev/null 2>&1; }

# install PACKAGE ...: with apt, when that is possible.
install() {
  if have apt-get && [ "$(id -u)" = 0 ]; then
    echo "$(basename "$0"): installing $*" >&2
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "$@"; } >&2
  else
    die "please install: $*"
  fi
}

need_build_tools() {
  have "$CARGO" || die "cargo is missing: install Rust (https://rustup.rs)"
  have cc || install gcc libc6-dev
}

need_npm() { have npm || install npm; }

# Sets PIP to a command that runs pip.
need_pip() {
  if [ -z "${PIP:-}" ]; then
    for PIP in "python3 -m pip" pip3 pip; do
      $PIP --version >/dev/null 2>&1 && return
    done
    install python3-pip
    PIP="python3 -m pip"
  fi
}

# Sets CPYTHON to a CPython 3.12, for what only CPython can tell.
need_cpython() {
  if [ -z "${CPYTHON:-}" ]; then
    CPYTHON=$(command -v python3.12) ||
      die "no CPython 3.12: let CPYTHON name one, or put python3.12 on the path"
  fi
}

# Builds the driver and sets DRIVER to it.
build_driver() {
  need_build_tools
  (cd "$top" && "$CARGO" build --quiet -p krait-test-driver) || die "the test driver does not build"
  DRIVER=$(profile_dir dev)/krait-test-driver
}

# Builds krait with a profile, brings its library, and sets KRAIT to it.
build_krait() {
  need_build_tools
  (cd "$top" && "$CARGO" build --quiet --profile "$1" -p krait -p krait-stdlib) || return 1
  KRAIT=$(profile_dir "$1")/krait
  bring_library "$1"
}

bring_library() {
  lib=$(target_dir)/lib/python3.12
  [ -e "$lib/.krait-stdlib" ] || [ -n "${KRAIT_STDLIB_PACKAGE:-}" ] || need_npm
  "$(profile_dir "$1")/krait-stdlib" --quiet
}
