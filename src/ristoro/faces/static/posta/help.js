// The keys, in a window over the page; the page that says them is elsewhere too.
import { fetched } from './html.js';

const PLACE = '/impostazioni/tasti/';
let shown = null;

export async function help() {
  try {
    shown ??= made(await fetched(PLACE));
    shown.showModal();
  } catch {
    location.assign(PLACE);
  }
}

function made(page) {
  const dialog = document.createElement('dialog');
  const title = document.createElement('h2');
  title.id = 'keys-title';
  title.append(page.querySelector('main h1').textContent);
  const close = document.createElement('button');
  close.append('Esc');
  close.addEventListener('click', () => dialog.close());
  title.append(close);
  dialog.setAttribute('aria-labelledby', title.id);
  dialog.append(title, page.querySelector('.keys'));
  document.body.append(dialog);
  return dialog;
}
