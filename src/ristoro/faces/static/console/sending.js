// A file is sent with a bar that says how much of it has gone; what the server answers is gone to, or
// shown where it refuses. Without this module the browser sends the form itself.
const form = document.querySelector("form.sending");
const way = form.querySelector(".way");
const bar = way.querySelector("progress");
const counts = way.querySelector(".counts");
const button = form.querySelector("button");

function refused(text) {
  const answer = new DOMParser().parseFromString(text, "text/html");
  const wrong = answer.querySelector("main .wrong");
  if (!wrong) return location.reload();
  document.querySelector("main > .wrong")?.remove();
  document.querySelector("main").prepend(document.importNode(wrong, true));
  way.hidden = true;
  button.disabled = false;
  window.scrollTo(0, 0);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (told) => {
    if (!told.lengthComputable) return;
    const percent = Math.floor((told.loaded * 100) / told.total);
    bar.value = percent;
    counts.textContent = `${percent} % ${counts.dataset.words}`;
  });
  request.addEventListener("load", () => {
    if (request.status === 200) location.assign(request.responseURL);
    else refused(request.responseText);
  });
  request.addEventListener("error", () => location.reload());
  request.open("POST", form.action);
  request.send(new FormData(form));
  way.hidden = false;
  button.disabled = true;
});
