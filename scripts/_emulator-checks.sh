# shellcheck shell=bash
# Sourced by scripts/test, whose `check` runs a command as one test. Defines emulator_checks: scripts/deploy on this
# machine, and what only a deployment shows, over the emulator's API Gateway, SQS, Lambda and Scheduler.

: "${logs:?the folder for logs}" "${_run_info:?of scripts/_started-promptlab.sh}"
readonly _template_id=cmjlfawzg0000pq6xyq5r78ws
_deploy_pid=

emulator_checks() {
  trap '_stop_deployment; _put_run_info_back' EXIT
  check "scripts/deploy names all that is missing, at once" _names_what_is_missing
  check "scripts/deploy refuses what it does not know" _refuses_options
  check "scripts/deploy --emulator deploys, and tries it" _deploys
  if [[ $_deploy_pid ]]; then _deployment_checks; fi
  check "stopping it leaves nothing behind" _leaves_nothing
}

_deployment_checks() {
  check "the curl command that it prints is answered with a job" _printed_command_works
  check "a job: 202, and completed by the worker that the queue has called" _job_ends
  check "the same again: 200 from the cache" _same_job_hits
  check "a message that is no job is in the dead-letter queue, with the reason" _bad_message_is_dead
  check "the functions run on Lambda's runtime interface client" _runtime_is_lambdas
  check "the schedule has called the sweep" _schedule_fires
}

# Only what a shell has: no JDK, no Maven and none of the tools.
_names_what_is_missing() {
  local bin=$logs/bin tool status=0
  mkdir -p "$bin"
  for tool in bash dirname mktemp rm cat sed grep tail env mkdir mv; do
    ln -sf "$(command -v "$tool")" "$bin/$tool"
  done
  env -i "HOME=$logs" "PATH=$bin" scripts/deploy --yes >"$logs/missing" 2>&1 || status=$?
  cat "$logs/missing"
  for tool in Maven make python3 curl "The SAM CLI" "The AWS CLI"; do
    grep -q "^  $tool was not found: " "$logs/missing" || { echo "$tool is not named"; return 1; }
  done
  ((status == 1))
}

_refuses_options() {
  local arguments status
  for arguments in --nonsense "--emulator --region us-east-1" "--port 1" "--yes --guided" "-- nonsense"; do
    status=0
    # shellcheck disable=SC2086  # words
    scripts/deploy $arguments || status=$?
    ((status == 2)) || { echo "scripts/deploy $arguments: $status"; return 1; }
  done
}

_deploys() {
  scripts/deploy --emulator --port 0 >"$logs/emulator.log" 2>&1 </dev/null &
  _deploy_pid=$!
  _deployed=$SECONDS
  until grep -q 'Ctrl-C ends it' "$logs/emulator.log"; do
    kill -0 "$_deploy_pid" 2>/dev/null || { cat "$logs/emulator.log"; _deploy_pid=; return 1; }
    ((SECONDS - _deployed < 900)) || { echo "not within 15 minutes:"; cat "$logs/emulator.log"; return 1; }
    sleep 0.5
  done
  _deployed=$SECONDS
  _endpoint=$(sed -n 's/^PromptLab answers at //p' "$logs/emulator.log")
  _aws=$(sed -n 's/^ministack answers at //p' "$logs/emulator.log")
  _folder=$(sed -n 's/^Logs: \(.*\)\. Nothing is kept.*/\1/p' "$logs/emulator.log")
}

_printed_command_works() {
  sed -n '/^curl /,/^$/p' "$logs/emulator.log" >"$logs/printed-command"
  (cd / && bash -eu "$OLDPWD/$logs/printed-command") >"$logs/answer.json"
  cat "$logs/answer.json"
  [[ $(_value status <"$logs/answer.json") =~ ^(queued|processing|completed)$ ]]
}

# Calls the endpoint with the admin key, which is not in the list of processes; the answer with its head is in
# $logs/answer.http, its body in $logs/answer.json.
_call() {
  local path=$1
  shift
  sed 's/.*/header = "X-Api-Key: &"/' "$_folder/admin-key" |
    curl -sS -K - -D "$logs/answer.http" -o "$logs/answer.json" "$_endpoint$path" "$@"
  tr -d '\r' <"$logs/answer.http"
  cat "$logs/answer.json"
  echo
}
_generate() {
  _call /generate -H 'Content-Type: application/json' \
    -d "{\"templateId\":\"$_template_id\",\"provider\":\"anthropic\",\"input\":\"a job by way of the emulator\"}"
}

_job_ends() {
  local number
  _generate
  grep -q '^HTTP/1.1 202' "$logs/answer.http" || return 1
  _job=$(_value jobId <"$logs/answer.json")
  for number in {1..100}; do
    _call "/jobs/$_job" >/dev/null
    [[ $(_value status <"$logs/answer.json") =~ ^(queued|processing)$ ]] || break
    sleep 0.3
  done
  echo "after $number looks: $(cat "$logs/answer.json")"
  [[ $(_value status <"$logs/answer.json") == completed && $(_value attempts <"$logs/answer.json") == 1 ]] || return 1
  curl -sS "$_aws/2015-03-31/event-source-mappings/" >"$logs/answer.json"
  _value EventSourceMappings 0 LastProcessingResult <"$logs/answer.json" | tee "$logs/answer.txt"
  grep -q '^OK' "$logs/answer.txt"
}

