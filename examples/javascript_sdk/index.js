// Microsoft's Speech SDK for JavaScript on Node: a recording, phrase by phrase.
//
//     cd examples/javascript_sdk && npm install
//     make run                              # in another terminal, in the clone of Sotto
//     node index.js t.wav
//
// SOTTO_URL names another server than http://127.0.0.1:5000, SOTTO_KEY its key.
// In a browser the same code takes AudioConfig.fromDefaultMicrophoneInput(); the server then needs
// the page's origin in SOTTO_CORS_ORIGINS.
import { existsSync, readFileSync } from "node:fs";
import sdk from "microsoft-cognitiveservices-speech-sdk";

const url = process.env.SOTTO_URL ?? "http://127.0.0.1:5000";
const key = process.env.SOTTO_KEY ?? "any";
const file = process.argv[2];
if (!file) fail("node index.js RECORDING.wav");
if (!existsSync(file)) fail(`There is no file ${file}.`);

const config = sdk.SpeechConfig.fromHost(new URL(url.replace(/^http/, "ws")), key);
config.speechRecognitionLanguage = "en-US";
const audio = sdk.AudioConfig.fromWavFileInput(readFileSync(file), file);
const recogniser = new sdk.SpeechRecognizer(config, audio);

recogniser.recognized = (_, event) => {
  const { text, offset } = event.result;
  if (text) console.log(`${(offset / 1e7).toFixed(1).padStart(7)} s  ${text}`);
};
recogniser.canceled = (_, event) => {
  if (event.reason !== sdk.CancellationReason.Error) return; // the end of the recording
  const isUnreachable = event.errorCode === sdk.CancellationErrorCode.ConnectionFailure;
  fail(isUnreachable
    ? `No server takes the connection at ${url}: start it with \`make run\`, or set SOTTO_URL and SOTTO_KEY.`
    : event.errorDetails);
};
recogniser.sessionStopped = () => {
  recogniser.stopContinuousRecognitionAsync(() => recogniser.close());
};
recogniser.startContinuousRecognitionAsync(undefined, fail);

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
