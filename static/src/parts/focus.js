// A page that comes back with errors starts at their summary; its links put the cursor in the box.
const summary = document.querySelector("[data-focus]");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const box = link && document.getElementById(link.hash.slice(1));
    if (!box) return;
    event.preventDefault();
    box.focus({ preventScroll: true });
    const label = box.closest("fieldset, .usa-form-group") ?? box;
    label.scrollIntoView();
  });
}
