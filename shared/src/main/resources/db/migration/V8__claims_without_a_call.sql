-- An answer that was paid for and could not be committed waits in Redis for the next claim of its job. So a claim may be
-- for no call: when such an answer is found, or when the attempts are used up and it is only looked for.

alter table job add column claimed_for_call boolean not null default true;

-- Outcomes as before, and 'exhausted': claimed, but attempts are used up, so no call may be made; nothing was counted.
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
    result := case when j.claimed_for_call then 'claimed' else 'exhausted' end;
  elsif j.status = 'processing' and j.lease_until > now_at then
    result := 'leased';
  elsif j.erased_at is not null then
    perform end_unfinished_job(p_job_id, 'cancelled', null, null);
    result := 'ended';
  elsif j.deadline_at <= now_at then
    perform end_unfinished_job(p_job_id, 'failed', 'deadline-exceeded', 'The job did not end within its deadline.');
    result := 'ended';
  else
    result := case when j.attempts < p_max_attempts then 'claimed' else 'exhausted' end;
    update job set status = 'processing', lease_token = p_token, claimed_for_call = (result = 'claimed'),
      attempts = attempts + case when result = 'claimed' then 1 else 0 end,
      lease_until = now_at + make_interval(secs => p_lease_seconds),
      sweep_at = now_at + make_interval(secs => p_lease_seconds),
      started_at = coalesce(started_at, now_at)
    where job_id = p_job_id
    returning * into j;
  end if;
  return query select result, epoch_millis(j.lease_until) - epoch_millis(now_at), j.account, j.scope, j.template_id,
    j.template_version, j.provider, j.input_hash, j.attempts, epoch_millis(j.created_at), epoch_millis(j.started_at);
end
$$;

-- Takes back that a claim counts as an attempt, as no call is made for it; false if there was nothing to take back, or
-- the lease has gone to another delivery.
create function uncount_attempt(p_job_id uuid, p_token uuid) returns boolean
  language plpgsql
as $$
begin
  update job set attempts = attempts - 1, claimed_for_call = false
  where job_id = p_job_id and status = 'processing' and lease_token = p_token and claimed_for_call;
  return found;
end
$$;
