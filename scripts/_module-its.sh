# shellcheck shell=bash
# Sourced by scripts/test. Defines module_its NAME: runs the integration tests of local/NAME, a module that the build has
# in the profile NAME only, and adds them to those that passed and failed. Maven's output is left in $logs/NAME.log.

: "${logs:?the folder for logs}"

module_its() {
  local name=$1 log=$logs/$1.log status=0 good=0 bad=0 reports
  use_jdk
  find "local/$name" -type d -name failsafe-reports -exec rm -rf {} +
  # No unit test has this name.
  mvn -B -ntp -Dstyle.color=never "-P$name" -pl "local/$name" -am -Dtest=None \
    -Dsurefire.failIfNoSpecifiedTests=false -Dassembly.skipAssembly -Djacoco.skip -Dspotless.check.skip \
    verify >"$log" 2>&1 || status=$?
  grep -E '^\[(INFO|ERROR)\] +(Running |Tests run:.* (in|--) )' "$log" | sed -E 's/^\[[A-Z]+\] +/   /' || true
  reports=("local/$name"/target/failsafe-reports/TEST-*.xml)
  if [[ -e ${reports[0]} ]]; then
    bad=$(($(sum_of errors "${reports[@]}") + $(sum_of failures "${reports[@]}")))
    good=$(($(sum_of tests "${reports[@]}") - $(sum_of skipped "${reports[@]}") - bad))
  fi
  if ((status != 0 || good + bad == 0)); then
    ((bad)) || bad=1
    grep -E '^\[ERROR\]' "$log" | head -n 40 || true
  fi
  passed=$((passed + good)) failed=$((failed + bad))
}
