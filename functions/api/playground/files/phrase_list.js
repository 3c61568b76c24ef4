// The phrases of a transcript: words that play, shades of low confidence, translations beside the text.

import { clock, element } from "./dom.js";

const N_COLOURS = 8;
const [GOOD, FAIR] = [0.7, 0.5];

const seconds = (ms) => ms / 1000;
const percent = (confidence) => `${Math.round(confidence * 100)} %`;

/** Number of the colour of a speaker; 0 is that of no speaker. */
export const colourOf = (speaker) => (speaker ? ((speaker - 1) % N_COLOURS) + 1 : 0);

/** Second at which a phrase or word ends. */
export const endOf = (timed) => seconds(timed.offsetMilliseconds + timed.durationMilliseconds);

/** Second at which a phrase or word begins. */
export const startOf = (timed) => seconds(timed.offsetMilliseconds);

function shadeOf(confidence) {
  if (confidence === undefined || confidence >= GOOD) return "";
  return confidence >= FAIR ? "fair" : "poor";
}

const hasWordConfidence = ({ words = [] }) =>
  words.some(({ confidence }) => confidence !== undefined);

/** Items of the legend for the shades of confidence: none where all of it is high. */
export function confidenceLegend(phrases) {
  const ofWords = phrases.some(hasWordConfidence);
  const rated = ofWords ? phrases.flatMap(({ words }) => words) : phrases;
  if (!rated.some(({ confidence }) => shadeOf(confidence))) return [];
  const what = ofWords ? "word" : "phrase";
  return [
    element("li", {}, element("span", { className: "fair" }, `${what} below 70 % confidence`)),
    element("li", {}, element("span", { className: "poor" }, `${what} below 50 %`)),
  ];
}

/** The list. play: receives the second to play from. */
export function phraseList(phrases, play) {
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

/** A text and its translations: beside each other, or in a narrow window below each other. */
export function textsOf(spoken, translations) {
  const translated = Object.entries(translations ?? {}).map(([target, text]) =>
    element("p", { className: "translation", lang: target }, text),
  );
  if (!translated.length) return spoken;
  return element(
    "div",
    { className: "texts" },
    spoken,
    element("div", { className: "translations" }, ...translated),
  );
}

function phraseItem(phrase, play) {
  const { text, speaker, confidence, locale, translations } = phrase;
  const start = startOf(phrase);
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
      : element("span", { title: "Confidence" }, percent(confidence)),
  );
  const shade = hasWordConfidence(phrase) ? "" : shadeOf(confidence);
  const spoken = element("div", { className: `words ${shade}` });
  if (locale) spoken.lang = locale;
  const { offsetMilliseconds, durationMilliseconds } = phrase;
  const whole = { text, offsetMilliseconds, durationMilliseconds };
  for (const word of phrase.words?.length ? phrase.words : [whole])
    spoken.append(wordButton(word, play), " ");
  return element(
    "li",
    { className: `phrase speaker-${colourOf(speaker)}` },
    head,
    textsOf(spoken, translations),
  );
}

function wordButton(word, play) {
  const { text, confidence } = word;
  const button = element(
    "button",
    {
      type: "button",
      className: `word ${shadeOf(confidence)}`,
      tabIndex: -1,
      title: confidence === undefined ? null : `Confidence ${percent(confidence)}`,
      onclick: () => play(startOf(word)),
    },
    text,
  );
  button.dataset.start = startOf(word);
  button.dataset.end = endOf(word);
  return button;
}
