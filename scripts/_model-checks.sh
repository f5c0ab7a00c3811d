# shellcheck shell=bash
# Sourced by scripts/test, whose `check` runs a command as one test. Defines model_checks: jobs that a real model answers,
# over the wires of both providers, by a server that this project has not written (llama.cpp).

: "${logs:?the folder for logs}"
readonly _model_name=SmolLM2-135M-Instruct

model_checks() {
  local provider port
  use_jdk
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  _keep_run_info
  check "scripts/local-model starts" scripts/local-model --port "$port" --background
  check "scripts/run-local starts, with that model" _start_with_model "http://127.0.0.1:$port"
  if [[ $_url ]]; then
    for provider in anthropic openai; do
      check "$provider: a job is answered by the model, and its tokens are counted" _model_answers "$provider"
      check "$provider: a prompt that is too long for it is told so" _model_refuses "$provider"
    done
  fi
  _stop_run_local
  check "scripts/local-model --stop" scripts/local-model --stop
}

_start_with_model() {
  ANTHROPIC_BASE_URL=$1 ANTHROPIC_MODEL=$_model_name OPENAI_BASE_URL=$1 OPENAI_MODEL=$_model_name _start_run_local
}

# A job of provider $1 with the input in the file $2, once it has ended: in $logs/answer.json.
_ended_job() {
  local number job
  curl -sS "$_url/generate" -H 'Content-Type: application/json' \
    -d "{\"templateId\":\"cmjlfawzg0000pq6xyq5r78ws\",\"provider\":\"$1\",\"input\":\"$(<"$2")\"}" >"$logs/answer.json"
  job=$(_value jobId <"$logs/answer.json") || { cat "$logs/answer.json"; return 1; }
  for number in {1..240}; do
    curl -sS "$_url/jobs/$job" >"$logs/answer.json"
    [[ $(_value status <"$logs/answer.json") =~ ^(queued|processing)$ ]] || return 0
    sleep 0.5
  done
  echo "not ended after $number looks"
  return 1
}

_model_answers() {
  echo "Say in one short sentence what a cache is, for $1." >"$logs/input.txt"
  _ended_job "$1" "$logs/input.txt" || return 1
  cat "$logs/answer.json"
  [[ $(_value status <"$logs/answer.json") == completed && $(_value model <"$logs/answer.json") == *"$_model_name"* &&
    $(_value output <"$logs/answer.json") && $(_value finishReason <"$logs/answer.json") =~ ^(stop|length)$ &&
    $(_value usage inputTokens <"$logs/answer.json") -gt 5 && $(_value usage outputTokens <"$logs/answer.json") -gt 0 ]]
}

# Its context has 8,192 tokens.
_model_refuses() {
  python3 -c 'import sys; print(" ".join(f"{sys.argv[1]} {i * 7919 % 100003}" for i in range(1800)))' "$1" >"$logs/input.txt"
  _ended_job "$1" "$logs/input.txt" || return 1
  cut -c1-1000 "$logs/answer.json"
  [[ $(_value status <"$logs/answer.json") == failed && $(_value error code <"$logs/answer.json") == context-too-long ]]
}
