-- Who may call: accounts, their tiers and budgets, and their keys. Of a key only its SHA-256 is kept.

-- A change that every instance must know of (a key, a tier, a template, an invalidation) leaves a row here in its own
-- transaction. Who made it sets a fresh epoch in Redis and removes the row; if that fails, the sweeper does it.
create table epoch_change (
  change_id bigint generated always as identity primary key,
  committed_at timestamptz not null default clock_timestamp()
);

create function record_change() returns bigint
  language sql volatile
as $$
  insert into epoch_change default values returning change_id
$$;

create table account (
  account text primary key check (account ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' and account <> 'anonymous'),
  tier text not null check (tier in ('free', 'pro', 'enterprise')),
  -- In billionths of a US dollar for each day (UTC); null: no cap.
  daily_budget_nanos bigint check (daily_budget_nanos >= 0),
  created_at timestamptz not null default clock_timestamp()
);

create table api_key (
  key_id uuid primary key,
  account text not null references account,
  role text not null check (role in ('caller', 'admin')),
  key_sha256 text not null unique check (key_sha256 ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  -- As it was made: a rotation shortens expires_at to its grace, and a key in its place gets this one.
  full_expires_at timestamptz,
  revoked_at timestamptz
);

create index api_key_newest on api_key (created_at desc, key_id desc);

-- Times in Java are milliseconds.
create function millis_time(ms bigint) returns timestamptz
  language sql immutable
  return 'epoch'::timestamptz + ms * interval '1 millisecond';

-- Makes a key, and its account if there is none of that name. Outcomes: 'created' (also for a repeat under the same id);
-- 'account-exists' with the account's own tier, if that is another one.
create function create_api_key(
  p_key_id uuid, p_sha256 text, p_account text, p_tier text, p_role text, p_expires_ms bigint)
  returns table (outcome text, account_tier text, created_ms bigint, change_id bigint)
  language plpgsql
as $$
declare
  found_tier text;
  made timestamptz;
begin
  insert into account (account, tier) values (p_account, p_tier) on conflict do nothing;
  select tier into found_tier from account where account = p_account for update;
  if found_tier <> p_tier then
    return query select 'account-exists', found_tier, null::bigint, null::bigint;
    return;
  end if;
  insert into api_key (key_id, account, role, key_sha256, expires_at, full_expires_at)
  values (p_key_id, p_account, p_role, p_sha256, millis_time(p_expires_ms), millis_time(p_expires_ms))
  on conflict (key_id) do nothing;
  select created_at into made from api_key where key_id = p_key_id;
  return query select 'created', found_tier, epoch_millis(made), record_change();
end
$$;

-- Revokes a key, for good. Outcomes: 'revoked', 'missing'.
create function revoke_api_key(p_key_id uuid) returns table (outcome text, change_id bigint)
  language plpgsql
as $$
begin
  update api_key set revoked_at = coalesce(revoked_at, clock_timestamp()) where key_id = p_key_id;
  if found then
    return query select 'revoked', record_change();
  else
    return query select 'missing', null::bigint;
  end if;
end
$$;

-- Makes a key in place of another, which stays good for p_grace_seconds more. Outcomes: 'rotated' (also for a repeat
-- under the same new id), 'missing', 'inactive' (revoked or expired).
create function rotate_api_key(p_key_id uuid, p_new_key_id uuid, p_sha256 text, p_grace_seconds integer)
  returns table (
    outcome text, key_account text, key_role text, account_tier text, created_ms bigint, expires_ms bigint,
    change_id bigint)
  language plpgsql
as $$
declare
  old api_key%rowtype;
  made api_key%rowtype;
  now_at timestamptz;
begin
  select * into old from api_key where key_id = p_key_id for update;
  now_at := clock_timestamp();
  if not found then
    return query select 'missing', null::text, null::text, null::text, null::bigint, null::bigint, null::bigint;
    return;
  end if;
  select * into made from api_key where key_id = p_new_key_id;
  if not found then
    if old.revoked_at is not null or old.expires_at <= now_at then
      return query select 'inactive', null::text, null::text, null::text, null::bigint, null::bigint, null::bigint;
      return;
    end if;
    insert into api_key (key_id, account, role, key_sha256, expires_at, full_expires_at)
    values (p_new_key_id, old.account, old.role, p_sha256, old.full_expires_at, old.full_expires_at)
    returning * into made;
    update api_key set expires_at = least(expires_at, now_at + make_interval(secs => p_grace_seconds))
    where key_id = p_key_id;
  end if;
  return query select 'rotated', made.account, made.role, a.tier, epoch_millis(made.created_at),
    epoch_millis(made.expires_at), record_change()
  from account a where a.account = made.account;
end
$$;

-- The terms of an account, made if there is none of that name. p_budget_nanos null: no cap.
create function put_account(p_account text, p_tier text, p_budget_nanos bigint)
  returns table (created boolean, change_id bigint)
  language plpgsql
as $$
declare
  inserted boolean;
begin
  insert into account (account, tier, daily_budget_nanos) values (p_account, p_tier, p_budget_nanos)
  on conflict do nothing;
  inserted := found;
  if not inserted then
    update account set tier = p_tier, daily_budget_nanos = p_budget_nanos where account = p_account;
  end if;
  return query select inserted, record_change();
end
$$;

-- The first key, of account 'admin': an ordinary one, so that a revoked one stays revoked however often this is called.
create function add_admin_key(p_key_id uuid, p_sha256 text) returns bigint
  language plpgsql
as $$
begin
  insert into account (account, tier) values ('admin', 'enterprise') on conflict do nothing;
  insert into api_key (key_id, account, role, key_sha256) values (p_key_id, 'admin', 'admin', p_sha256)
  on conflict do nothing;
  return record_change();
end
$$;
