#!/usr/bin/env bash
# Shows a running PromptLab at work: a job to its end, the same request from the cache, and the rate limit, exactly.
# Needs bash (3.2 or newer), curl (7.66 or newer) and the usual POSIX tools.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/test-phase7.sh [URL] [--second URL] [--key KEY] [--provider NAME] [--template ID]
                               [--burst-seconds N]

Sends real requests to the PromptLab at URL (http://localhost:4000 if not given) and checks what it answers:
  1. a new input is queued, and its job completes;
  2. the same request again is answered from the cache, with the same job id;
  3. five requests more than the limit, at once: as many as the window has left pass, the others get 429.
Prints what it saw, with times. Exit code 0 if all is so, 1 if not, 2 if it was called wrongly.

  --second URL     another instance of the same PromptLab: half of step 3's requests go there, the limit is one
  --key KEY        the API key to call with, where anonymous callers are off (or PROMPTLAB_API_KEY in the environment)
  --provider NAME  anthropic (if not given), openai or bedrock
  --template ID    a template that takes a plain text as input
  --burst-seconds N   how long step 3's requests may take, all together (15 if not given): more for a slow server, as
                   scripts/start-api is, but less than the limit's window

It costs one LLM call and fills the caller's limit for one window. If the window is not free yet, it waits. The third
step is exact only if nobody else calls with the same key, or from the same address, meanwhile.
TEXT
}

fail() { echo "FAILED: $*" >&2; exit 1; }
refuse() { echo "test-phase7.sh: $*: see scripts/test-phase7.sh --help" >&2; exit 2; }
say() { printf '%s\n' "$*"; }

url=
second=
key=${PROMPTLAB_API_KEY:-}
provider=anthropic
template=cmjlfawzg0000pq6xyq5r78ws
# No request of the past may leave the window while the burst runs; this long a burst is never expected to take.
burst_limit_s=15
while (($#)); do
  case $1 in
    -h | --help) usage; exit ;;
    --second | --key | --provider | --template)
      [[ -n ${2:-} ]] || refuse "$1 needs a value"
      case $1 in --second) second=${2%/} ;; --key) key=$2 ;; --provider) provider=$2 ;; *) template=$2 ;; esac
      shift 2
      ;;
    --burst-seconds) [[ ${2:-} =~ ^[1-9][0-9]{0,3}$ ]] || refuse "$1 needs a number"; burst_limit_s=$2; shift 2 ;;
    -*) refuse "unknown option $1" ;;
    *) [[ -z $url ]] || refuse "more than one URL: $1"; url=$1; shift ;;
  esac
