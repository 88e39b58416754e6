// The phone's side of every page: says when there is no network, registers the worker where the
// holder wants pages kept, and has everything wiped at sign-out.

const WORKER = '/telefono/lavora.js';
const FLAG = 'telefono';
const AGAIN = 10 * 60 * 1000;
const own = document.querySelector('script[data-telefono]');
const words = own.dataset;
const isIn = words.telefono === 'in';

const scripts = globalThis.trustedTypes?.createPolicy('telefono', {
  createScriptURL(address) {
    if (address !== WORKER) throw new TypeError(address);
    return address;
  },
});

export function isInstalled() {
  return matchMedia('(display-mode: standalone)').matches || navigator.standalone === true;
}

export function isKeeping() {
  const chosen = localStorage.getItem(FLAG);
  return chosen === null ? isInstalled() : chosen === 'on';
}

export function choose(on) {
  localStorage.setItem(FLAG, on ? 'on' : 'off');
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

export async function begin() {
  const worker = await register();
  const state = await ask(worker, { kind: 'state' });
  if (state?.at) say(words.kept.replace('{time}', when(state.at)));
  if (!navigator.onLine) return worker;
  const answer = await fetch('/telefono/chiave/', { redirect: 'error' });
  if (answer.ok) await ask(worker, { kind: 'session', ...await answer.json() });
  return worker;
}

export async function keepNow(worker) {
  const answer = await fetch('/telefono/da-tenere/', { redirect: 'error' });
  if (answer.ok) await ask(worker, { kind: 'keep', ...await answer.json() });
  sessionStorage.setItem(FLAG, String(Date.now()));
}

export async function wipe() {
  localStorage.removeItem(FLAG);
  sessionStorage.removeItem(FLAG);
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
  addEventListener('online', () => say(''));
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
  if (!isIn) {
    const registration = await navigator.serviceWorker.getRegistration('/');
    registration?.active?.postMessage({ kind: 'wipe' });
    return;
  }
  if (!isKeeping()) return;
  const worker = await begin();
  const last = Number(sessionStorage.getItem(FLAG) ?? 0);
  if (navigator.onLine && Date.now() - last > AGAIN) await keepNow(worker);
}

watch();
document.addEventListener('submit', onSubmit, true);
document.documentElement.dataset.phone = 'starting';
start()
  .catch(() => {})
  .finally(() => { document.documentElement.dataset.phone = 'ready'; });
