// What docs/clients.md shows of the TypeScript client, against the PromptLab at BASE, with the admin key ADMIN_KEY.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdministrationApi, Configuration, GenerateApi, JobsApi, ResponseError, type InvalidRequestProblem, type Job,
} from './promptlab/index.js';

const basePath = process.env['BASE']!;
const admin = new AdministrationApi(new Configuration({ basePath, apiKey: process.env['ADMIN_KEY']! }));
const { key } = await admin.createApiKey({ newApiKey: { account: 'typescript', tier: 'pro' } });

const caller = new Configuration({ basePath, apiKey: key });
const generateRequest = {
  templateId: 'translate',
  provider: 'anthropic',
  input: { from: 'French', to: 'English', text: `Bonjour, ${Date.now()}` },
} as const;
const accepted = await new GenerateApi(caller).generateRaw({ generateRequest });
assert.equal(accepted.raw.status, 202);

let job: Job = await accepted.value();
while (job.status === 'queued' || job.status === 'processing') {
  await sleep(250);
  job = await new JobsApi(caller).getJob({ jobId: job.jobId, prefer: 'wait=10' });
}
assert.equal(job.status, 'completed');

const again = await new GenerateApi(caller).generateRaw({ generateRequest });
assert.equal(again.raw.status, 200);
assert.equal(again.raw.headers.get('X-Cache'), 'HIT');
assert.equal(again.raw.headers.get('X-RateLimit-Remaining'), '98');
assert.deepEqual(await again.value(), { ...job, cached: true });
assert(job.createdAt instanceof Date);

const refusal = await new GenerateApi(caller)
  .generate({ generateRequest: { ...generateRequest, input: 'no variables' } })
  .catch((e: unknown) => e);
assert(refusal instanceof ResponseError);
assert.equal(refusal.response.status, 400);
const problem: InvalidRequestProblem = await refusal.response.json();
assert.equal(problem.errors[0]!.field, 'input');
console.log(`${job.status}: ${job.output}`);
