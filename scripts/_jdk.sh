# shellcheck shell=bash
# Sourced by the other scripts. Defines:
#   use_jdk    exports JAVA_HOME of a JDK 25 and puts it first on PATH; else says in one line what is missing, returns 1
#   need_mvn   returns 0 when Maven is there; else says in one line how to get it, returns 1
# A JDK is looked for in JAVA_HOME, where it was found last time, on PATH, and where Maven's toolchains plugin finds JDKs
# (the package manager's, SDKMAN, asdf, mise, Homebrew, /Library/Java, …).

readonly PROMPTLAB_JAVA=25
_jdk_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly _jdk_root
readonly _jdk_cache=$_jdk_root/.local/jdk-home

# Whether the folder $1 is a JDK (not a JRE) of the wanted version; reads its release file, so that no JVM has to start.
_is_wanted_jdk() {
  [[ -n $1 && -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] &&
    grep -Eq "^JAVA_VERSION=\"${PROMPTLAB_JAVA}([.\"+-]|$)" "$1/release"
}

_java_home_of_path() {
  command -v java >/dev/null || return 0
  java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p'
}

# One home a line. Run outside the project: its .mvn/jvm.config has options that an older JVM refuses to start with.
_jdk_homes_that_maven_finds() {
  command -v mvn >/dev/null || return 0
  (cd / && mvn -B org.apache.maven.plugins:maven-toolchains-plugin:3.2.0:display-discovered-jdk-toolchains 2>/dev/null) |
    sed -n 's/^\[INFO\]   - //p'
}

_find_jdk() {
  local home cached=
  [[ -r $_jdk_cache ]] && read -r cached <"$_jdk_cache"
  for home in "${JAVA_HOME:-}" "$cached"; do
    _is_wanted_jdk "$home" && { printf '%s\n' "$home"; return; }
  done
  while IFS= read -r home; do
    _is_wanted_jdk "$home" && { printf '%s\n' "$home"; return; }
  done < <(_java_home_of_path; _jdk_homes_that_maven_finds)
  return 1
}

use_jdk() {
  local home
  if ! home=$(_find_jdk); then
    need_mvn || return 1 # it finds JDKs that nothing points at, so without it none may be called missing
    echo "JDK ${PROMPTLAB_JAVA} was not found: install it (https://adoptium.net), or set JAVA_HOME to where it is." >&2
    return 1
  fi
  # Moved into place whole: another checkout's or terminal's run may read it now.
  mkdir -p "$_jdk_root/.local" && printf '%s\n' "$home" >"$_jdk_cache.$$" && mv -f "$_jdk_cache.$$" "$_jdk_cache"
  export JAVA_HOME=$home PATH=$home/bin:$PATH
}

need_mvn() {
  command -v mvn >/dev/null && return
  echo "Maven was not found: install Maven 3.8 or newer (https://maven.apache.org/install.html, or your package manager's 'maven')." >&2
  return 1
}
