// A form marked data-guard is sent once: a second press of its button, while the answer is on its
// way, does nothing. The server keeps this rule too; here it only spares a wait.
const AGAIN_AFTER = 10000;
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-guard]") || event.defaultPrevented) return;
  if (event.timeStamp - (sent.get(form) ?? -AGAIN_AFTER) < AGAIN_AFTER) {
    event.preventDefault();
    return;
  }
  sent.set(form, event.timeStamp);
  if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
});

// Coming back to a page that the browser kept: its forms may be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-guard]")) {
    sent.delete(form);
    for (const button of form.querySelectorAll("[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  }
});
