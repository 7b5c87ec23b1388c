// Niceties only; every page works without.
"use strict";

const BEAT = 1500;

/** What was still being found out is fetched again, and only those parts of the page are exchanged. */
async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const instead = fresh.getElementById(part.id);
    const isInUse = part.contains(document.activeElement);
    if (instead && part.querySelector("[data-waiting]") && !isInUse) part.replaceWith(instead);
  }
  hideButtons();
  wait();
}

function wait() {
  if (document.querySelector("[data-part] [data-waiting]")) setTimeout(() => renew().catch(() => {}), BEAT);
}

/** A choice of mails shows itself at once; its button is for those without this script. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-submits]");
  if (form) form.requestSubmit();
});

function hideButtons() {
  for (const button of document.querySelectorAll("[data-submits] button")) button.hidden = true;
}

/** Who signs once need not write their name again; it stays in this browser. */
for (const field of document.querySelectorAll("[data-remember]")) {
  field.value = field.value || localStorage.getItem("pakdee-name") || "";
  field.form.addEventListener("submit", () => localStorage.setItem("pakdee-name", field.value));
}

/** What was done is said once, not again when the page is loaded again. */
const address = new URL(location.href);
if (address.searchParams.has("done")) {
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
}

hideButtons();
wait();
