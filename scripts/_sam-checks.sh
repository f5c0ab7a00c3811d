# shellcheck shell=bash
# Sourced by scripts/test, whose `check` runs a command as one test. Defines sam_checks: the SAM template, the zips, and
# each function in Lambda's own image against a PromptLab that these start on a free port (scripts/_started-promptlab.sh).

: "${logs:?the folder for logs}" "${_run_info:?of scripts/_started-promptlab.sh}"

sam_checks() {
  use_jdk
  export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-us-east-1} AWS_EC2_METADATA_DISABLED=true
  check "sam validate --lint" sam validate --lint
  # SAM's own lint misses a wrong runtime and an attribute of a resource that is not there.
  check "cfn-lint template.yaml" cfn-lint template.yaml
  check "sam build" sam build
  check "the generate function's zip is under 25 MB" _zip_under functions/generate-handler 25
  check "the worker function's zip is under 35 MB" _zip_under functions/worker-handler 35
  check "no zip has a jar of Lambda's own runtime" _no_runtime_jar

  _keep_run_info
  check "scripts/run-local --no-worker starts" _start_run_local --no-worker
  if [[ $_url ]]; then _invocations; fi
  _stop_run_local
  check "scripts/run-local starts" _start_run_local
  if [[ $_url ]]; then
    check "scripts/test-phase7.sh" scripts/test-phase7.sh "$_url"
    grep -E '^ ' "$logs/check.log" | sed 's/^/     /'
  fi
  _stop_run_local
  # A limit that SAM, which is slow, comes to well within the window.
  RATE_LIMITS=anonymous=40 check "scripts/run-local starts, with another limit" _start_run_local
  if [[ $_url ]]; then _api; fi
  _stop_run_local
}

