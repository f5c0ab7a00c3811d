import {byId, setWidth} from './dom.js';
import * as format from './format.js';

let times = {};
let input;

const HINT = byId('speed-note').textContent;

function forget() {
  times = {};
  for (const name of ['miss', 'hit']) {
    byId(`${name}-time`).textContent = '–';
    byId(`${name}-bar`).toggleAttribute('data-known', false);
    setWidth(byId(`${name}-bar`), 0);
  }
  byId('factor').textContent = '–';
  byId('factor-unit').textContent = 'no pair yet';
  byId('speed-note').textContent = HINT;
}

/** A time that this browser measured: of a hit, or of a miss from sending to its job's end. */
export function measured(kind, ms, inputHash) {
  if (inputHash !== input) {
    // Only what is of the same input is compared.
    forget();
    input = inputHash;
  }
  times[kind] = ms;
  const longest = Math.max(...Object.values(times));
  for (const [name, time] of Object.entries(times)) {
    byId(`${name}-time`).textContent = format.time(time);
    byId(`${name}-bar`).toggleAttribute('data-known', true);
    setWidth(byId(`${name}-bar`), time / longest);
  }
  if (times.hit && times.miss) {
    const factor = times.miss / times.hit;
    byId('factor').textContent = `${factor.toFixed(factor < 10 ? 1 : 0)} ×`;
    byId('factor-unit').textContent = factor < 1 ? 'as fast' : 'faster from the cache';
    byId('speed-note').textContent =
      'The last one of each: the miss until its job was completed, the hit until its last byte.';
  }
}
