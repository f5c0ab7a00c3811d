-- What a job needs to know of its callers, its cost and its end: who asked for it, under which idempotency key, what it
-- may cost and did cost, and what has been invalidated or erased.

alter table job
  -- Whether equal requests may join it while it is active. A fresh job (Cache-Control: no-cache, no-store) stays apart.
  add column joinable boolean not null default true,
  -- The key that made it; null: no key.
  add column key_id uuid,
  -- How many requests it answers: the one that made it, and those that joined.
  add column requests integer not null default 1,
  -- In billionths of a US dollar: what it may cost at most, and what it did cost.
  add column cost_bound_nanos bigint not null default 0,
  add column cost_nanos bigint,
  -- From then on neither input nor output are kept.
  add column erased_at timestamptz;

-- The single flight: one active job that others may join, for each input.
drop index job_active;
create unique index job_active on job (input_hash) where joinable and status in ('queued', 'processing');
create index job_open on job (account) where status in ('queued', 'processing');
create index job_live on job (cacheable_until) where reusable and status = 'completed';
create index job_retention on job (completed_at) where erased_at is null and completed_at is not null;

create table job_caller (
  account text not null,
  job_id uuid not null references job on delete cascade,
  key_id uuid,
  added_at timestamptz not null default clock_timestamp(),
  -- The request that withdrew the caller.
  withdrawn_by text,
  primary key (account, job_id)
);

create index job_caller_newest on job_caller (account, added_at desc, job_id desc);
create index job_caller_of_job on job_caller (job_id);

create table idempotency (
  account text not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 128),
  body_sha256 text not null,
  job_id uuid not null,
  expires_at timestamptz not null,
  primary key (account, idempotency_key)
);

create index idempotency_expiry on idempotency (expires_at);

-- What has been paid for, each day (UTC).
create table spend (
  day date not null,
  account text not null,
  nanos bigint not null,
  primary key (day, account)
);

create function utc_day() returns date
  language sql volatile
as $$
  select (clock_timestamp() at time zone 'UTC')::date
$$;

create function add_spend(p_account text, p_nanos bigint) returns void
  language sql volatile
as $$
  insert into spend as s (day, account, nanos)
  select utc_day(), p_account, p_nanos where p_nanos > 0
  on conflict (day, account) do update set nanos = s.nanos + excluded.nanos
$$;

-- What an account has spent today, and what its open jobs may still cost; of all accounts if p_account is null.
create function spend_today(p_account text) returns table (spent_nanos bigint, open_nanos bigint)
  language sql volatile
as $$
  select
    (select coalesce(sum(nanos), 0)::bigint from spend
      where day = utc_day() and (p_account is null or account = p_account)),
    (select coalesce(sum(cost_bound_nanos), 0)::bigint from job
      where status in ('queued', 'processing') and (p_account is null or account = p_account))
$$;

