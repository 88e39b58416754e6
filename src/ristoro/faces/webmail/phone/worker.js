// The webmail without a network. `SHELL` is written above this line when the script is served:
// `version` changes with every asset, `assets` are the addresses that every page needs.
//
// Navigations are taken from the browser's own request (navigation preload) and never fetched here:
// a request of a worker counts as this site's own, and the server must know who came from elsewhere.
// What is kept of the mail is encrypted by keys that follow from the session's cookie and are never
// written down here; all of it is dropped at sign-out and when the session is over.

const CACHE = `telefono-${SHELL.version}`;
const COOKIE = 'telefono';
const PATIENCE = 3000;
const LIMITS = { message: 60, list: 10, ristoro: 100 };
const INBOX = '/posta/';
const SIGN_IN = '/entra/';
const SIGN_OUT = '/esci/';
const MESSAGE = /^\/posta\/[^/]+\/\d+-\d+\/$/;
const LIST = /^\/posta\/(?!scrivi\/|cerca\/|bozza\/|invio\/|annulla\/)(?:[^/]+\/)?$/;
const copies = new Map();

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL.assets)));
  skipWaiting();
});

addEventListener('activate', (event) => {
  event.waitUntil(begin());
});

async function begin() {
  for (const name of await caches.keys()) {
    if (name.startsWith('telefono-') && name !== CACHE) await caches.delete(name);
  }
  await registration.navigationPreload?.enable();
  await clients.claim();
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === 'POST' && url.pathname === SIGN_OUT) event.waitUntil(wipe());
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    if (request.destination === 'document' && isOurs(url.pathname)) visit(event, url);
  } else if (SHELL.assets.includes(url.pathname)) {
    event.respondWith(asset(event));
  }
});

function isOurs(path) {
  return kindOf(path) !== null || path === SIGN_IN || path.startsWith('/posta/')
    || path.startsWith('/telefono/') || path.startsWith('/impostazioni/');
}

function kindOf(path) {
  if (MESSAGE.test(path)) return 'message';
  if (path.startsWith('/ristoro/')) return 'ristoro';
  return LIST.test(path) ? 'list' : null;
}

// Pages: the network first, for three seconds.

function visit(event, url) {
  if (!registration.navigationPreload) {
    if (!navigator.onLine) event.respondWith(copyOrWord(event, url));
    return;
  }
  const arrived = fresh(event, url);
  event.waitUntil(arrived.then((response) => noted(url, response.clone())).catch(() => {}));
  event.respondWith(answer(event, url, arrived));
}

async function fresh(event, url) {
  const response = await event.preloadResponse;
  if (response) return response;
  if (event.request.referrer.startsWith(`${location.origin}/`) || url.pathname === INBOX) {
    return fetch(event.request);
  }
  return Response.redirect(INBOX, 303);
}

async function answer(event, url, arrived) {
  const late = new Promise((done) => setTimeout(done, PATIENCE, null));
  let failed = false;
  const first = await Promise.race([arrived.catch(() => { failed = true; return null; }), late]);
  if (first && first.status < 500) return first;
  const within = event.request.referrer.startsWith(`${location.origin}/`);
  const copy = failed || first || within || kindOf(url.pathname) !== 'ristoro'
    ? await copyOf(event, url) : null;
  if (copy) return copy;
  return failed ? word() : arrived.catch(word);
}

async function noted(url, response) {
  if (url.pathname === SIGN_IN && response.type === 'basic' && response.ok) await wipe();
  else if (MESSAGE.test(url.pathname)) await keepAll([url.pathname]);
  else await keep(url.href, response);
}

async function copyOrWord(event, url) {
  return await copyOf(event, url) ?? word();
}

async function word() {
  const held = await session();
  const lang = held?.lang ?? (navigator.language.startsWith('it') ? 'it' : 'en');
  return await caches.match(`/telefono/senza-rete/${lang}/`) ?? Response.error();
}

async function asset(event) {
  const kept = await caches.match(event.request);
  if (kept && (copies.has(event.clientId) || !navigator.onLine)) return kept;
  const arrived = fetch(event.request);
  if (!kept) return arrived;
  const late = new Promise((done) => setTimeout(done, PATIENCE, kept));
  return Promise.race([arrived.catch(() => kept), late]);
}

// What is kept: every record sealed, and named by a code that only the session's key makes.

let database = null;

function store(name, mode) {
  database ??= new Promise((done, fail) => {
    const asked = indexedDB.open('telefono', 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('pages', { keyPath: 'id' });
      asked.result.createObjectStore('session', { keyPath: 'id' });
    };
    asked.onsuccess = () => {
      asked.result.onclose = () => { database = null; };
      done(asked.result);
    };
    asked.onerror = () => { database = null; fail(asked.error); };
  });
  return database.then((base) => base.transaction(name, mode).objectStore(name));
}

