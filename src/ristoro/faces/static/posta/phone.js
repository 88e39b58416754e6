// The phone's side of every page: says when there is no network, registers the worker where the
// holder wants pages kept, and has everything wiped at sign-out.

const WORKER = '/telefono/lavora.js';
const FLAG = 'telefono';
const COOKIE = 'telefono';
const GONE = `${COOKIE}=; Path=/; Max-Age=0; SameSite=Strict`;
const AGAIN = 10 * 60 * 1000;
const own = document.querySelector('script[data-telefono]');
const words = own.dataset;
const holder = words.telefono;

const scripts = globalThis.trustedTypes?.createPolicy('telefono', {
  createScriptURL(address) {
    if (address !== WORKER) throw new TypeError(address);
    return address;
  },
});

export function isInstalled() {
  return matchMedia('(display-mode: standalone)').matches || navigator.standalone === true;
}

/** Whether this holder wants pages kept here; who installed the webmail does, until they say no. */
export function isKeeping() {
  const chosen = localStorage.getItem(FLAG);
  return chosen !== 'off' && (chosen === holder || isInstalled());
}

export function choose(on) {
  localStorage.setItem(FLAG, on ? holder : 'off');
}

export function ask(worker, message) {
  return new Promise((done) => {
    const line = new MessageChannel();
    line.port1.onmessage = (event) => done(event.data);
    worker.postMessage(message, [line.port2]);
  });
}

export async function register() {
  await navigator.serviceWorker.register(
    scripts ? scripts.createScriptURL(WORKER) : WORKER, { scope: '/', updateViaCache: 'none' });
  return (await navigator.serviceWorker.ready).active;
}

/** The worker, knowing the session's key; keeps what is worth it where the session is new to it. */
export async function begin() {
  const worker = await register();
  const state = await ask(worker, { kind: 'state' });
  if (state?.at) {
    copied = words.kept.replace('{time}', when(state.at));
    say(copied);
  }
  if (!navigator.onLine) return;
  if (state?.lang !== document.documentElement.lang) {
    const answer = await fetch('/telefono/chiave/', { redirect: 'error' });
    if (!answer.ok) return;
    await ask(worker, { kind: 'session', key: key(), ...await answer.json() });
  }
  const last = Number(sessionStorage.getItem(FLAG) ?? 0);
  if (!state?.lang || Date.now() - last > AGAIN) await keepNow(worker);
}

function key() {
  const cookie = document.cookie.split('; ').find((one) => one.startsWith(`${COOKIE}=`));
  return cookie?.slice(COOKIE.length + 1);
}

async function keepNow(worker) {
  const answer = await fetch('/telefono/da-tenere/', { redirect: 'error' });
  if (answer.ok) await ask(worker, { kind: 'keep', ...await answer.json() });
  sessionStorage.setItem(FLAG, String(Date.now()));
}

export async function wipe() {
  localStorage.removeItem(FLAG);
  sessionStorage.removeItem(FLAG);
  document.cookie = GONE;
  const registration = await navigator.serviceWorker?.getRegistration('/');
  if (!registration) return;
  const pushed = await registration.pushManager?.getSubscription();
  await Promise.all([
    registration.active && ask(registration.active, { kind: 'wipe' }), pushed?.unsubscribe(),
  ]);
}

function when(at) {
  const format = { dateStyle: 'short', timeStyle: 'short' };
  return new Intl.DateTimeFormat(document.documentElement.lang, format).format(at);
}

let bar = null;
let copied = '';

function say(text) {
  if (!bar) {
    bar = document.createElement('p');
    bar.className = 'offline';
    bar.setAttribute('role', 'status');
    document.body.prepend(bar);
  }
  bar.textContent = text;
  bar.hidden = text === '';
}

function watch() {
  addEventListener('offline', () => say(words.offline));
  addEventListener('online', () => say(copied));
  if (!navigator.onLine) say(words.offline);
}

function onSubmit(event) {
  const form = event.target;
  const out = form.getAttribute('action') === '/esci/';
  if (!navigator.onLine && form.method === 'post' && !out) {
    event.preventDefault();
    say(words.needs);
  } else if (out && !form.dataset.wiped) {
    event.preventDefault();
    form.dataset.wiped = 'yes';
    const late = new Promise((done) => setTimeout(done, 1000));
    Promise.race([wipe().catch(() => {}), late]).then(() => form.submit());
  }
}

async function start() {
  if (!('serviceWorker' in navigator)) return;
  if (holder) {
    if (isKeeping()) await begin();
    return;
  }
  document.cookie = GONE;
  const registration = await navigator.serviceWorker.getRegistration('/');
  registration?.active?.postMessage({ kind: 'wipe' });
}

watch();
document.addEventListener('submit', onSubmit, true);
document.documentElement.dataset.phone = 'starting';
start()
  .catch(() => {})
  .finally(() => { document.documentElement.dataset.phone = 'ready'; });
