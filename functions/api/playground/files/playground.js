// The page: its tabs, the key, the settings, and what the server can do.

import { addressOf, facts } from "./api.js";
import { startBatch } from "./batch.js";
import { startMicrophone } from "./microphone.js";
import { startPronunciation } from "./pronunciation.js";
import { keepSettings } from "./settings.js";
import { startSuggestions } from "./suggestions.js";
import { startTranscribe } from "./transcribe.js";
import { startVoices } from "./voices.js";

const TABS = {
  transcribe: startTranscribe,
  microphone: startMicrophone,
  pronunciation: startPronunciation,
  voices: startVoices,
  batch: startBatch,
};

const started = {};
const tabs = () => [...document.querySelectorAll('[role="tab"]')].filter((tab) => !tab.hidden);

function show(chosen, { focus = false } = {}) {
  for (const tab of document.querySelectorAll('[role="tab"]')) {
    const isChosen = tab === chosen;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
  }
  if (focus) chosen.focus();
  const name = chosen.getAttribute("aria-controls");
  history.replaceState(null, "", `#${name}`);
  shown();
}

/** Let the tab that is shown read its lists. */
function shown() {
  const name = document
    .querySelector('[role="tab"][aria-selected="true"]')
    .getAttribute("aria-controls");
  started[name]?.shown?.();
}

// https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
function moveFocus(event) {
  const all = tabs();
  const index = all.indexOf(document.activeElement);
  const next = {
    ArrowLeft: all.at(index - 1),
    ArrowRight: all[(index + 1) % all.length],
    Home: all[0],
    End: all.at(-1),
  }[event.key];
  if (index < 0 || !next) return;
  event.preventDefault();
  show(next, { focus: true });
}

async function sayWhetherReady() {
  const line = document.getElementById("model");
  try {
    const answer = await fetch(addressOf("ready"), { cache: "no-store" });
    line.hidden = answer.ok;
    if (answer.ok) return;
    line.textContent = "The model is not loaded yet. The first request waits for it.";
  } catch {
    line.hidden = false;
    line.textContent = "The server does not answer.";
  }
  setTimeout(sayWhetherReady, 3000);
}

document.getElementById("access").hidden = facts.needsKey !== "yes";
document.getElementById("access").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("key").addEventListener("change", () => shown());
keepSettings(document.getElementById("key"), document.getElementById("remember"));
if (facts.realTime !== "yes") document.getElementById("tab-microphone").hidden = true;
for (const [name, start] of Object.entries(TABS)) {
  started[name] = start(document.getElementById(name)) ?? {};
}
startSuggestions();
const list = document.getElementById("tabs");
list.addEventListener("click", (event) => {
  const tab = event.target.closest('[role="tab"]');
  if (tab) show(tab);
});
list.addEventListener("keydown", moveFocus);
const named = document.getElementById(`tab-${location.hash.slice(1)}`);
show(named && !named.hidden ? named : tabs()[0]);
sayWhetherReady();
document.documentElement.dataset.started = "yes";
