import {byId, element, setWidth} from './dom.js';
import * as format from './format.js';

/** What browsers open to one server over HTTP/1.1; more would only queue, and count as slow. */
const AT_A_TIME = 6;

const KINDS = [
  {kind: 'hit', name: '200 cached', of: (status) => status === 200},
  {kind: 'job', name: '202 queued', of: (status) => status === 202},
  {kind: 'denied', name: '429 refused', of: (status) => status === 429},
  {kind: 'failed', name: 'other', of: () => true},
];

const kindOf = (status) => KINDS.find(({of}) => of(status)).kind;

let edited = false;

/** What a burst is, where none was sent yet. */
const HINT = byId('burst-result').textContent;

/** Proposes so many that the limit bites, unless somebody has chosen a number. */
export function propose(limit) {
  if (!edited && limit) {
    byId('burst-size').value = Math.min(2000, limit + 20);
  }
}

/**
 * Sends the same request many times.
 *
 * @param send sends one, and gives its answer
 */
export async function run(send) {
  const size = Math.max(1, Math.min(2000, Math.floor(Number(byId('burst-size').value)) || 1));
  byId('burst-size').value = size;
  const dots = Array.from({length: size}, () => element('span'));
  byId('burst-dots').replaceChildren(...dots);
  byId('burst').disabled = true;
  byId('burst-result').textContent = `Sending ${format.counted(size, 'request')} …`;
  const began = performance.now();
  const replies = [];
  let next = 0;
  const worker = async () => {
    while (next < size) {
      const dot = dots[next++];
      const reply = await send();
      replies.push(reply);
      dot.dataset.kind = kindOf(reply.status);
      showBars(replies, size);
    }
  };
  await Promise.all(Array.from({length: AT_A_TIME}, worker));
  byId('burst').disabled = false;
  byId('burst-result').textContent = summary(replies, performance.now() - began);
}

const numberOf = (replies, kind) => replies.filter((reply) => kindOf(reply.status) === kind).length;

function showBars(replies, size) {
  const list = byId('burst-bars');
  if (list.childElementCount === 0) {
    list.append(
      ...KINDS.map(({kind, name}) =>
        element(
          'li',
          {'data-kind': kind},
          element('span', {class: 'name'}, name),
          element('span', {class: 'track'}, element('span', {class: `bar ${kind}`})),
          element('span', {class: 'value'}, '0'),
        ),
      ),
    );
  }
  list.hidden = false;
  for (const row of list.children) {
    const number = numberOf(replies, row.dataset.kind);
    row.hidden = row.dataset.kind === 'failed' && number === 0;
    setWidth(row.querySelector('.bar'), number / size);
    row.querySelector('.bar').toggleAttribute('data-known', number > 0);
    row.querySelector('.value').textContent = format.count(number);
  }
}

function summary(replies, ms) {
  const denied = replies.findLast((reply) => reply.status === 429);
  const failed = replies.find((reply) => kindOf(reply.status) === 'failed');
  const admitted = numberOf(replies, 'hit') + numberOf(replies, 'job');
  return [
    `${format.count(admitted)} admitted, ${format.count(numberOf(replies, 'denied'))} refused, in ${format.time(ms)}.`,
    denied ? denied.problem.detail : '',
    failed ? `${failed.problem.title}: ${failed.problem.detail}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Nothing has been sent yet, by who asks now. */
export function forget() {
  byId('burst-dots').replaceChildren();
  byId('burst-bars').hidden = true;
  byId('burst-result').textContent = HINT;
}

byId('burst-size').addEventListener('input', () => {
  edited = true;
});
