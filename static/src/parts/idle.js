// Before a session ends for want of a sign of life, the page asks; at its end, the page is covered
// and the sign-in page takes its place. Asking the server how long is left keeps nothing alive: only
// the press of a button does. What was typed is sent to its own address once the session is over,
// where it changes nothing and is kept, sealed, to be shown again after signing in.
const dialog = document.querySelector("dialog[data-idle]");

function watch() {
  const WARNING = Number(dialog.dataset.warning) * 1000;
  const ASK_EVERY = 15;
  const part = (name) => dialog.querySelector(`[data-idle-${name}]`);
  const stayForm = part("stay");
  let end = Date.now() + Number(dialog.dataset.idle) * 1000;
  let timer = 0;
  let ticks = 0;
  let said = "";
  let isFinal = false;
  let typedIn = null;

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && form.closest("main")) typedIn = form;
  });
  document.addEventListener("submit", (event) => {
    if (event.target === typedIn) typedIn = null;
  });

  // The seconds the session still has, or null when the server cannot be asked.
  async function ask(options) {
    try {
      const answer = await fetch(dialog.dataset.address, options);
      return answer.ok ? (await answer.json()).seconds : null;
    } catch {
      return null;
    }
  }

  function plan() {
    clearTimeout(timer);
    const left = end - Date.now();
    if (left <= 0) over();
    else if (left > WARNING) {
      if (dialog.open) dialog.close();
      timer = setTimeout(check, left - WARNING);
    } else if (isFinal && !dialog.open) timer = setTimeout(plan, left);
    else warn(left);
  }

  // Another page of the same session may have been used meanwhile.
  async function check() {
    const seconds = await ask();
    if (seconds !== null) end = Date.now() + seconds * 1000;
    plan();
  }

  function warn(left) {
    if (!dialog.open) {
      ticks = 0;
      said = "";
      dialog.showModal();
    }
    const whole = Math.ceil(left / 1000);
    const time = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    const words = part("left").dataset.words.replace("{time}", time);
    part("left").textContent = words;
    // Read out at once, then at each half minute: every second would be too much.
    if (!said || (whole % 30 === 0 && said !== words)) part("said").textContent = said = words;
    ticks += 1;
    timer = setTimeout(ticks % ASK_EVERY === 0 ? check : plan, 1000);
  }

  async function stay(event) {
    event.preventDefault();
    const seconds = await ask({ method: "POST", body: new FormData(stayForm) });
    if (seconds !== null) end = Date.now() + seconds * 1000;
    if (seconds !== null && seconds * 1000 <= WARNING && seconds > 0) lastWords();
    plan();
  }

  // The overall limit is near: no press can move it.
  function lastWords() {
    isFinal = true;
    part("final").hidden = part("close").hidden = false;
    stayForm.hidden = true;
    part("close").focus();
  }

  async function over() {
    clearTimeout(timer);
    document.documentElement.classList.add("left");
    const seconds = await ask();
    if (seconds > 0) {
      document.documentElement.classList.remove("left");
      end = Date.now() + seconds * 1000;
      plan();
      return;
    }
    const here = `${location.pathname}${location.search}`;
    const signIn = `${dialog.dataset.signIn}&next=${encodeURIComponent(here)}`;
    location.replace((seconds === 0 && (await keepDraft())) || signIn);
  }

  // Returns the address of the sign-in page that leads back to what was kept.
  async function keepDraft() {
    if (!typedIn) return null;
    const fields = new FormData(typedIn);
    for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
    try {
      const answer = await fetch(typedIn.action, { method: "POST", body: fields });
      return answer.redirected ? answer.url : null;
    } catch {
      return null;
    }
  }

  stayForm.addEventListener("submit", stay);
  dialog.addEventListener("cancel", stay);
  part("close").addEventListener("click", () => { dialog.close(); plan(); });
  // A device that slept, or a page the browser kept, finds out when it is looked at again.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) plan(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) plan(); });
  plan();
}

if (dialog && dialog.showModal) watch();
