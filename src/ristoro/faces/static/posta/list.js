// A folder's list: the row that is current, what its keys do, and stars.
import { sent } from './html.js';
import { all, origin, rows, wanted } from './window.js';

const KEPT = 'posta.row';
const form = document.getElementById('list');
const link = (row) => row.querySelector(':scope > a');
const box = (row) => row.querySelector(':scope > input');
let last = null;

function current() {
  const focused = document.activeElement?.closest?.('.row');
  return focused ?? (last?.isConnected ? last : null);
}

function focus(row) {
  if (!row) return;
  last = row;
  link(row).focus();
  row.scrollIntoView({ block: 'nearest' });
}

function step(by) {
  const list = all();
  const at = list.indexOf(current());
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1);
  if (next > list.length - 10) wanted();
  focus(list[next]);
  return true;
}

/** Come back to this row, on the page of the list that it is on. */
function keep(row) {
  sessionStorage.setItem(KEPT, row?.id ?? '');
  if (row && form) form.elements.next.value = origin(row);
}

function open(row, way = '') {
  keep(row);
  history.replaceState(null, '', origin(row));
  location.assign(link(row).href + way);
  return true;
}

/** Press the button of an act, for the selected rows, or else for the current one. */
function act(name) {
  const button = form.querySelector(`button[data-act="${name}"]`);
  const row = current();
  if (!button) return false;
  if (!form.querySelector('.row input:checked')) {
    if (!row) return false;
    box(row).checked = true;
  }
  form.requestSubmit(button);
  return true;
}

/** Before anything is sent: where to come back to once it is done. */
function leaving(event) {
  const button = event.submitter;
  const row = button?.closest('.row') ?? current();
  const going = button?.value.startsWith('archive') || button?.value.startsWith('trash')
    || ['junk', 'inbox', 'move', 'remove'].includes(button?.value);
  const list = all();
  const gone = (one) => going && (box(one).checked || one === button.closest('.row'));
  const after = list.slice(Math.max(list.indexOf(row), 0));
  keep(row && !gone(row) ? row : after.find((one) => !gone(one)) ?? list.findLast((one) => !gone(one)));
}

async function star(button) {
  const words = form.dataset;
  const is = button.classList.contains('on');
  if (!(await sent(form, { one: button.value }))) return;
  button.classList.toggle('on', !is);
  button.value = (is ? 'star:' : 'unstar:') + button.value.split(':')[1];
  button.title = is ? words.star : words.unstar;
  button.setAttribute('aria-label', button.title);
}

/** What a key does in a list; whether it did something. */
export function listKey(key, target) {
  if (!rows) return false;
  const inside = target.closest('.row');
  const row = current();
  switch (key) {
    case 'j': return step(1);
    case 'k': return step(-1);
    case 'ArrowDown': return inside ? step(1) : false;
    case 'ArrowUp': return inside ? step(-1) : false;
    case 'PageDown': return inside ? step(10) : false;
    case 'PageUp': return inside ? step(-10) : false;
    case 'Home': return inside ? step(-1e9) : false;
    case 'End': return inside ? step(1e9) : false;
    case 'Enter': return inside && target === box(inside) ? open(inside) : false;
    case 'o': return row ? open(row) : false;
    case 'r': return row ? open(row, 'rispondi/') : false;
    case 'a': return row ? open(row, 'rispondi-a-tutti/') : false;
    case 'f': return row ? open(row, 'inoltra/') : false;
    case 'x': if (row) box(row).click(); return Boolean(row);
    case 's': if (row) star(row.querySelector('.star')); return Boolean(row);
    case 'e': return act('archive');
    case '#': return act('trash');
    case 'Delete': return inside ? act('trash') : false;
    case '!': return act('junk');
    case 'I': return act('read');
    case 'U': return act('unread');
    default: return false;
  }
}

if (rows) {
  rows.addEventListener('focusin', (event) => { last = event.target.closest('.row') ?? last; });
  rows.addEventListener('click', (event) => {
    const button = event.target.closest('.star');
    if (button) {
      event.preventDefault();
      star(button);
    }
    const row = event.target.closest('.row');
    if (row && event.target.closest('a')) {
      keep(row);
      history.replaceState(null, '', origin(row));
    }
  });
  form.addEventListener('submit', leaving);
  const every = document.getElementById('all');
  every.parentElement.hidden = false;
  every.addEventListener('change', () => all().forEach((row) => { box(row).checked = every.checked; }));
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (kept) focus(document.getElementById(kept));
}
