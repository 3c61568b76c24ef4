// The tab of text to speech: a voice speaks a text.

import { KEY_MISSING, hasAccess, send } from "./api.js";
import { element, partsOf } from "./dom.js";
import { kept } from "./settings.js";
import {
  curl,
  python,
  pythonImports,
  pythonKey,
  quoted,
  serverAddress,
  showSnippets,
} from "./snippets.js";
import { labelOf, listVoices } from "./voice_list.js";

const SPEAK = "cognitiveservices/v1";
const FORMAT = "audio-24khz-96kbitrate-mono-mp3"; // of a length that a player finds, also while it is made

const escape = (text) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("'", "&apos;");

/** Start the tab; its voices are listed when it is shown. */
export function startVoices(section) {
  const { form, state, error, result, snippets } = partsOf(section);
  const { text, voice } = form.elements;
  const submit = form.querySelector(".main");
  let address = null;

  async function list() {
    if (voice.options.length) return;
    if (!hasAccess()) {
      state.textContent = KEY_MISSING;
      return;
    }
    state.textContent = "Listing the voices…";
    error.textContent = "";
    try {
      const voices = await listVoices();
      voice.replaceChildren(
        ...voices.map((one) => {
          const option = element("option", { value: one.ShortName }, labelOf(one));
          option.dataset.locale = one.Locale;
          return option;
        }),
      );
      if ([...voice.options].some(({ value }) => value === kept("voices.voice")))
        voice.value = kept("voices.voice");
      state.textContent = voices.length ? `${voices.length} voices.` : "";
      if (!voices.length) error.textContent = "No voice is installed on this server.";
    } catch (failure) {
      state.textContent = "";
      error.textContent = failure.message;
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { locale } = voice.selectedOptions[0].dataset;
    const ssml =
      `<speak version='1.0' xml:lang='${escape(locale)}'>` +
      `<voice name='${escape(voice.value)}'>${escape(text.value)}</voice></speak>`;
    submit.disabled = true;
    error.textContent = "";
    state.textContent = "Speaking…";
    result.replaceChildren();
    if (address) URL.revokeObjectURL(address);
    address = null;
    try {
      const headers = {
        "Content-Type": "application/ssml+xml",
        "X-Microsoft-OutputFormat": FORMAT,
      };
      const answer = await send(SPEAK, { method: "POST", headers, body: ssml });
      address = URL.createObjectURL(await answer.blob());
      const player = element("audio", { controls: true, src: address, "aria-label": "Speech" });
      const link = element("a", { href: address, download: "speech.mp3" }, "Download as MP3");
      result.replaceChildren(player, element("p", {}, link));
      state.textContent = "Spoken.";
      showSnippets(snippets, programs(ssml, voice.value, text.value));
      player.play().catch(() => {}); // a browser may want a click first
    } catch (failure) {
      state.textContent = "";
      error.textContent = failure.message;
    } finally {
      submit.disabled = false;
    }
  });

  return { shown: list };
}

function programs(ssml, voice, text) {
  return {
    curl: curl(
      SPEAK,
      "-H 'Content-Type: application/ssml+xml'",
      `-H 'X-Microsoft-OutputFormat: ${FORMAT}'`,
      `-d ${quoted(ssml)}`,
      "-o speech.mp3",
    ),
    "Python, openai": [
      pythonImports(["from openai import OpenAI"]),
      "",
      `client = OpenAI(base_url="${serverAddress()}/v1", api_key=${pythonKey()})`,
      `speech = client.audio.speech.create(model="tts-1", voice=${python(voice)}, input=${python(text)})`,
      'speech.write_to_file("speech.mp3")',
    ].join("\n"),
  };
}
