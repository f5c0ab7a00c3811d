-- Gives a job back before its LLM was called: it was no attempt. False if the token is not the lease's any more.
create function postpone_job(p_job_id uuid, p_token uuid, p_sweep_seconds integer) returns boolean
  language plpgsql
as $$
begin
  update job set status = 'queued', lease_token = null, lease_until = null,
    attempts = attempts - 1, started_at = case when attempts > 1 then started_at end,
    sweep_at = least(clock_timestamp() + make_interval(secs => p_sweep_seconds), deadline_at)
  where job_id = p_job_id and status = 'processing' and lease_token = p_token;
  return found;
end
$$;