function result(asked) {
  return new Promise((done, fail) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
}

let opened = null;

async function session() {
  const begun = await result((await store('session')).get('now'));
  if (!begun) return null;
  if (Date.now() >= begun.ends) {
    await wipe();
    return null;
  }
  if (opened?.name !== begun.name) {
    const cookie = await self.cookieStore?.get(COOKIE);
    if (cookie) await unlock(cookie.value, begun);
  }
  return opened?.name === begun.name ? opened : null;
}

// Where a worker cannot read cookies, the page says the key.
async function unlock(key, session) {
  const begun = session ?? await result((await store('session')).get('now'));
  const keys = await keysOf(key);
  if (keys.name === begun?.name) opened = { ...begun, ...keys };
}

async function keysOf(key) {
  const text = atob(key.replaceAll('-', '+').replaceAll('_', '/'));
  const raw = Uint8Array.from(text, (one) => one.charCodeAt(0));
  const root = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey', 'deriveBits']);
  const from = (info) => ({
    name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new TextEncoder().encode(info),
  });
  return {
    name: hex(await crypto.subtle.deriveBits(from('session'), root, 128)),
    cipher: await crypto.subtle.deriveKey(
      from('pages'), root, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    namer: await crypto.subtle.deriveKey(
      from('names'), root, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
  };
}

async function beginSession({ key, ends, lang }) {
  const keys = await keysOf(key);
  const before = await result((await store('session')).get('now'));
  if (before && before.name !== keys.name) await empty();
  if (ends <= Date.now()) return;
  const begun = { id: 'now', name: keys.name, ends, lang };
  await result((await store('session', 'readwrite')).put(begun));
  opened = { ...begun, ...keys };
}

async function empty() {
  opened = null;
  copies.clear();
  await result((await store('session', 'readwrite')).clear());
  await result((await store('pages', 'readwrite')).clear());
}

async function wipe() {
  await empty();
  await self.cookieStore?.delete({ name: COOKIE, path: '/' });
}

function hex(octets) {
  return Array.from(new Uint8Array(octets), (one) => one.toString(16).padStart(2, '0')).join('');
}

async function idOf(held, href) {
  const text = new TextEncoder().encode(href);
  return hex(await crypto.subtle.sign('HMAC', held.namer, text));
}

async function keep(href, response) {
  const url = new URL(href);
  const kind = kindOf(url.pathname);
  const type = response.headers.get('Content-Type') ?? '';
  if (!kind || url.search || response.status !== 200 || response.redirected) return;
  if (response.type !== 'basic' || !type.startsWith('text/html')) return;
  const held = await session();
  if (!held) return;
  const body = await response.text();
  const title = /<title>([^<]*)<\/title>/.exec(body)?.[1] ?? '';
  const plain = { path: url.pathname, kind, title, at: Date.now(), body,
    headers: [...response.headers] };
  const id = await idOf(held, url.pathname);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const about = new TextEncoder().encode(id);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: about }, held.cipher,
    new TextEncoder().encode(JSON.stringify(plain)));
  if ((await session())?.name !== held.name) return;
  const pages = await store('pages', 'readwrite');
  await result(pages.put({ id, kind, at: plain.at, iv, sealed }));
  await evict(kind);
}

async function evict(kind) {
  const pages = await store('pages', 'readwrite');
  const rows = (await result(pages.getAll())).filter((row) => row.kind === kind);
  rows.sort((one, other) => other.at - one.at);
  for (const row of rows.slice(LIMITS[kind])) pages.delete(row.id);
}

async function unsealed(held, row) {
  const about = new TextEncoder().encode(row.id);
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: row.iv, additionalData: about }, held.cipher, row.sealed);
  return JSON.parse(new TextDecoder().decode(plain));
}

async function copyOf(event, url) {
  const held = await session();
  if (!held || url.search) return null;
  const row = await result((await store('pages')).get(await idOf(held, url.pathname)));
  if (!row) return null;
  const page = await unsealed(held, row);
  copies.set(event.resultingClientId, page.at);
  return new Response(page.body, { headers: page.headers });
}

async function listed() {
  const held = await session();
  if (!held) return [];
  const rows = await result((await store('pages')).getAll());
  const pages = await Promise.all(rows.map((row) => unsealed(held, row)));
  return pages.map(({ path, kind, title, at }) => ({ path, kind, title, at }));
}

// A message is kept as text: its page is in a frame without an origin, which no worker serves.

async function keepAll(paths) {
  for (const path of paths) {
    const held = await session();
    const { pathname, href } = new URL(path, location.origin);
    const kind = kindOf(pathname);
    if (!held || !kind) return;
    const there = await result((await store('pages')).getKey(await idOf(held, pathname)));
    if (there && kind === 'message') continue;
    const query = kind === 'message' ? '?testo' : '';
    const response = await fetch(pathname + query, { headers: { 'X-Telefono': 'keep' } });
    if (response.redirected && new URL(response.url).pathname === SIGN_IN) {
      await wipe();
      return;
    }
    await keep(href, response);
  }
}

// What pages say and ask.

addEventListener('message', (event) => {
  const { kind, ...told } = event.data ?? {};
  const [port] = event.ports;
  const reply = (value) => port?.postMessage(value);
  const acts = {
    state: async () => ({
      at: copies.get(event.source.id) ?? null, lang: (await session())?.lang ?? null,
    }),
    session: () => beginSession(told),
    key: () => unlock(told.key),
    keep: () => keepAll(told.pages),
    list: () => listed(),
    wipe: () => wipe(),
  };
  if (Object.hasOwn(acts, kind)) {
    event.waitUntil(acts[kind]().then(reply, () => reply(null)));
  }
});

// Declarative Web Push, where the browser does not show it by itself.

addEventListener('push', (event) => {
  let told = null;
  try {
    told = event.data?.json().notification;
  } catch {
    return;
  }
  if (!told?.title) return;
  event.waitUntil(registration.showNotification(told.title, {
    lang: told.lang, dir: told.dir, tag: told.tag, data: { navigate: told.navigate },
  }));
});

addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.navigate));
});

async function open(address) {
  const url = new URL(address ?? INBOX, location.origin);
  const place = url.origin === location.origin ? url.href : INBOX;
  const windows = await clients.matchAll({ type: 'window' });
  const there = windows.find((one) => kindOf(new URL(one.url).pathname));
  return there ? there.focus() : clients.openWindow(place);
}
