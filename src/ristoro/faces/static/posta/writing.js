// A letter that is being written: sent by Ctrl+Enter, saved every 30 seconds once it has changed.

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
});
// The page as the browser kept it, after "back".
window.addEventListener("pageshow", () => { leaving = false; });

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.send"));
  }
});

files.addEventListener("change", () => {
  const bytes = Array.from(files.files).reduce((sum, file) => sum + file.size, 0);
  const tooBig = bytes > Number(form.dataset.most);
  files.setCustomValidity(tooBig ? form.dataset.tooBig : "");
  if (tooBig) files.reportValidity();
});

async function save() {
  if (!typed || leaving || saving) return;
  typed = false;
  const body = new FormData(form);
  body.delete("files"); // chosen files go with "Save" and "Send", not every 30 seconds
  body.set("key", crypto.randomUUID());
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
