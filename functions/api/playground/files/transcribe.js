// The tab of fast transcription: a file in, a transcript out.

import { API_VERSION, json } from "./api.js";
import { acceptDrops, partsOf } from "./dom.js";
import {
  curl,
  python,
  pythonImports,
  pythonKey,
  quoted,
  serverAddress,
  showSnippets,
} from "./snippets.js";
import { linesOf, listed } from "./texts.js";
import { release, showTranscript } from "./transcript.js";

const FAST = `speechtotext/transcriptions:transcribe?api-version=${API_VERSION}`;
const TRANSLATED = "sotto/v1/speech-translations";

function definitionOf(form) {
  const { locales, speakers, profanity, target, phrases } = form.elements;
  const definition = { profanityFilterMode: profanity.value };
  if (listed(locales.value).length) definition.locales = listed(locales.value);
  if (speakers.value) definition.diarization = { maxSpeakers: Number(speakers.value) };
  if (linesOf(phrases.value).length) definition.phraseList = { phrases: linesOf(phrases.value) };
  if (listed(target.value).length) definition.targets = listed(target.value);
  return definition;
}

/** Start the tab. */
export function startTranscribe(section) {
  const { form, state, error, result, snippets } = partsOf(section);
  const { file, cancel } = form.elements;
  const submit = form.querySelector(".main");
  let underWay = null;
  acceptDrops(file);
  cancel.addEventListener("click", () => underWay?.abort());

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [audio] = file.files;
    if (!audio || underWay) return;
    const definition = definitionOf(form);
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
      const answer = await json(path, { method: "POST", body, signal: underWay.signal });
      const took = (performance.now() - began) / 1000;
      state.textContent = `Transcribed in ${took.toFixed(1)} s.`;
      showSnippets(snippets, programs(path, audio.name, definition));
      await showTranscript(result, { audio, name: audio.name, result: answer });
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
}

function programs(path, name, definition) {
  const shown = {
    curl: curl(
      path,
      `-F ${quoted(`audio=@"${name.replaceAll(/["\\]/g, "\\$&")}"`)}`,
      `-F ${quoted(`definition=${JSON.stringify(definition)}`)}`,
    ),
  };
  if (definition.targets) return shown; // Azure's clients have no route for it
  shown["Python, azure-ai-transcription"] = [
    pythonImports(
      "from azure.ai.transcription import TranscriptionClient",
      "from azure.core.credentials import AzureKeyCredential",
    ),
    "",
    `client = TranscriptionClient("${serverAddress()}", AzureKeyCredential(${pythonKey()}))`,
    `with open(${python(name)}, "rb") as audio:`,
    `    result = client.transcribe({"definition": ${python(definition)}, "audio": audio})`,
    "print(result.combined_phrases[0].text)",
  ].join("\n");
  return shown;
}
