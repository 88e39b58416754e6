// The page of choices for a phone: installing, keeping pages, being told.

import { begin, choose, isInstalled, isKeeping, register, wipe } from './phone.js';

const byId = (id) => document.getElementById(id);
const key = document.querySelector('script[data-public]').dataset.public;

function showInstall() {
  byId('installed').hidden = !isInstalled();
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    const button = byId('install');
    button.hidden = false;
    button.onclick = async () => {
      button.hidden = true;
      await event.prompt();
    };
  });
}

function showKeeping() {
  const button = byId('keep');
  const told = byId('kept');
  const show = () => {
    const on = isKeeping();
    button.setAttribute('aria-pressed', String(on));
    told.textContent = on ? told.dataset.on : told.dataset.off;
  };
  button.hidden = !('serviceWorker' in navigator);
  button.onclick = async () => {
    button.disabled = true;
    try {
      if (isKeeping()) {
        await wipe();
        choose(false);
      } else {
        choose(true);
        await begin();
        await navigator.storage?.persist?.();
      }
    } finally {
      button.disabled = false;
      show();
    }
  };
  show();
}

function showPush() {
  const form = byId('push');
  if (!form || !('PushManager' in globalThis) || !('serviceWorker' in navigator)) return;
  form.hidden = false;
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (await Notification.requestPermission() !== 'granted') {
      byId('denied').hidden = false;
      return;
    }
    await register();
    const registration = await navigator.serviceWorker.ready;
    const pushed = await registration.pushManager.subscribe(
      { userVisibleOnly: true, applicationServerKey: key }).catch(() => null);
    if (!pushed) {
      byId('denied').hidden = false;
      return;
    }
    const { endpoint, keys } = pushed.toJSON();
    Object.entries({ endpoint, ...keys }).forEach(([name, value]) => {
      if (form.elements[name]) form.elements[name].value = value;
    });
    form.submit();
  };
}

showInstall();
showKeeping();
showPush();
