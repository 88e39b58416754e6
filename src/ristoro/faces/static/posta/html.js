// HTML and script addresses of our own server, through the one Trusted Types policy of the pages.
const own = (url) => {
  if (!/^\/(?!\/)/.test(url)) throw new TypeError('not an address of ours: ' + url);
  return url;
};
const plain = { createHTML: (text) => text, createScriptURL: own };
const policy = globalThis.trustedTypes?.createPolicy('posta', plain) ?? plain;

/** A script's address, for workers. */
export const script = (url) => policy.createScriptURL(url);

/** The nodes of a page or piece of a page that our server has sent. */
export async function fetched(url) {
  const answer = await fetch(own(url), { headers: { Accept: 'text/html' } });
  if (!answer.ok || answer.redirected) throw new Error('no piece of a page at ' + url);
  const template = document.createElement('template');
  template.innerHTML = policy.createHTML(await answer.text());
  return template.content;
}

/** Send a form of the page with other fields and a key of its own; whether it was accepted. */
export async function sent(form, fields) {
  const data = new URLSearchParams();
  for (const name of ['csrfmiddlewaretoken', 'folder', 'uidvalidity']) {
    const field = form.querySelector(`input[name="${name}"]`);
    if (field) data.set(name, field.value);
  }
  data.set('key', crypto.randomUUID ? crypto.randomUUID() : String(performance.now()) + Math.random());
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  const answer = await fetch(form.action, { method: 'POST', body: data, redirect: 'manual' });
  return answer.type === 'opaqueredirect' || answer.ok;
}
