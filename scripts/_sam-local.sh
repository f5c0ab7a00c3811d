# shellcheck shell=bash
# Sourced by the scripts that run functions in Lambda's own image, after _say.sh and _jdk.sh. Defines:
#   sam_local_prepare  builds what has changed, and wires containers to the servers of a running scripts/run-local. Sets
#                      work (a folder) and wired (options for `sam local`); holds a lock, file descriptor 9: two at once
#                      would build over each other and want the same ports
#   sam_local_cleanup  undoes it; is done when the script ends
#   NOISE              what lines of its logs are like that say nothing (a pattern of grep and awk)

work='' wired=()
_forwarder=
# shellcheck disable=SC2034  # for the scripts that source this
readonly NOISE='^Picked up JAVA_TOOL_OPTIONS: |^No current session found, using default AWS::AccountId$'
readonly _run_info=.local/run-local.json _built=.aws-sam/build/template.yaml

sam_local_prepare() {
  local wiring ports tool architecture image pull=()
  _need_tool python3
  _running || fail "no PromptLab is running here: start scripts/run-local in another terminal"
  for tool in sam docker make; do _need_tool "$tool"; done
  docker info >/dev/null 2>&1 || fail "no Docker engine answers: start it first"
  use_jdk
  need_mvn

  work=$(mktemp -d)
  trap sam_local_cleanup EXIT
  trap 'exit 130' INT TERM
  if command -v flock >/dev/null; then
    exec 9>.local/invoke.lock
    flock 9
  fi

  case $(uname -m) in
    arm64 | aarch64) architecture=arm64 ;;
    *) architecture=x86_64 ;;
  esac
  wiring=$(_variables)
  read -ra ports <<<"$wiring"
  export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=${ports[0]} AWS_EC2_METADATA_DISABLED=true
  # No function that runs here gets, or needs, this machine's credentials; and without any SAM does not look them up.
  unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null

  if ! _up_to_date; then
    note "building"
    sam build --parameter-overrides "Architecture=$architecture" >"$work/build.log" 2>&1 ||
      { cat "$work/build.log" >&2; fail "sam build failed"; }
  fi
  ports=("${ports[@]:1}")
  [[ $(uname -s) != Linux || ${#ports[@]} == 0 ]] || _forward "${ports[@]}"

  image=public.ecr.aws/lambda/java:25-$architecture
  if docker image inspect "$image" >/dev/null 2>&1; then
    pull=(--skip-pull-image)
  else
    note "fetching Lambda's image, once"
  fi
  # shellcheck disable=SC2034  # for the scripts that source this
  wired=(--env-vars "$work/variables.json" --parameter-overrides "Architecture=$architecture"
    --add-host host.docker.internal:host-gateway ${pull[@]+"${pull[@]}"})
}

sam_local_cleanup() {
  [[ -z $_forwarder ]] || kill "$_forwarder" 2>/dev/null || true
  rm -rf "$work"
}

_need_tool() {
  command -v "$1" >/dev/null || fail "$1 was not found on PATH; it is needed to run a function in Lambda's image"
}

_running() {
  [[ -f $_run_info ]] &&
    kill -0 "$(python3 -c 'import json; print(json.load(open(".local/run-local.json"))["pid"])')" 2>/dev/null
}

# Writes the functions' variables as containers must see them; prints the region and the ports that they must reach.
_variables() {
  python3 - "$_run_info" "$work/variables.json" <<'PY'
import json, re, sys
local = re.compile(r"(//|@)(?:127\.0\.0\.1|localhost|\[::1\])(:(\d+))?")
environment = json.load(open(sys.argv[1]))["environment"]
ports = sorted({m.group(3) for v in environment.values() for m in local.finditer(v) if m.group(3)})
seen_inside = {k: local.sub(r"\1host.docker.internal\2", v) for k, v in environment.items()}
json.dump({"Parameters": seen_inside}, open(sys.argv[2], "w"))
print(environment.get("AWS_REGION", "us-east-1"), *ports)
PY
}

_up_to_date() {
  local file
  make -q zips || return 1
  for file in template.yaml samconfig.toml Makefile functions/*/target/*.zip; do
    [[ $_built -nt $file ]] || return 1
  done
}

# On Linux a container reaches this host at the bridge's address, where servers on 127.0.0.1 do not listen; Docker
# Desktop (whose bridge is not on this host) does that itself.
_forward() {
  local bridge to_forward
  bridge=$(docker network inspect bridge --format '{{range .IPAM.Config}}{{or .Gateway .Subnet}} {{end}}')
  # Not every engine names the bridge's own address; it is its network's first one. What is reached there already (since
  # another script forwards it, or the server listens everywhere) is left alone.
  # shellcheck disable=SC2086  # words
  to_forward=$(python3 - "$@" -- $bridge <<'PY'
import ipaddress, socket, sys
end = sys.argv.index("--")
def reached(address, port):
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False
for interface in map(ipaddress.ip_interface, sys.argv[end + 1:]):
    address = interface.ip if interface.network.num_addresses == 1 else interface.network[1]
    if address.version == 4:
        try:
            socket.socket().bind((str(address), 0))
        except OSError:
            continue  # Docker Desktop: not an address of this machine
        ports = [port for port in sys.argv[1:end] if not reached(str(address), int(port))]
        print(*([str(address)] + ports if ports else []))
        break
PY
  )
  [[ $to_forward ]] || return 0
  local class_path=local/server/target/run-classpath
  [[ -s $class_path ]] || fail "local/server is not built: start scripts/run-local again"
  # It ends with its standard input, so with this script, whatever ends that.
  mkfifo "$work/hold"
  : >"$work/forwarder" # before it is looked into: what runs in the background may create it late
  # shellcheck disable=SC2086  # words
  java -XX:TieredStopAtLevel=1 -cp "local/server/target/classes:$(<"$class_path")" \
    -Dlog4j2.configurationFile=classpath:log4j2-local.xml dev.promptlab.local.server.PortForwarder $to_forward \
    <"$work/hold" >"$work/forwarder" 2>&1 9>&- &
  _forwarder=$!
  exec 8>"$work/hold"
  for _ in {1..100}; do
    grep -qx ready "$work/forwarder" && return
    kill -0 "$_forwarder" 2>/dev/null || break
    sleep 0.1
  done
  fail "the ports of run-local could not be made reachable from containers: $(cat "$work/forwarder")"
}
