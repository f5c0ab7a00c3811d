import {byId, element} from './dom.js';
import {clearProblem} from './problem.js';
import * as format from './format.js';

const between = (from, to) => Date.parse(to) - Date.parse(from);

/** Empties the card for a new answer. */
export function begin() {
  byId('answer-empty').hidden = true;
  byId('answer-full').hidden = false;
  clearProblem(byId('answer-problem'));
  byId('output').hidden = true;
  for (const id of ['facts', 'verdict', 'explanation', 'output']) {
    byId(id).replaceChildren();
  }
  showLife([{state: 'current', name: 'Sent', note: 'on its way'}]);
}

export function announce(text) {
  byId('announcement').textContent = text;
}

/** Status, cache and time of the answer to POST /generate. */
export function showVerdict(reply) {
  const cache = reply.headers.get('X-Cache');
  byId('verdict').replaceChildren(
    ...(cache ? [badge(cache, cache)] : []),
    badge(reply.status === 0 ? 'no answer' : `${reply.status}`, reply.problem ? 'refused' : ''),
    badge(format.time(reply.ms), ''),
  );
}

const badge = (text, kind) => element('span', {class: 'badge', 'data-kind': kind}, text);

/** One sentence on what the cache did. */
export function explain(reply) {
  const age = reply.headers.get('Age');
  const left = /ttl=(\d+)/.exec(reply.headers.get('Cache-Status') ?? '')?.[1];
  const written = age === '0' ? 'just now' : `${format.seconds(Number(age))} ago`;
  const hit = [
    'From the cache, no model was asked',
    ...(age ? [`written ${written}`] : []),
    ...(left ? [`kept for ${format.seconds(Number(left))} more`] : []),
  ];
  byId('explanation').textContent =
    {
      HIT: `${hit.join(', ')}.`,
      MISS: 'It is not in the cache: a job was queued.',
      COALESCED: 'The same request is being answered already: this one joined its job, one model call serves both.',
      BYPASS: 'A new answer was asked for: the cache was passed by, and gets the new one.',
    }[reply.headers.get('X-Cache')] ?? '';
}

const CACHE_STEPS = {
  HIT: {state: 'done', name: 'Cache', note: 'hit'},
  MISS: {state: 'done', name: 'Cache', note: 'miss'},
  COALESCED: {state: 'done', name: 'Cache', note: 'miss, joined a job'},
  BYPASS: {state: 'done', name: 'Cache', note: 'passed by'},
};

/** Where a request that was refused came to its end. */
export function showRefused({kind, status}) {
  if (status === 0) {
    showLife([{state: 'failed', name: 'Sent', note: 'no answer'}]);
  } else if (kind === 'rate-limited' || kind === 'rate-limiter-unavailable') {
    showLife([
      {state: 'failed', name: 'Limit', note: kind === 'rate-limited' ? 'reached' : 'cannot be asked'},
      {state: 'todo', name: 'Cache', note: 'not asked'},
      {state: 'todo', name: 'Model', note: 'not asked'},
    ]);
  } else if (kind === 'job-store-unavailable') {
    showLife([
      {state: 'done', name: 'Limit', note: 'admitted'},
      CACHE_STEPS.MISS,
      {state: 'failed', name: 'Queue', note: 'the job could not be stored'},
    ]);
  } else {
    showLife([{state: 'failed', name: 'Refused', note: kind.replaceAll('-', ' ')}]);
  }
}

/** The path of a request that was let in, up to where its job is now. */
export function showJob(job, cache) {
  const steps = [{state: 'done', name: 'Limit', note: 'admitted'}, CACHE_STEPS[cache]];
  if (cache !== 'HIT') {
    steps.push(queued(job), processing(job));
  }
  steps.push(end(job, cache));
  showLife(steps);
  byId('life').dataset.status = job.status;
  showOutput(job);
}

function queued(job) {
  if (job.status === 'queued') {
    return {
      state: 'current',
      name: 'Queued',
      note: job.attempts > 0 ? `again, after attempt ${job.attempts}` : 'waits for a worker',
    };
  }
  return {state: 'done', name: 'Queued', note: job.startedAt ? format.time(between(job.createdAt, job.startedAt)) : ''};
}

function processing(job) {
  const attempt = job.attempts > 1 ? `, attempt ${job.attempts}` : '';
  if (job.status === 'queued' || !job.startedAt) {
    return {state: 'todo', name: 'Processing', note: ''};
  }
  return job.status === 'processing'
    ? {state: 'current', name: 'Processing', note: `the model writes${attempt}`}
    : {state: 'done', name: 'Processing', note: `${format.time(between(job.startedAt, job.completedAt))}${attempt}`};
}

function end(job, cache) {
  const took = job.completedAt ? `${format.time(between(job.createdAt, job.completedAt))} in all` : '';
  return (
    {
      completed: {
        state: 'done',
        name: 'Completed',
        note: cache === 'HIT' ? `by a job that took ${format.time(between(job.createdAt, job.completedAt))}` : took,
      },
      failed: {state: 'failed', name: 'Failed', note: took},
      cancelled: {state: 'failed', name: 'Cancelled', note: took},
    }[job.status] ?? {state: 'todo', name: 'Completed', note: ''}
  );
}

function showLife(steps) {
  delete byId('life').dataset.status;
  byId('life').replaceChildren(
    ...steps.map(({state, name, note}) =>
      element(
        'li',
        {'data-state': state, ...(state === 'current' ? {'aria-current': 'step'} : {})},
        element('strong', {}, name),
        note,
      ),
    ),
  );
}

function showOutput(job) {
  const output = byId('output');
  output.hidden = job.output === undefined;
  output.textContent = job.output ?? '';
  const facts = [
    ['Model', job.model],
    ['Tokens', job.usage && `${format.count(job.usage.inputTokens)} in, ${format.count(job.usage.outputTokens)} out`],
    ['Cost', job.costUsd !== undefined && (job.cached ? `${format.usd(job.costUsd)} saved` : format.usd(job.costUsd))],
    ['Finished by', job.finishReason],
    ['Version', `${job.templateVersion}`],
  ].filter(([, value]) => value);
  byId('facts').replaceChildren(...facts.map(([name, value]) => fact(name, value, '')), fact('Job', job.jobId, 'long'));
}

const fact = (name, value, kind) => element('div', {class: kind}, element('dt', {}, name), element('dd', {}, value));
