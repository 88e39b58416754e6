// A folder's list: the row that is current, what its keys do, and the window onto a long folder.
import { fetched, sent } from './html.js';

const MOST = 300; // rows in the page at once; those above are kept aside, with their height
const rows = document.getElementById('rows');
const form = document.getElementById('list');
const all = () => [...rows.querySelectorAll(':scope > .row')];
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
  if (next > list.length - 10) older();
  focus(list[next]);
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
  const kept = all().filter((one) => !box(one).checked);
  const at = all().indexOf(row);
  const next = all().slice(Math.max(at, 0)).find((one) => kept.includes(one)) ?? kept.at(-1);
  sessionStorage.setItem('posta.row', (['read', 'unread'].includes(name) ? row : next)?.id ?? '');
  form.requestSubmit(button);
  return true;
}

async function star(button) {
  const words = form.dataset;
  const is = button.classList.contains('on');
  if (!(await sent(form, { one: button.value }))) return;
  button.classList.toggle('on', !is);
  button.textContent = is ? '☆' : '★';
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
    case 'o': if (row) link(row).click(); return Boolean(row);
    case 'x': if (row) box(row).checked = !box(row).checked; return Boolean(row);
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

// The window: older rows come as the end comes near, and rows far above make place for them.
const aside = [];
const gap = document.createElement('li');
gap.setAttribute('aria-hidden', 'true');
let fetching = false;

function numbered(list, first) {
  list.forEach((row, place) => {
    row.setAttribute('aria-posinset', String(first + place));
    row.setAttribute('aria-setsize', rows.dataset.total);
  });
}

async function older() {
  const url = rows.dataset.older;
  if (!url || fetching) return;
  fetching = true;
  try {
    const more = (await fetched(url + '&frammento=1')).querySelector('#rows');
    if (more.dataset.uidvalidity !== rows.dataset.uidvalidity) return location.reload();
    const known = new Set(all().map((row) => row.id));
    const fresh = [...more.children].filter((row) => !known.has(row.id));
    numbered(fresh, Number(more.dataset.first));
    rows.append(...fresh);
    rows.dataset.older = more.dataset.older;
    const end = document.getElementById('last');
    if (end) end.textContent = Number(more.dataset.last).toLocaleString(document.documentElement.lang);
    document.querySelector('.pages a[rel="next"]')?.toggleAttribute('hidden', !more.dataset.older);
    makeRoom();
  } catch {
    rows.dataset.older = ''; // the link below the list stays, and leads on
  } finally {
    fetching = false;
  }
}

function makeRoom() {
  const list = all();
  if (list.length <= MOST) return;
  const gone = list.slice(0, list.length - MOST).filter((row) => !row.contains(document.activeElement));
  const before = rows.getBoundingClientRect().height;
  gone.forEach((row) => row.remove());
  aside.push(...gone);
  gap.style.height = (gap.offsetHeight + before - rows.getBoundingClientRect().height) + 'px';
  rows.prepend(gap);
}

function comeBack() {
  if (!aside.length) return;
  const back = aside.splice(-50);
  gap.after(...back);
  const height = back.reduce((sum, row) => sum + row.offsetHeight, 0);
  gap.style.height = Math.max(0, gap.offsetHeight - height) + 'px';
  if (!aside.length) gap.remove();
}

if (rows) {
  numbered(all(), Number(rows.dataset.first));
  const near = { rootMargin: '1200px 0px' };
  const pages = document.querySelector('.pages');
  if (pages) new IntersectionObserver(([one]) => one.isIntersecting && older(), near).observe(pages);
  new IntersectionObserver(([one]) => one.isIntersecting && comeBack(), near).observe(gap);
  rows.addEventListener('focusin', (event) => { last = event.target.closest('.row') ?? last; });
  rows.addEventListener('click', (event) => {
    const button = event.target.closest('.star');
    if (!button) return;
    event.preventDefault();
    star(button);
  });
  const every = document.getElementById('all');
  every.parentElement.hidden = false;
  every.addEventListener('change', () => all().forEach((row) => { box(row).checked = every.checked; }));
  const kept = sessionStorage.getItem('posta.row');
  sessionStorage.removeItem('posta.row');
  if (kept) focus(document.getElementById(kept));
}
