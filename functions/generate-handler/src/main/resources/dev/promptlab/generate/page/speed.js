import {byId, setWidth} from './dom.js';
import * as format from './format.js';

const times = {};

/** A time that this browser measured: of a hit, or of a miss from sending to its job's end. */
export function measured(kind, ms) {
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
