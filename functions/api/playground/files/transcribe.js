// The tab of fast transcription: a file in, a transcript out.

import { API_VERSION, send } from "./api.js";
import { acceptDrops, partsOf } from "./dom.js";
import { droppedStretches } from "./pauses.js";
import { spokenSample } from "./sample.js";
import {
  curl,
  python,
  pythonImports,
  pythonKey,
  quoted,
  serverAddress,
  showSnippets,
} from "./snippets.js";
import { VoiceChoice, speechOf } from "./spoken_translation.js";
import { linesOf, listed } from "./texts.js";
import { release, showTranscript } from "./transcript.js";

const FAST = `speechtotext/transcriptions:transcribe?api-version=${API_VERSION}`;
const TRANSLATED = "sotto/v1/speech-translations";

function definitionOf(form, speech) {
  const { locales, speakers, profanity, target, phrases } = form.elements;
  const definition = { profanityFilterMode: profanity.value };
  if (listed(locales.value).length) definition.locales = listed(locales.value);
  if (speakers.value) definition.diarization = { maxSpeakers: Number(speakers.value) };
  if (linesOf(phrases.value).length) definition.phraseList = { phrases: linesOf(phrases.value) };
  if (listed(target.value).length) definition.targets = listed(target.value);
  if (speech) definition.speech = speech;
  return definition;
}

/** Start the tab. */
export function startTranscribe(section) {
  const { form, state, error, result, snippets } = partsOf(section);
  const { file, cancel, sample, target, voice } = form.elements;
  const voices = new VoiceChoice(voice, () => listed(target.value), "transcribe.voice");
  const submit = form.querySelector(".main");
  let underWay = null;
  acceptDrops(file);
  cancel.addEventListener("click", () => underWay?.abort());
  target.addEventListener("change", () => voices.update());

  sample.addEventListener("click", async () => {
    sample.disabled = true;
    error.textContent = "";
    state.textContent = "Speaking…";
    try {
      const chosen = new DataTransfer();
      chosen.items.add(await spokenSample());
      file.files = chosen.files;
      form.requestSubmit();
    } catch (failure) {
      state.textContent = "";
      error.textContent = failure.message;
    } finally {
      sample.disabled = false;
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [audio] = file.files;
    if (!audio || underWay) return;
    const definition = definitionOf(form, voices.options());
    const path = definition.targets ? TRANSLATED : FAST;
    const body = new FormData();
    body.append("audio", audio, "audio"); // the name of the file stays here
    body.append("definition", JSON.stringify(definition));
    underWay = new AbortController();
    submit.disabled = true;
    cancel.hidden = false;
    error.textContent = "";
    release(result);
    snippets.replaceChildren();
    const began = performance.now();
    const tick = () => {
      state.textContent = `Transcribing for ${Math.round((performance.now() - began) / 1000)} s…`;
    };
    state.textContent = "Transcribing…";
    const timer = setInterval(tick, 5000); // a screen reader reads each change
    try {
      const answer = await send(path, { method: "POST", body, signal: underWay.signal });
      const { speech, ...transcript } = await answer.json();
      const took = (performance.now() - began) / 1000;
      state.textContent = `Transcribed in ${took.toFixed(1)} s.`;
      showSnippets(snippets, programs(path, audio.name, definition));
      await showTranscript(result, {
        audio,
        name: audio.name,
        result: transcript,
        dropped: droppedStretches(answer.headers.get("sotto-dropped")),
        speech: speechOf(speech),
      });
    } catch (failure) {
      state.textContent = failure.name === "AbortError" ? "Cancelled." : "";
      if (failure.name !== "AbortError") error.textContent = failure.message;
    } finally {
      clearInterval(timer);
      underWay = null;
      submit.disabled = false;
      cancel.hidden = true;
    }
  });

  return { shown: () => voices.update() };
}

function programs(path, name, definition) {
  const shown = {
    curl: curl(
      path,
      `-F ${quoted(`audio=@"${name.replaceAll(/["\\]/g, "\\$&")}"`)}`,
      `-F ${quoted(`definition=${JSON.stringify(definition)}`)}`,
    ),
  };
  if (definition.targets) return { ...shown, ...translationProgram(path, name, definition) };
  shown["Python, azure-ai-transcription"] = [
    pythonImports([
      "from azure.ai.transcription import TranscriptionClient",
      "from azure.core.credentials import AzureKeyCredential",
    ]),
    "",
    `client = TranscriptionClient("${serverAddress()}", AzureKeyCredential(${pythonKey()}))`,
    `with open(${python(name)}, "rb") as audio:`,
    `    result = client.transcribe({"definition": ${python(definition)}, "audio": audio})`,
    "print(result.combined_phrases[0].text)",
  ].join("\n");
  return shown;
}

/** Azure's clients have no route that answers with text and translation. */
function translationProgram(path, name, definition) {
  const lines = [
    pythonImports(["import requests"], definition.speech ? ["base64", "json"] : ["json"]),
    "",
    `with open(${python(name)}, "rb") as audio:`,
    "    answer = requests.post(",
    `        "${serverAddress()}/${path}",`,
    `        headers={"Ocp-Apim-Subscription-Key": ${pythonKey()}},`,
    `        files={"audio": audio, "definition": (None, json.dumps(${python(definition)}))},`,
    "    )",
    "answer.raise_for_status()",
    'for phrase in answer.json()["phrases"]:',
    '    print(phrase["text"], phrase["translations"])',
  ];
  if (definition.speech) {
    lines.push(
      'for speech in answer.json()["speech"]:',
      `    with open(speech["target"] + ".mp3", "wb") as file:`,
      '        file.write(base64.b64decode(speech["data"]))',
    );
  }
  return { "Python, requests": lines.join("\n") };
}