-- Results of jobs created up to "before" that match are never given to other requests again: one of template_id,
-- input_hash and key_pattern (a glob over the cache's keys, and key_regex the same) is set. A row is needed for as long as such a result could be cached.
create table invalidation (
  invalidation_id bigint generated always as identity primary key,
  template_id text,
  input_hash text,
  key_pattern text,
  key_regex text,
  before timestamptz not null,
  expires_at timestamptz not null,
  reason text,
  check (num_nonnulls(template_id, input_hash, key_pattern) = 1 and (key_pattern is null) = (key_regex is null))
);

create function invalidation_matches(i invalidation, p_template_id text, p_input_hash text) returns boolean
  language sql stable
as $$
  select coalesce(i.template_id = p_template_id, i.input_hash = p_input_hash,
    concat_ws(chr(58), 'gen', 'job', 'hash', p_input_hash) ~ i.key_regex)
$$;

create function is_invalidated(p_template_id text, p_input_hash text, p_created_at timestamptz) returns boolean
  language sql stable
as $$
  select exists (
    select from invalidation i
    where p_created_at <= i.before and invalidation_matches(i, p_template_id, p_input_hash))
$$;

-- The newest completed job whose result may answer this input now; p_max_age_seconds null: of any age.
drop function reusable_job(text);
create function reusable_job(p_input_hash text, p_max_age_seconds integer) returns setof job
  language sql volatile
as $$
  select * from job
  where input_hash = p_input_hash and reusable and status = 'completed' and cacheable_until > clock_timestamp()
    and (p_max_age_seconds is null or completed_at >= clock_timestamp() - make_interval(secs => p_max_age_seconds))
    and not is_invalidated(template_id, input_hash, created_at)
  order by created_at desc
  limit 1
$$;

create function add_job_caller(p_job_id uuid, p_account text, p_key_id uuid) returns void
  language sql volatile
as $$
  insert into job_caller (account, job_id, key_id) values (p_account, p_job_id, p_key_id)
  on conflict (account, job_id) do update set withdrawn_by = null
$$;

-- Accepts a request. Outcomes: 'reused' (a completed job answers it), 'joined' (an equal job is active), 'queued'
-- (p_job_id is a new job, to be sent to the queue), 'repeated' (the job that this idempotency key has made before),
-- 'conflict' (another body under that key), 'account-budget' and 'deployment-budget' (a cap would be passed: nothing was
-- made). READ COMMITTED: each statement inside sees what has been committed.
-- p_reuse false: a fresh job, which nobody joins; p_store false: its result is for its own callers alone.
drop function accept_job(uuid, text, text, text, integer, text, text, text, integer, integer);
create function accept_job(
  p_job_id uuid, p_account text, p_key_id uuid, p_scope text, p_template_id text, p_template_version integer,
  p_provider text, p_input_hash text, p_input text, p_reuse boolean, p_store boolean, p_max_age_seconds integer,
  p_idempotency_key text, p_body_sha256 text, p_cost_bound_nanos bigint, p_deployment_budget_nanos bigint,
  p_deadline_seconds integer, p_sweep_seconds integer)
  returns table (outcome text, id uuid, job_status text, job_attempts integer, created_ms bigint, started_ms bigint)
  language plpgsql
as $$
declare
  found_job job%rowtype;
  completed job%rowtype;
  repeated idempotency%rowtype;
  result text;
  refusal text;
begin
  if p_idempotency_key is not null then
    -- First of all: equal keys at the same time wait here for each other. A row that is over is taken as a new one.
    insert into idempotency as i (account, idempotency_key, body_sha256, job_id, expires_at)
    values (p_account, p_idempotency_key, p_body_sha256, p_job_id, clock_timestamp() + interval '24 hours')
    on conflict (account, idempotency_key) do update set
      body_sha256 = case when i.expires_at <= clock_timestamp() then excluded.body_sha256 else i.body_sha256 end,
      job_id = case when i.expires_at <= clock_timestamp() then excluded.job_id else i.job_id end,
      expires_at = case when i.expires_at <= clock_timestamp() then excluded.expires_at else i.expires_at end
    returning * into repeated;
    if repeated.body_sha256 <> p_body_sha256 then
      return query select 'conflict', null::uuid, null::text, null::integer, null::bigint, null::bigint;
      return;
    end if;
    if repeated.job_id <> p_job_id then
      select * into found_job from job where job_id = repeated.job_id;
      result := 'repeated';
    end if;
  end if;

  if result is null then
    -- This very call once more, its answer having been lost.
    select * into found_job from job where job_id = p_job_id;
    if found then
      result := 'queued';
    end if;
  end if;

  if result is null and p_reuse then
    select * into found_job from reusable_job(p_input_hash, p_max_age_seconds);
    if found then
      result := 'reused';
    end if;
  end if;

  if result is null then
    -- DO UPDATE, not DO NOTHING: it waits for and returns the row of a concurrent insert.
    insert into job as active
      (job_id, account, key_id, scope, template_id, template_version, provider, input_hash, reusable, joinable,
       cost_bound_nanos, sweep_at, deadline_at)
    values
      (p_job_id, p_account, p_key_id, p_scope, p_template_id, p_template_version, p_provider, p_input_hash, p_store,
       p_reuse and p_store, p_cost_bound_nanos,
       clock_timestamp() + make_interval(secs => p_sweep_seconds),
       clock_timestamp() + make_interval(secs => p_deadline_seconds))
    on conflict (input_hash) where joinable and status in ('queued', 'processing')
      do update set requests = active.requests + 1
    returning * into found_job;
    if found_job.job_id <> p_job_id then
      result := 'joined';
    else
      if p_reuse then
        -- One may have completed between the first look and the index's check.
        select * into completed from reusable_job(p_input_hash, p_max_age_seconds);
        if found then
          result := 'reused';
        end if;
      end if;
      if result is null then
        refusal := budget_refusal(p_account, p_deployment_budget_nanos);
        result := coalesce(refusal, 'queued');
      end if;
      if result = 'queued' then
        insert into job_input (job_id, input) values (p_job_id, p_input);
      else
        delete from job where job_id = p_job_id;
        found_job := completed;
      end if;
    end if;
  end if;

  if refusal is not null then
    delete from idempotency where account = p_account and idempotency_key = p_idempotency_key and job_id = p_job_id;
    return query select refusal, null::uuid, null::text, null::integer, null::bigint, null::bigint;
    return;
  end if;
  if result in ('joined', 'queued') then
    perform add_job_caller(found_job.job_id, p_account, p_key_id);
  end if;
  if p_idempotency_key is not null and result <> 'repeated' then
    update idempotency set job_id = found_job.job_id
    where account = p_account and idempotency_key = p_idempotency_key;
  end if;
  return query select result, found_job.job_id, found_job.status, found_job.attempts,
    epoch_millis(found_job.created_at), epoch_millis(found_job.started_at);
end
$$;

-- Which cap the jobs that are open now would pass, if each cost as much as it may: 'account-budget', 'deployment-budget'
-- or null. One request at a time for each cap, so that the next one sees this one's job; only where there is a cap.
create function budget_refusal(p_account text, p_deployment_budget_nanos bigint) returns text
  language plpgsql
as $$
declare
  cap bigint;
  total bigint;
begin
  select daily_budget_nanos into cap from account where account = p_account;
  if cap is not null then
    perform pg_advisory_xact_lock(hashtextextended('promptlab budget of ' || p_account, 0));
    select spent_nanos + open_nanos into total from spend_today(p_account);
    if total > cap then
      return 'account-budget';
    end if;
  end if;
  if p_deployment_budget_nanos is not null then
    perform pg_advisory_xact_lock(hashtextextended('promptlab budget', 0));
    select spent_nanos + open_nanos into total from spend_today(null);
    if total > p_deployment_budget_nanos then
      return 'deployment-budget';
    end if;
  end if;
  return null;
end
$$;

-- Ends a job that has not been started or whose lease is over; the caller of this holds its row's lock.
create function end_unfinished_job(p_job_id uuid, p_status text, p_code text, p_message text) returns void
  language sql volatile
as $$
  update job set status = p_status, error_code = p_code, error_message = p_message,
    error_retryable = case when p_code is not null then true end, completed_at = clock_timestamp()
  where job_id = p_job_id
$$;

create or replace function claim_job(p_job_id uuid, p_token uuid, p_lease_seconds integer, p_max_attempts integer)
  returns table (
    outcome text, wait_ms bigint, job_account text, job_scope text, job_template_id text, job_template_version integer,
    job_provider text, job_input_hash text, job_attempts integer, created_ms bigint, started_ms bigint)
  language plpgsql
as $$
declare
  j job%rowtype;
  result text;
  now_at timestamptz;
begin
  select * into j from job where job_id = p_job_id for update;
  -- After the lock: the wait for it may have been long.
  now_at := clock_timestamp();
  if not found then
    result := 'missing';
  elsif j.status not in ('queued', 'processing') then
    result := 'ended';
  elsif j.status = 'processing' and j.lease_token = p_token then
    result := 'claimed';
  elsif j.status = 'processing' and j.lease_until > now_at then
    result := 'leased';
  elsif j.erased_at is not null then
    perform end_unfinished_job(p_job_id, 'cancelled', null, null);
    result := 'ended';
  elsif j.deadline_at <= now_at then
    perform end_unfinished_job(p_job_id, 'failed', 'deadline-exceeded', 'The job did not end within its deadline.');
    result := 'ended';
  elsif j.attempts >= p_max_attempts then
    perform end_unfinished_job(p_job_id, 'failed', 'retries-exhausted',
      'Every attempt failed; the last failure could have been repeated.');
    result := 'ended';
  else
    update job set status = 'processing', attempts = attempts + 1, lease_token = p_token,
      lease_until = now_at + make_interval(secs => p_lease_seconds),
      sweep_at = now_at + make_interval(secs => p_lease_seconds),
      started_at = coalesce(started_at, now_at)
    where job_id = p_job_id
    returning * into j;
    result := 'claimed';
  end if;
  return query select result, epoch_millis(j.lease_until) - epoch_millis(now_at), j.account, j.scope, j.template_id,
    j.template_version, j.provider, j.input_hash, j.attempts, epoch_millis(j.created_at), epoch_millis(j.started_at);
end
$$;

-- Ends a job with its result; no row if the lease has gone to another delivery: then only the cost is kept. A repeat
-- with the same token returns the same row again. p_cache_seconds null: the result is never reused.
drop function complete_job(uuid, uuid, text, text, text, integer, integer, integer);
create function complete_job(
  p_job_id uuid, p_token uuid, p_model text, p_finish_reason text, p_output text, p_input_tokens integer,
  p_output_tokens integer, p_cost_nanos bigint, p_cache_seconds integer)
  returns table (completed_ms bigint, cacheable_until_ms bigint, job_requests integer)
  language plpgsql
as $$
declare
  j job%rowtype;
  now_at timestamptz;
begin
  select * into j from job where job_id = p_job_id for update;
  now_at := clock_timestamp();
  if j.status = 'processing' and j.lease_token = p_token then
    update job set status = 'completed', model = p_model, finish_reason = p_finish_reason,
      input_tokens = p_input_tokens, output_tokens = p_output_tokens, cost_nanos = p_cost_nanos, completed_at = now_at,
      cacheable_until = case
        when reusable and erased_at is null and not is_invalidated(template_id, input_hash, created_at)
        then now_at + make_interval(secs => p_cache_seconds) end
    where job_id = p_job_id;
    if j.erased_at is null then
      -- Parts of 8,000 characters: at most 32 KB of UTF-8, so that a row stays below 64 KB.
      insert into job_output (job_id, part, content)
      select p_job_id, n, substr(p_output, n * 8000 + 1, 8000)
      from generate_series(0, (greatest(length(p_output), 1) - 1) / 8000) as n;
    end if;
  end if;
  if not (j.status = 'completed' and j.lease_token = p_token) then
    perform add_spend(j.account, p_cost_nanos);
  end if;
  return query select epoch_millis(completed_at), epoch_millis(cacheable_until), requests from job
    where job_id = p_job_id and status = 'completed' and lease_token = p_token;
end
$$;

-- Ends a job as failed; false if the lease has gone to another delivery. p_cost_nanos: of an answer that was paid for and
-- could not be used.
drop function fail_job(uuid, uuid, text, text, boolean);
create function fail_job(
  p_job_id uuid, p_token uuid, p_code text, p_message text, p_retryable boolean, p_cost_nanos bigint)
  returns boolean
  language plpgsql
as $$
declare
  j job%rowtype;
begin
  select * into j from job where job_id = p_job_id for update;
  if j.status = 'processing' and j.lease_token = p_token then
    update job set status = 'failed', error_code = p_code, error_message = p_message, error_retryable = p_retryable,
      cost_nanos = nullif(p_cost_nanos, 0), completed_at = clock_timestamp()
    where job_id = p_job_id;
  end if;
  if not (j.status = 'failed' and j.lease_token = p_token) then
    perform add_spend(j.account, p_cost_nanos);
  end if;
  return j.lease_token = p_token and j.status in ('processing', 'failed');
end
$$;

-- Withdraws an account from a job. Outcomes: 'cancelled' (nobody is left), 'withdrawn' (others are), 'not-cancellable'
-- (it is being processed, or has ended), 'not-caller', 'missing'. A repeat by the same request has the same outcome.
create function withdraw_caller(p_job_id uuid, p_account text, p_request text) returns text
  language plpgsql
as $$
declare
  j job%rowtype;
  c job_caller%rowtype;
  others boolean;
begin
  -- Before callers are read: who joins at the same time has this lock too.
  select * into j from job where job_id = p_job_id for update;
  if not found then
    return 'missing';
  end if;
  select * into c from job_caller where job_id = p_job_id and account = p_account;
  if not found then
    return 'not-caller';
  end if;
  if j.status <> 'queued' and not (j.status = 'cancelled' and c.withdrawn_by = p_request) then
    return 'not-cancellable';
  end if;
  update job_caller set withdrawn_by = p_request where job_id = p_job_id and account = p_account;
  select exists (select from job_caller where job_id = p_job_id and withdrawn_by is null) into others;
  if others then
    return 'withdrawn';
  end if;
  if j.status = 'queued' then
    perform end_unfinished_job(p_job_id, 'cancelled', null, null);
  end if;
  return 'cancelled';
end
$$;

-- For how long a result can be reused at most, from now on: the longest life of any template's results, and the time that
-- a job accepted just now may take.
create function longest_reuse(p_default_ttl_seconds integer, p_deadline_seconds integer) returns interval
  language sql stable
as $$
  select make_interval(secs => p_deadline_seconds + greatest(p_default_ttl_seconds, max(v.cache_ttl_seconds)))
  from template t join template_version v on v.template_id = t.template_id and v.version = t.current_version
$$;

-- Invalidates what matches (a template, an input or a pattern): completed results are not reused any more, and
-- jobs that are active now neither joined nor reused. Returns how many results could still have been reused.
create function invalidate_results(
  p_template_id text, p_input_hash text, p_key_pattern text, p_key_regex text, p_reason text,
  p_default_ttl_seconds integer, p_deadline_seconds integer)
  returns table (invalidated bigint, change_id bigint)
  language plpgsql
as $$
declare
  row_of_it invalidation%rowtype;
  live bigint;
  last_use timestamptz;
begin
  row_of_it.template_id := p_template_id;
  row_of_it.input_hash := p_input_hash;
  row_of_it.key_regex := p_key_regex;
  -- Waits for completions under way; what they have committed is then seen below.
  perform from job where status in ('queued', 'processing') and (reusable or joinable)
    and invalidation_matches(row_of_it, template_id, input_hash)
  order by job_id for update;
  row_of_it.before := clock_timestamp();
  update job set reusable = false, joinable = false where status in ('queued', 'processing') and (reusable or joinable)
    and invalidation_matches(row_of_it, template_id, input_hash);
  select count(distinct j.input_hash), max(j.cacheable_until) into live, last_use from job j
  where j.reusable and j.status = 'completed' and j.cacheable_until > row_of_it.before
    and invalidation_matches(row_of_it, j.template_id, j.input_hash)
    and not is_invalidated(j.template_id, j.input_hash, j.created_at);
  insert into invalidation (template_id, input_hash, key_pattern, key_regex, before, expires_at, reason)
  values (p_template_id, p_input_hash, p_key_pattern, p_key_regex, row_of_it.before,
    greatest(last_use, row_of_it.before + longest_reuse(p_default_ttl_seconds, p_deadline_seconds)), p_reason);
  return query select live, record_change();
end
$$;

-- Forgets what jobs were asked and what they answered, for good: those of p_job_id, or of up to p_limit jobs that ended
-- more than p_days ago. A queued job is cancelled; one that is being processed will keep no output.
-- change_id is null where nothing can have a copy of the result.
create function erase_content(p_job_id uuid, p_days integer, p_limit integer)
  returns table (id uuid, hash text, change_id bigint)
  language plpgsql
as $$
declare
  j record;
  now_at timestamptz;
  change bigint;
begin
  for j in
    select job_id, input_hash, created_at, cacheable_until from job
    where job_id in (
      select p_job_id where p_job_id is not null
      union all
      (select o.job_id from job o
        where p_job_id is null and o.erased_at is null
          and o.completed_at < clock_timestamp() - make_interval(days => p_days)
        order by o.completed_at limit p_limit))
    order by job_id
    for update
  loop
    now_at := clock_timestamp();
    update job set erased_at = coalesce(erased_at, now_at), reusable = false, joinable = false, cacheable_until = null,
      status = case when status = 'queued' then 'cancelled' else status end,
      completed_at = case when status = 'queued' then now_at else completed_at end
    where job_id = j.job_id;
    delete from job_input where job_id = j.job_id;
    delete from job_output where job_id = j.job_id;
    if j.cacheable_until > now_at then
      insert into invalidation (input_hash, before, expires_at, reason)
      values (j.input_hash, j.created_at, j.cacheable_until, 'erased');
    end if;
    -- For a repeat too: it may be one because the first call could not tell all instances.
    if change is null and (p_job_id is not null or j.cacheable_until > now_at) then
      change := record_change();
    end if;
    id := j.job_id;
    hash := j.input_hash;
    change_id := change;
    return next;
  end loop;
end
$$;

-- Removes what is over and nobody asks for any more.
create function remove_expired(p_limit integer) returns bigint
  language plpgsql
as $$
declare
  removed bigint;
  more bigint;
begin
  delete from idempotency where (account, idempotency_key) in (
    select account, idempotency_key from idempotency where expires_at <= clock_timestamp()
    order by expires_at limit p_limit for update skip locked);
  get diagnostics removed = row_count;
  delete from invalidation where expires_at <= clock_timestamp();
  get diagnostics more = row_count;
  return removed + more;
end
$$;
