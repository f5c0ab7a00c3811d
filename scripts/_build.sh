# shellcheck shell=bash
# Sourced by the scripts that start a program of a module, after _jdk.sh. Defines:
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

_build() {
  local name=$1 module=$2 log=$_build_root/.local/build.log draft=$_build_root/.local/$1.built.draft
  need_mvn || return 1
  echo "Building PromptLab (after a change only; the first time takes up to a minute) …" >&2
  touch "$draft" # before the build: what changes meanwhile counts as changed
  # test-compile with the tests skipped: the phase in which Maven resolves the modules to their own classes.
  if ! (cd "$_build_root" && mvn -B -pl "$module" -am -DskipTests -Dmaven.test.skip -Dspotless.check.skip -Djacoco.skip \
    -Denforcer.skip test-compile) >"$log" 2>&1; then
    grep -E '^\[ERROR\]' "$log" | head -20 >&2 || true
    echo "$name: the build failed; all of its output is in $log" >&2
    return 1
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
