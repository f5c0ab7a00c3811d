# shellcheck shell=bash
# Sourced by scripts/deploy, after _jdk.sh and _build.sh. Defines what --emulator needs: ministack, an emulator of AWS
# that runs without Docker, and the servers beside it (local/emulator).
#   emulator_obstacles            prints, one a line, what is missing on this machine
#   start_emulator PORT           installs what is needed, once; starts both; sets emulator_folder and emulator_url
#   use_emulator                  from here on, AWS is the emulator, and never the real one
#   emulator_template             rewrites what `sam build` has left in $emulator_folder/build
#   emulator_parameters           prints the template's parameters with which the stack uses those servers, one a line
#   put_admin_key SECRET          makes the admin key: in the emulator's secret SECRET, whose ARN it prints, and in
#                                 $emulator_folder/admin-key
#   emulator_runs                 returns 1 once one of them has ended
#   stop_emulator                 ends both, and leaves their logs alone in $emulator_folder

: "${root:?the project}"
# Pinned: what was tried together. SAM's transform of templates is the same package in both.
readonly MINISTACK='ministack==1.5.33 aws-sam-translator==1.115.0' SAM='aws-sam-cli==1.170.0'
readonly _tools=$root/.local/emulator
emulator_folder=
emulator_url=
_emulator=
_servers=

emulator_obstacles() {
  local tool
  for tool in make curl python3; do
    command -v "$tool" >/dev/null || echo "$tool was not found: install it with your package manager"
  done
  ! command -v python3 >/dev/null ||
    python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
    echo "Python 3.10 or newer with its venv module was not found (Debian and Ubuntu: apt install python3-venv)"
}

# Installs packages $2 into an environment $1 of their own. The mark is written last, so that what was broken off is
# begun anew.
_install() {
  local home=$_tools/$1
  [[ $(cat "$home/installed" 2>/dev/null) != "$2" ]] || return 0
  echo "Installing $2 into .local/emulator/$1, once ..."
  rm -rf "$home"
  mkdir -p "$home"
  python3 -m venv "$home"
  # shellcheck disable=SC2086  # words
  "$home/bin/python" -m pip install -q --disable-pip-version-check $2 || fail "pip could not install $2: see above"
  echo "$2" >"$home/installed"
}

# Starts a command in a process group of its own, with its output in file $1: the group ends with this script, whatever
# ends that, and a Ctrl-C is for this script alone. Sets $!.
_start() {
  local log=$1
  shift
  set -m
  # shellcheck disable=SC2016  # for that bash
  bash -c 'exec 3<&0; (cat <&3 >/dev/null; kill -TERM -- "-$$") & exec "$@" 3<&-' start "$@" \
    <"$emulator_folder/hold" >"$log" 2>&1 8>&- &
  set +m
}

# Waits until the log $2 of process $1 says $3.
_await() {
  local started=$SECONDS
  until grep -q "$3" "$2"; do
    kill -0 "$1" 2>/dev/null || { tail -n 5 "$2" >&2; fail "$4 has ended: see above, and $2"; }
    ((SECONDS - started < 120)) || fail "$4 does not start within two minutes: see $2"
    sleep 0.2
  done
}

