-- The truth of PromptLab: templates with their versions, and jobs.
-- Read and written through the RDS Data API: no row above 64 KB, so long text stands in rows of its own, output in
-- parts; no array parameters; one statement a call, so what must happen together is a function.

create table template (
  template_id text primary key check (template_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  current_version integer not null check (current_version >= 1)
);

-- A version never changes once written.
create table template_version (
  template_id text not null references template,
  version integer not null check (version >= 1),
  name text not null,
  content text not null,
  system text,
  models jsonb not null default '{}',
  parameters jsonb not null default '{}',
  cache_ttl_seconds integer check (cache_ttl_seconds > 0),
  cache_scope text not null default 'account' check (cache_scope in ('account', 'shared')),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (template_id, version)
);

create table job (
  job_id uuid primary key,
  account text not null,
  scope text not null check (scope in ('account', 'shared')),
  template_id text not null,
  template_version integer not null,
  provider text not null check (provider in ('anthropic', 'openai', 'bedrock')),
  input_hash text not null check (input_hash ~ '^[0-9a-f]{64}$'),
  -- Whether others may join it while it is active, or be given its result.
  reusable boolean not null default true,
  status text not null default 'queued'
    check (status in ('queued', 'processing', 'completed', 'failed', 'cancelled')),
  -- LLM calls started, the one under way included.
  attempts integer not null default 0,
  -- Random per delivery; kept after the end, so that a repeat of the ending statement is recognised.
  lease_token uuid,
  lease_until timestamptz,
  -- When the sweeper looks at it next, if it has not ended by then.
  sweep_at timestamptz not null,
  deadline_at timestamptz not null,
  model text,
  finish_reason text,
  input_tokens integer,
  output_tokens integer,
  error_code text,
  error_message text,
  error_retryable boolean,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  completed_at timestamptz,
  -- Until when its result answers equal requests; null: never.
  cacheable_until timestamptz,
  foreign key (template_id, template_version) references template_version (template_id, version)
);

-- One active job per input: the single flight.
create unique index job_active on job (input_hash) where reusable and status in ('queued', 'processing');
create index job_reusable on job (input_hash, created_at desc) where reusable and status = 'completed';
create index job_sweep on job (sweep_at) where status in ('queued', 'processing');

create table job_input (
  job_id uuid primary key references job on delete cascade,
  -- RFC 8785 canonical JSON: a string or an object of variables.
  input text not null
);

create table job_output (
  job_id uuid not null references job on delete cascade,
  part integer not null,
  content text not null,
  primary key (job_id, part)
);
