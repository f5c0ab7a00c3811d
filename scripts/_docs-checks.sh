# shellcheck shell=bash
# Sourced by scripts/test, whose `check` runs a command as one test. Defines docs_checks: the commands of README.md and
# of docs/, run against PromptLabs that this starts on free ports; docs/README.md says how a page is written.

: "${logs:?the folder for logs}"
readonly _docs_admin_key=the-admin-key-of-the-documentations-test
_docs_servers=()

docs_checks() {
  local page pages=() work
  use_jdk
  work=$(cd "$logs" && pwd)/docs
  mkdir -p "$work/.local"
  echo "$_docs_admin_key" >"$work/.local/admin-key" # where the pages look for it: their commands run in this folder
  [[ ! -f .local/run-local.json ]] || mv .local/run-local.json .local/run-local.json.kept
  trap '_docs_stop; [[ ! -f .local/run-local.json.kept ]] || mv .local/run-local.json.kept .local/run-local.json' EXIT

  while IFS= read -r page; do pages+=("$page"); done < <(grep -l '^<!-- scripts/test runs this page -->' docs/*.md)
  check "scripts/run-local starts" _docs_start "$work/run-local.log"
  check "scripts/run-local --no-worker starts" _docs_start "$work/no-worker.log" --no-worker
  if [[ $(_docs_url "$work/run-local.log") && $(_docs_url "$work/no-worker.log") ]]; then
    check "a page that is wrong fails" _docs_finds_mistakes "$work"
    for page in README.md "${pages[@]}"; do check "$page" _docs_page "$page" "$work"; done
  fi
  check "docs/ shows each route, and names each problem" _docs_complete "${pages[@]}"
  check "a link that is wrong fails" _docs_finds_wrong_links "$work"
  check "the pages' links lead somewhere" _docs_links
  _docs_stop
}

# Only with what the pages assume: the stand-in, and the default settings. The Redis time-out is for slow machines.
_docs_start() {
  local log=$1 started=$SECONDS
  shift
  env -i PATH="$PATH" HOME="$HOME" JAVA_HOME="$JAVA_HOME" MAVEN_OPTS="${MAVEN_OPTS:-}" LANG="${LANG:-C.UTF-8}" \
    TMPDIR="${TMPDIR:-/tmp}" ADMIN_API_KEY="$_docs_admin_key" REDIS_COMMAND_TIMEOUT_MS=5000 \
    scripts/run-local --port 0 "$@" >"$log" 2>&1 </dev/null &
  _docs_servers+=($!)
  until [[ $(_docs_url "$log") ]]; do
    kill -0 $! 2>/dev/null || { cat "$log"; return 1; }
    ((SECONDS - started < 600)) || { echo "it does not start within 10 minutes:"; cat "$log"; return 1; }
    sleep 0.2
  done
}

_docs_stop() {
  local server
  for server in ${_docs_servers[@]+"${_docs_servers[@]}"}; do kill "$server" 2>/dev/null || true; done
  for server in ${_docs_servers[@]+"${_docs_servers[@]}"}; do wait "$server" 2>/dev/null || true; done
  _docs_servers=()
}

_docs_url() { sed -n 's/^PromptLab is ready at \([^ ]*\) .*/\1/p' "$1"; }

_docs_page() {
  local page=$1 work=$2
  _docs_run "$page" "$(_docs_url "$work/run-local.log")" "$(_docs_url "$work/no-worker.log")" "$work"
}

# The session of one page, in a shell of its own.
_docs_run() {
  local page=$PWD/$1 name=$1 session=$4/session
  if [[ $1 == /* ]]; then page=$1; fi
  rm -rf "$session"
  mkdir "$session"
  _docs_split "$page" "$session" "$(if [[ $name == README.md ]]; then echo curl; fi)"
  [[ -s $session/all ]] || { echo "$name has no block of commands"; return 1; }
  sed -e "s|http://localhost:4000|$2|g" -e "s|http://localhost:4001|$3|g" "$session/all" >"$session/all.bash"
  (cd "$4" && DOCS_PAGE=$name DOCS_SESSION=$session bash --norc "$OLDPWD/scripts/_docs-session.sh") || return 1
  rm -rf "$session" # it shows keys, as the page does, and is no log
}

# Writes the blocks of page $1 into folder $2: `all` is the session, `<line>.shown` the answer that follows the block that
# begins in that line, with the kind of its fence as its first line. With $3 only blocks that begin with that word are taken.
_docs_split() {
  awk -v folder="$2" -v only="$3" '
    function finish() {
      if (only == "" || index(text, only " ") == 1) {
        printf "begin %d\n{\n%s} >\"$DOCS_SESSION/answer\"\nend\n", line, text >(folder "/all")
      } else line = 0
    }
    fence == "" && /^```[a-z]/ {
      fence = substr($0, 4)
      if (fence == "bash") { line = FNR; text = "" }
      else if (line && (fence == "json" || fence == "http" || fence == "text")) print fence >(folder "/" line ".shown")
      next
    }
    /^```$/ { if (fence == "bash") finish(); else line = 0; fence = ""; next }
    fence == "bash" { text = text $0 "\n" }
    line && (fence == "json" || fence == "http" || fence == "text") { print >(folder "/" line ".shown") }
  ' "$1"
}

# Whether what the sources have is in the pages: a command and a request of promptlab.http for each route, a row for each
# problem and for each code of a failed job, which openapi.yaml lists too.
_docs_complete() {
  local sources=functions/generate-handler/src/main/java method path option slug count=0 codes=0 missing=0
  while read -r method path; do
    count=$((count + 1))
    option=
    if [[ $method == PUT || $method == DELETE ]]; then option="-X $method "; fi
    cat "$@" | grep -E "^ *(ANSWER=.*|until )?curl .*${option}\"[\$](BASE|IDLE)${path}[\"?]" >/dev/null ||
      { echo "no page has a command for $method $path (curl ${option}\"\$BASE$path\")"; missing=1; }
    grep -qE "^$method \{\{host\}\}$path(\?|$)" docs/promptlab.http ||
      { echo "docs/promptlab.http has no $method $path"; missing=1; }
  done < <(sed -nE 's/.*new Route\("([A-Z]+)", "([^"]+)".*/\1 \2/p' "$sources/dev/promptlab/generate/Api.java" |
    sed -E 's/\{[^}]*\}/[^\/"?]+/g')
  while IFS= read -r slug; do
    count=$((count + 1))
    grep -F "\`$slug\`" docs/problems.md >/dev/null ||
      { echo "docs/problems.md does not name $slug"; missing=1; }
  done < <(sed -nE 's/^ *- urn:promptlab:problem:([a-z-]+)$/\1/p' openapi.yaml | sort -u)
  while IFS= read -r slug; do
    codes=$((codes + 1))
    grep -F "\`$slug\`" docs/problems.md >/dev/null || { echo "docs/problems.md does not name $slug"; missing=1; }
    grep -F "\`$slug\`" openapi.yaml >/dev/null || { echo "openapi.yaml does not name $slug"; missing=1; }
  done < <(grep -rh -A 1 'new JobError(' functions/worker-handler/src/main/java |
    sed -nE 's/.*"([a-z]+(-[a-z]+)+)".*/\1/p' | sort -u)
  ((codes > 12)) || { echo "only $codes codes of failed jobs were found"; return 1; }
  ((count > 30)) || { echo "only $count routes and problems were found in $sources"; return 1; }
  ((missing == 0))
}

# Whether the links of the pages in this folder and in its docs/ lead to a file that is there, and to a heading that it has.
_docs_links() {
  local page line link file anchor count=0 wrong=0
  for page in *.md docs/*.md docs/*/*.md; do
    [[ -f $page ]] || continue
    while IFS=$'\t' read -r line link; do
      if [[ $link =~ ^[a-z]+: ]]; then continue; fi
      count=$((count + 1))
      file=$page
      if [[ $link != \#* ]]; then file=$(dirname "$page")/${link%%#*}; fi
      if [[ ! -e $file ]]; then
        echo "$page:$line: there is no $file"
        wrong=1
      elif [[ $link == *\#* ]]; then
        anchor=${link#*#}
        _docs_anchors "$file" | grep -xF -e "$anchor" >/dev/null ||
          { echo "$page:$line: $file has no heading #$anchor"; wrong=1; }
      fi
    done < <(_docs_prose "$page" | awk -F '\t' '{
      text = $2
      while (match(text, /\]\([^) ]+/)) {
        print $1 "\t" substr(text, RSTART + 2, RLENGTH - 2)
        text = substr(text, RSTART + RLENGTH)
      }
    }')
  done
  ((count)) || { echo "no links were found"; return 1; }
  echo "$count links"
  ((wrong == 0))
}

# The lines of page $1, numbered, without its blocks and its pieces of code.
_docs_prose() {
  awk '/^ *```/ { code = !code; next } !code { gsub(/`[^`]*`/, ""); print FNR "\t" $0 }' "$1"
}

# The names by which GitHub knows the headings of page $1.
_docs_anchors() {
  awk '/^ *```/ { code = !code; next }
    !code && /^#+ / {
      name = tolower($0)
      sub(/^#+ +/, "", name)
      gsub(/\]\([^)]*\)/, "", name)
      gsub(/[^a-z0-9 _-]/, "", name)
      gsub(/ /, "-", name)
      print name (seen[name]++ ? "-" seen[name] - 1 : "")
    }' "$1"
}

# The test of this test.
_docs_finds_wrong_links() {
  local folder=$1/links said
  rm -rf "$folder"
  mkdir -p "$folder/docs"
  # shellcheck disable=SC2016  # the pieces of code of a page
  printf '%s\n' '# A page' '## What `it` does, and why' '## Twice' '## Twice' '[a](other.md) and [b](#twice-1)' \
    '[c](other.md#a-b) ![d](../page.md#what-it-does-and-why) [e](https://nobody.invalid) `[f](nowhere.md)`' \
    '```' '[g](nowhere.md)' '# No heading' '```' >"$folder/docs/page.md"
  cp "$folder/docs/page.md" "$folder/page.md"
  sed -i.bak 's|(other|(docs/other|g; s|(../page|(docs/page|' "$folder/page.md"
  echo '# [A](page.md) b' >"$folder/docs/other.md"
  (cd "$folder" && _docs_links) || return 1
  echo "-- and now what has to be found:"
  printf '%s\n' '[a](other.mdx) [b](#twice-2)' '[c](other.md#no-heading)' '[d](#no-heading)' >>"$folder/docs/page.md"
  ! said=$(cd "$folder" && _docs_links) || return 1
  echo "$said"
  [[ $(grep -c '^docs/page.md:1[123]: ' <<<"$said") == 4 ]]
}

# The test of the test: which pages are right, and which are not. $work and $url are those of _docs_finds_mistakes.
_docs_says() {
  # shellcheck disable=SC2016  # the fences of a page
  printf '```bash\n%s\n```\n\n```%s\n%s\n```\n' "$1" "$2" "$3" >"$work/example.md"
  _docs_run "$work/example.md" "$url" "$url" "$work"
}

_docs_finds_mistakes() {
  local work=$1 url health='curl -s http://localhost:4000/health' nothing='curl -i http://localhost:4000/nothing'
  local head='HTTP/1.1 404 Not Found'
  url=$(_docs_url "$work/run-local.log")
  _docs_says "$health" json '{ "status": "ok" }' || return 1
  _docs_says "$nothing" http "$head"$'\nContent-Type: application/problem+json\n\n{…, "status": 404, …}' || return 1
  echo "-- and now what has to fail:"
  ! _docs_says "$health" json '{"status": "failing"}' || return 1
  ! _docs_says "$health" json '{"status": "ok", "checks": {}}' || return 1
  ! _docs_says "$nothing" http 'HTTP/1.1 405 Method Not Allowed' || return 1
  ! _docs_says "$nothing" http "$head"$'\nX-Cache: HIT' || return 1
  ! _docs_says "$nothing" http "$head"$'\n\n{…, "status": 405, …}' || return 1
  ! _docs_says 'curl -s http://localhost:4000/nothing' json '…' || return 1
  ! _docs_says 'false' json '…' || return 1
}
