// The tab of text to speech: a voice speaks a text.

import { KEY_MISSING, hasAccess } from "./api.js";
import { element, partsOf } from "./dom.js";
import { kept } from "./settings.js";
import { python, pythonImports, pythonKey, serverAddress, showSnippets } from "./snippets.js";
import { speak, speechCurl, ssmlOf } from "./speech.js";
import { labelOf, listVoices } from "./voice_list.js";

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
    const ssml = ssmlOf({ ShortName: voice.value, Locale: locale }, text.value);
    submit.disabled = true;
    error.textContent = "";
    state.textContent = "Speaking…";
    result.replaceChildren();
    if (address) URL.revokeObjectURL(address);
    address = null;
    try {
      address = URL.createObjectURL(await speak(ssml));
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
    curl: speechCurl(ssml, "speech.mp3"),
    "Python, openai": [
      pythonImports(["from openai import OpenAI"]),
      "",
      `client = OpenAI(base_url="${serverAddress()}/v1", api_key=${pythonKey()})`,
      `speech = client.audio.speech.create(model="tts-1", voice=${python(voice)}, input=${python(text)})`,
      'speech.write_to_file("speech.mp3")',
    ].join("\n"),
  };
}
