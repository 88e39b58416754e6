// A letter that is being written: sent by Ctrl+Enter, saved every 30 seconds once it has changed,
// and not left with unsaved words by mistake.
import { gather } from "./files.js";
import { offer } from "./people.js";

const form = document.getElementById("writing");
const said = document.getElementById("saved");
const files = document.getElementById("files");
const EVERY = 30_000;

let typed = false;
let leaving = false;
let saving = null;

form.addEventListener("input", () => { typed = true; });
form.addEventListener("submit", (event) => {
  if (leaving) {
    event.preventDefault(); // the second click of a double click
    return;
  }
  leaving = true;
  saving?.abort();
  if (event.submitter?.classList.contains("send")) said.textContent = form.dataset.sending;
});
// The page as the browser kept it, after "back".
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  if ((typed || saving || files.files.length > 0) && !leaving) event.preventDefault();
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.send"));
  }
});

gather(files, form.dataset);
for (const field of form.querySelectorAll("textarea.people")) {
  offer(field, form.dataset.people, form.dataset.offered);
}

async function save() {
  if (!typed || leaving || saving) return;
  typed = false;
  const body = new FormData(form);
  body.delete("files"); // chosen files go with "Save" and "Send", not every 30 seconds
  body.set("key", `${body.get("key")}-${Date.now()}`); // each save is a form of its own
  saving = new AbortController();
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "error",
      signal: saving.signal,
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const now = new Date().toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit",
    });
    said.textContent = `${form.dataset.saved} ${now}`;
  } catch {
    if (!leaving) {
      typed = true;
      said.textContent = form.dataset.unsaved;
    }
  } finally {
    saving = null;
  }
}

setInterval(save, EVERY);
document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