start_emulator() {
  local port=$1
  _install ministack "$MINISTACK"
  command -v sam >/dev/null || { _install sam "$SAM" && PATH=$PATH:$_tools/sam/bin; }
  build_if_needed emulator local/emulator local/services shared || exit 1
  if ((port == 0)); then
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  elif (exec 7<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    fail "port $port is in use: end what listens there, or choose another with --port"
  fi
  emulator_url=http://127.0.0.1:$port
  emulator_folder=$_tools/$port
  rm -rf "$emulator_folder"
  mkdir -p "$emulator_folder/tmp"
  mkfifo "$emulator_folder/hold"

  _start "$emulator_folder/servers.log" "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m \
    -cp "$(class_path_of local/emulator)" dev.promptlab.local.emulator.EmulatorServers
  _servers=$!
  exec 8>"$emulator_folder/hold"
  # The functions get what the emulator gets: nothing of this terminal's, such as a provider's key. No Docker.
  _start "$emulator_folder/ministack.log" env -i "PATH=$PATH" \
    "HOME=$emulator_folder/tmp" "TMPDIR=$emulator_folder/tmp" \
    "GATEWAY_PORT=$port" BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 "AWS_ENDPOINT_URL=$emulator_url" \
    "DOCKER_HOST=unix://$emulator_folder/no-docker" "$_tools/ministack/bin/ministack"
  _emulator=$!
  _await "$_servers" "$emulator_folder/servers.log" '^ready$' "what runs Redis and PostgreSQL"
  _await "$_emulator" "$emulator_folder/ministack.log" 'Running on' ministack
}

emulator_runs() { kill -0 "$_servers" 2>/dev/null && kill -0 "$_emulator" 2>/dev/null; }

stop_emulator() {
  local group second
  [[ $_servers ]] || return 0
  exec 8>&-
  for second in {1..100}; do
    kill -0 -- "-$_servers" 2>/dev/null || kill -0 -- "-${_emulator:-$_servers}" 2>/dev/null || break
    sleep 0.1
  done
  for group in $_servers $_emulator; do
    if kill -KILL -- "-$group" 2>/dev/null; then echo "ended hard, after $second looks: process group $group" >&2; fi
  done
  rm -rf "$emulator_folder"/{build,build.toml,tmp,hold,admin-key}
}

use_emulator() {
  local name
  for name in ${!AWS_*}; do unset "$name"; done
  export AWS_ENDPOINT_URL=$emulator_url AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 \
    AWS_DEFAULT_REGION=us-east-1 AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
    AWS_EC2_METADATA_DISABLED=true NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
}

# What local/emulator has printed of setting $1.
server_setting() { sed -n "s/^$1=//p" "$emulator_folder/servers.log"; }

emulator_template() {
  "$_tools/ministack/bin/python" scripts/emulator/rewrite_template.py "$emulator_folder/build" "$emulator_url" \
    "$(server_setting AWS_ENDPOINT_URL_RDS_DATA)" "$JAVA_HOME" "$(<local/emulator/target/lambda-runtime-classpath)"
}

# An operation of Secrets Manager on the emulator: name $1, JSON on standard input; prints the secret's ARN.
_secret() {
  curl -sS --fail-with-body -m 30 "$emulator_url" -H 'Content-Type: application/x-amz-json-1.1' \
    -H "X-Amz-Target: secretsmanager.$1" -d @- | python3 -c 'import json, sys; print(json.load(sys.stdin)["ARN"])' ||
    fail "the emulator's Secrets Manager refused $1: see $emulator_folder/ministack.log"
}

emulator_parameters() {
  local keys
  keys=$(_secret CreateSecret <<<'{"Name": "provider-keys", "SecretString": "{\"ANTHROPIC_API_KEY\": \"stand-in\"}"}')
  echo "RedisUrl=$(server_setting REDIS_URL)"
  echo "DatabaseResourceArn=$(server_setting DATABASE_RESOURCE_ARN)"
  echo "DatabaseSecretArn=$(server_setting DATABASE_SECRET_ARN)"
  echo "DatabaseName=$(server_setting DATABASE_NAME)"
  echo "AnthropicBaseUrl=$(server_setting LLM_URL)"
  echo "ProviderKeysSecretArn=$keys"
  # There is no snapshot of a custom runtime, here as on AWS.
  echo "SnapStart=None"
}

# scripts/migrate would make the key, but the emulator's secret has an empty text where AWS's has none.
put_admin_key() {
  (umask 077 && python3 -c 'import secrets; print("pl_" + secrets.token_urlsafe(32))' >"$emulator_folder/admin-key")
  python3 - "$1" "$emulator_folder/admin-key" <<'PY' | _secret PutSecretValue
import json, sys
print(json.dumps({"SecretId": sys.argv[1], "SecretString": open(sys.argv[2]).read().strip()}))
PY
}
