import {byId} from './dom.js';
import {call, hasKey} from './api.js';
import {curlLine} from './curl.js';
import {clearProblem, showProblem} from './problem.js';
import {isAdmin, onCaller} from './caller.js';
import {ended, follow} from './job.js';
import * as answer from './answer.js';
import * as burst from './burst.js';
import * as editor from './editor.js';
import * as format from './format.js';
import * as limit from './limit.js';
import * as numbers from './numbers.js';
import * as speed from './speed.js';
import * as templates from './templates.js';

/** What ends the interest in the request before. */
let shown = new AbortController();

function request() {
  const cache = byId('cache').value;
  return {
    path: 'generate',
    body: {templateId: byId('template').value, provider: byId('provider').value, input: templates.input()},
    headers: cache === '' ? {} : {'Cache-Control': cache},
  };
}

function showCurl(sent) {
  byId('curl').textContent = curlLine(sent, hasKey());
  byId('copy').hidden = false;
}

async function post({path, body, headers}, signal) {
  const reply = await call('POST', path, {body, headers, signal});
  limit.observe(reply);
  burst.propose(limit.limit());
  numbers.record(reply);
  return reply;
}

async function send() {
  shown.abort(new Error('Something else was sent'));
  shown = new AbortController();
  const {signal} = shown;
  const sent = request();
  const began = performance.now();
  templates.clearErrors();
  showCurl(sent);
  answer.begin();
  answer.announce('Sent.');
  byId('send').disabled = true;
  try {
    const reply = await post(sent, signal);
    byId('send').disabled = false;
    answer.showVerdict(reply);
    if (reply.problem) {
      refused(reply);
    } else {
      answer.explain(reply);
      await showJob(reply, began, signal);
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  }
}

function refused(reply) {
  answer.showRefused(reply.problem);
  templates.showErrors(reply.problem);
  showProblem(byId('answer-problem'), reply, send);
}

async function showJob(reply, began, signal) {
  const cache = reply.headers.get('X-Cache');
  let trouble = '';
  const onJob = (job) => {
    trouble = '';
    clearProblem(byId('answer-problem'));
    answer.showJob(job, cache);
    answer.announce(`${job.status[0].toUpperCase()}${job.status.slice(1)}.`);
  };
  onJob(reply.body);
  if (cache === 'HIT') {
    speed.measured('hit', reply.ms, reply.body.inputHash);
    answer.announce(`Completed, from the cache, after ${format.time(reply.ms)}.`);
    return;
  }
  const onTrouble = (unanswered) => {
    // Read out once, however often it is asked again.
    if (trouble !== unanswered.problem.kind) {
      trouble = unanswered.problem.kind;
      showProblem(byId('answer-problem'), unanswered);
    }
  };
  const last = ended(reply.body) ? {job: reply.body} : await follow(reply.body, {signal, onJob, onTrouble});
  if (last.problem) {
    showProblem(byId('answer-problem'), last);
  } else if (last.job.status === 'completed') {
    const took = performance.now() - began;
    speed.measured('miss', took, last.job.inputHash);
    numbers.timing('miss', took);
    answer.announce(`Completed after ${format.time(took)}.`);
  } else {
    failed(last.job);
  }
}

function failed(job) {
  const {code = job.status, message = 'Nobody wants it any more.', retryable = false} = job.error ?? {};
  const problem = {
    kind: code,
    title: job.status === 'failed' ? 'The job failed' : 'The job was cancelled',
    detail: `${message}${retryable ? ' It may work later.' : ''}`,
  };
  showProblem(byId('answer-problem'), {status: job.status, headers: new Headers(), problem}, send);
}

async function copy() {
  if (!navigator.clipboard) {
    // Only pages from https or this machine have one.
    getSelection().selectAllChildren(byId('curl'));
    return;
  }
  await navigator.clipboard.writeText(byId('curl').textContent);
  byId('copy').textContent = 'Copied';
  setTimeout(() => {
    byId('copy').textContent = 'Copy';
  }, 2000);
}

async function saved(template) {
  await templates.load(template.templateId);
  answer.announce(`Version ${template.version} of ${template.name} is in force.`);
  byId('edit-template').focus();
}

function whoAsks() {
  limit.forget();
  burst.forget();
  numbers.showFleet(isAdmin());
  for (const option of byId('cache').querySelectorAll('[data-needs-key]')) {
    option.disabled = !hasKey();
    if (option.disabled && option.selected) {
      byId('cache').value = '';
    }
  }
  byId('edit-template').hidden = byId('new-template').hidden = !isAdmin();
  byId('edit-hint').hidden = isAdmin();
  templates.load();
}

const on = (id, type, action) =>
  byId(id).addEventListener(type, (event) => {
    if (type === 'submit') {
      event.preventDefault();
    }
    action(event);
  });

on('request-form', 'submit', send);
on('request-form', 'keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !byId('send').disabled) {
    event.preventDefault();
    send();
  }
});
on('template', 'change', templates.showVariables);
on('provider', 'change', templates.clearErrors);
on('burst-form', 'submit', () => {
  const sent = request();
  showCurl(sent);
  burst.run(() => post(sent));
});
on('copy', 'click', copy);
on('edit-template', 'click', () => editor.open(templates.current(), saved));
on('new-template', 'click', () => editor.open(null, saved));
// Where there is room for it.
byId('prompt').open = matchMedia('(min-width: 60rem)').matches;
onCaller(whoAsks);