_same_job_hits() {
  _generate
  grep -q '^HTTP/1.1 200' "$logs/answer.http" && grep -qi '^x-cache: HIT' "$logs/answer.http" &&
    [[ $(_value jobId <"$logs/answer.json") == "$_job" ]]
}

# An operation $1 (its service's name on the wire before it) with the JSON $2.
_emulated() {
  curl -sS --fail-with-body "$_aws" -H "Content-Type: application/x-amz-json-1.$([[ $1 == AmazonSQS.* ]] || echo 1)" \
    -H "X-Amz-Target: $1" -d "$2"
}

_bad_message_is_dead() {
  local number queue dead
  _emulated AmazonSQS.ListQueues '{}' >"$logs/answer.json"
  queue=$(grep -oE 'http[^"]*-JobsQueue-[^"]*' "$logs/answer.json")
  dead=$(grep -oE 'http[^"]*-JobsDeadLetterQueue-[^"]*' "$logs/answer.json")
  _emulated AmazonSQS.SendMessage "{\"QueueUrl\":\"$queue\",\"MessageBody\":\"this is no job\"}"
  for number in {1..50}; do
    _emulated AmazonSQS.ReceiveMessage "{\"QueueUrl\":\"$dead\",\"MessageAttributeNames\":[\"All\"]}" >"$logs/answer.json"
    ! grep -q '"Messages"' "$logs/answer.json" || break
    sleep 0.3
  done
  echo "after $number looks: $(cat "$logs/answer.json")"
  [[ $(_value Messages 0 Body <"$logs/answer.json") == "this is no job" &&
    $(_value Messages 0 MessageAttributes reason StringValue <"$logs/answer.json") == malformed:* ]]
}

# Processes below process $1: its number and its command a line.
_below() {
  ps -A -o pid= -o ppid= -o args= | awk -v top="$1" '
    { parent[$1] = $2; line[$1] = $0; sub(/^ *[0-9]+ +[0-9]+ +/, "", line[$1]) }
    END {
      for (pid in parent) {
        for (p = parent[pid]; p in parent && p != top;) p = parent[p]
        if (p == top) print pid, line[pid]
      }
    }'
}

_runtime_is_lambdas() {
  local handler client='java-runtime-interface-client-[^ ]*\.jar.* com\.amazonaws\.services\.lambda\.[a-z.]*\.AWSLambda'
  _below "$_deploy_pid" >"$logs/processes"
  for handler in generate.GenerateHandler worker.JobsHandler; do
    grep -E "$client dev\.promptlab\.$handler\$" "$logs/processes" ||
      { echo "$handler is not there:"; cat "$logs/processes"; return 1; }
  done
}

# Nothing but the schedule calls that function.
_schedule_fires() {
  local group
  group=$(_emulated Logs_20140328.DescribeLogGroups '{}' | grep -oE '[^"]*JobSweepLogGroup[^":]*' | head -n 1)
  until _emulated Logs_20140328.FilterLogEvents "{\"logGroupName\":\"$group\"}" >"$logs/answer.json" &&
    grep -q 'END RequestId' "$logs/answer.json"; do
    ((SECONDS - _deployed < 90)) || { echo "not within 90 s:"; cat "$logs/answer.json"; return 1; }
    sleep 1
  done
  cat "$logs/answer.json"
  ! grep -qE 'ERROR|Exception' "$logs/answer.json"
}

_stop_deployment() {
  [[ $_deploy_pid ]] || return 0
  kill "$_deploy_pid" 2>/dev/null || true
  _deploy_status=0
  wait "$_deploy_pid" || _deploy_status=$?
  _deploy_pid=
}

_leaves_nothing() {
  local pid rest command left=
  [[ $_deploy_pid ]] || { echo "it did not run"; return 1; }
  _below "$_deploy_pid" >"$logs/processes"
  # The functions, the emulator, Redis and PostgreSQL among them.
  (($(wc -l <"$logs/processes") > 6)) || { echo "these alone were there:"; cat "$logs/processes"; return 1; }
  _stop_deployment
  while read -r pid rest; do
    command=$(ps -p "$pid" -o args=) || continue
    [[ $command != "$rest" ]] || { left=1; echo "left: $pid $rest"; }
  done <"$logs/processes"
  ! curl -s -m 2 -o /dev/null "$_aws" || { left=1; echo "$_aws still answers"; }
  [[ ! -e $_folder ]] || { left=1; ls -l "$_folder"; }
  [[ ! $left && $_deploy_status == 0 ]] || { echo "exit code $_deploy_status"; return 1; }
}
