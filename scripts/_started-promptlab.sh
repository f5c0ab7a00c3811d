# shellcheck shell=bash
# Sourced by the checks of scripts/test that need a PromptLab. Defines:
#   _start_run_local OPTION...  starts one on a free port, at $_url; else shows its output and returns 1
#   _stop_run_local             stops it
#   _start_api                  serves it by scripts/start-api on a free port, at $_api_url; else returns 1
#   _stop_api                   stops that
#   _keep_run_info              call it first: what another PromptLab has left in .local is there again at the end
#   _value NAME...              the value at that path in the JSON on standard input

: "${logs:?the folder for logs}"
readonly _run_info=.local/run-local.json
_run_local_pid=
_url=
_api_pid=
_api_url=

_keep_run_info() {
  [[ ! -f $_run_info ]] || mv "$_run_info" "$_run_info.kept"
  trap _put_run_info_back EXIT
}

_put_run_info_back() {
  _stop_api
  _stop_run_local
  [[ ! -f $_run_info.kept ]] || mv "$_run_info.kept" "$_run_info"
}

_start_run_local() {
  local started=$SECONDS
  _url=
  rm -f "$_run_info"
  scripts/run-local --port 0 "$@" >"$logs/run-local.log" 2>&1 </dev/null &
  _run_local_pid=$!
  until [[ -f $_run_info ]]; do
    kill -0 "$_run_local_pid" 2>/dev/null || { echo "run-local ended:"; cat "$logs/run-local.log"; return 1; }
    ((SECONDS - started < 600)) || { echo "run-local does not start within 10 minutes:"; cat "$logs/run-local.log"; return 1; }
    sleep 0.2
  done
  _url=$(_value url <"$_run_info")
}

_stop_run_local() {
  [[ $_run_local_pid ]] || return 0
  kill "$(_value pid <"$_run_info" 2>/dev/null || echo "$_run_local_pid")" 2>/dev/null || true
  wait "$_run_local_pid" 2>/dev/null || true
  _run_local_pid=
}

_start_api() {
  _api_url=
  scripts/start-api --port 0 >"$logs/start-api" 2>"$logs/start-api.log" </dev/null &
  _api_pid=$!
  until _api_url=$(grep -oE 'http://localhost:[0-9]+' "$logs/start-api"); do
    kill -0 "$_api_pid" 2>/dev/null || { echo "start-api ended:"; cat "$logs/start-api.log"; return 1; }
    sleep 0.2
  done
}

_stop_api() {
  [[ $_api_pid ]] || return 0
  kill "$_api_pid" 2>/dev/null || true
  wait "$_api_pid" 2>/dev/null || true
  _api_pid=
}

# The value at a path (words) in the JSON on standard input; a text that is JSON itself is read as such on the way.
_value() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = json.loads(value) if isinstance(value, str) else value
    value = value[int(name)] if isinstance(value, list) else value[name]
print(value if isinstance(value, str) else json.dumps(value))' "$@"
}
