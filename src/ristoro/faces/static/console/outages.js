// The picture of an outage by hand: bars are drawn, moved and resized with a mouse, a finger or the
// keyboard. Each act is sent as the same form that the page sends without this module, and the part
// of the page that comes back takes the place of the one that was; what was typed meanwhile stays.
const STEP = 5 * 60 * 1e6; // microseconds, as every instant here
const HOUR = 12 * STEP;
const QUIET = 600; // milliseconds after the last key before a move is sent
const WHOLE_PAGE = new Set(["review", "confirm", "import", "carry"]);

const undone = [];
const done = [];
let working = Promise.resolve();
let moving; // of the keyboard: {number, start, end, going}
let timer;
let drag;
let held = false;
let leaving = false;

const editor = () => document.getElementById("editor");
const sheet = () => document.getElementById("sheet");
const draft = () => sheet().elements.draft.value;
const snapped = (at) => Math.round(at / STEP) * STEP;

// Sending

function send(act, then) {
  working = working.then(() => exchange(act, then)).catch(() => submitWhole(act));
  return working;
}

async function exchange(act, then, change) {
  const form = sheet();
  const sent = new FormData(form);
  const before = draft();
  if (change) change(sent);
  sent.set("act", act);
  editor().classList.add("busy");
  const answer = await fetch(form.action, { method: "POST", body: sent });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("editor");
  if (!next) throw new Error("another page came");
  await released();
  swap(document.importNode(next, true), change ? undefined : sent);
  if (!change && draft() !== before) {
    done.push(before);
    undone.length = 0;
  }
  begin();
  if (then) then();
}

/** Without the part that was expected, the browser shows whatever page the server answers. */
function submitWhole(act) {
  leaving = true;
  const button = document.createElement("input");
  button.type = "hidden";
  button.name = "act";
  button.value = act;
  sheet().append(button);
  HTMLFormElement.prototype.submit.call(sheet());
}

function swap(next, sent) {
  const active = document.activeElement;
  const key = active && editor().contains(active) ? keyOf(active) : undefined;
  const typed = sent ? typedSince(sent) : [];
  editor().replaceWith(next);
  for (const field of typed) retype(field);
  if (!key) return;
  const again = editor().querySelector(key) ?? document.getElementById("draw");
  if (!again.hasAttribute("tabindex") && again.tabIndex < 0) again.tabIndex = -1;
  again.focus({ preventScroll: true });
}

function keyOf(element) {
  const bar = element.closest("svg.bar");
  if (bar) return `svg.bar[data-window="${bar.dataset.window}"][data-first]`;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (!element.name) return undefined;
  const value = element.type === "submit" || element.type === "checkbox" ? element.value : null;
  const named = `[name="${CSS.escape(element.name)}"]`;
  return value === null ? named : `${named}[value="${CSS.escape(value)}"]`;
}

const FIELDS = "input:not([type=hidden], [type=file]), select, textarea";

function typedSince(sent) {
  return [...sheet().querySelectorAll(FIELDS)].filter((field) => {
    const all = sent.getAll(field.name);
    return field.type === "checkbox"
      ? all.includes(field.value) !== field.checked
      : (all[0] ?? "").replaceAll("\r\n", "\n") !== field.value;
  });
}

function retype(was) {
  const field = editor().querySelector(keyOf(was) ?? "none");
  if (!field) return;
  if (was.type === "checkbox") field.checked = was.checked;
  else field.value = was.value;
}

function released() {
  return new Promise((resolve) => {
    const look = () => (held ? setTimeout(look, 30) : resolve());
    look();
  });
}

function restore(from, to) {
  if (!from.length) return;
  const text = from.pop();
  working = working
    .then(() => {
      to.push(draft());
      return exchange("choose:", undefined, (sent) => {
        sent.set("draft", text);
        sent.delete("has");
      });
    })
    .catch(() => submitWhole("show"));
}

// What is seen

