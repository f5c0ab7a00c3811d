import {byId, element} from './dom.js';
import {call, useKey} from './api.js';

let onChange = () => {};
let admin = false;

export const isAdmin = () => admin;

/** @param changed is called when somebody else asks from now on */
export function onCaller(changed) {
  onChange = changed;
  show([element('strong', {}, 'No key'), ' · anonymous caller'], false);
}

function show(said, withKey) {
  byId('caller').replaceChildren(...said);
  byId('forget-key').hidden = !withKey;
  byId('use-key').hidden = byId('key').hidden = withKey;
  onChange();
}

async function enter() {
  const text = byId('key').value.trim();
  byId('key').value = '';
  if (!/^[!-~]+$/.test(text)) {
    refused(text === '' ? 'Type or paste a key first.' : 'A key has no other than visible ASCII characters.');
    return;
  }
  useKey(text);
  const reply = await call('GET', 'account');
  if (reply.problem) {
    useKey('');
    refused(`${reply.problem.title}: ${reply.problem.detail}`);
    return;
  }
  const {account, tier, role} = reply.body;
  admin = role === 'admin';
  show([element('strong', {}, account), ` · ${tier}${admin ? ' · admin’s key' : ''}`], true);
  byId('forget-key').focus();
}

function refused(why) {
  byId('caller').replaceChildren(element('span', {class: 'error'}, why));
  byId('key').focus();
}

function forget() {
  useKey('');
  admin = false;
  show([element('strong', {}, 'No key'), ' · anonymous caller'], false);
  byId('key').focus();
}

byId('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  enter();
});
byId('forget-key').addEventListener('click', forget);
