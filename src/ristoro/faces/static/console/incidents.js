// What is typed is kept a moment after the last key, and shown as the public will read it. Only
// sentences of the chosen phase are offered. Without this, "Keep the draft" does the same.
const AFTER = 900;
const form = document.querySelector("[data-editor]");
const said = form.querySelector("[data-said]");
const phase = form.elements.phase;
let waiting = 0;
let going = null;
let stopped = false;

function offer() {
  for (const one of form.querySelectorAll("[data-phase]")) {
    one.hidden = one.dataset.phase !== phase.value;
  }
}

function show(html) {
  const made = new DOMParser().parseFromString(html, "text/html").querySelector("[data-preview]");
  document.querySelector("[data-preview]").replaceWith(document.adoptNode(made));
}

async function keep() {
  if (stopped) return;
  if (going) return again();
  going = fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
  });
  try {
    const answer = await going;
    if (answer.redirected) return location.reload();
    const told = await answer.json();
    if (answer.ok) {
      form.elements.version.value = told.version;
      if (form.getAttribute("action") !== told.to) {
        form.action = told.to;
        history.replaceState(null, "", told.to);
      }
      show(told.preview);
      said.textContent = form.dataset.kept;
    } else {
      stopped = true;
      said.textContent = `${form.dataset.lost} ${told.wrong}`;
    }
  } catch {
    again();
  } finally {
    going = null;
  }
}

function again() {
  clearTimeout(waiting);
  waiting = setTimeout(keep, AFTER);
}

form.addEventListener("input", again);
form.addEventListener("submit", () => clearTimeout(waiting));
phase.addEventListener("input", offer);
offer();
