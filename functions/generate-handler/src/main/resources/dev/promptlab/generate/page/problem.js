import {byId, element} from './dom.js';
import {retryAfter} from './api.js';

/** What to do about it, where the problem's own words do not say so. */
const HELP = {
  unreachable: [
    'Start it again with ',
    element('code', {}, 'scripts/run-local'),
    ', then try again: this page stays as it is.',
  ],
  unauthorized: [
    'scripts/run-local shows the first admin key when it has started, and keeps it in ',
    element('code', {}, '.local/admin-key'),
    '. On a deployment an admin makes keys with ',
    element('code', {}, 'POST /api-keys'),
    '.',
  ],
  'rate-limiter-unavailable': [
    'Redis does not answer. Without it nobody can count, so requests are refused rather than let through.',
  ],
  'job-store-unavailable': ['Answers that are cached are still served, for up to a minute.'],
};

const countdowns = new WeakMap();

/**
 * Shows a refusal as a person wants to read it, with a countdown where the answer says when to come back.
 *
 * @param again what the button does, if there is to be one
 */
export function showProblem(place, reply, again) {
  clearProblem(place);
  const {title, detail, kind, requestId} = reply.problem;
  const actions = element('div', {class: 'actions'});
  const said = element('div', {role: 'alert'}, element('h3', {}, title), element('p', {}, detail));
  if (HELP[kind]) {
    said.append(element('p', {}, ...HELP[kind].map((part) => part.cloneNode?.(true) ?? part)));
  }
  place.append(element('div', {class: 'problem'}, said, meta(reply.status, kind, requestId), actions));
  if (kind === 'unauthorized') {
    actions.append(button('Enter a key', () => byId('key').focus()));
  }
  if (again) {
    const retry = button('Try again', again);
    actions.append(retry);
    countDown(place, retry, retryAfter(reply));
  }
}

export function clearProblem(place) {
  clearInterval(countdowns.get(place));
  place.replaceChildren();
}

function meta(status, kind, requestId) {
  const parts = status === 0 ? ['no answer'] : [`${status}`, kind];
  return element('p', {class: 'meta'}, [...parts, ...(requestId ? [`request ${requestId}`] : [])].join(' · '));
}

function button(text, action) {
  const made = element('button', {type: 'button', class: 'quiet'}, text);
  made.addEventListener('click', action);
  return made;
}

/** Outside of what is read out, so that nobody has to hear each second. */
function countDown(place, retry, wait) {
  const due = performance.now() + wait * 1000;
  const tick = () => {
    const left = Math.ceil((due - performance.now()) / 1000);
    retry.disabled = left > 0;
    retry.textContent = left > 0 ? `Try again in ${left} s` : 'Try again';
    if (left <= 0) {
      clearInterval(countdowns.get(place));
    }
  };
  countdowns.set(place, setInterval(tick, 200));
  tick();
}
