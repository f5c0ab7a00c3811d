# shellcheck shell=bash
# Sourced by scripts/test. Defines browser_checks: the page in a real browser, headless Chromium driven by Playwright,
# on PromptLabs that its tests start and take things away from. Screenshots are left in .local/test/screenshots.

: "${logs:?the folder for logs}"

# Those that the tests look for too.
_has_chromium() {
  [[ -x ${CHROMIUM:-} ]] || has chromium || has chromium-browser || has google-chrome || has google-chrome-stable
}

browser_checks() {
  local log=$logs/browser.log status=0 reports
  use_jdk
  find local/browser -type d -name failsafe-reports -exec rm -rf {} +
  # No unit test has this name.
  mvn -B -ntp -Dstyle.color=never -Pbrowser -pl local/browser -am -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
    -Dassembly.skipAssembly -Djacoco.skip -Dspotless.check.skip verify >"$log" 2>&1 || status=$?
  grep -E '^\[(INFO|ERROR)\] +(Running |Tests run:.* (in|--) )' "$log" | sed -E 's/^\[[A-Z]+\] +/   /' || true
  reports=(local/browser/target/failsafe-reports/TEST-*.xml)
  if [[ -e ${reports[0]} ]]; then
    failed=$(($(sum_of errors "${reports[@]}") + $(sum_of failures "${reports[@]}")))
    passed=$(($(sum_of tests "${reports[@]}") - $(sum_of skipped "${reports[@]}") - failed))
  fi
  if ((status != 0 || passed + failed == 0)); then
    ((failed)) || failed=1
    grep -E '^\[ERROR\]' "$log" | head -n 40 || true
  fi
  # shellcheck disable=SC2034  # scripts/test shows it
  note="$logs/browser.log, $logs/screenshots"
}
