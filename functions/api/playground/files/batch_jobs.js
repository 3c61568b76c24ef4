// Jobs of batch transcription and their files, as the routes answer.

import { API_VERSION, json, send } from "./api.js";

export const JOBS = "speechtotext/transcriptions";
export const VERSION = `api-version=${API_VERSION}`;
const N_LISTED = 100;
const ENDED = ["Succeeded", "Failed"];

export const idOf = (job) => new URL(job.self).pathname.split("/").at(-1);
export const hasEnded = ({ status }) => ENDED.includes(status);

// Results are read from this server whatever name it gives itself: the page may reach no other.
const ownPath = (address) => {
  const { pathname, search } = new URL(address);
  return `${pathname.slice(pathname.indexOf("/speechtotext/") + 1)}${search}`;
};

/** Jobs, the newest first, and the time of the server, which may differ from the browser's. */
export async function listJobs() {
  const answer = await send(`${JOBS}?${VERSION}&top=${N_LISTED}`);
  const now = Date.parse(answer.headers.get("date")) || Date.now();
  return { jobs: (await answer.json()).values.reverse(), now };
}

/** Submit a job. */
export const submitJob = (definition) =>
  json(`${JOBS}:submit?${VERSION}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(definition),
  });

/** Cancel a job, and delete it and its results. */
export const deleteJob = (id) => send(`${JOBS}/${id}?${VERSION}`, { method: "DELETE" });

/** Result files of a job that has ended: {name, text, body, isReport}. filter: of OData. */
export async function filesOf(id, filter = "") {
  const chosen = filter ? `&filter=${encodeURIComponent(filter)}` : "";
  const { values } = await json(`${JOBS}/${id}/files?${VERSION}${chosen}`);
  const files = [];
  for (const { name, kind, links } of values) {
    const text = await (await send(ownPath(links.contentUrl))).text();
    files.push({ name, text, body: JSON.parse(text), isReport: kind === "TranscriptionReport" });
  }
  return files;
}

/** Numbers of files of a job that has ended: {nSucceeded, nFailed}; null if it has no report. */
export async function countsOf(id) {
  const [report] = await filesOf(id, "kind eq 'TranscriptionReport'");
  if (!report) return null;
  const { successfulTranscriptionsCount, failedTranscriptionsCount } = report.body;
  return { nSucceeded: successfulTranscriptionsCount, nFailed: failedTranscriptionsCount };
}
