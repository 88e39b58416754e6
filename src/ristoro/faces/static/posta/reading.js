// Marks a message as read once it shows; without this module its button does.
const form = document.getElementById('seen');
if (form && document.visibilityState === 'visible') {
  fetch(form.action, { method: 'POST', body: new FormData(form), redirect: 'manual' })
    .then(() => form.remove())
    .catch(() => {});
}
