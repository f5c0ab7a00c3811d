import {call, hasKey, pause, retryAfter} from './api.js';

const HELD_SECONDS = 20;
const FIRST_LOOK_MS = 120;
const LAST_LOOK_MS = 1000;

export const ended = (job) => !['queued', 'processing'].includes(job.status);

/**
 * Follows a job to its end. Its states are short, so the first looks are too; once it is processed, who has a key lets
 * the request be held until it has ended.
 *
 * @param onJob gets the job after each look
 * @param onTrouble gets an answer that was no job; it is asked again then
 * @returns the job that has ended, or the answer that says that there is none
 */
export async function follow(first, {signal, onJob, onTrouble}) {
  let job = first;
  let look = FIRST_LOOK_MS;
  let held = false;
  while (!ended(job)) {
    if (!held) {
      await pause(look, signal);
      look = Math.min(LAST_LOOK_MS, look * 1.25);
    }
    const hold = hasKey() && job.status === 'processing';
    const reply = await call('GET', `jobs/${job.jobId}`, {
      headers: hold ? {Prefer: `wait=${HELD_SECONDS}`} : {},
      signal,
    });
    // A request that could not be held is answered at once: then it is this page that has to wait.
    held = reply.headers.has('Preference-Applied');
    if (reply.problem) {
      if (['job-not-found', 'unauthorized', 'forbidden'].includes(reply.problem.kind)) {
        return reply;
      }
      onTrouble(reply);
      await pause(Math.max(1, retryAfter(reply)) * 1000, signal);
      continue;
    }
    job = reply.body;
    onJob(job);
  }
  return {job};
}
