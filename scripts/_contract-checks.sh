# shellcheck shell=bash
# Sourced by scripts/test, whose `check` runs a command as one test. Defines contract_checks: openapi.yaml is sound, and
# a PromptLab that these start on a free port keeps to it, whatever schemathesis sends: as an admin, as a caller, and
# without a key. CONTRACT_SEED=N makes other requests than those of the default seed. Needs scripts/_started-promptlab.sh.

: "${logs:?the folder for logs}" "${_run_info:?of scripts/_started-promptlab.sh}"

readonly _contract_seed=${CONTRACT_SEED:-1}
readonly _least_requests=2000
_requests=0
_root_key=
# Who sends the requests.
_admin_key=
_caller_key=
# shellcheck disable=SC2034  # read by name, as the two above
_nobody_key=

contract_checks() {
  use_jdk
  check "openapi-spec-validator openapi.yaml" openapi-spec-validator openapi.yaml
  check "yamllint openapi.yaml" yamllint -s -c scripts/contract/yamllint.yaml openapi.yaml

  _keep_run_info
  check "scripts/run-local starts" _start_for_contract
  if [[ $_url ]]; then
    check "keys for an admin and a caller" _make_contract_keys
    # As an admin all is tried in full; the others show who may do what, and that their answers keep to it too.
    _generated admin --max-examples 15
    _generated caller --max-examples 6
    _generated nobody --max-examples 6 --phases examples,coverage,fuzzing
    check "at least $_least_requests requests were made" _enough_requests
    # shellcheck disable=SC2034  # scripts/test shows it
    note="$_requests requests of seed $_contract_seed: $logs/contract-*.log"
  fi
  _stop_run_local
}

_start_for_contract() {
  _root_key=$(python3 -c 'import secrets; print("pl_" + secrets.token_urlsafe(32))')
  # The Redis time-out is for slow machines: here a 503 is a failure.
  ADMIN_API_KEY=$_root_key REDIS_COMMAND_TIMEOUT_MS=5000 \
    RATE_LIMITS=anonymous=1000000,free=1000000,pro=1000000,enterprise=1000000 _start_run_local
}

# Sets the keys to test with, and CONTRACT_KEPT: what the generated requests must leave alone.
_make_contract_keys() {
  _admin_key=$(_new_key admin) && _caller_key=$(_new_key caller) || return 1
  CONTRACT_KEPT=contract-admin,contract-caller,$(_with_root_key /api-keys |
    python3 -c 'import json, sys; print(",".join(key["keyId"] for key in json.load(sys.stdin)["items"]))')
  export CONTRACT_KEPT
}

_new_key() {
  _with_root_key /api-keys -H 'Content-Type: application/json' \
    -d "{\"account\":\"contract-$1\",\"tier\":\"pro\",\"role\":\"$1\"}" | _value key
}

_with_root_key() { curl -sS --fail-with-body -H "X-Api-Key: $_root_key" "$_url$1" "${@:2}"; }

# Sends generated requests as $1; the options that follow are schemathesis's.
_generated() {
  local who=$1 log=$logs/contract-$1.log
  check "schemathesis as $who, seed $_contract_seed" _schemathesis "$log" "$@"
  grep -E '^  [0-9]+ generated|API Links' "$log" | sed 's/^ */           /' || true
  _requests=$((_requests + $(sed -nE 's/^  ([0-9]+) generated.*/\1/p' "$log" | head -n 1)))
}

_schemathesis() {
  local log=$1 key=_$2_key header=() shown=a-key-of-this-test
  shift 2
  [[ -z ${!key} ]] || header=(-H "X-Api-Key: ${!key}")
  schemathesis --config-file scripts/contract/schemathesis.toml run openapi.yaml --url "$_url" \
    --seed "$_contract_seed" ${header[@]+"${header[@]}"} "$@" 2>&1 |
    sed -u "s/${!key:-no-key}/$shown/g" | tee "$log"
}

_enough_requests() { echo "$_requests requests were made"; ((_requests >= _least_requests)); }
