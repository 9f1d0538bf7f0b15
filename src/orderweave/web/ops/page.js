"use strict";

const place = document.getElementById("state");
const note = document.getElementById("note");
const every = Number(document.currentScript.dataset.seconds) * 1000;
let failing = null;

async function refresh() {
  if (document.hidden) {
    return;
  }
  try {
    const answer = await fetch("/ops/state.json", { headers: { accept: "application/json" } });
    if (answer.status === 401) {
      location.reload();
      return;
    }
    if (!answer.ok) {
      throw new Error(`HTTP ${answer.status}`);
    }
    place.innerHTML = (await answer.json()).html;
    failing = null;
    note.hidden = true;
  } catch (problem) {
    failing = failing ?? new Date();
    note.textContent = `The gateway has not answered since ${failing.toLocaleTimeString()} (${problem.message}). What stands below is from before.`;
    note.hidden = false;
  }
}

setInterval(refresh, every);
document.addEventListener("visibilitychange", refresh);
