# shellcheck shell=bash
# Sourced by scripts/test. Defines browser_checks: the page in a real browser, headless Chromium driven by Playwright,
# on PromptLabs that its tests start and take things away from. Screenshots are left in .local/test/screenshots. Needs
# scripts/_module-its.sh.

: "${logs:?the folder for logs}"

# Those that the tests look for too.
_has_chromium() {
  [[ -x ${CHROMIUM:-} ]] || has chromium || has chromium-browser || has google-chrome || has google-chrome-stable
}

browser_checks() {
  module_its browser
  # shellcheck disable=SC2034  # scripts/test shows it
  note="$logs/browser.log, $logs/screenshots"
}
