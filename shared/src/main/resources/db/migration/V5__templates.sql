-- Templates that can be changed: fallbacks, and a new version in one call.

alter table template_version
  add column fallbacks jsonb not null default '[]';

-- Writes the next version of a template, or the first. p_expected: the version that it must have now (0: there must be
-- none, -1: there must be one); null: any.
-- Outcomes: 'created', 'replaced'; 'unchanged' if the version in force says the same already (so that a repeat makes no
-- further one); 'precondition-failed' with the version in force (0: none).
create function put_template(
  p_template_id text, p_expected integer, p_name text, p_content text, p_system text, p_models text,
  p_parameters text, p_cache_ttl_seconds integer, p_cache_scope text, p_fallbacks text)
  returns table (outcome text, version_now integer, updated_ms bigint, change_id bigint)
  language plpgsql
as $$
declare
  current_one template_version%rowtype;
  next_version integer;
  result text;
begin
  insert into template (template_id, current_version)
  select p_template_id, 1 where p_expected is null or p_expected = 0
  on conflict do nothing;
  if found then
    next_version := 1;
    result := 'created';
  else
    perform from template where template_id = p_template_id for update;
    select v.* into current_one from template t
      join template_version v on v.template_id = t.template_id and v.version = t.current_version
    where t.template_id = p_template_id;
    if not found then
      return query select 'precondition-failed', 0, null::bigint, null::bigint;
      return;
    end if;
    if current_one.name = p_name and current_one.content = p_content and current_one.system is not distinct from p_system
      and current_one.models = p_models::jsonb and current_one.parameters = p_parameters::jsonb
      and current_one.cache_ttl_seconds is not distinct from p_cache_ttl_seconds
      and current_one.cache_scope = p_cache_scope and current_one.fallbacks = p_fallbacks::jsonb
      and (p_expected is null or p_expected in (-1, current_one.version, current_one.version - 1)) then
      return query select 'unchanged', current_one.version, epoch_millis(current_one.updated_at), record_change();
      return;
    end if;
    if p_expected not in (-1, current_one.version) then
      return query select 'precondition-failed', current_one.version, null::bigint, null::bigint;
      return;
    end if;
    next_version := current_one.version + 1;
    result := 'replaced';
  end if;
  insert into template_version
    (template_id, version, name, content, system, models, parameters, cache_ttl_seconds, cache_scope, fallbacks)
  values
    (p_template_id, next_version, p_name, p_content, p_system, p_models::jsonb, p_parameters::jsonb,
     p_cache_ttl_seconds, p_cache_scope, p_fallbacks::jsonb)
  returning * into current_one;
  update template set current_version = next_version where template_id = p_template_id;
  return query select result, next_version, epoch_millis(current_one.updated_at), record_change();
end
$$;