_zip_under() {
  local zips=("$1"/target/*.zip) bytes
  bytes=$(wc -c <"${zips[0]}")
  echo "${zips[0]} has $bytes bytes"
  ((bytes < $2 * 1000 * 1000))
}

_no_runtime_jar() {
  local zip
  for zip in functions/*/target/*.zip; do
    jar -tf "$zip" >"$logs/zip-contents"
    ! grep -E 'aws-lambda-java-(core|runtime-interface-client|serialization)' "$logs/zip-contents" || return 1
  done
}

_api() {
  check "scripts/start-api starts" _start_api
  if [[ $_api_url ]]; then
    check "start-api: scripts/test-phase7.sh" scripts/test-phase7.sh "$_api_url" --burst-seconds 40
    grep -E '^ ' "$logs/check.log" | sed 's/^/     /'
    check "start-api: every path is the function's" _names_the_path
    check "start-api: functions can be invoked meanwhile" _sweeps
  fi
  check "start-api: it takes its container with it" _stops_without_trace
}

_names_the_path() {
  curl -sS "$_api_url/no/such%20path?x=1" >"$logs/answer.json" &&
    _has type urn:promptlab:problem:not-found && _has instance /no/such%20path
}

_stops_without_trace() {
  local container
  container=$(sed -n 's/^SAM_CONTAINER_ID: //p' "$logs/start-api.log")
  if ! docker inspect "$container" >/dev/null; then return 1; fi
  _stop_api
  ! docker inspect "$container" 2>&1
}

# Each of these ends with the last answer in $logs/answer.json.
_invoke() { scripts/invoke "$@" >"$logs/answer.json" || { cat "$logs/answer.json"; return 1; }; }
_get() { curl -sS --fail-with-body "$_url$1" >"$logs/answer.json" || { cat "$logs/answer.json"; return 1; }; }

# Whether the last answer has at path $1 (words) the value $2.
_has() {
  local path actual
  read -ra path <<<"$1"
  actual=$(_value "${path[@]}" <"$logs/answer.json") && [[ $actual == "$2" ]] && return
  echo "expected $1 to be $2, in: $(cat "$logs/answer.json")"
  return 1
}

_invocations() {
  local first second
  check "invoke GenerateFunction generate: a job is queued" _queues
  first=$(_value body jobId <"$logs/answer.json" 2>/dev/null) || first=none
  check "its job is in run-local's database" _job_is "$first" queued
  check "invoke GenerateFunction generate-duplicate: the same job" _joins "$first"
  check "invoke GenerateFunction generate-invalid-body: a problem that names the field" _refuses
  check "invoke GenerateFunction get-job: no such job" _knows_no_job
  check "invoke GenerateFunction get-job --job: that job" _knows_job "$first"
  check "invoke JobSweepFunction sweep" _sweeps
  curl -sS -o "$logs/answer.json" "$_url/generate" -H 'Content-Type: application/json' \
    -d '{"templateId":"cmjlfawzg0000pq6xyq5r78ws","provider":"anthropic","input":"a second job"}' || true
  second=$(_value jobId <"$logs/answer.json" 2>/dev/null) || second=none
  check "invoke WorkerFunction jobs-batch-one-bad: done with all three" _works "$first" "$second"
  check "the first job is completed" _job_is "$first" completed
  check "the second job is completed" _job_is "$second" completed
  check "the bad record is in the dead-letter queue" _dead_letter
  check "scripts/redrive: it is in the queue again" _redrives
  check "invoke GenerateFunction generate again: from the cache" _hits "$first"
  check "invoke CacheWarmingFunction cache-warming: the result that the cache has lost is there again" _warms "$second"
  check "scripts/warm: nothing was asked for since" _warms_nothing_more
  check "scripts/warm --redis nowhere: says what there is" _names_redis
  check "invoke WorkerFunction sweep: the function's failure is told" _fails
}

_queues() { _invoke GenerateFunction generate && _has statusCode 202 && _has "body status" queued && _has "body coalesced" false; }
_joins() { _invoke GenerateFunction generate-duplicate && _has statusCode 202 && _has "body coalesced" true && _has "body jobId" "$1"; }
_refuses() { _invoke GenerateFunction generate-invalid-body && _has statusCode 400 && _has "body errors 1 field" inptu; }
_knows_no_job() { _invoke GenerateFunction get-job && _has statusCode 404 && _has "body type" urn:promptlab:problem:job-not-found; }
_knows_job() { _invoke GenerateFunction get-job --job "$1" && _has statusCode 200 && _has "body jobId" "$1"; }
_sweeps() { _invoke JobSweepFunction sweep && _has expired 0; }
_works() { _invoke WorkerFunction jobs-batch-one-bad --job "$1" --job "$2" && _has batchItemFailures '[]'; }
_hits() { _invoke GenerateFunction generate && _has statusCode 200 && _has "headers X-Cache" HIT && _has "body jobId" "$1"; }
_job_is() { _get "/jobs/$1" && _has status "$2"; }

# What run-local has counted travels with its later requests.
_warms() {
  local number key
  key=gen:job:hash:$(curl -sS "$_url/jobs/$1" | _value inputHash)
  for number in {1..50}; do
    _get "/jobs/$1" || return 1
    if [[ $(_redis ZCARD promptlab:popular) != :0 ]]; then break; fi
    sleep 0.2
  done
  [[ $(_redis DEL "$key") == :1 ]] || { echo "the result was not in Redis ($number)"; return 1; }
  _invoke CacheWarmingFunction cache-warming && _has failed 0 && _has complete true || return 1
  [[ $(_redis EXISTS "$key") == :1 ]] || { echo "the result is not in Redis again, after: $(cat "$logs/answer.json")"; return 1; }
}

_warms_nothing_more() {
  scripts/warm >"$logs/answer.json" || { cat "$logs/answer.json"; return 1; }
  _has warmed 0 && _has regenerated 0 && _has failed 0 && _has complete true
}

_names_redis() {
  ! scripts/warm --redis nowhere >"$logs/answer.json" 2>&1 || return 1
  cat "$logs/answer.json"
  grep -q 'there are \[default\]' "$logs/answer.json"
}

# Sends one command to run-local's Redis; prints the first line of its answer.
_redis() {
  local port
  port=$(_value environment REDIS_URL <"$_run_info" | sed -E 's/.*:([0-9]+).*/\1/')
  exec 7<>"/dev/tcp/127.0.0.1/$port"
  printf '%s\r\n' "$*" >&7
  head -n 1 <&7 | tr -d '\r'
  exec 7>&-
}

_redrives() {
  scripts/redrive >"$logs/answer.txt" || { cat "$logs/answer.txt"; return 1; }
  grep -qx 'sent back to the queue: 1 of 1' "$logs/answer.txt" || { cat "$logs/answer.txt"; return 1; }
  [[ $(scripts/redrive) == "there are no dead letters" ]]
}

_fails() { ! scripts/invoke WorkerFunction sweep; }

_dead_letter() {
  local queue
  queue=$(_value environment DEAD_LETTER_QUEUE_URL <"$_run_info")
  curl -sS "$queue" -d Action=GetQueueAttributes -d AttributeName.1=ApproximateNumberOfMessages | tee "$logs/answer.json"
  grep -q '<Value>1</Value>' "$logs/answer.json"
}
