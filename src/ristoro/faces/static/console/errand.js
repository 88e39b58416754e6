// How far an errand is, asked every two seconds. What changes is shown at once, and said to a screen
// reader at most every ten seconds. At its end the page is loaded again, which tells how it ended.
const EVERY = 2000;
const SAID_EVERY = 10000;
const section = document.querySelector("[data-errand]");
const step = section.querySelector("h2");
const bar = section.querySelector("progress");
const counts = section.querySelector("[data-counts]");
const said = section.querySelector("[data-said]");
const silent = section.querySelector("[data-silent]");
let last = performance.now();

function show(told) {
  step.textContent = told.step;
  counts.textContent = told.counts;
  silent.hidden = !told.silent;
  if (told.percent === null) bar.removeAttribute("value");
  else bar.value = told.percent;
  if (performance.now() - last >= SAID_EVERY) {
    last = performance.now();
    said.textContent = told.counts || told.step;
  }
}

async function look() {
  try {
    const answer = await fetch(section.dataset.errand, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) return location.reload();
    const told = await answer.json();
    if (told.ended) return location.reload();
    show(told);
  } catch {
    // the network is gone for a moment: the next look may reach it
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
