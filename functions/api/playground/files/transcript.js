// A transcript with its audio: waveform, legend, phrases whose words play, downloads.

import { clock, download, element } from "./dom.js";
import { rttmOf, srtOf, textOf, vttOf } from "./subtitles.js";
import { Waveform, peaksOf } from "./waveform.js";

const N_COLOURS = 8;
const seconds = (ms) => ms / 1000;
const endOf = (timed) => seconds(timed.offsetMilliseconds + timed.durationMilliseconds);
const colourOf = (speaker) => (speaker ? ((speaker - 1) % N_COLOURS) + 1 : 0);

function confidenceClass(confidence) {
  if (confidence === undefined || confidence >= 0.7) return "confidence-good";
  return confidence >= 0.5 ? "confidence-fair" : "confidence-poor";
}

/**
 * Show a transcript in a container, in place of the one before.
 *
 * audio: Blob of the audio; name: of its file; result: JSON of fast transcription.
 */
export async function showTranscript(container, { audio, name, result }) {
  release(container);
  const { phrases } = result;
  const address = URL.createObjectURL(audio);
  container.dataset.address = address;
  const player = element("audio", {
    controls: true,
    src: address,
    preload: "auto",
    "aria-label": "Audio",
  });
  const play = (start) => {
    player.currentTime = start;
    player.play().catch(() => {}); // its error event says why
  };
  const notice = element("p", { role: "status" });
  player.addEventListener("error", () => {
    notice.textContent =
      "This browser cannot play the file. The transcript is complete all the same.";
  });
  const wave = element("div", { className: "wave" });
  const list = phraseList(phrases, play);
  container.replaceChildren(
    element("h2", {}, "Transcript"),
    summary(result),
    legend(phrases),
    wave,
    player,
    notice,
    list,
    downloads(result, name),
  );

  const drawn = await peaksOf(audio);
  if (container.dataset.address !== address) return; // another transcript has taken the place
  let waveform = null;
  if (drawn) {
    const canvas = element("canvas", {
      role: "img",
      "aria-label": `Waveform, ${clock(drawn.seconds)} long`,
    });
    wave.append(canvas);
    const turns = phrases.map((phrase) => ({
      start: seconds(phrase.offsetMilliseconds),
      end: endOf(phrase),
      speaker: colourOf(phrase.speaker),
    }));
    waveform = new Waveform(canvas, drawn, turns, play);
  }
  const words = [...list.querySelectorAll(".word")];
  player.addEventListener("timeupdate", () => {
    const now = player.currentTime;
    waveform?.moveTo(now);
    for (const word of words) {
      word.classList.toggle(
        "now",
        !player.paused && Number(word.dataset.start) <= now && now < Number(word.dataset.end),
      );
    }
  });
}

/** Remove a transcript and free its audio. */
export function release(container) {
  if (container.dataset.address) URL.revokeObjectURL(container.dataset.address);
  delete container.dataset.address;
  container.replaceChildren();
}

function summary({ durationMilliseconds, phrases }) {
  if (!phrases.length) {
    return element(
      "p",
      {},
      `No speech was found in ${clock(seconds(durationMilliseconds))}. Silence, music and noise are left out.`,
    );
  }
  const spoken = seconds(phrases.reduce((sum, phrase) => sum + phrase.durationMilliseconds, 0));
  const rest = Math.max(0, seconds(durationMilliseconds) - spoken);
  const locales = [...new Set(phrases.map(({ locale }) => locale).filter(Boolean))].join(", ");
  return element(
    "p",
    {},
    `${clock(seconds(durationMilliseconds))} of audio${locales ? ` in ${locales}` : ""}, ${phrases.length} ` +
      `${phrases.length === 1 ? "phrase" : "phrases"}. ${rest.toFixed(1)} s without speech are left out; they are pale ` +
      "in the waveform. Choose a word to play from it; the arrow keys move between words.",
  );
}

