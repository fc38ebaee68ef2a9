// Sign-in by passkey, and adding one. Without this script, or in a browser that knows no
// passkeys, the buttons stay hidden and the forms beside them do all there is to do.
"use strict";

async function send(path, body) {
  const answer = await fetch("/api/v1" + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error([problem.detail || problem.title || answer.statusText, problem.remedy].filter(Boolean).join(". "));
  }
  return answer.status === 204 ? undefined : answer.json();
}

async function signIn() {
  const begun = await send("/sign-in/passkey/options");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options.publicKey || begun.options);
  const credential = await navigator.credentials.get({ publicKey });
  await send("/sign-in/passkey", { state: begun.state, answer: credential.toJSON() });
  location.assign("/");
}

async function add() {
  const begun = await send("/me/passkeys/options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options.publicKey || begun.options);
  const credential = await navigator.credentials.create({ publicKey });
  const name = document.getElementById("passkey-name").value;
  await send("/me/passkeys", { state: begun.state, answer: credential.toJSON(), name });
  tell("The passkey was added.");
}

function tell(text) {
  const place = document.getElementById("passkey-told");
  place.textContent = text;
  place.hidden = false;
}

if (window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON) {
  for (const [id, act] of [["passkey-sign-in", signIn], ["passkey-add", add]]) {
    const button = document.getElementById(id);
    if (button) {
      button.closest("[data-passkey]").hidden = false;
      button.addEventListener("click", () => act().catch((error) => tell(error.message)));
    }
  }
}
