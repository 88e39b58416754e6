// Single keys (WCAG 2.1.4: they can be switched off, and do nothing while a field has the focus).
// Whatever a page marks with data-key="r" is pressed by that key; lists have theirs in list.js.
import { listKey } from './list.js';

const PLACES = { i: '/posta/', s: 'sent', d: 'drafts', t: 'trash', r: '/ristoro/' };
const on = () => document.body.dataset.shortcuts !== 'off';
let afterG = 0;

function typing(target) {
  if (target.closest('textarea, select, [contenteditable]')) return true;
  const input = target.closest('input');
  return Boolean(input) && !['checkbox', 'radio', 'button', 'submit'].includes(input.type);
}

function go(letter) {
  const place = PLACES[letter];
  if (!place) return false;
  const address = place.startsWith('/')
    ? place
    : document.querySelector(`.folders a[data-role="${place}"]`)?.getAttribute('href');
  if (address) location.assign(address);
  return Boolean(address);
}

function general(key) {
  if (key === '/') {
    document.getElementById('q')?.focus();
    return true;
  }
  if (key === '?') {
    location.assign('/impostazioni/#keys');
    return true;
  }
  if (key === 'z') {
    const undo = document.getElementById('undo');
    if (undo) undo.requestSubmit();
    else location.assign('/posta/annulla/');
    return true;
  }
  const marked = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!marked) return false;
  marked.click();
  return true;
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { key, target } = event;
  if (typing(target)) {
    if (key === 'Escape') target.blur();
    return;
  }
  const isLetter = key.length === 1 && key !== ' ';
  if (isLetter && !on()) return;
  let done;
  if (performance.now() - afterG < 1500 && isLetter) {
    afterG = 0;
    done = go(key);
  } else if (key === 'g') {
    afterG = performance.now();
    done = true;
  } else {
    done = listKey(key, target) || (isLetter && general(key));
  }
  if (done) event.preventDefault();
}

document.addEventListener('keydown', pressed);
if (location.hash === '#keys') document.getElementById('keys')?.setAttribute('open', '');
