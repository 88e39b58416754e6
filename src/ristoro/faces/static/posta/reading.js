// A message's page: marks it as read once it shows, and lists the rest of its conversation.
// Without this module a button and a link do both.
import { fetched } from './html.js';

const form = document.getElementById('seen');
const thread = document.getElementById('thread');

async function mark() {
  const answer = await fetch(form.action, { method: 'POST', body: new FormData(form), redirect: 'manual' });
  if (answer.type === 'opaqueredirect' || answer.ok) form.remove();
}

async function list() {
  const piece = await fetched(`${thread.dataset.from}?frammento=1`);
  thread.replaceChildren(piece);
  thread.hidden = !thread.firstElementChild;
}

if (form && document.visibilityState === 'visible') mark().catch(() => {});
if (thread) list().catch(() => {});