done
url=${url:-http://localhost:4000}
url=${url%/}
command -v curl >/dev/null || fail "curl was not found"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# How long an identity may have to wait for its window, and a job may take.
readonly WAIT_LIMIT_S=150 JOB_LIMIT_S=180

now_ms() {
  if [[ -n ${EPOCHREALTIME:-} ]]; then
    local micros=${EPOCHREALTIME/[.,]/}
    echo $((micros / 1000))
  elif command -v perl >/dev/null; then
    perl -MTime::HiRes=time -e 'printf "%d\n", time * 1000'
  else
    echo "$(date +%s)000"
  fi
}

# In a file, so that the key is not in the process list.
common=$work/common.curl
{
  echo "silent"
  echo "show-error"
  echo "max-time = $((25 + burst_limit_s))"
  echo "user-agent = \"promptlab-test-phase7\""
  if [[ -n $key ]]; then echo "header = \"X-Api-Key: $key\""; fi
} >"$common"
chmod 600 "$common"

# Sends one request; sets status, took_ms, and leaves the answer in the files headers and body.
call() {
  local method=$1 path=$2 line
  shift 2
  line=$(curl -K "$common" -X "$method" "$url$path" -D "$work/headers" -o "$work/body" \
    -w '%{http_code} %{time_total}' "$@" 2>"$work/error") ||
    fail "nothing answers at $url ($(tr '\n' ' ' <"$work/error")). Is it running? scripts/run-local starts it."
  status=${line%% *}
  took_ms=$(seconds_to_ms "${line#* }")
}
post() { call POST /generate -H 'Content-Type: application/json' --data-binary "@$work/request"; }

# 0.123456 -> 123; some curls print a comma.
seconds_to_ms() { LC_ALL=C awk -v s="${1/,/.}" 'BEGIN { printf "%d\n", s * 1000 + 0.5 }'; }

# The value of a header of the last answer (or of the one in file $2), or nothing.
header() { tr -d '\r' <"${2:-$work/headers}" | awk -v name="$1" 'BEGIN { name = tolower(name) ":" }
  tolower($1) == name { sub(/^[^:]*: */, ""); value = $0 } END { print value }'; }
need_header() { value=$(header "$1"); [[ -n $value ]] || fail "the answer $status has no header $1"; }
# A text, number or flag of the last body, by its name. Quotes inside a text are escaped, so none looks like a name.
field() {
  tr -d '\n' <"$work/body" | sed -nE 's/.*"'"$1"'" *: *("(([^"\\]|\\.)*)"|[0-9.]+|true|false).*/\1/p' |
    sed 's/^"//; s/"$//; s/\\\(["\\/]\)/\1/g'
}
# PromptLab's own answers have a detail, the gateway's a message.
problem() {
  local detail
  detail=$(field detail)
  echo "$status $(field type) ${detail:-$(field message)}"
}

# After a call: the limit and its window, how many requests the window has left, in how many seconds one more is free.
read_window() {
  need_header X-RateLimit-Limit; limit=$value
  need_header X-RateLimit-Remaining; remaining=$value
  need_header RateLimit; frees_in_s=${value##*;t=}
  need_header RateLimit-Policy; window_s=${value##*;w=}
  [[ $limit$remaining$frees_in_s$window_s =~ ^[0-9]+$ ]] ||
    fail "rate limit headers are no numbers: $(grep -i ratelimit "$work/headers")"
}

if [[ -n $key ]]; then
  key_hint="(the key of --key or PROMPTLAB_API_KEY was refused)"
else
  key_hint="(anonymous callers are off there: turn them on with ANONYMOUS_ACCESS, or pass a key with --key)"
fi

# Posts the request; where the window is full, waits as long as it is told to, and posts again.
post_when_admitted() {
  local waited=0
  while post; [[ $status == 429 ]]; do
    need_header Retry-After
    ((waited + value <= WAIT_LIMIT_S)) || fail "still refused after $waited s: $(problem)"
    say "   the window is full: waiting $value s, as Retry-After says"
    sleep "$value"
    waited=$((waited + value))
  done
  case $status in
    401) fail "$(problem) $key_hint" ;;
    5*) fail "$url is not able to serve now: $(problem)" ;;
  esac
}

input="phase 7 $(date -u +%Y-%m-%dT%H:%M:%SZ) $$-$RANDOM$RANDOM: say hello in one short sentence"
printf '{"templateId":"%s","provider":"%s","input":"%s"}' "$template" "$provider" "$input" >"$work/request"

say "PromptLab at $url${second:+ and $second}"
say ""
say "1. A new input"
started=$(now_ms)
post_when_admitted
[[ $status == 202 ]] || fail "expected 202, got $(problem)"
started=$(($(now_ms) - took_ms))
job=$(field jobId)
[[ -n $job ]] || fail "the answer has no jobId: $(cat "$work/body")"
[[ $(header X-Cache) == MISS ]] || fail "expected X-Cache: MISS, got '$(header X-Cache)'"
say "   202, X-Cache: MISS, job $job, queued in $took_ms ms"
job_path=$(header Location)
[[ $job_path == "/jobs/$job" ]] || fail "expected Location: /jobs/$job, got '$job_path'"
while call GET "$job_path"; do
  state=$(field status)
  elapsed=$(($(now_ms) - started))
  case $status/$state in
    200/completed) break ;;
    200/queued | 200/processing) ;;
    200/*) fail "the job ended as $state: $(field code) $(field message)" ;;
    429/*) need_header Retry-After; sleep "$value" ;;
    *) fail "GET $job_path: $(problem)" ;;
  esac
  if ((elapsed >= JOB_LIMIT_S * 1000)); then
    [[ $state != queued ]] || fail "the job is still queued after $JOB_LIMIT_S s: does no worker run (run-local --no-worker)?"
    fail "the job is still $state after $JOB_LIMIT_S s"
  fi
  if ((elapsed < 5000)); then sleep 0.1; else sleep 1; fi
done
output=$(field output)
[[ -n $output ]] || fail "the completed job has no output: $(cat "$work/body")"
say "   completed after $elapsed ms by $(field model): ${output:0:100}"

say "2. The same request again"
post_when_admitted
[[ $status == 200 ]] || fail "expected 200, got $(problem)"
[[ $(header X-Cache) == HIT && $(field cached) == true ]] ||
  fail "expected X-Cache: HIT and cached: true, got '$(header X-Cache)' and $(field cached)"
[[ $(field jobId) == "$job" ]] || fail "expected job $job, got $(field jobId)"
[[ $(field output) == "$output" ]] || fail "the cached output is another one: $(field output)"
say "   200, X-Cache: HIT, the same job, in $took_ms ms"

# The requests of one burst, each answer in a file of its own; sets burst_ms.
burst() {
  local count=$1 number started
  {
    echo "parallel"
    echo "parallel-max = 50"
    echo "include"
    echo "header = \"Content-Type: application/json\""
    echo "data-binary = \"@$work/request\""
    for ((number = 1; number <= count; number++)); do
      if [[ -n $second ]] && ((number % 2)); then echo "url = \"$second/generate\""; else echo "url = \"$url/generate\""; fi
      echo "output = \"$work/answer.$number\""
    done
    printf '%s\n' 'write-out = "%{http_code} %{time_total}\n"'
  } >"$work/burst.curl"
  rm -f "$work"/answer.*
  started=$(now_ms)
  curl -K "$common" -K "$work/burst.curl" >"$work/statuses" 2>"$work/error" ||
    fail "the burst broke off: $(tr '\r' '\n' <"$work/error" | grep -o 'curl: .*' | sort -u | head -3 | tr '\n' ' ')"
  burst_ms=$(($(now_ms) - started))
}
answered() { grep -c "^$1 " "$work/statuses" || true; }

# Counting is exact only while no earlier request leaves the window. So: where one is about to, let it leave first; where
# they leave one after the other, let all leave.
say "3. More requests at once than the limit admits"
passes_expected=
waits=0
while [[ -z $passes_expected ]] && ((waits < 4)); do
  read_window
  if ((remaining > 0 && frees_in_s >= burst_limit_s)); then
    passes_expected=$remaining
    measured_at=$(now_ms)
    count=$((limit + 5))
    burst "$count"
    # Rounded up by the server: the true time may be a second less.
    if (($(now_ms) - measured_at < (frees_in_s - 1) * 1000)); then break; fi
    passes_expected=
    say "   the burst took $burst_ms ms, too long to be exact: once more"
  fi
  pause=$(((waits == 0 ? frees_in_s : window_s) + 1))
  say "   waiting $pause s, so that no earlier request leaves the window meanwhile"
  sleep "$pause"
  post_when_admitted
  waits=$((waits + 1))
done
[[ -n $passes_expected ]] || fail "the window never stayed still for long enough to count: does somebody else call, too?"

passed=$(answered 200)
denied=$(answered 429)
say "   limit $limit, $passes_expected left: of $count requests in $burst_ms ms $passed passed, $denied got 429"
((passed + denied == count)) || fail "other answers: $(cut -d' ' -f1 "$work/statuses" | sort | uniq -c | tr -s ' \n' ' ')"
((passed == passes_expected)) || fail "expected $passes_expected to pass (does somebody else use this key or address?)"
say "   $(sed 's/,/./' "$work/statuses" | LC_ALL=C sort -t' ' -k2n | LC_ALL=C awk '{ t[NR] = $2 * 1000 }
  END { printf "times under this load: median %d ms, 95 %% within %d ms, longest %d ms", t[int((NR + 1) / 2)], t[int(NR * 0.95 + 0.5)], t[NR] }')"
# How many of the answers have a line like $1.
answers_with() { { grep -Eil "$1" "$work"/answer.* || true; } | wc -l | tr -d ' '; }
(($(answers_with '^x-cache: hit') == passed && $(answers_with "\"$job\"") == passed)) ||
  fail "not every request that passed was answered with the cached job"
(($(answers_with '^retry-after: [1-9]') == denied && $(answers_with 'urn:promptlab:problem:rate-limited') == denied)) ||
  fail "not every 429 has a Retry-After and says rate-limited"
say "   each that passed was the cached job; each 429 said when to come back"
say ""
say "PASSED"