function legend(phrases) {
  const speakers = [...new Set(phrases.map(({ speaker }) => speaker).filter(Boolean))].sort(
    (a, b) => a - b,
  );
  const items = speakers.map((speaker) =>
    element("li", { className: `speaker-${colourOf(speaker)}` }, `Speaker ${speaker}`),
  );
  if (phrases.some(({ confidence }) => confidence < 0.7)) {
    items.push(
      element("li", {}, element("span", { className: "fair" }, "confidence below 70 %")),
      element("li", {}, element("span", { className: "poor" }, "below 50 %")),
    );
  }
  return element("ul", { className: "legend", "aria-label": "Colours" }, ...items);
}

function phraseList(phrases, play) {
  const list = element(
    "ol",
    { className: "phrases", "aria-label": "Phrases" },
    ...phrases.map((one) => phraseItem(one, play)),
  );
  const words = [...list.querySelectorAll(".word")];
  if (words.length) words[0].tabIndex = 0;
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const index = words.indexOf(document.activeElement);
    const next = words[index + step];
    if (!step || index < 0 || !next) return;
    event.preventDefault();
    words[index].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  return list;
}

function phraseItem(phrase, play) {
  const {
    offsetMilliseconds,
    durationMilliseconds,
    text,
    speaker,
    confidence,
    locale,
    translations,
  } = phrase;
  const words = phrase.words?.length
    ? phrase.words
    : [{ text, offsetMilliseconds, durationMilliseconds }];
  const start = seconds(offsetMilliseconds);
  const head = element(
    "div",
    { className: "head" },
    element(
      "button",
      { type: "button", onclick: () => play(start), "aria-label": `Play from ${clock(start)}` },
      clock(start),
    ),
    speaker
      ? element("strong", { className: `speaker-${colourOf(speaker)}` }, `Speaker ${speaker}`)
      : null,
    locale ?? null,
    confidence === undefined
      ? null
      : element("span", { title: "Confidence" }, `${Math.round(confidence * 100)} %`),
  );
  const spoken = element("div", { className: "words" });
  if (locale) spoken.lang = locale;
  for (const word of words) {
    const button = element(
      "button",
      { type: "button", className: "word", tabIndex: -1 },
      word.text,
    );
    button.dataset.start = seconds(word.offsetMilliseconds);
    button.dataset.end = endOf(word);
    button.addEventListener("click", () => play(seconds(word.offsetMilliseconds)));
    spoken.append(button, " ");
  }
  const translated = Object.entries(translations ?? {}).map(([target, translation]) =>
    element("p", { className: "translation", lang: target }, translation),
  );
  const classes = `phrase speaker-${colourOf(speaker)} ${confidenceClass(confidence)}`;
  return element("li", { className: classes }, head, spoken, ...translated);
}

function downloads(result, name) {
  const stem = name.replace(/\.[^.]*$/, "") || "transcript";
  const { phrases } = result;
  const makers = [
    ["JSON", "json", "application/json", () => JSON.stringify(result, null, 2)],
    ["SRT", "srt", "application/x-subrip", () => srtOf(phrases)],
    ["VTT", "vtt", "text/vtt", () => vttOf(phrases)],
    ["TXT", "txt", "text/plain", () => textOf(phrases)],
    ["RTTM", "rttm", "text/plain", () => rttmOf(phrases, name)],
  ];
  const buttons = makers.map(([label, extension, type, make]) =>
    element(
      "button",
      {
        type: "button",
        disabled: extension === "rttm" && !phrases.some(({ speaker }) => speaker),
        title: extension === "rttm" ? "Turns of the speakers, if they are labelled" : null,
        onclick: () => download(`${stem}.${extension}`, make(), type),
      },
      label,
    ),
  );
  return element(
    "div",
    { className: "actions", role: "group", "aria-label": "Download as" },
    "Download as",
    ...buttons,
  );
}
