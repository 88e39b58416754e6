// What the webmail's pages do beyond their links and forms, which work without any of this: single
// keys, and the offer to take back.
import { listKey } from './list.js';

// Single keys (WCAG 2.1.4: they can be switched off, and do nothing while a field has the focus).
// Whatever a page marks with data-key="r" is pressed by that key; lists have theirs in list.js.
const PLACES = {
  i: '/posta/',
  s: '/posta/vai/sent/',
  d: '/posta/vai/drafts/',
  t: '/posta/vai/trash/',
  r: '/ristoro/',
};
const on = () => document.body.dataset.shortcuts !== 'off';
let afterG = -Infinity;

function typing(target) {
  if (target.closest('textarea, select, [contenteditable]')) return true;
  const input = target.closest('input');
  return Boolean(input) && !['checkbox', 'radio', 'button', 'submit'].includes(input.type);
}

function go(letter) {
  if (PLACES[letter]) location.assign(PLACES[letter]);
  return Boolean(PLACES[letter]);
}

function general(key) {
  if (key === '/') {
    document.getElementById('q')?.select();
    return true;
  }
  if (key === '?') {
    import('./help.js').then(({ help }) => help());
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
  if (target.closest('dialog')) return;
  if (typing(target)) {
    if (key === 'Escape') target.blur();
    return;
  }
  const isLetter = key.length === 1 && key !== ' ';
  if (isLetter && !on()) return;
  let done;
  if (performance.now() - afterG < 1500 && isLetter) {
    afterG = -Infinity;
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

// The offer to take back goes away by itself; the page of all that can be undone keeps it longer.
const LONG = 15000;
const toast = document.getElementById('toast');

function leave() {
  if (!toast.matches(':hover, :focus-within')) return toast.replaceChildren();
  setTimeout(leave, 3000);
}

if (toast?.firstElementChild) {
  // Screen readers tell what comes into a status, not what was there when the page came.
  const offer = toast.firstElementChild;
  offer.remove();
  requestAnimationFrame(() => toast.append(offer));
  setTimeout(leave, LONG);
}
