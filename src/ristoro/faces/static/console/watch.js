// What changes of a run's progress, asked every two seconds while somebody looks; said to a screen
// reader at most every ten. And how long an approval still waits, counted down. The pages work
// without: they are loaded again then.
const EVERY = 2000;
const SAID_EVERY = 10000;
const LATE = 10000;

/** The part of a page at an address of ours, parsed by the browser itself. */
function fetched(url) {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.open("GET", url);
    asked.responseType = "document";
    asked.timeout = LATE;
    asked.onload = () => resolve(asked.response?.querySelector("[data-live]") ?? null);
    asked.onerror = asked.ontimeout = () => reject(new Error("no answer"));
    asked.send();
  });
}

function watch(frame) {
  const said = document.querySelector("[data-said]");
  let last = performance.now();

  function show(fresh) {
    const old = frame.querySelector("[data-live]");
    if (fresh.dataset.state !== old.dataset.state) return location.reload();
    const held = frame.contains(document.activeElement) ? document.activeElement : null;
    const where = held && (held.getAttribute("href") || held.getAttribute("aria-labelledby"));
    old.replaceWith(document.adoptNode(fresh));
    if (where) {
      const again = [...frame.querySelectorAll("a, [tabindex]")].find(
        (one) => (one.getAttribute("href") || one.getAttribute("aria-labelledby")) === where,
      );
      again?.focus({ preventScroll: true });
    }
    if (performance.now() - last >= SAID_EVERY) {
      last = performance.now();
      said.textContent = fresh.dataset.summary;
    }
  }

  async function look() {
    if (!document.hidden) {
      try {
        const fresh = await fetched(frame.dataset.watch);
        if (fresh === null) return location.reload(); // signed out, or the run is gone
        show(fresh);
      } catch {
        // the network is gone for a moment: the next look may reach it
      }
    }
    setTimeout(look, EVERY);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) fetched(frame.dataset.watch).then((one) => one && show(one), () => {});
  });
  setTimeout(look, EVERY);
}

function countDown(place) {
  const until = Date.parse(place.dataset.until);
  const seconds = Math.ceil((until - Date.now()) / 1000);
  if (seconds <= 0) return setTimeout(() => location.reload(), 1000);
  const rest = String(seconds % 60).padStart(2, "0");
  place.textContent = `${Math.floor(seconds / 60)}:${rest}`;
  setTimeout(() => countDown(place), 1000);
}

const frame = document.querySelector("[data-watch]");
if (frame) watch(frame);
for (const place of document.querySelectorAll("[data-until]")) countDown(place);
