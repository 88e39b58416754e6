// The window onto a long folder: rows come as the end comes near, and those far off make room.
import { fetched } from './html.js';

const MOST = 300; // rows in the page at once
const STEP = 50;
export const rows = document.getElementById('rows');
/** The rows that are in the page now. */
export const all = () => [...rows.querySelectorAll(':scope > .row')];

const above = [];
const below = [];
const pages = document.querySelector('.pages.last');
const origins = new WeakMap();
const heights = new WeakMap();
let fetching = false;

/** The address of the page of the list that a row came with. */
export const origin = (row) => origins.get(row) ?? location.pathname + location.search;

function gap() {
  const one = document.createElement('li');
  one.setAttribute('aria-hidden', 'true');
  return one;
}

const high = gap();
const low = gap();

function numbered(list, first) {
  list.forEach((row, place) => {
    row.setAttribute('aria-posinset', String(first + place));
    row.setAttribute('aria-setsize', rows.dataset.total);
  });
}

/** Take rows out and let their gap be as high as they were. */
function away(list) {
  const gone = list.filter((row) => !row.contains(document.activeElement));
  gone.forEach((row) => heights.set(row, row.offsetHeight));
  gone.forEach((row) => row.remove());
  return gone;
}

function measured(one, list) {
  one.style.setProperty('height', list.reduce((sum, row) => sum + heights.get(row), 0) + 'px');
  one.hidden = list.length === 0;
}

function down(fresh) {
  low.before(...fresh);
  const list = all();
  if (list.length > MOST) above.push(...away(list.slice(0, list.length - MOST)));
}

function up() {
  high.after(...above.splice(-STEP));
  const list = all();
  if (list.length > MOST) below.unshift(...away(list.slice(MOST)));
}

async function older() {
  const url = rows.dataset.older;
  if (!url || fetching) return;
  fetching = true;
  try {
    const more = (await fetched(url + '&frammento=1')).querySelector('#rows');
    if (more.dataset.uidvalidity !== rows.dataset.uidvalidity) return location.reload();
    const known = new Set([...above, ...all()].map((row) => row.id));
    const fresh = [...more.children].filter((row) => !known.has(row.id));
    numbered(fresh, Number(more.dataset.first));
    fresh.forEach((row) => origins.set(row, url));
    rows.dataset.older = more.dataset.older;
    const end = document.getElementById('last');
    if (end) end.textContent = Number(more.dataset.last).toLocaleString(document.documentElement.lang);
    pages.querySelector('a[rel="next"]')?.toggleAttribute('hidden', !more.dataset.older);
    down(fresh);
  } catch {
    rows.dataset.older = ''; // the link below the list stays, and leads on
  } finally {
    fetching = false;
  }
}

/** The next rows, for whoever comes near the end. */
export async function wanted() {
  if (below.length) down(below.splice(0, STEP));
  else await older();
  settle();
}

function settle() {
  measured(high, above);
  measured(low, below);
  // An observer tells of changes only: what is still near has to be looked at anew.
  for (const one of [high, low, pages]) {
    if (!one) continue;
    near.unobserve(one);
    near.observe(one);
  }
}

const near = new IntersectionObserver((seen) => {
  const close = seen.filter((one) => one.isIntersecting).map((one) => one.target);
  if (close.includes(high) && above.length) {
    up();
    settle();
  } else if (close.includes(low) && below.length) {
    wanted();
  } else if (close.includes(pages) && !below.length && rows.dataset.older) {
    wanted();
  }
}, { rootMargin: '1200px 0px' });

if (rows) {
  numbered(all(), Number(rows.dataset.first));
  rows.prepend(high);
  rows.append(low);
  settle();
}
