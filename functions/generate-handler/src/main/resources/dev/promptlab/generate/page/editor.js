import {byId, setFieldError} from './dom.js';
import {call} from './api.js';
import {clearProblem, showProblem} from './problem.js';

const FIELDS = ['templateId', 'name', 'content', 'system', 'cacheScope', 'cacheTtlSeconds'];

const control = (name) => byId(`editor-${name}`);

/** The template that is edited; null for a new one. */
let edited = null;
let onSaved = () => {};

/** Opens the editor for a template, or for a new one if it is null. */
export function open(template, saved) {
  edited = template;
  onSaved = saved;
  byId('editor-title').textContent = template ? `Edit “${template.name}”` : 'New template';
  byId('editor-id-field').hidden = template !== null;
  byId('editor-note').textContent = template
    ? `Saving makes version ${template.version + 1}. From then on no cached result of an earlier version is served.`
    : 'Callers name the id in their requests.';
  for (const name of FIELDS) {
    control(name).value = template?.[name] ?? (name === 'cacheScope' ? 'account' : '');
  }
  clearErrors();
  byId('editor').showModal();
}

function definition() {
  const {templateId, version, updatedAt, ...kept} = edited ?? {};
  const changed = {
    ...kept,
    name: control('name').value,
    content: control('content').value,
    cacheScope: control('cacheScope').value,
  };
  for (const name of ['system', 'cacheTtlSeconds']) {
    const text = control(name).value;
    delete changed[name];
    if (text !== '') {
      changed[name] = name === 'system' ? text : Number(text);
    }
  }
  return changed;
}

async function save() {
  clearErrors();
  byId('editor-save').disabled = true;
  const id = edited?.templateId ?? control('templateId').value;
  const reply = await call('PUT', `templates/${encodeURIComponent(id)}`, {
    body: definition(),
    headers: edited ? {'If-Match': `"${edited.version}"`} : {'If-None-Match': '*'},
  });
  byId('editor-save').disabled = false;
  if (reply.problem) {
    showErrors(reply);
    return;
  }
  byId('editor').close();
  onSaved(reply.body);
}

function showErrors(reply) {
  showProblem(byId('editor-problem'), reply);
  const wrong = (reply.problem.errors ?? [])
    .filter(({field}) => FIELDS.includes(field))
    .map(({field, message}) => {
      setFieldError(control(field), byId(`editor-${field}-error`), message);
      return control(field);
    });
  wrong[0]?.focus();
}

function clearErrors() {
  clearProblem(byId('editor-problem'));
  for (const name of FIELDS) {
    setFieldError(control(name), byId(`editor-${name}-error`), '');
  }
}

byId('editor-form').addEventListener('submit', (event) => {
  event.preventDefault();
  save();
});
byId('editor-cancel').addEventListener('click', () => byId('editor').close());
