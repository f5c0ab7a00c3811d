-- Every change of a job's status, as functions: one Data API call each. Times are the database's.

create function epoch_millis(t timestamptz) returns bigint
  language sql immutable
  return floor(extract(epoch from t) * 1000)::bigint;

-- The newest completed job whose result may answer this input now.
create function reusable_job(p_input_hash text) returns setof job
  language sql volatile
as $$
  select * from job
  where input_hash = p_input_hash and reusable and status = 'completed' and cacheable_until > clock_timestamp()
  order by created_at desc
  limit 1
$$;

-- Accepts a request: outcome 'reused' (a completed job answers it), 'joined' (an equal job is active) or 'queued'
-- (p_job_id is a new job, to be sent to the queue). READ COMMITTED: each statement inside sees what has been committed.
create function accept_job(
  p_job_id uuid, p_account text, p_scope text, p_template_id text, p_template_version integer, p_provider text,
  p_input_hash text, p_input text, p_deadline_seconds integer, p_sweep_seconds integer)
  returns table (outcome text, id uuid, job_status text, job_attempts integer, created_ms bigint, started_ms bigint)
  language plpgsql
as $$
declare
  found_job job%rowtype;
  completed job%rowtype;
  result text;
begin
  select * into found_job from reusable_job(p_input_hash);
  if found then
    result := 'reused';
  else
    -- DO UPDATE, not DO NOTHING: it waits for and returns the row of a concurrent insert.
    insert into job as active
      (job_id, account, scope, template_id, template_version, provider, input_hash, sweep_at, deadline_at)
    values
      (p_job_id, p_account, p_scope, p_template_id, p_template_version, p_provider, p_input_hash,
       clock_timestamp() + make_interval(secs => p_sweep_seconds),
       clock_timestamp() + make_interval(secs => p_deadline_seconds))
    on conflict (input_hash) where reusable and status in ('queued', 'processing')
      do update set input_hash = active.input_hash
    returning * into found_job;
    if found_job.job_id <> p_job_id then
      result := 'joined';
    else
      -- One may have completed between the first look and the index's check.
      select * into completed from reusable_job(p_input_hash);
      if found then
        delete from job where job_id = p_job_id;
        found_job := completed;
        result := 'reused';
      else
        insert into job_input (job_id, input) values (p_job_id, p_input) on conflict do nothing;
        result := 'queued';
      end if;
    end if;
  end if;
  return query select result, found_job.job_id, found_job.status, found_job.attempts,
    epoch_millis(found_job.created_at), epoch_millis(found_job.started_at);
end
$$;

-- Takes a job for one delivery of its message. Outcomes: 'claimed'; 'leased' (another delivery holds it for wait_ms
-- more); 'ended' (nothing to do, or it was ended here: deadline passed, attempts used up); 'missing'.
create function claim_job(p_job_id uuid, p_token uuid, p_lease_seconds integer, p_max_attempts integer)
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
  elsif j.deadline_at <= now_at then
    update job set status = 'failed', error_code = 'deadline-exceeded',
      error_message = 'The job did not end within its deadline.', error_retryable = true, completed_at = now_at
    where job_id = p_job_id;
    result := 'ended';
  elsif j.attempts >= p_max_attempts then
    update job set status = 'failed', error_code = 'retries-exhausted',
      error_message = 'Every attempt failed; the last failure could have been repeated.', error_retryable = true,
      completed_at = now_at
    where job_id = p_job_id;
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

-- Ends a job with its result; no row if the lease has gone to another delivery. A repeat with the same token returns
-- the same row again. p_cache_seconds null: the result is never reused.
create function complete_job(
  p_job_id uuid, p_token uuid, p_model text, p_finish_reason text, p_output text, p_input_tokens integer,
  p_output_tokens integer, p_cache_seconds integer)
  returns table (completed_ms bigint, cacheable_until_ms bigint)
  language plpgsql
as $$
declare
  now_at timestamptz := clock_timestamp();
begin
  update job set status = 'completed', model = p_model, finish_reason = p_finish_reason,
    input_tokens = p_input_tokens, output_tokens = p_output_tokens, completed_at = now_at,
    cacheable_until = case when reusable then now_at + make_interval(secs => p_cache_seconds) end
  where job_id = p_job_id and status = 'processing' and lease_token = p_token;
  if found then
    -- Parts of 8,000 characters: at most 32 KB of UTF-8, so that a row stays below 64 KB.
    insert into job_output (job_id, part, content)
    select p_job_id, n, substr(p_output, n * 8000 + 1, 8000)
    from generate_series(0, (greatest(length(p_output), 1) - 1) / 8000) as n;
  end if;
  return query select epoch_millis(completed_at), epoch_millis(cacheable_until) from job
    where job_id = p_job_id and status = 'completed' and lease_token = p_token;
end
$$;

-- Ends a job as failed; false if the lease has gone to another delivery.
create function fail_job(p_job_id uuid, p_token uuid, p_code text, p_message text, p_retryable boolean)
  returns boolean
  language plpgsql
as $$
begin
  update job set status = 'failed', error_code = p_code, error_message = p_message, error_retryable = p_retryable,
    completed_at = clock_timestamp()
  where job_id = p_job_id and status = 'processing' and lease_token = p_token;
  return found or exists (
    select from job where job_id = p_job_id and status = 'failed' and lease_token = p_token);
end
$$;

-- Gives a job back to the queue, to be claimed again; false if the lease has gone to another delivery.
-- p_sweep_seconds: when the sweeper enqueues it again if no delivery has come by then.
create function release_job(p_job_id uuid, p_token uuid, p_sweep_seconds integer) returns boolean
  language plpgsql
as $$
begin
  update job set status = 'queued', lease_token = null, lease_until = null,
    sweep_at = least(clock_timestamp() + make_interval(secs => p_sweep_seconds), deadline_at)
  where job_id = p_job_id and status = 'processing' and lease_token = p_token;
  return found;
end
$$;

-- One bounded step of the sweep: ends up to p_limit jobs past their deadline ('expired') and returns up to p_limit
-- others that are due to be sent again ('due'), each at most once per p_repeat_seconds. Safe beside itself.
create function sweep_jobs(p_limit integer, p_repeat_seconds integer) returns table (outcome text, id uuid)
  language plpgsql
as $$
declare
  now_at timestamptz := clock_timestamp();
begin
  return query
    update job set status = 'failed', error_code = 'deadline-exceeded',
      error_message = 'The job did not end within its deadline.', error_retryable = true, completed_at = now_at
    where job_id in (
      select job_id from job
      where status in ('queued', 'processing') and sweep_at <= now_at and deadline_at <= now_at
        and (lease_until is null or lease_until <= now_at)
      order by sweep_at limit p_limit for update skip locked)
    returning 'expired', job_id;
  return query
    update job set sweep_at = least(now_at + make_interval(secs => p_repeat_seconds), deadline_at)
    where job_id in (
      select job_id from job
      where status in ('queued', 'processing') and sweep_at <= now_at and deadline_at > now_at
        and (lease_until is null or lease_until <= now_at)
      order by sweep_at limit p_limit for update skip locked)
    returning 'due', job_id;
end
$$;
