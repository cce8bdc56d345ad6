// Passkey buttons: ask the server what to ask the device, ask the device, post its answer.
// Without a script, or in a browser that knows no passkeys, none of them shows.
import { create, get } from "./parts/credentials.js";

const NEW_CHALLENGE_AFTER = 240000; // the server keeps a challenge for five minutes

async function optionsOf(form) {
  const token = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const reply = await fetch(form.dataset.options, { method: "POST", body: token });
  if (reply.redirected) {
    // The session ended, or the owner has to show that it is them: the page itself leads there.
    window.location.reload();
    await new Promise(() => {});
  }
  if (!reply.ok) throw new Error("no options");
  return reply.json();
}

function post(form, credential) {
  form.elements.credential.value = credential;
  form.submit();
}

// Passkeys among the suggestions of the box for the e-mail address.
async function offerInBox(form) {
  const asking = new AbortController();
  const again = setTimeout(() => {
    asking.abort();
    if (document.hidden) {
      document.addEventListener("visibilitychange", () => offerInBox(form), { once: true });
    } else {
      offerInBox(form);
    }
  }, NEW_CHALLENGE_AFTER);
  form.stopOffering = () => {
    clearTimeout(again);
    asking.abort();
  };
  try {
    const more = { mediation: "conditional", signal: asking.signal };
    post(form, await get(await optionsOf(form), more));
  } catch {
    // Nobody chose one: the button and the password are still there.
  }
}

function prepare(box) {
  const form = box.querySelector("form");
  const said = form.querySelector("[data-said]");
  const ask = box.dataset.passkey === "create" ? create : get;
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    if (form.stopOffering) form.stopOffering();
    said.textContent = said.dataset.asking;
    try {
      post(form, await ask(await optionsOf(form)));
    } catch (error) {
      said.textContent = error.name === "InvalidStateError" ? said.dataset.known : said.dataset.failed;
    }
    busy = false;
  });
  box.hidden = false;
  return form;
}

async function start() {
  const forms = [...document.querySelectorAll("[data-passkey]")].map(prepare);
  for (const box of document.querySelectorAll("[data-passkey-else]")) box.hidden = true;
  const known = window.PublicKeyCredential.isConditionalMediationAvailable;
  const form = forms.find((one) => "autofill" in one.dataset);
  if (form && known && (await window.PublicKeyCredential.isConditionalMediationAvailable())) {
    offerInBox(form);
  }
}

if (window.PublicKeyCredential && navigator.credentials) start();
