import {byId, element} from './dom.js';
import {call} from './api.js';
import {clearProblem, showProblem} from './problem.js';
import {bars, chart, dots, line} from './charts.js';
import * as format from './format.js';

const EVERY_MS = 2000;
const SPAN_MS = 120_000;

const ratio = chart(byId('chart-ratio'), 'Hit ratio');
const requests = chart(byId('chart-requests'), 'Requests');
const latency = chart(byId('chart-latency'), 'Latency, as this tab measured it');
const saved = chart(byId('chart-saved'), 'Saved by the cache');

/** What this tab has seen itself. */
const tab = {hits: 0, lookups: 0, admitted: 0, denied: 0, saved: 0};
const timings = [];
let fleet = false;
let history = [];

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
    series.filter(([, of, labels]) => of === name && (labels ?? '').includes(label))
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
  const seen = await totals();
  if (seen && before === fleet) {
    const now = performance.now();
    history = [...history, {at: now, ...seen}].filter(({at}) => at > now - SPAN_MS);
    draw(now);
  }
}

const across = (at, now) => 1 - (now - at) / SPAN_MS;

function draw(now) {
  const last = history.at(-1);
  ratio.show(
    last.lookups ? format.percent(last.hits / last.lookups) : '–',
    [last.lookups ? `${format.count(last.hits)} of ${format.count(last.lookups)} answered by the cache` : 'nothing looked up yet'],
    line(history.filter(({lookups}) => lookups > 0).map(({at, hits, lookups}) => ({x: across(at, now), y: hits / lookups}))),
  );
  drawRequests(now, last);
  drawLatency(now);
  const most = Math.max(last.saved, Number.MIN_VALUE);
  saved.show(
    format.usd(last.saved),
    [`by ${format.counted(last.hits, 'answer')} that no model had to write`],
    last.saved > 0 ? line(history.map(({at, saved: amount}) => ({x: across(at, now), y: 0.9 * amount / most}))) : [],
  );
}

function drawRequests(now, last) {
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
    bars(steps.map(({at, admitted, denied}) => ({
      x: across(at, now),
      parts: [{y: 0.95 * admitted / most, kind: 'admitted'}, {y: 0.95 * denied / most, kind: 'denied'}],
    })), EVERY_MS / SPAN_MS),
  );
}

/** On a logarithmic scale, 1 ms to 100 s: hits and misses are thousands apart. */
function drawLatency(now) {
  const of = (kind) => timings.filter((timed) => timed.kind === kind).map(({ms}) => ms);
  const medians = ['hit', 'miss'].map((kind) => [kind, format.median(of(kind))]).filter(([, ms]) => ms !== undefined);
  latency.show(
    medians.length ? medians.map(([, ms]) => format.time(ms)).join(' / ') : '–',
    medians.length
      ? medians.map(([kind]) => element('span', {class: `key-of ${kind}`}, `median of a ${kind}`))
      : ['nothing measured yet'],
    dots(timings.filter(({at}) => at > now - SPAN_MS).slice(-400)
      .map(({at, kind, ms}) => ({x: across(at, now), y: Math.min(1, Math.log10(Math.max(1, ms)) / 5), kind}))),
  );
}

setInterval(() => document.visibilityState === 'visible' && sample(), EVERY_MS);
