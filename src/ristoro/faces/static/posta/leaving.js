// How far a move is, told anew while it runs; without this the page's own link shows it.
import { fetched } from './html.js';

const STEP = 3000;
// Looking keeps the session alive, and must not do so for a page that was left open.
const UNTIL = performance.now() + 20 * 60 * 1000;
let going = document.getElementById('going');

async function look() {
  if (document.hidden) return again();
  const page = await fetched(location.pathname).catch(() => null);
  const newer = page?.getElementById('going');
  if (!newer) return again();
  const at = going.contains(document.activeElement) ? document.activeElement.id : '';
  going.replaceWith(newer);
  going = newer;
  if (at) (document.getElementById(at) ?? document.getElementById('content')).focus();
  if (!again()) {
    const end = going.querySelector('.good-news, .warning');
    document.getElementById('told').textContent = end?.textContent.trim() ?? '';
  }
}

function again() {
  const running = going.dataset.running === 'yes' && performance.now() < UNTIL;
  if (running) setTimeout(look, STEP);
  return running;
}

if (going) again();
