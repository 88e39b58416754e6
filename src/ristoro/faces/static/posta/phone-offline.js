// The page without a network lists what the worker keeps.

const own = document.querySelector('script[data-kept]');
const format = new Intl.DateTimeFormat(
  document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' });

function ask(worker, message) {
  return new Promise((done) => {
    const line = new MessageChannel();
    line.port1.onmessage = (event) => done(event.data);
    worker.postMessage(message, [line.port2]);
  });
}

function show(page) {
  const list = document.querySelector(`ul[data-kind="${page.kind}"]`);
  const link = document.createElement('a');
  link.href = page.path;
  link.textContent = text(page.title) || page.path;
  const time = document.createElement('time');
  time.dateTime = new Date(page.at).toISOString();
  time.textContent = own.dataset.kept.replace('{time}', format.format(page.at));
  const row = document.createElement('li');
  row.append(link, time);
  list.append(row);
  for (const one of document.querySelectorAll(`[data-kind="${page.kind}"]`)) one.hidden = false;
}

// A title as it stood in the page: the server writes these five references and no others.
function text(title) {
  const known = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&amp;': '&' };
  return title.replace(/&(?:lt|gt|quot|#x27|amp);/g, (one) => known[one]).split(' – ')[0];
}

const registration = await navigator.serviceWorker?.getRegistration('/');
const worker = registration?.active;
let pages = worker ? await ask(worker, { kind: 'list' }) : [];
const key = /(?:^|; )telefono=([^;]+)/.exec(document.cookie)?.[1];
if (worker && key && !pages?.length) {
  await ask(worker, { kind: 'key', key });
  pages = await ask(worker, { kind: 'list' });
  if (pages?.some((one) => one.path === location.pathname)) location.reload();
}
for (const page of (pages ?? []).sort((one, other) => other.at - one.at)) show(page);
document.getElementById(pages?.length ? 'kept' : 'none').hidden = false;
addEventListener('online', () => location.reload());
