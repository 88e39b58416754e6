// A claim that is being written: saved a moment after the last key, and each time a field is left;
// chosen documents go at once, with all the rest.
const form = document.getElementById('claim');
const said = document.getElementById('saved');
const files = document.getElementById('documents');
const PAUSE = 1_500;
const AGAIN = 15_000;

let changed = false;
let leaving = false;
let closed = false; // changed elsewhere: nothing is sent before the page is loaded again
let saving = null;
let timer = 0;

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(save, pause);
}

form.addEventListener('input', (event) => {
  if (event.target === files) return;
  changed = true;
  later(PAUSE);
});
form.addEventListener('change', (event) => {
  if (event.target !== files) later(0);
});
files.addEventListener('change', () => {
  if (files.files.length) form.requestSubmit(form.querySelector('button[value="save"]'));
});
form.addEventListener('submit', (event) => {
  if (leaving) {
    event.preventDefault(); // the second click of a double click
    return;
  }
  if (saving) { // what is on its way changes the stamp that the form carries
    event.preventDefault();
    const pressed = event.submitter;
    saving.finally(() => form.requestSubmit(pressed));
    return;
  }
  leaving = true;
  clearTimeout(timer);
});
// The page as the browser kept it, after "back".
window.addEventListener('pageshow', (event) => {
  leaving = false;
  if (event.persisted) location.reload();
});
window.addEventListener('beforeunload', (event) => {
  if (changed && !leaving) event.preventDefault();
});

function save() {
  if (!changed || leaving || saving || closed) return;
  changed = false;
  saving = send().finally(() => {
    saving = null;
    if (changed) later(PAUSE);
  });
}

async function send() {
  const body = new FormData(form);
  body.delete('documents');
  body.set('key', `${body.get('key')}-${Date.now()}`); // each save is a form of its own
  try {
    const answer = await fetch(form.action, {
      method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'error',
    });
    if (answer.status === 409) {
      closed = true;
      said.textContent = form.dataset.other;
      return;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    const told = await answer.json();
    form.elements.seen.value = told.seen;
    const now = new Date().toLocaleTimeString(document.documentElement.lang, {
      hour: '2-digit', minute: '2-digit',
    });
    said.textContent = [`${form.dataset.saved} ${now}.`, ...told.faults].join(' ');
  } catch {
    changed = true;
    said.textContent = form.dataset.unsaved;
    later(AGAIN);
  }
}

document.addEventListener('visibilitychange', () => { if (document.hidden) save(); });
