// The JavaScript Speech SDK on Node, unmodified: one command, one line of JSON with what it reported.
//   node javascript_client.mjs <node_modules> <ws address> <key> <command> <file> [locale] [options]
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [modules, address, key, command, file, locale = "en-US", options = ""] = process.argv.slice(2);
const sdk = createRequire(`${modules}/`)("microsoft-cognitiveservices-speech-sdk");
const events = [];

const host = new URL(address);
// Azure's form of an access token: `aad#<resource id>#<token>`.
const isToken = key.startsWith("aad#");
const speech = sdk.SpeechConfig.fromHost(host, isToken ? undefined : key);
if (isToken) speech.authorizationToken = key;
speech.speechRecognitionLanguage = locale;
const translation = sdk.SpeechTranslationConfig.fromHost(host, key);
translation.speechRecognitionLanguage = locale;
translation.addTargetLanguage("es");

const audio = () => sdk.AudioConfig.fromWavFileInput(readFileSync(file), "t.wav");

function report(recogniser) {
  const keep = (kind) => (_, event) => {
    const { text, offset, duration, speakerId } = event.result;
    events.push({ kind, text, offset, duration, speakerId });
  };
  recogniser.recognizing = recogniser.transcribing = keep("recognizing");
  recogniser.recognized = recogniser.transcribed = keep("recognized");
  recogniser.canceled = (_, event) => {
    events.push({ kind: "canceled", reason: event.reason, error: event.errorDetails ?? "" });
  };
}

const once = (recogniser) => new Promise((resolve, reject) => {
  recogniser.recognizeOnceAsync((result) => {
    events.push({
      kind: "once", reason: sdk.ResultReason[result.reason], text: result.text,
      offset: result.offset, language: result.language, error: result.errorDetails ?? "",
      translation: result.translations?.get("es"),
    });
    recogniser.close();
    resolve();
  }, reject);
});

const all = (recogniser) => new Promise((resolve, reject) => {
  const verb = recogniser.startTranscribingAsync ? "Transcribing" : "ContinuousRecognition";
  report(recogniser);
  recogniser.sessionStopped = () => {
    recogniser[`stop${verb}Async`](() => { recogniser.close(); resolve(); }, reject);
  };
  recogniser[`start${verb}Async`](undefined, reject);
});

// The SDK's own reading of an assessment, and the levels that it leaves to the app as they are.
const assessed = (result) => {
  const read = sdk.PronunciationAssessmentResult.fromResult(result);
  const { accuracyScore, fluencyScore, completenessScore, prosodyScore, pronunciationScore } = read;
  return {
    accuracyScore, fluencyScore, completenessScore, prosodyScore, pronunciationScore,
    detail: read.detailResult, text: result.text,
  };
};

const assessing = () => {
  const recogniser = new sdk.SpeechRecognizer(speech, audio());
  const config = sdk.PronunciationAssessmentConfig.fromJSON(options);
  // The SDK replaces this member of the JSON by its own property.
  config.enableProsodyAssessment = JSON.parse(options).enableProsodyAssessment;
  config.applyTo(recogniser);
  return recogniser;
};

const assessOnce = () => new Promise((resolve, reject) => {
  const recogniser = assessing();
  recogniser.recognizeOnceAsync((result) => {
    const isRecognised = result.reason === sdk.ResultReason.RecognizedSpeech;
    events.push(isRecognised ? assessed(result) : { error: result.errorDetails ?? "" });
    recogniser.close();
    resolve();
  }, reject);
});

const assessAll = () => new Promise((resolve, reject) => {
  const recogniser = assessing();
  recogniser.recognized = (_, { result }) => {
    if (result.reason === sdk.ResultReason.RecognizedSpeech) events.push(assessed(result));
  };
  recogniser.sessionStopped = () => {
    recogniser.stopContinuousRecognitionAsync(() => { recogniser.close(); resolve(); }, reject);
  };
  recogniser.startContinuousRecognitionAsync(undefined, reject);
});

const spoken = () => new Promise((resolve, reject) => {
  const synthesizer = new sdk.SpeechSynthesizer(speech, null);
  synthesizer.speakTextAsync("Hello. How are you today?", (result) => {
    events.push({
      kind: "spoken", reason: sdk.ResultReason[result.reason],
      n_bytes: result.audioData?.byteLength ?? 0, error: result.errorDetails ?? "",
    });
    synthesizer.close();
    resolve();
  }, reject);
});

const languages = sdk.AutoDetectSourceLanguageConfig.fromLanguages(["de-DE", "en-US"]);

const commands = {
  once: () => once(new sdk.SpeechRecognizer(speech, audio())),
  all: () => all(new sdk.SpeechRecognizer(speech, audio())),
  detect: () => once(sdk.SpeechRecognizer.FromConfig(speech, languages, audio())),
  translate: () => once(new sdk.TranslationRecognizer(translation, audio())),
  assessOnce,
  assessAll,
  converse: () => all(new sdk.ConversationTranscriber(speech, audio())),
  speak: spoken,
};

await commands[command]();
console.log(JSON.stringify(events));
process.exit(0);
