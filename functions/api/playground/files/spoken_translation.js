// Voices that speak a translation: their choice in a form, and the speech of an answer.

import { Refused, hasAccess } from "./api.js";
import { element } from "./dom.js";
import { kept } from "./settings.js";
import { FORMAT, speak, ssmlOf } from "./speech.js";
import { labelOf, languageOf, listVoices } from "./voice_list.js";

const FIRST = "first";

/** The field for the voice. It has the voices of the languages that the field of the targets names. */
export class VoiceChoice {
  /** targets: function that returns the languages of the form; setting: name of the kept choice. */
  constructor(field, targets, setting) {
    this.field = field;
    this.targets = targets;
    this.setting = setting;
    this.listed = null;
  }

  /** Offer the voices of the targets. */
  async update() {
    const { field } = this;
    const targets = this.targets();
    field.disabled = !targets.length;
    if (!targets.length || !hasAccess()) return;
    try {
      this.listed ??= await listVoices();
    } catch {
      return; // a request with a voice is refused with the reason
    }
    const chosen = kept(this.setting) ?? field.value;
    const languages = targets.map(languageOf);
    const fitting = this.listed.filter(({ Locale }) => languages.includes(languageOf(Locale)));
    for (const option of [...field.options].slice(2)) option.remove();
    field.append(
      ...fitting.map((voice) => element("option", { value: voice.ShortName }, labelOf(voice))),
    );
    field.value = [...field.options].some(({ value }) => value === chosen) ? chosen : FIRST;
  }

  /** Voice by target, as the server lists it; empty without a voice. A `Refused` says that none speaks a target. */
  async voices() {
    const { value } = this.field;
    const targets = this.targets();
    if (!value || !targets.length) return {};
    this.listed ??= await listVoices();
    const voices = {};
    for (const target of targets) {
      const fitting = this.listed.filter(({ Locale }) => languageOf(Locale) === languageOf(target));
      voices[target] = fitting.find(({ ShortName }) => ShortName === value) ?? fitting[0];
      if (!voices[target]) throw new Refused(`No voice of this server speaks ${target}.`);
    }
    return voices;
  }

  /** Member `speech` of a definition; undefined without a voice. */
  options() {
    const { value } = this.field;
    const targets = this.targets();
    if (!value || !targets.length) return undefined;
    if (value === FIRST) return { outputFormat: FORMAT };
    const spoken = targets.filter((target) => languageOf(target) === languageOf(value));
    const voices = Object.fromEntries(spoken.map((target) => [target, value]));
    return { voices, outputFormat: FORMAT };
  }
}

/** Blob of a text in base64. */
function blobOf(base64, type) {
  return new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type });
}

/** Speech of the member `speech` of an answer, which may have none: {target, voice, audio}. */
export const speechOf = (speech = []) =>
  speech.map(({ target, voice, contentType, data }) => ({
    target,
    voice,
    audio: blobOf(data, contentType),
  }));

/** Speech of the translations of phrases, by text to speech, with its SSML. voices: of a `VoiceChoice`. */
export async function speakTranslations(phrases, voices) {
  const spoken = [];
  for (const [target, voice] of Object.entries(voices)) {
    const texts = phrases.map(({ translations }) => translations?.[target]).filter(Boolean);
    if (!texts.length) continue;
    const ssml = ssmlOf(voice, texts.join(" "));
    spoken.push({ target, voice: voice.ShortName, ssml, audio: await speak(ssml) });
  }
  return spoken;
}

/** Players of spoken translations, and the addresses that they hold. */
export function playersOf(speech, name) {
  const stem = name.replace(/\.[^.]*$/, "") || "translation";
  const addresses = [];
  const players = speech.map(({ target, voice, audio }) => {
    const address = URL.createObjectURL(audio);
    addresses.push(address);
    const label = `Translation to ${target}, spoken by ${voice}`;
    return element(
      "div",
      { className: "spoken" },
      element("p", {}, label),
      element("audio", { controls: true, src: address, "aria-label": label }),
      element(
        "a",
        { href: address, download: `${stem}.${target}.mp3` },
        `Download the speech in ${target} as MP3`,
      ),
    );
  });
  return { players, addresses };
}
