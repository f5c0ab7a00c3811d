# shellcheck shell=bash
# Sourced by the scripts that people call. Standard output is for what was asked for; what they say besides is a line on
# standard error that begins with the script's name, in colour on a terminal, unless NO_COLOR is set. Defines:
#   note TEXT...         says what is being done
#   fail TEXT...         says what went wrong and what to do; ends the script with 1
#   refuse TEXT...       says what is wrong with how it was called; ends the script with 2
#   step SECOND TEXT...  says what has begun now, with the seconds since SECOND (of SECONDS)

_script=${0##*/}
readonly _script
_name=$_script _name_of_failure=$_script _dim='' _plain=''
if [[ -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  _dim=$'\e[2m' _plain=$'\e[0m'
  _name=$'\e[36m'$_script$_plain _name_of_failure=$'\e[31m'$_script$_plain
fi

step() { printf '%s%5d s%s  %s\n' "$_dim" $((SECONDS - $1)) "$_plain" "${*:2}" >&2; }
note() { printf '%s: %s\n' "$_name" "$*" >&2; }
fail() { printf '%s: %s\n' "$_name_of_failure" "$*" >&2; exit 1; }
refuse() { printf '%s: %s: see scripts/%s --help\n' "$_name_of_failure" "$*" "$_script" >&2; exit 2; }
