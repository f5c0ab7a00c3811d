# shellcheck shell=bash
# Sourced by the scripts that start a program of a module, after _say.sh and _jdk.sh. Defines:
#   build_if_needed NAME MODULE OTHER...  builds MODULE and the OTHER modules that it uses, if something has changed since
#                                         NAME, the script, has built them last
#   class_path_of MODULE                  prints the class path to start it with

_build_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly _build_root

class_path_of() { echo "$_build_root/$1/target/classes:$(<"$_build_root/$1/target/run-classpath")"; }

# Whether nothing has changed. Folders too are looked at: theirs is the time that changes when a file is removed.
_is_built() {
  local stamp=$_build_root/.local/$1.built module entry entries inputs=("$_build_root/pom.xml" "$_build_root/.mvn")
  shift
  [[ -e $stamp && -s $_build_root/$1/target/run-classpath ]] || return 1
  for module in "$@"; do
    [[ -d $_build_root/$module/target/classes ]] || return 1
    inputs+=("$_build_root/$module/pom.xml" "$_build_root/$module/src/main")
  done
  IFS=: read -r -a entries <"$_build_root/$1/target/run-classpath" || true # there is no newline at its end
  for entry in "${entries[@]}"; do
    [[ -e $entry ]] || return 1
  done
  [[ -z $(find "${inputs[@]}" -newer "$stamp" -print -quit) ]]
}

# What Maven is at, of all that it says: a line a module, and one when it begins to download, each with the seconds since
# the second $1.
_build_progress() {
  local line said='' text
  while IFS= read -r line; do
    case $line in
      '[INFO] Building jar'*) continue ;;
      '[INFO] Building '*) text=${line#'[INFO] Building '} text="building ${text%% [0-9]*}" ;;
      *Downloading\ from*) text='downloading what is not on this machine yet' ;;
      *) continue ;;
    esac
    [[ $text == "$said" ]] || step "$1" "$text"
    said=$text
  done
}

_build() {
  local name=$1 module=$2 log=$_build_root/.local/build.log draft=$_build_root/.local/$1.built.draft status=0
  need_mvn || return 1
  note "something has changed, or this is the first time, which takes up to a minute and may download"
  touch "$draft" # before the build: what changes meanwhile counts as changed
  # test-compile with the tests skipped: the phase in which Maven resolves the modules to their own classes.
  (cd "$_build_root" && mvn -B -pl "$module" -am -DskipTests -Dmaven.test.skip -Dspotless.check.skip -Djacoco.skip \
    -Denforcer.skip test-compile) 2>&1 | tee "$log" | _build_progress $SECONDS || status=$?
  if ((status == 130)); then
    note "stopped while building"
    exit 130
  elif ((status)); then
    grep -E '^\[ERROR\] +[^ ]|^\[WARNING\] .*\.java:' "$log" | grep -vE '\[Help 1\]|[Rr]e-run Maven|For more information|After correcting|mvn <args>' |
      head -20 >&2 || true
    fail "the build failed; all of its output is in $log"
  fi
  mv -f "$draft" "$_build_root/.local/$name.built"
}

# One build at a time, also with another terminal's; who had to wait finds it done.
build_if_needed() {
  mkdir -p "$_build_root/.local"
  _is_built "$@" && return
  exec 9>"$_build_root/.local/build.lock"
  if command -v flock >/dev/null; then
    flock 9
  fi
  _is_built "$@" || _build "$@" || return 1
  exec 9>&-
}
