#!/usr/bin/env bash
# Runs the blocks of one page of docs/ in one shell, as a reader would who pastes them one after the other, and compares
# their answers with those that the page shows. scripts/_docs-checks.sh has taken the page apart.
set -euo pipefail
: "${DOCS_PAGE:?the page}" "${DOCS_SESSION:?the folder with its blocks}"

_line=0
_done=
trap '[[ $_done ]] || echo "$DOCS_PAGE, the block of line $_line: broke off"' EXIT

# Each answer's status is noted; what a page runs as curl is this.
curl() {
  local headers result=0
  headers=$(mktemp "$DOCS_SESSION/headers.XXXXXX")
  command curl -sS --max-time 60 -D "$headers" "$@" || result=$?
  sed -nE 's/^HTTP\/[0-9.]+ ([0-9]+).*/\1/p' "$headers" | tail -n 1 >>"$DOCS_SESSION/statuses"
  return "$result"
}

begin() {
  _line=$1
  : >"$DOCS_SESSION/statuses"
}

end() {
  local shown=$DOCS_SESSION/$_line.shown status expected=
  if [[ -f $shown ]]; then expected=$(sed -nE '2s/^HTTP\/[0-9.]+ ([0-9]+).*/\1/p' "$shown"); fi
  while IFS= read -r status; do
    [[ $status == 2?? || $status == "$expected" ]] || wrong "was answered with $status"
  done <"$DOCS_SESSION/statuses"
  if [[ -f $shown ]]; then compare "$(sed -n 1p "$shown")" "$(sed 1d "$shown")" "$(cat "$DOCS_SESSION/answer")"; fi
}

wrong() {
  echo "$DOCS_PAGE, the block of line $_line: $1"
  echo "the page shows:"
  sed '1d; s/^/  | /' "$DOCS_SESSION/$_line.shown" 2>/dev/null || echo "  | nothing"
  echo "the answer:"
  sed 's/^/  | /' "$DOCS_SESSION/answer"
  _done=1
  exit 1
}

compare() {
  local kind=$1 shown=$2 answer=$3 pattern lines
  if [[ $kind == http ]]; then
    answer=$(last_answer <<<"$answer")
    lines=$'\n'$(headers <<<"$answer")$'\n'
    while IFS= read -r pattern; do
      # shellcheck disable=SC2053  # it is a pattern
      [[ $lines == *$'\n'$pattern$'\n'* ]] || wrong "the answer has no line like '$pattern'"
    done < <(headers <<<"$shown" | as_pattern)
    shown=$(sed '1,/^$/d' <<<"$shown")
    answer=$(sed '1,/^$/d' <<<"$answer")
    [[ $shown ]] || return 0
  fi
  answer=$(form <<<"$answer" | tr -d '\n')
  pattern=$(form <<<"$shown" | as_pattern | tr -d '\n')
  # shellcheck disable=SC2053  # it is a pattern
  [[ $answer == $pattern ]] || wrong "the answer is another one"
}

# Of several answers with headers, a page shows the last one.
last_answer() {
  tr -d '\r' | awk '{ if (at = match($0, /HTTP\/[0-9.]+ [0-9]/)) { text = ""; $0 = substr($0, at) } text = text $0 "\n" }
    END { printf "%s", text }'
}
headers() { sed '/^$/,$d' | tr '[:upper:]' '[:lower:]' | form; }

# What comes in as a pattern of bash: … stands for anything.
as_pattern() { sed -e 's/[][*?()\\]/\\&/g' -e 's/,…,/,*/g' -e 's/…/*/g'; }

# What comes in, without white space in its lines, and with a name in place of what differs each time.
form() {
  sed -E \
    -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/<uuid>/g' \
    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/<time>/g' \
    -e 's/[0-9a-f]{64}/<hash>/g' \
    -e 's/"pl_[A-Za-z0-9_-]+"/<key>/g' \
    -e 's/"(requestId|nextCursor)": *"[^"]+"/"\1":<text>/g' \
    -e 's/"(retryAfterMs|latencyMs)": *[0-9]+/"\1":<number>/g' \
    -e 's/^(age|retry-after|x-ratelimit-reset): *[0-9]+/\1:<number>/' \
    -e 's/(;t|ttl)=[0-9]+/\1=<number>/g' \
    -e 's/^etag: "[0-9a-f]{8}"/etag:<text>/' | tr -d ' \t\r'
}

# shellcheck source=/dev/null
source "$DOCS_SESSION/all.bash"
_done=1
