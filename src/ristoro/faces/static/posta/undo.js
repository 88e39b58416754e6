// The offer to take back goes away by itself; the page of all that can be undone keeps it longer.
const toast = document.getElementById('toast');
const LONG = 15000;

function leave() {
  if (!toast.matches(':hover, :focus-within')) return toast.replaceChildren();
  setTimeout(leave, 3000);
}

if (toast?.firstElementChild) setTimeout(leave, LONG);
