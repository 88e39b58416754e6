// The desk's keys: each does what an element with that `data-key` does when it is pressed. Nothing
// happens while somebody types, with Ctrl, Alt or Meta held, or where single keys are switched off.
const typed = 'input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]';
const on = document.querySelector('#keys')?.dataset.keys === 'on';

function press(element) {
  if (element.closest('details') && element.tagName !== 'SUMMARY') {
    element.closest('details').open = true;
  }
  if (element.matches('input[type=radio]')) {
    element.checked = true;
    element.focus();
  } else if (element.matches('input, textarea, fieldset')) {
    element.focus();
  } else {
    element.click();
  }
  element.scrollIntoView({ block: 'nearest' });
}

function keyed(event) {
  if (event.key === 'Enter' && event.ctrlKey) {
    const form = event.target.closest('form') ?? document.querySelector('form[data-decide]');
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
    return;
  }
  if (!on || event.ctrlKey || event.altKey || event.metaKey || event.target.matches(typed)) {
    return;
  }
  const element = [...document.querySelectorAll('[data-key]')].find(
    (one) => one.dataset.key === event.key && one.checkVisibility(),
  ) ?? [...document.querySelectorAll('[data-key]')].find((one) => one.dataset.key === event.key);
  if (element) {
    event.preventDefault();
    press(element);
  }
}

document.addEventListener('keydown', keyed);
