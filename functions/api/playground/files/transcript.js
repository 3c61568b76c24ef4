// A transcript with its audio: waveform, legend, phrases whose words play, pauses, downloads.

import { clock, download, element } from "./dom.js";
import { pauseLegend, pauseList, pausesOf } from "./pauses.js";
import { colourOf, confidenceLegend, endOf, phraseList, startOf } from "./phrase_list.js";
import { soundOf } from "./sound.js";
import { playersOf } from "./spoken_translation.js";
import { rttmOf, srtOf, textOf, vttOf } from "./subtitles.js";
import { Waveform } from "./waveform.js";

const held = new WeakMap(); // addresses of the audio of a container

/**
 * Show a transcript in a container, in place of the one before.
 *
 * audio: Blob of the audio; name: of its file; result: JSON of fast transcription, where phrases may have translations;
 * dropped: stretches whose reason the server named; speech: spoken translations, of `speechOf` or `speakTranslations`.
 */
export async function showTranscript(container, { audio, name, result, dropped, speech }) {
  release(container);
  const { phrases } = result;
  const { players, addresses } = playersOf(speech, name);
  const address = URL.createObjectURL(audio);
  const own = [address, ...addresses];
  held.set(container, own);
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
  const colours = legend(phrases);
  const list = phraseList(phrases, play);
  container.replaceChildren(
    element("h2", {}, "Transcript"),
    summary(result),
    colours,
    wave,
    player,
    notice,
    ...players,
    list,
    downloads(result, name),
  );

  const sound = await soundOf(audio);
  if (held.get(container) !== own) return; // another transcript has taken the place
  const pauses = pausesOf(result, dropped, sound);
  const pausesShown = pauseList(pauses, play);
  if (pausesShown) list.before(pausesShown);
  let waveform = null;
  if (sound) {
    const canvas = element("canvas", {
      role: "img",
      "aria-label": `Waveform, ${clock(sound.seconds)} long`,
    });
    wave.append(canvas);
    colours.append(...pauseLegend(pauses));
    const turns = phrases.map((phrase) => ({
      start: startOf(phrase),
      end: endOf(phrase),
      speaker: colourOf(phrase.speaker),
    }));
    waveform = new Waveform(canvas, sound, { turns, pauses }, play);
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
  for (const address of held.get(container) ?? []) URL.revokeObjectURL(address);
  held.delete(container);
  container.replaceChildren();
}

function summary({ durationMilliseconds, phrases }) {
  const length = clock(durationMilliseconds / 1000);
  if (!phrases.length) return element("p", {}, `No speech was found in ${length} of audio.`);
  const locales = [...new Set(phrases.map(({ locale }) => locale).filter(Boolean))].join(", ");
  const count = `${phrases.length} ${phrases.length === 1 ? "phrase" : "phrases"}`;
  return element(
    "p",
    {},
    `${length} of audio${locales ? ` in ${locales}` : ""}, ${count}. Choose a word to play from it; ` +
      "the arrow keys move between words.",
  );
}

function legend(phrases) {
  const speakers = [...new Set(phrases.map(({ speaker }) => speaker).filter(Boolean))].sort(
    (a, b) => a - b,
  );
  const items = speakers.map((speaker) =>
    element("li", { className: `speaker-${colourOf(speaker)}` }, `Speaker ${speaker}`),
  );
  return element(
    "ul",
    { className: "legend", "aria-label": "Colours" },
    ...items,
    ...confidenceLegend(phrases),
  );
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
