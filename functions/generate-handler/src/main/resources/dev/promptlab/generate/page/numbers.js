import {byId, element} from './dom.js';
import {call} from './api.js';
import {clearProblem, showProblem} from './problem.js';
import {bars, chart, dots, line} from './charts.js';
import * as format from './format.js';

const EVERY_MS = 2000;
const LONGEST_MS = 120_000;
const STEP_MS = 20_000;

const ratio = chart(byId('chart-ratio'), 'Hit ratio');
const requests = chart(byId('chart-requests'), 'Requests');
const latency = chart(byId('chart-latency'), 'Latency, as this tab measured it');
const saved = chart(byId('chart-saved'), 'Saved by the cache');

/** What this tab has seen itself. */
const tab = {hits: 0, lookups: 0, admitted: 0, denied: 0, saved: 0};
const timings = [];
let fleet = false;
let history = [];
let opened = performance.now();
let sampling = false;

/** Counts an answer to POST /generate. */
export function record(reply) {
  const cache = reply.headers.get('X-Cache');
  if (reply.status === 429) {
    tab.denied++;
  }
  if (!reply.problem) {
    tab.admitted++;
    tab.lookups += cache === 'BYPASS' ? 0 : 1;
  }
  if (cache === 'HIT') {
    tab.hits++;
    tab.saved += reply.body.costUsd ?? 0;
    timing('hit', reply.ms);
  }
}

/** A time for the chart of latencies. */
export function timing(kind, ms) {
  timings.push({at: performance.now(), kind, ms});
}

/** Whether the numbers are of all instances and callers, which takes an admin's key. */
export function showFleet(admin) {
  fleet = admin;
  history = [];
  opened = performance.now();
  clearProblem(byId('numbers-problem'));
  byId('numbers-source').textContent = admin
    ? 'of all callers, from GET /metrics'
    : 'what this tab has seen; with an admin’s key, what all callers have';
  sample();
}

/** The counters in Prometheus's text, the series of one name added up; with a label, only those that have it. */
function sums(text) {
  const series = [...text.matchAll(/^([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)$/gm)];
  return (name, label = '') =>
    series
      .filter(([, of, labels]) => of === name && (labels ?? '').includes(label))
      .reduce((sum, [, , , value]) => sum + Number(value), 0);
}

async function totals() {
  if (!fleet) {
    return {...tab};
  }
  const reply = await call('GET', 'metrics');
  if (reply.problem) {
    if (byId('numbers-problem').childElementCount === 0) {
      showProblem(byId('numbers-problem'), reply);
    }
    return null;
  }
  clearProblem(byId('numbers-problem'));
  const sum = sums(reply.body);
  const joined = sum('cache_coalesced_total');
  return {
    hits: sum('cache_hits_total'),
    lookups: sum('cache_hits_total') + sum('cache_misses_total') + joined,
    admitted: sum('cache_hits_total') + joined + sum('jobs_total', 'status="queued"'),
    denied: sum('rate_limit_denied_total'),
    saved: sum('llm_saved_usd_total'),
  };
}

async function sample() {
  const before = fleet;
  sampling = true;
  const seen = await totals();
  sampling = false;
  if (seen && before === fleet) {
    const now = performance.now();
    history = [...history, {at: now, ...seen}].filter(({at}) => at > now - LONGEST_MS);
    draw(now);
  }
}

/** How far back the charts go: as far as there is something to show, in steps. */
const spanAt = (now) => Math.min(LONGEST_MS, Math.ceil((now - opened) / STEP_MS) * STEP_MS || STEP_MS);

function draw(now) {
  const last = history.at(-1);
  const span = spanAt(now);
  const ago = `${format.seconds(span / 1000)} ago`;
  const across = (at) => 1 - (now - at) / span;
  ratio.show(
    last.lookups ? format.percent(last.hits / last.lookups) : '–',
    [
      last.lookups
        ? `${format.count(last.hits)} of ${format.count(last.lookups)} answered by the cache`
        : 'nothing looked up yet',
    ],
    {ago, height: '0 to 100 %'},
    line(history.filter(({lookups}) => lookups > 0).map(({at, hits, lookups}) => ({x: across(at), y: hits / lookups}))),
  );
  drawRequests(last, span, ago, across);
  drawLatency(now - span, ago, across);
  saved.show(
    format.usd(last.saved),
    [`by ${format.counted(last.hits, 'answer')} that no model had to write`],
    {ago, height: last.saved > 0 ? `0 to ${format.usd(last.saved)}` : ''},
    last.saved > 0 ? line(history.map(({at, saved: amount}) => ({x: across(at), y: amount / last.saved}))) : [],
  );
}

function drawRequests(last, span, ago, across) {
  const steps = history.slice(1).map((sampled, i) => ({
    at: sampled.at,
    admitted: Math.max(0, sampled.admitted - history[i].admitted),
    denied: Math.max(0, sampled.denied - history[i].denied),
  }));
  const most = Math.max(1, ...steps.map(({admitted, denied}) => admitted + denied));
  requests.show(
    format.count(last.admitted + last.denied),
    [
      element('span', {class: 'key-of admitted'}, `${format.count(last.admitted)} admitted`),
      element('span', {class: 'key-of denied'}, `${format.count(last.denied)} refused`),
    ],
    {ago, height: `0 to ${format.count(most)} in ${EVERY_MS / 1000} s`},
    bars(
      steps.map(({at, admitted, denied}) => ({
        x: across(at),
        parts: [
          {y: admitted / most, kind: 'admitted'},
          {y: denied / most, kind: 'denied'},
        ],
      })),
      EVERY_MS / span,
    ),
  );
}

/** On a logarithmic scale: hits and misses are orders of magnitude apart. */
function drawLatency(from, ago, across) {
  const of = (kind) => timings.filter((timed) => timed.kind === kind).map(({ms}) => ms);
  const medians = ['hit', 'miss'].map((kind) => [kind, format.median(of(kind))]).filter(([, ms]) => ms !== undefined);
  latency.show(
    medians.length ? medians.map(([, ms]) => format.time(ms)).join(' / ') : '–',
    medians.length
      ? medians.map(([kind]) => element('span', {class: `key-of ${kind}`}, `median of a ${kind}`))
      : ['nothing measured yet'],
    {ago, height: '1 ms to 100 s, log'},
    dots(
      timings
        .filter(({at}) => at > from)
        .slice(-400)
        .map(({at, kind, ms}) => ({x: across(at), y: Math.min(1, Math.log10(Math.max(1, ms)) / 5), kind})),
    ),
  );
}

setInterval(() => document.visibilityState === 'visible' && !sampling && sample(), EVERY_MS);