function begin() {
  const page = editor();
  page.classList.add("ready");
  for (const one of page.querySelectorAll(".scripted")) one.hidden = false;
  page.querySelector("[data-undo]").disabled = !done.length;
  page.querySelector("[data-redo]").disabled = !undone.length;
  for (const bar of page.querySelectorAll("svg.bar[data-first]")) {
    bar.setAttribute("tabindex", "0");
    bar.setAttribute("role", "button");
    const words = bar.querySelector("text").textContent; // a name holds what is seen
    bar.setAttribute("aria-label", `${words}. ${bar.querySelector("title").textContent}`);
  }
  if (moving) show(moving);
}

function tell(start, end, going) {
  const picture = editor().querySelector(".picture");
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: picture.dataset.zone,
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  });
  const minutes = Math.round((end - start) / 6e7);
  const long = `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const until = going ? "…" : `${format.format(end / 1000)} (${long})`;
  editor().querySelector(".told").textContent = `${format.format(start / 1000)} – ${until}`;
}

function place(element, start, end) {
  const { from, to } = scale();
  const percent = (at) => ((at - from) / (to - from)) * 100;
  element.setAttribute("x", `${percent(start)}%`);
  element.setAttribute("width", `${Math.max(0.15, percent(end) - percent(start))}%`);
}

function scale() {
  const { from, to } = editor().querySelector(".picture").dataset;
  return { from: Number(from), to: Number(to) };
}

function show({ number, start, end, going }) {
  for (const bar of editor().querySelectorAll(`svg.bar[data-window="${number}"]`)) {
    place(bar, start, end);
  }
  tell(start, end, going);
}

function windowOf(bar) {
  const { window: number, start, end } = bar.dataset;
  return { number, start: Number(start), end: Number(end), going: "going" in bar.dataset };
}

const moveAct = ({ number, start, end, going }) => `move:${number}:${start}:${going ? "" : end}`;

// Mouse and touch

function grab(event) {
  const plot = event.target.closest("#editor .track[data-row] > svg.plot");
  if (!plot || event.button !== 0 || !event.isPrimary) return;
  const bar = event.target.closest("svg.bar");
  drag = { plot, bar, x: event.clientX, how: bar ? edge(event, bar) : "draw", moved: false };
  drag.was = bar ? windowOf(bar) : undefined;
  drag.at = instantAt(event, plot);
  plot.setPointerCapture(event.pointerId);
}

function edge(event, bar) {
  const box = bar.querySelector(".whole").getBoundingClientRect();
  const near = Math.min(event.pointerType === "touch" ? 18 : 8, box.width / 3);
  if (event.clientX - box.left < near) return "start";
  return box.right - event.clientX < near ? "end" : "whole";
}

function instantAt(event, plot) {
  const box = plot.getBoundingClientRect();
  const { from, to } = scale();
  return from + ((event.clientX - box.left) / box.width) * (to - from);
}

function pull(event) {
  if (!drag) {
    const bar = event.target.closest?.("#editor.ready svg.bar");
    if (bar) bar.classList.toggle("resize", edge(event, bar) !== "whole");
    return;
  }
  if (!drag.moved && Math.abs(event.clientX - drag.x) < 4) return;
  drag.moved = true;
  const at = instantAt(event, drag.plot);
  drag.now = drag.how === "draw" ? drawn(at) : pulled(at);
  if (drag.how === "draw") {
    drag.shape ??= shapeOn(drag.plot);
    place(drag.shape, drag.now.start, drag.now.end);
    tell(drag.now.start, drag.now.end, false);
  } else show(drag.now);
}

function drawn(at) {
  const [start, end] = [snapped(Math.min(drag.at, at)), snapped(Math.max(drag.at, at))];
  return { start, end: Math.max(end, start + STEP) };
}

function pulled(at) {
  const was = drag.was;
  const by = snapped(at - drag.at);
  if (drag.how === "whole") return { ...was, start: was.start + by, end: was.end + by };
  if (drag.how === "start") return { ...was, start: Math.min(was.start + by, was.end - STEP) };
  return { ...was, end: Math.max(was.end + by, was.start + STEP), going: false };
}

function shapeOn(plot) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [["class", "drawing"], ["y", 4], ["height", 22]]) {
    shape.setAttribute(name, value);
  }
  plot.append(shape);
  return shape;
}

function drop() {
  if (!drag) return;
  const { how, bar, now, moved, plot } = drag;
  drag = undefined;
  if (!moved) {
    if (bar) send(`choose:${bar.dataset.window}`);
    return;
  }
  if (how !== "draw") return void send(moveAct(now));
  const { row, stores } = plot.closest(".track").dataset;
  send(`draw:${row}:${stores}:${now.start}:${now.end}`);
}

function letGo() {
  if (!drag) return;
  if (drag.shape) drag.shape.remove();
  if (drag.was) show(drag.was);
  drag = undefined;
}

// Keyboard

function press(event) {
  if (event.key === "Escape" && drag) return letGo();
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    if (event.target.closest(FIELDS)) return;
    event.preventDefault();
    if (event.shiftKey) restore(undone, done);
    else restore(done, undone);
    return;
  }
  const bar = event.target.closest?.("#editor svg.bar");
  if (!bar) return;
  const by = { ArrowLeft: -STEP, ArrowRight: STEP, PageUp: -HOUR, PageDown: HOUR }[event.key];
  if (by) slide(event, bar, by);
  else if (event.key === "Enter" || event.key === " ") open(event, bar);
  else if (event.key === "Delete") {
    event.preventDefault();
    send(`remove:${bar.dataset.window}`);
  } else if (event.key === "Escape" && moving) {
    clearTimeout(timer);
    show(windowOf(bar));
    moving = undefined;
  }
}

function slide(event, bar, by) {
  event.preventDefault();
  if (moving?.number !== bar.dataset.window) settle();
  const was = (moving ??= windowOf(bar));
  if (event.shiftKey) Object.assign(was, { end: Math.max(was.end + by, was.start + STEP), going: false });
  else if (event.ctrlKey) was.start = Math.min(was.start + by, was.end - STEP);
  else Object.assign(was, { start: was.start + by, end: was.end + by });
  show(was);
  clearTimeout(timer);
  timer = setTimeout(settle, QUIET);
}

/** Send what the keyboard has moved. */
function settle(then) {
  clearTimeout(timer);
  if (!moving) return then?.();
  const act = moveAct(moving);
  moving = undefined;
  return send(act, then);
}

function open(event, bar) {
  event.preventDefault();
  const { window: number } = bar.dataset;
  settle();
  send(`choose:${number}`, () => document.getElementById("w-start")?.focus());
}

// The page

document.addEventListener("pointerdown", (event) => {
  held = true;
  grab(event);
}, true);
document.addEventListener("pointermove", pull);
document.addEventListener("pointerup", () => {
  setTimeout(() => { held = false; });
  drop();
});
document.addEventListener("pointercancel", () => {
  held = false;
  letGo();
});
document.addEventListener("keydown", press);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-undo]")) restore(done, undone);
  if (event.target.closest("[data-redo]")) restore(undone, done);
});
document.addEventListener("submit", (event) => {
  const act = event.submitter?.value ?? "show";
  leaving = WHOLE_PAGE.has(act);
  if (event.target !== sheet() || leaving) return;
  event.preventDefault();
  const added = act.startsWith("add:");
  send(act, added ? () => editor().querySelector("svg.bar.chosen[data-first]")?.focus() : undefined);
});
window.addEventListener("beforeunload", (event) => {
  if (done.length && !leaving) event.preventDefault(); // the draft is nowhere but in this page
});
document.addEventListener("change", (event) => {
  if (event.target.matches("#editor .window :is([type=checkbox], select)")) send("show");
});
document.addEventListener("focusout", (event) => {
  if (event.target.closest?.("#editor svg.bar")) settle();
  const field = event.target;
  if (!field.matches?.(`#editor .window :is(${FIELDS})`) || field.type === "checkbox") return;
  if (field.value !== field.defaultValue && event.relatedTarget?.matches(FIELDS)) send("show");
});

begin();
