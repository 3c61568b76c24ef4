// The tab of real time: the microphone through the WebSocket of the Speech SDK's protocol, with partial results.

import { Microphone, wavHeader } from "./capture.js";
import { partsOf } from "./dom.js";
import { python, pythonImports, pythonKey, serverAddress, showSnippets } from "./snippets.js";
import { Turn } from "./speech_protocol.js";
import { linesOf, listed } from "./texts.js";
import { release, showTranscript } from "./transcript.js";

const TICKS_PER_MS = 10_000;
const ms = (ticks) => Math.round(ticks / TICKS_PER_MS);

function contextOf({ locales, targets, speakers, phrases }) {
  const context = {
    phraseDetection: { mode: "CONVERSATION" },
    phraseOutput: { format: "Detailed", detailed: { options: ["WordTimings"] } },
  };
  if (locales.length === 1) [context.phraseDetection.language] = locales;
  else context.languageId = { languages: locales, mode: "DetectContinuous" };
  if (speakers) context.phraseDetection.speakerDiarization = { mode: "Anonymous" };
  if (phrases.length)
    context.dgi = { Groups: [{ Type: "Generic", Items: phrases.map((Text) => ({ Text })) }] };
  if (targets.length) context.translation = { targetLanguages: targets };
  return context;
}

/** A phrase of the protocol in the form of fast transcription; null for one without text. */
export function phraseOf(body) {
  const spoken = body.SpeechPhrase ?? body;
  if (spoken.RecognitionStatus !== "Success" || !spoken.DisplayText) return null;
  const best = spoken.NBest?.[0] ?? {};
  const phrase = {
    offsetMilliseconds: ms(spoken.Offset),
    durationMilliseconds: ms(spoken.Duration),
    text: spoken.DisplayText,
    words: (best.DisplayWords ?? best.Words ?? []).map((word) => ({
      text: word.DisplayText ?? word.Word,
      offsetMilliseconds: ms(word.Offset),
      durationMilliseconds: ms(word.Duration),
    })),
  };
  const locale = spoken.PrimaryLanguage?.Language;
  if (locale) phrase.locale = locale;
  if (best.Confidence !== undefined) phrase.confidence = best.Confidence;
  const speaker = /^Guest-(\d+)$/.exec(spoken.SpeakerId ?? "");
  if (speaker) phrase.speaker = Number(speaker[1]);
  if (body.Translations) {
    phrase.translations = Object.fromEntries(
      body.Translations.map(({ Language, Text }) => [Language, Text]),
    );
  }
  return phrase;
}

/** Text of a hypothesis, with its translation where there is one; null for other messages. */
function partialOf(path, body) {
  if (path === "speech.hypothesis" || path === "speech.fragment") return body.Text;
  if (!body.SpeechHypothesis) return null;
  return [body.SpeechHypothesis.Text, ...(body.Translations ?? []).map(({ Text }) => Text)]
    .filter(Boolean)
    .join(" — ");
}

/** Start the tab. */
export function startMicrophone(section) {
  const { form, state, error, result, snippets } = partsOf(section);
  const live = section.querySelector(".live");
  const [final, partial] = [live.querySelector(".final"), live.querySelector(".partial")];
  const { locales, target, speakers, phrases, stop } = form.elements;
  const start = form.querySelector(".main");
  let stopping = null;

  stop.addEventListener("click", () => stopping?.());

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (start.disabled) return;
    const options = {
      locales: listed(locales.value),
      targets: listed(target.value),
      speakers: speakers.checked,
      phrases: linesOf(phrases.value),
    };
    start.disabled = true;
    error.textContent = "";
    release(result);
    snippets.replaceChildren();
    live.hidden = false;
    final.replaceChildren();
    partial.textContent = "";
    state.textContent = "Connecting…";
    const found = [];
    let turn = null;
    let microphone = null;

    const receive = (path, body) => {
      const hypothesis = partialOf(path, body);
      if (hypothesis !== null) partial.textContent = hypothesis;
      const phrase = path === "speech.phrase" || body.SpeechPhrase ? phraseOf(body) : null;
      if (phrase === null) return;
      found.push(phrase);
      partial.textContent = "";
      const name = phrase.speaker ? `Speaker ${phrase.speaker}: ` : "";
      const translated = Object.values(phrase.translations ?? {}).map((text) => ` — ${text}`);
      final.append(`${name}${phrase.text}${translated.join("")} `);
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
      partial.textContent = "";
    }
    if (microphone?.blocks.length) {
      live.hidden = true;
      showSnippets(snippets, programs(options));
      const durationMilliseconds = Math.round(microphone.seconds * 1000);
      const combinedPhrases = [{ text: found.map(({ text }) => text).join(" ") }];
      await showTranscript(result, {
        audio: microphone.file(),
        name: "microphone.wav",
        result: { durationMilliseconds, combinedPhrases, phrases: found },
      });
    }
  });
}

function programs({ locales, targets, speakers, phrases }) {
  const address = serverAddress().replace(/^http/, "ws");
  const isTranslated = targets.length > 0;
  const module = isTranslated
    ? "speech.translation."
    : speakers
      ? "speech.transcription."
      : "speech.";
  const recogniser = isTranslated
    ? "TranslationRecognizer"
    : speakers
      ? "ConversationTranscriber"
      : "SpeechRecognizer";
  const lines = [
    pythonImports("import azure.cognitiveservices.speech as speech"),
    "",
    `config = speech.${isTranslated ? "translation.SpeechTranslationConfig" : "SpeechConfig"}(host="${address}", subscription=${pythonKey()})`,
  ];
  const options = [`${isTranslated ? "translation_config" : "speech_config"}=config`];
  if (locales.length === 1)
    lines.push(`config.speech_recognition_language = ${python(locales[0])}`);
  else {
    lines.push(
      `languages = speech.languageconfig.AutoDetectSourceLanguageConfig(languages=${python(locales)})`,
    );
    options.push("auto_detect_source_language_config=languages");
  }
  for (const target of targets) lines.push(`config.add_target_language(${python(target)})`);
  lines.push(`recogniser = ${module}${recogniser}(${options.join(", ")})`);
  if (phrases.length) {
    lines.push("phrases = speech.PhraseListGrammar.from_recognizer(recogniser)");
    for (const phrase of phrases) lines.push(`phrases.addPhrase(${python(phrase)})`);
  }
  const isTranscriber = recogniser === "ConversationTranscriber";
  lines.push(
    `recogniser.${isTranscriber ? "transcribed" : "recognized"}.connect(lambda event: print(event.result.text))`,
    `recogniser.start_${isTranscriber ? "transcribing" : "continuous_recognition"}_async().get()`,
    'input("Enter ends it.")',
    `recogniser.stop_${isTranscriber ? "transcribing" : "continuous_recognition"}_async().get()`,
  );
  return { "Python, Speech SDK": lines.join("\n") };
}
