// While an address is typed: people the holder has written to, as buttons below the field.
const MOST = 4;
const ENDS = /[,;\n]/;

let known; // asked for once, at the first letter typed

function everybody(address) {
  known ??= fetch(address, { headers: { Accept: "application/json" }, redirect: "error" })
    .then((answer) => answer.json())
    .then((told) => told.people)
    .catch(() => []);
  return known;
}

/** What is being typed: where it begins, and what stands there up to the caret. */
function piece(field) {
  const before = field.value.slice(0, field.selectionStart);
  let from = before.length;
  while (from > 0 && !ENDS.test(before[from - 1])) from -= 1;
  return { from, typed: before.slice(from).trim().toLowerCase() };
}

/** Whether a word of the person's name or address begins so. */
function begins(person, typed) {
  const said = person.toLowerCase();
  return said.startsWith(typed) || said.split(/[\s<>"@._-]+/).some((word) => word.startsWith(typed));
}

function addressOf(person) {
  return (person.match(/<([^<>]*)>$/)?.[1] ?? person).toLowerCase();
}

function choose(field, person) {
  const { from } = piece(field);
  const rest = field.value.slice(field.selectionStart).replace(/^[^,;\n]*[,;\n]?\s*/, "");
  const before = `${field.value.slice(0, from)}${from ? " " : ""}${person}, `;
  field.value = before + rest;
  field.setSelectionRange(before.length, before.length);
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Offer people below a field. `label` is what a screen reader calls them. */
export function offer(field, address, label) {
  const offered = document.createElement("div");
  offered.className = "offered";
  offered.role = "group";
  offered.ariaLabel = label;
  offered.hidden = true;
  const count = document.createElement("span");
  count.className = "unseen";
  count.role = "status";
  field.after(offered, count);

  function show(people) {
    offered.replaceChildren(...people.map((person) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = person;
      button.addEventListener("click", () => choose(field, person));
      return button;
    }));
    offered.hidden = people.length === 0;
    count.textContent = people.length ? `${label}: ${people.length}` : "";
  }

  field.addEventListener("input", async () => {
    if (!piece(field).typed) return show([]);
    const people = await everybody(address);
    const { typed } = piece(field);
    const there = field.value.toLowerCase();
    const fit = (one) => begins(one, typed) && !there.includes(addressOf(one));
    return show(typed ? people.filter(fit).slice(0, MOST) : []);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || offered.hidden) return;
    event.preventDefault();
    offered.firstElementChild.focus();
  });
  offered.addEventListener("keydown", (event) => {
    const now = document.activeElement;
    const step = { ArrowDown: now.nextElementSibling, ArrowUp: now.previousElementSibling ?? field }[event.key];
    if (event.key === "Escape") {
      show([]);
      field.focus();
    } else if (step) {
      event.preventDefault();
      step.focus();
    }
  });
}
