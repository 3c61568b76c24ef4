// The tab of real time: the microphone through the WebSocket of the Speech SDK's protocol, with partial results.

import { Microphone, wavHeader } from "./capture.js";
import { element, partsOf } from "./dom.js";
import { microphonePrograms } from "./microphone_programs.js";
import { textsOf } from "./phrase_list.js";
import { showSnippets } from "./snippets.js";
import { VoiceChoice, speakTranslations } from "./spoken_translation.js";
import { Turn } from "./speech_protocol.js";
import { linesOf, listed } from "./texts.js";
import { release, showTranscript } from "./transcript.js";
import { contextOf, droppedOf, partialOf, phraseOf } from "./turn_messages.js";

function optionsOf({ locales, target, speakers, phrases, profanity }) {
  return {
    locales: listed(locales.value),
    targets: listed(target.value),
    speakers: speakers.checked,
    phrases: linesOf(phrases.value),
    profanity: profanity.value,
  };
}

/** A line of the text that is shown while one speaks. */
function lineOf({ text, translations, speaker }) {
  const name = speaker ? `Speaker ${speaker}: ` : "";
  return textsOf(element("p", {}, `${name}${text}`), translations);
}

/** Start the tab. */
export function startMicrophone(section) {
  const { form, state, error, result, snippets } = partsOf(section);
  const live = section.querySelector(".live");
  const [final, partial] = [live.querySelector(".final"), live.querySelector(".partial")];
  const { stop, target, voice } = form.elements;
  const voices = new VoiceChoice(voice, () => listed(target.value), "microphone.voice");
  const start = form.querySelector(".main");
  let stopping = null;

  stop.addEventListener("click", () => stopping?.());
  target.addEventListener("change", () => voices.update());

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (start.disabled) return;
    const options = optionsOf(form.elements);
    start.disabled = true;
    error.textContent = "";
    release(result);
    snippets.replaceChildren();
    live.hidden = false;
    final.replaceChildren();
    partial.replaceChildren();
    state.textContent = "Connecting…";
    const [found, dropped] = [[], []];
    let speech = [];
    let turn = null;
    let microphone = null;

    const receive = (path, body) => {
      const hypothesis = partialOf(path, body);
      if (hypothesis !== null) partial.replaceChildren(lineOf(hypothesis));
      if (path !== "speech.phrase" && !body.SpeechPhrase) return;
      const [phrase, stretch] = [phraseOf(body), droppedOf(body)];
      if (stretch) dropped.push(stretch);
      if (!phrase) return;
      found.push(phrase);
      partial.replaceChildren();
      final.append(lineOf(phrase));
    };

    try {
      turn = await Turn.begin(contextOf(options), receive);
      let isFirst = true;
      microphone = await Microphone.open((block, { sampleRate }) => {
        if (isFirst) turn.send(wavHeader(sampleRate));
        isFirst = false;
        turn.send(block);
      });
      state.textContent = "Listening…";
      stop.hidden = false;
      stop.focus();
      await Promise.race([
        turn.ended,
        new Promise((resolve) => {
          stopping = resolve;
        }),
      ]);
      stop.hidden = true;
      state.textContent = "Recognising the end…";
      await microphone.stop();
      turn.finish();
      await turn.ended;
      const chosen = await voices.voices();
      if (Object.keys(chosen).length) {
        state.textContent = "Speaking the translation…";
        speech = await speakTranslations(found, chosen);
      }
      state.textContent = "The audio has ended.";
    } catch (failure) {
      state.textContent = "";
      error.textContent = failure.message;
      turn?.close();
    } finally {
      microphone?.close();
      stopping = null;
      stop.hidden = true;
      start.disabled = false;
      start.focus();
      partial.replaceChildren();
    }
    if (!microphone?.blocks.length) return;
    live.hidden = true;
    showSnippets(snippets, microphonePrograms(options, speech));
    const durationMilliseconds = Math.round(microphone.seconds * 1000);
    const combinedPhrases = [{ text: found.map(({ text }) => text).join(" ") }];
    await showTranscript(result, {
      audio: microphone.file(),
      name: "microphone.wav",
      result: { durationMilliseconds, combinedPhrases, phrases: found },
      dropped,
      speech,
    });
  });

  return { shown: () => voices.update() };
}
