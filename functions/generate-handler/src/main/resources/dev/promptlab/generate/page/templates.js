import {byId, element, setFieldError} from './dom.js';
import {call} from './api.js';
import {clearProblem, showProblem} from './problem.js';

const PLACEHOLDER = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** So that the first click does something; all of them are there to be typed over. */
const EXAMPLES = {
  input: 'Why is the sky blue?',
  from: 'French',
  to: 'English',
  text: 'Bonjour à tous',
  labels: 'greeting, question, complaint',
};

let templates = [];
const values = new Map();

const select = () => byId('template');

export const current = () => templates.find((template) => template.templateId === select().value);

export const placeholders = (template) => [
  ...new Set([...`${template.content}\n${template.system ?? ''}`.matchAll(PLACEHOLDER)].map((match) => match[1])),
];

/** Whether one text is all that it takes: the first to be shown. */
const isPlain = (template) => placeholders(template).join() === 'input';

/** Reads the templates that there are, and keeps to the one that was chosen. */
export async function load(chosen = select().value) {
  const found = [];
  let cursor = '';
  do {
    const reply = await call('GET', `templates?limit=100${cursor}`);
    if (reply.problem) {
      showProblem(byId('templates-problem'), reply, () => load(chosen));
      break;
    }
    clearProblem(byId('templates-problem'));
    found.push(...reply.body.items);
    cursor = reply.body.nextCursor ? `&cursor=${encodeURIComponent(reply.body.nextCursor)}` : '';
  } while (cursor !== '');
  if (found.length > 0 || templates.length === 0) {
    show(found, chosen);
  }
}

function show(found, chosen) {
  templates = found;
  select().replaceChildren(...found.map((template) => element('option', {value: template.templateId}, template.name)));
  if (found.length === 0) {
    select().append(element('option', {value: ''}, 'none to choose from'));
  }
  const first = found.find((template) => template.templateId === chosen) ?? found.find(isPlain);
  if (first) {
    select().value = first.templateId;
  }
  showVariables();
}

/** A field for each placeholder of the template that is chosen. */
export function showVariables() {
  const template = current();
  clearErrors();
  byId('variables').replaceChildren(...(template ? placeholders(template).map(field) : []));
  showPrompt();
}

function field(name) {
  const input = element('textarea', {id: `variable-${name}`, rows: '1', 'data-name': name, spellcheck: 'false'});
  input.value = values.get(name) ?? EXAMPLES[name] ?? '';
  input.addEventListener('input', () => {
    values.set(name, input.value);
    showPrompt();
  });
  return element(
    'div',
    {class: 'field'},
    element('label', {for: input.id}, name[0].toUpperCase() + name.slice(1).replaceAll('_', ' ')),
    input,
    element('p', {class: 'error', id: `variable-${name}-error`, hidden: ''}),
  );
}

const inputs = () => [...byId('variables').querySelectorAll('textarea')];

/** The input of a request: a text for the placeholder `input` alone, else a value for each. */
export function input() {
  const given = Object.fromEntries(inputs().map((it) => [it.dataset.name, it.value]));
  return Object.keys(given).length === 1 && 'input' in given ? given.input : given;
}

function showPrompt() {
  const template = current();
  byId('prompt').hidden = !template;
  byId('prompt-text').replaceChildren(
    ...(template?.system ? [element('p', {class: 'who'}, 'System'), filledIn(template.system)] : []),
    ...(template ? [element('p', {class: 'who'}, 'Prompt'), filledIn(template.content)] : []),
  );
}

function filledIn(text) {
  const paragraph = element('p');
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const value = byId(`variable-${match[1]}`).value;
    paragraph.append(text.slice(end, match.index), element('mark', {}, value === '' ? match[0] : value));
    end = match.index + match[0].length;
  }
  paragraph.append(text.slice(end));
  return paragraph;
}

/** Puts what a problem says of fields to the fields, and the focus to the first of them. */
export function showErrors(problem) {
  clearErrors();
  const wrong = [];
  const errors =
    problem.kind === 'provider-not-configured'
      ? [{field: 'provider', message: `choose one of ${problem.configured.join(', ')}`}]
      : (problem.errors ?? []);
  for (const {field: name, message} of errors) {
    const variable = byId(`variable-${/"([A-Za-z0-9_]+)"/.exec(message)?.[1]}`);
    const control = name === 'templateId' ? select() : name === 'provider' ? byId('provider') : variable;
    const place = control ? byId(`${control.id}-error`) : byId('input-error');
    setFieldError(
      control ?? inputs()[0] ?? select(),
      place,
      `${name} ${message}`.replace(/^provider choose/, 'Choose'),
    );
    wrong.push(control);
  }
  if (problem.kind === 'template-not-found') {
    setFieldError(select(), byId('template-error'), problem.detail);
    wrong.push(select());
  }
  wrong.find((control) => control)?.focus();
}

export function clearErrors() {
  for (const control of [select(), byId('provider'), ...inputs()]) {
    setFieldError(control, byId(`${control.id}-error`), '');
  }
  byId('input-error').hidden = true;
}
