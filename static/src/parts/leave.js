// "Leave this site": one tap, or Escape. While one is in a box or before a question in a window of
// its own, a first Escape belongs to the browser (it closes these) and a second one leaves.
// Without a script the form's POST does it; with one the page is gone at once, the POST goes out
// behind, and the harmless page takes this one's place in the history.
const form = document.querySelector("form[data-leave]");
const BOX = "input:not([type=button]):not([type=submit]), select, textarea";
const TWICE_WITHIN = 2000;
let pressed = -TWICE_WITHIN;

function leave(event) {
  const sent = navigator.sendBeacon && navigator.sendBeacon(form.action, new FormData(form));
  document.documentElement.classList.add("left");
  document.title = "\u200e";
  if (!sent) {
    if (!event || event.type !== "submit") form.submit();
    return;
  }
  if (event) event.preventDefault();
  window.location.replace(form.dataset.leave);
}

if (form) {
  form.addEventListener("submit", leave);
  form.querySelector("[data-key-hint]").hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.repeat) return;
    const at = event.target instanceof Element ? event.target : document.body;
    const inBox = at.matches(BOX) || document.querySelector("dialog[open]") !== null;
    const again = event.timeStamp - pressed < TWICE_WITHIN;
    pressed = event.timeStamp;
    if (!inBox || again) leave();
  });
}
