// The tab of batch transcription: submit addresses, watch the jobs, read and delete their results.

import { KEY_MISSING, hasAccess } from "./api.js";
import { countsOf, deleteJob, filesOf, hasEnded, idOf, listJobs, submitJob } from "./batch_jobs.js";
import { batchPrograms } from "./batch_programs.js";
import { clock, download, element, partsOf } from "./dom.js";
import { showSnippets } from "./snippets.js";
import { linesOf, listed } from "./texts.js";

const WATCH_MS = 2000;
const N_COUNTED = 10; // jobs whose report is read for the table
const STATES = {
  NotStarted: "waiting for a worker",
  Running: "running",
  Succeeded: "succeeded",
  Failed: "failed",
};

function definitionOf({ addresses, name, locale, hours, speakers, profanity }) {
  const locales = listed(locale.value);
  const properties = {
    wordLevelTimestampsEnabled: true,
    timeToLiveHours: Number(hours.value),
    profanityFilterMode: profanity.value,
  };
  if (locales.length > 1)
    properties.languageIdentification = { candidateLocales: locales, mode: "Continuous" };
  if (speakers.checked) properties.diarization = { enabled: true, maxSpeakers: 35 };
  return {
    displayName: name.value,
    locale: locales[0] ?? "",
    contentUrls: linesOf(addresses.value),
    properties,
  };
}

const files = (count) => `${count} ${count === 1 ? "file" : "files"}`;

/** Start the tab; jobs are listed when it is shown. */
export function startBatch(section) {
  const { form, state, error, result, snippets } = partsOf(section);
  const submit = form.querySelector(".main");
  const submitted = new Map(); // number of files of the jobs of this page
  const counts = new Map(); // of the reports that were read
  let timer = null;

  const fail = (failure) => {
    state.textContent = "";
    error.textContent = failure.message;
  };

  async function list() {
    clearTimeout(timer);
    if (!hasAccess()) {
      state.textContent = KEY_MISSING;
      return;
    }
    let found;
    try {
      found = await listJobs();
      await count(found.jobs);
      error.textContent = "";
    } catch (failure) {
      fail(failure);
      return;
    }
    const { jobs, now } = found;
    const open = jobs.filter((job) => !hasEnded(job)).length;
    state.textContent = `${jobs.length} ${jobs.length === 1 ? "job" : "jobs"}, ${open} under way.`;
    show(jobs, now);
    clearTimeout(timer);
    if (open && !section.hidden) timer = setTimeout(list, WATCH_MS);
  }

  /** Read how many files of the newest jobs that have ended failed: a job succeeds with one of its files. */
  async function count(jobs) {
    const ended = jobs.filter(hasEnded).slice(0, N_COUNTED);
    for (const id of ended.map(idOf)) {
      if (counts.has(id)) continue;
      counts.set(id, await countsOf(id).catch(() => null)); // it may be deleted by now
    }
  }

  function show(jobs, now) {
    const focused = document.activeElement?.dataset?.control;
    const rows = jobs.map((job) => rowOf(job, now));
    const head = ["Name", "State", "Audio", "Created", "Actions"].map((name) =>
      element("th", { scope: "col" }, name),
    );
    const table = element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows),
    );
    const before = result.querySelector(".text");
    const scrolled = element(
      "div",
      { className: "table", tabIndex: 0, role: "region", "aria-label": "Jobs" },
      table,
    );
    result.replaceChildren(...(jobs.length ? [scrolled] : []), ...(before ? [before] : []));
    if (focused) result.querySelector(`[data-control="${CSS.escape(focused)}"]`)?.focus();
  }

  /** State of a job in words: the contract has its files and times, and no progress before its end. */
  function stateOf(job, now) {
    const id = idOf(job);
    const parts = [STATES[job.status] ?? job.status];
    if (hasEnded(job)) {
      const { nSucceeded, nFailed } = counts.get(id) ?? {};
      if (nFailed !== undefined) parts[0] += `: ${nSucceeded} of ${files(nSucceeded + nFailed)}`;
      const { error: cause } = job.properties;
      if (cause) parts.push(cause.message ?? cause.code);
      return parts.join(". ");
    }
    if (submitted.has(id)) parts.push(files(submitted.get(id)));
    const since = (now - Date.parse(job.lastActionDateTime ?? job.createdDateTime)) / 1000;
    parts.push(`for ${clock(Math.max(0, since))}`);
    return parts.join(", ");
  }

  function rowOf(job, now) {
    const id = idOf(job);
    const { displayName, createdDateTime, properties } = job;
    const isEnded = hasEnded(job);
    const progress = isEnded ? null : element("progress", { "aria-label": `Job ${displayName}` });
    const length = properties.durationMilliseconds;
    const button = (label, act) =>
      element(
        "button",
        {
          type: "button",
          onclick: act,
          "aria-label": `${label} ${displayName}`,
          "data-control": `${label} ${id}`,
        },
        label,
      );
    return element(
      "tr",
      {},
      element("td", {}, displayName),
      element("td", {}, `${stateOf(job, now)} `, progress),
      element("td", {}, length ? clock(length / 1000) : ""),
      element("td", {}, new Date(createdDateTime).toLocaleString()),
      element(
        "td",
        {},
        isEnded ? button("Results", () => read(id, displayName)) : null,
        " ",
        button(isEnded ? "Delete" : "Cancel", () => remove(id)),
      ),
    );
  }

  async function read(id, name) {
    error.textContent = "";
    try {
      const parts = (await filesOf(id)).flatMap(partsOfFile);
      result.querySelector(".text")?.remove();
      const shown = element(
        "div",
        { className: "text", tabIndex: -1 },
        element("h2", {}, `Results of ${name}`),
        ...parts,
      );
      result.append(shown);
      shown.focus();
    } catch (failure) {
      fail(failure);
    }
  }

  async function remove(id) {
    try {
      await deleteJob(id);
      result.querySelector(".text")?.remove();
      await list();
      form.elements.refresh.focus();
    } catch (failure) {
      fail(failure);
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    error.textContent = "";
    const definition = definitionOf(form.elements);
    try {
      const job = await submitJob(definition);
      submitted.set(idOf(job), definition.contentUrls.length);
      showSnippets(snippets, batchPrograms(definition));
      await list();
    } catch (failure) {
      fail(failure);
    }
    submit.disabled = false;
  });
  form.elements.refresh.addEventListener("click", list);

  return { shown: list };
}

/** Elements of a result file: the text of a transcript, or the failures of a report. */
function partsOfFile({ name, text, body, isReport }) {
  const save = element(
    "button",
    { type: "button", onclick: () => download(name, text, "application/json") },
    `Download ${name}`,
  );
  const texts = isReport
    ? (body.details ?? [])
        .filter(({ status }) => status !== "Succeeded")
        .map(({ source, errorMessage, errorKind }) => ({
          className: "error",
          text: `${source}: ${errorMessage ?? errorKind ?? "not transcribed"}`,
        }))
    : body.combinedRecognizedPhrases.map(({ display }) => ({
        className: "",
        text: display || "No speech.",
      }));
  return [
    element("p", {}, save),
    ...texts.map((one) => element("p", { className: one.className }, one.text)),
  ];
}
