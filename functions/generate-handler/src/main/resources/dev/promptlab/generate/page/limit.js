import {byId, setWidth} from './dom.js';
import * as format from './format.js';

const LOW = 0.2;

/** What the last answer said, and when the requests of this tab were admitted: each frees its slot a window later. */
let known = null;
let admitted = [];
let ticking = 0;

/** Learns from the headers of an answer to POST /generate. */
export function observe(reply) {
  const policy = /^"(.*)";q=(\d+);w=(\d+)$/.exec(reply.headers.get('RateLimit-Policy') ?? '');
  const state = /;r=(\d+);t=(\d+)$/.exec(reply.headers.get('RateLimit') ?? '');
  if (!policy || !state) {
    return;
  }
  const now = performance.now();
  if (reply.status !== 429) {
    admitted.push(now);
  }
  // Of requests that were under way at the same time, the lowest number is the latest.
  const overlapping = known !== null && now - reply.ms < known.at;
  const left = Number(state[1]);
  known = {
    tier: policy[1],
    limit: Number(policy[2]),
    window: Number(policy[3]) * 1000,
    left: overlapping ? Math.min(left, known.left) : left,
    next: now + Number(state[2]) * 1000,
    at: now,
  };
  admitted = admitted.filter((at) => at + known.window > now);
  show();
  ticking ||= setInterval(show, 200);
}

/** Somebody else asks now: nothing is known of that limit. */
export function forget() {
  known = null;
  admitted = [];
  stop();
  byId('left').textContent = '–';
  byId('left-of').textContent = 'not asked yet';
  byId('limit-policy').textContent = '';
  byId('limit-next').textContent = 'Each answer says how many requests are left: send one.';
  setWidth(byId('meter-bar'), 0);
  setMeter(0, 1, 'not known yet');
}

export const limit = () => known?.limit;

function stop() {
  clearInterval(ticking);
  ticking = 0;
}

/** How many requests would be admitted now, as far as this tab can tell. */
function leftAt(now) {
  if (now >= known.at + known.window) {
    return known.limit;
  }
  const freed = admitted.filter((at) => at + known.window > known.at && at + known.window <= now).length;
  return Math.min(known.limit, known.left + freed);
}

function show() {
  const now = performance.now();
  const left = leftAt(now);
  const full = left === known.limit;
  byId('left').textContent = format.count(left);
  byId('left-of').textContent = `of ${format.counted(known.limit, 'request')} left`;
  byId('limit-policy').textContent = `tier ${known.tier}, any ${format.seconds(known.window / 1000)}`;
  byId('limit-next').textContent = full ? 'Full.' : next(now);
  setWidth(byId('meter-bar'), left / known.limit);
  byId('meter-bar').dataset.level = left / known.limit < LOW ? 'low' : 'fine';
  setMeter(left, known.limit, `${left} of ${known.limit} requests left`);
  if (full) {
    stop();
  }
}

function next(now) {
  const due = admitted.map((at) => at + known.window).filter((at) => at > now);
  const wait = Math.ceil((Math.min(...due, ...(known.next > now ? [known.next] : [])) - now) / 1000);
  return `The next slot frees in ${Number.isFinite(wait) ? wait : 0} s: the window slides, it does not start anew.`;
}

function setMeter(left, of, text) {
  const meter = byId('meter');
  meter.setAttribute('aria-valuemax', of);
  meter.setAttribute('aria-valuenow', left);
  meter.setAttribute('aria-valuetext', text);
}
