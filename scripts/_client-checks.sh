# shellcheck shell=bash
# Sourced by scripts/test, whose `check` runs a command as one test. Defines client_checks: clients in Java and TypeScript
# that a stock generator makes from openapi.yaml drive a PromptLab, and so does docs/promptlab.http, by httpYac. Needs
# scripts/_module-its.sh and scripts/_started-promptlab.sh.

: "${logs:?the folder for logs}"
readonly _client_sources=local/client/src/test/typescript
# Where Maven has put the TypeScript client.
readonly _client_work=local/client/target/typescript
readonly _client_admin_key=the-admin-key-of-the-test-of-the-clients

client_checks() {
  module_its client
  check "npm ci" _install_client_tools
  check "the TypeScript client: tsc --strict" _compile_typescript
  check "docs/clients.md shows what was run" _shows_what_was_run
  _keep_run_info
  check "scripts/run-local starts" _start_for_clients
  if [[ $_url ]]; then
    check "the TypeScript client: a job, a hit, a refusal" _run_typescript
    check "docs/promptlab.http, by httpYac" _run_http_file
    check "docs/promptlab.http with a wrong status fails" _finds_wrong_status
  fi
  _stop_run_local
  # shellcheck disable=SC2034  # scripts/test shows it
  note="$logs/client.log"
}

_install_client_tools() {
  mkdir -p "$_client_work" && cp "$_client_sources"/* "$_client_work/" &&
    npm --prefix "$_client_work" ci --ignore-scripts --no-fund --no-audit
}

_compile_typescript() {
  "$_client_work/node_modules/.bin/tsc" --project "$_client_work/tsconfig.json"
}

# The Redis time-out is for slow machines.
_start_for_clients() { ADMIN_API_KEY=$_client_admin_key REDIS_COMMAND_TIMEOUT_MS=5000 _start_run_local; }

_run_typescript() { BASE=$_url ADMIN_KEY=$_client_admin_key node "$_client_work/out/story.js"; }

# Sends all requests of docs/promptlab.http; what is given are changes for sed to make before.
_run_http_file() {
  local folder=$_client_work/http requests
  mkdir -p "$folder"
  # The file's own variables count for more than those of the command line. No key may get into a log.
  sed -e "s|^@host = .*|@host = $_url|" -e "s|^@adminKey = .*|@adminKey = $_client_admin_key|" "$@" \
    docs/promptlab.http >"$folder/promptlab.http" || return 1
  requests=$(grep -c '^### ' docs/promptlab.http)
  (cd "$folder" && ../node_modules/.bin/httpyac send promptlab.http --all --no-color --output short \
    --output-failed short 2>&1) | sed -E 's/pl_[A-Za-z0-9_-]{43}/a-key/g' | tee "$folder/output" || return 1
  grep -qxF "$requests requests processed ($requests succeeded)" "$folder/output"
}

_finds_wrong_status() {
  ! _run_http_file -e 's/=== 202/=== 200/' && grep -qF '✖ 202' "$_client_work/http/output"
}

# Whether each line of docs/clients.md that is XML, Java or TypeScript is a line of what was run.
_shows_what_was_run() {
  local tested=$_client_work/tested-lines shown
  shown=$(awk '/^```(xml|java|typescript)$/ { in_block = 1; next } /^```/ { in_block = 0 } in_block' docs/clients.md |
    sed -E 's/^ +//' | grep .)
  (($(wc -l <<<"$shown") > 30)) || { echo "only few lines were found:"; echo "$shown"; return 1; }
  sed -E 's/^ +//' local/client/pom.xml local/client/src/test/java/dev/promptlab/local/client/*.java \
    "$_client_sources/story.ts" >"$tested"
  ! grep -vxFf "$tested" <<<"$shown"
}
