// Stretches of a recording without recognised words, and the reason of each.

import { clock, element } from "./dom.js";

const LEAST_S = 0.5;
const MOST_EDGE_S = 0.3; // the ends of a pause have sounds of the words around it
const MOST_LISTED = 20;
const NOISE_LEVEL_DB = -50; // from which the server calls a pause noise
const NO_SIGNAL_DB = -100;

const REASONS = {
  silence: "silence",
  noise: "sound without recognised words",
  no_match: "speech whose words were not recognised",
  loop: "a repetition that the recogniser does not believe",
};
const NAMES = { silence: "silence", noise: "sound without words" };

const seconds = (ms) => ms / 1000;
const endOf = (timed) => seconds(timed.offsetMilliseconds + timed.durationMilliseconds);

/** Stretches of the field Sotto-Dropped: {offsetMilliseconds, durationMilliseconds, reason}. */
export const droppedStretches = (field) =>
  [...(field ?? "").matchAll(/(\w+);at=(\d+);for=(\d+)/g)].map(([, reason, at, length]) => ({
    offsetMilliseconds: Number(at),
    durationMilliseconds: Number(length),
    reason,
  }));

/**
 * Pauses: {start, end, reason, level} in seconds and dB.
 *
 * result: of fast transcription; dropped: stretches whose reason the server named.
 * sound: of the recording, or null: the level is undefined then, and the reason is the server's or undefined.
 */
export function pausesOf({ durationMilliseconds, phrases }, dropped, sound) {
  const spoken = phrases
    .map((phrase) => ({ start: seconds(phrase.offsetMilliseconds), end: endOf(phrase) }))
    .sort((one, other) => one.start - other.start);
  const whole = seconds(durationMilliseconds);
  const pauses = [];
  let covered = 0;
  for (const { start, end } of [...spoken, { start: whole, end: whole }]) {
    if (start - covered >= LEAST_S) pauses.push({ start: covered, end: start });
    covered = Math.max(covered, end);
  }
  return pauses.map((pause) => {
    const edge = Math.min(MOST_EDGE_S, (pause.end - pause.start) / 4);
    const level = sound?.level(pause.start + edge, pause.end - edge);
    const named = reasonOf(dropped, pause);
    const isOfSpeech = named === "no_match" || named === "loop";
    return { ...pause, level, reason: isOfSpeech ? named : (byLevel(level) ?? named) };
  });
}

/** Reason that the server named for most of a pause; undefined if it named none. */
function reasonOf(dropped, { start, end }) {
  const overlap = (one) =>
    Math.min(end, endOf(one)) - Math.max(start, seconds(one.offsetMilliseconds));
  const longest = dropped
    .filter((one) => overlap(one) > 0)
    .sort((one, other) => overlap(other) - overlap(one))[0];
  return longest?.reason;
}

function byLevel(level) {
  if (level === undefined) return undefined;
  return level > NOISE_LEVEL_DB ? "noise" : "silence";
}

/** The reason of a pause in words. */
function wordsOf({ reason, level }) {
  const words = REASONS[reason] ?? "no recognised words";
  if (level === undefined) return words;
  if (level <= NO_SIGNAL_DB) return `${words}, no signal at all`;
  return `${words} at ${Math.round(level).toString().replace("-", "−")} dB`;
}

/** Kind of a pause in the waveform and its legend. */
export const kindOf = ({ reason }) => (reason === "silence" ? "silence" : "noise");

/** Items of the legend of a waveform for its pauses. */
export function pauseLegend(pauses) {
  return [...new Set(pauses.map(kindOf))]
    .sort()
    .map((kind) =>
      element("li", {}, element("span", { className: `pause-${kind}` }, NAMES[kind])),
    );
}

/** A folded list of the longest pauses; null if there is none. */
export function pauseList(pauses, play) {
  if (!pauses.length) return null;
  const sum = pauses.reduce((total, { start, end }) => total + end - start, 0);
  const longest = [...pauses]
    .sort((one, other) => other.end - other.start - (one.end - one.start))
    .slice(0, MOST_LISTED)
    .sort((one, other) => one.start - other.start);
  const count = `${pauses.length} ${pauses.length === 1 ? "stretch" : "stretches"}`;
  const shown = pauses.length > longest.length ? `; the ${MOST_LISTED} longest are listed` : "";
  const items = longest.map((pause) =>
    element(
      "li",
      {},
      element(
        "button",
        {
          type: "button",
          onclick: () => play(pause.start),
          "aria-label": `Play from ${clock(pause.start)}`,
        },
        clock(pause.start),
      ),
      ` ${(pause.end - pause.start).toFixed(1)} s: ${wordsOf(pause)}`,
    ),
  );
  return element(
    "details",
    { className: "pauses" },
    element("summary", {}, `Left out: ${count} without words, ${sum.toFixed(1)} s${shown}`),
    element("ul", {}, ...items),
  );
}
