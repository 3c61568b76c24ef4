// Lines of the Speech SDK that recognise the microphone with the options of the form.

import { python, pythonImports, pythonKey, serverAddress } from "./snippets.js";
import { speechCurl } from "./speech.js";

const PROFANITY = { masked: "Masked", raw: "Raw", removed: "Removed" };

/** Names of the SDK for a kind of recognition. */
function namesOf({ targets, speakers }) {
  if (targets.length) {
    return {
      config: "translation.SpeechTranslationConfig",
      option: "translation_config",
      recogniser: "translation.TranslationRecognizer",
      event: "recognized",
      work: "continuous_recognition",
      text: "event.result.text, dict(event.result.translations)",
    };
  }
  const common = { config: "SpeechConfig", option: "speech_config" };
  if (speakers) {
    return {
      ...common,
      recogniser: "transcription.ConversationTranscriber",
      event: "transcribed",
      work: "transcribing",
      text: "event.result.speaker_id, event.result.text",
    };
  }
  return {
    ...common,
    recogniser: "SpeechRecognizer",
    event: "recognized",
    work: "continuous_recognition",
    text: "event.result.text",
  };
}

/** Programs by title. speech: translations that were spoken. */
export function microphonePrograms(options, speech) {
  const { locales, targets, phrases, profanity } = options;
  const address = serverAddress().replace(/^http/, "ws");
  const { config, option, recogniser, event, work, text } = namesOf(options);
  const lines = [
    pythonImports(["import azure.cognitiveservices.speech as speech"]),
    "",
    `config = speech.${config}(host="${address}", subscription=${pythonKey()})`,
    `config.set_profanity(speech.ProfanityOption.${PROFANITY[profanity]})`,
  ];
  const parameters = [`${option}=config`];
  if (locales.length === 1)
    lines.push(`config.speech_recognition_language = ${python(locales[0])}`);
  else {
    const candidates = locales.length ? `languages=${python(locales)}` : "";
    lines.push(
      "config.set_property(",
      '    speech.PropertyId.SpeechServiceConnection_LanguageIdMode, "Continuous"',
      ")",
      `languages = speech.languageconfig.AutoDetectSourceLanguageConfig(${candidates})`,
    );
    parameters.push("auto_detect_source_language_config=languages");
  }
  for (const target of targets) lines.push(`config.add_target_language(${python(target)})`);
  lines.push(`recogniser = speech.${recogniser}(${parameters.join(", ")})`);
  if (phrases.length) {
    lines.push("phrases = speech.PhraseListGrammar.from_recognizer(recogniser)");
    for (const phrase of phrases) lines.push(`phrases.addPhrase(${python(phrase)})`);
  }
  lines.push(
    `recogniser.${event}.connect(lambda event: print(${text}, flush=True))`,
    `recogniser.start_${work}_async().get()`,
    'input("Enter ends it.\\n")',
    `recogniser.stop_${work}_async().get()`,
  );
  const spoken = speech.map(({ target, ssml }) => [
    `curl, the speech in ${target}`,
    speechCurl(ssml, `${target}.mp3`),
  ]);
  return { "Python, Speech SDK": lines.join("\n"), ...Object.fromEntries(spoken) };
}
