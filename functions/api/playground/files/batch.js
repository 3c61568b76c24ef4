// The tab of batch transcription: submit addresses, watch the jobs, read and delete their results.

import { API_VERSION, KEY_MISSING, hasAccess, json, send } from "./api.js";
import { clock, download, element, partsOf } from "./dom.js";
import {
  curl,
  python,
  pythonImports,
  pythonKey,
  quoted,
  serverAddress,
  showSnippets,
} from "./snippets.js";
import { linesOf } from "./texts.js";

const JOBS = "speechtotext/transcriptions";
const VERSION = `api-version=${API_VERSION}`;
const WATCH_MS = 2000;
const N_SHOWN = 100;
const ENDED = ["Succeeded", "Failed"];
const STATES = {
  NotStarted: "waiting",
  Running: "running",
  Succeeded: "succeeded",
  Failed: "failed",
};

const idOf = (job) => new URL(job.self).pathname.split("/").at(-1);

// Results are read from this server whatever name it gives itself: the page may reach no other.
const ownPath = (address) => {
  const { pathname, search } = new URL(address);
  return `${pathname.slice(pathname.indexOf("/speechtotext/") + 1)}${search}`;
};

function definitionOf({ addresses, name, locale, hours, speakers }) {
  const properties = { wordLevelTimestampsEnabled: true, timeToLiveHours: Number(hours.value) };
  if (speakers.checked) properties.diarization = { enabled: true, maxSpeakers: 35 };
  return {
    displayName: name.value,
    locale: locale.value.trim(),
    contentUrls: linesOf(addresses.value),
    properties,
  };
}

/** Start the tab; jobs are listed when it is shown. */
export function startBatch(section) {
  const { form, state, error, result, snippets } = partsOf(section);
  const submit = form.querySelector(".main");
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
    let jobs;
    try {
      jobs = (await json(`${JOBS}?${VERSION}&top=${N_SHOWN}`)).values.reverse();
      error.textContent = "";
    } catch (failure) {
      fail(failure);
      return;
    }
    const open = jobs.filter(({ status }) => !ENDED.includes(status)).length;
    state.textContent = `${jobs.length} ${jobs.length === 1 ? "job" : "jobs"}, ${open} under way.`;
    show(jobs);
    if (open && !section.hidden) timer = setTimeout(list, WATCH_MS);
  }

  function show(jobs) {
    const focused = document.activeElement?.dataset?.control;
    const rows = jobs.map((job) => rowOf(job));
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

  function rowOf(job) {
    const id = idOf(job);
    const { displayName, status, createdDateTime, properties } = job;
    const isEnded = ENDED.includes(status);
    const progress = isEnded ? null : element("progress", { "aria-label": `Job ${displayName}` });
    const cause = properties.error ? `: ${properties.error.message ?? properties.error.code}` : "";
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
      element("td", {}, `${STATES[status] ?? status}${cause} `, progress),
      element("td", {}, length ? clock(length / 1000) : ""),
      element("td", {}, new Date(createdDateTime).toLocaleString()),
      element(
        "td",
        {},
        isEnded ? button("Results", () => read(id, displayName)) : null,
        " ",
        button("Delete", () => remove(id)),
      ),
    );
  }

  async function read(id, name) {
    error.textContent = "";
    try {
      const { values } = await json(`${JOBS}/${id}/files?${VERSION}`);
      const parts = [element("h2", {}, `Results of ${name}`)];
      for (const { name: file, kind, links } of values) {
        const text = await (await send(ownPath(links.contentUrl))).text();
        const body = JSON.parse(text);
        const save = element(
          "button",
          { type: "button", onclick: () => download(file, text, "application/json") },
          `Download ${file}`,
        );
        parts.push(element("p", {}, save));
        if (kind === "Transcription") {
          for (const { display } of body.combinedRecognizedPhrases)
            parts.push(element("p", {}, display || "No speech."));
        } else {
          const failed = (body.details ?? []).filter(({ status }) => status !== "Succeeded");
          for (const { source, errorMessage } of failed) {
            parts.push(
              element(
                "p",
                { className: "error" },
                `${source}: ${errorMessage ?? "not transcribed"}`,
              ),
            );
          }
        }
      }
      result.querySelector(".text")?.remove();
      const shown = element("div", { className: "text", tabIndex: -1 }, ...parts);
      result.append(shown);
      shown.focus();
    } catch (failure) {
      fail(failure);
    }
  }

  async function remove(id) {
    try {
      await send(`${JOBS}/${id}?${VERSION}`, { method: "DELETE" });
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
      await json(`${JOBS}:submit?${VERSION}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(definition),
      });
      showSnippets(snippets, programs(definition));
      await list();
    } catch (failure) {
      fail(failure);
    }
    submit.disabled = false;
  });
  form.elements.refresh.addEventListener("click", list);

  return { shown: list };
}

function programs(definition) {
  return {
    curl: curl(
      `${JOBS}:submit?${VERSION}`,
      "-H 'Content-Type: application/json'",
      `-d ${quoted(JSON.stringify(definition))}`,
    ),
    "Python, requests": [
      pythonImports("import requests"),
      "",
      `headers = {"Ocp-Apim-Subscription-Key": ${pythonKey()}}`,
      `definition = ${python(definition)}`,
      `answer = requests.post("${serverAddress()}/${JOBS}:submit?${VERSION}", headers=headers, json=definition)`,
      'print(answer.headers["Location"])',
    ].join("\n"),
  };
}
