// The voices of the server.

import { json } from "./api.js";

const LIST = "cognitiveservices/voices/list";

/** Voices as the contract lists them; a `Refused` says why there are none. */
export const listVoices = () => json(LIST);

/** An option of a list of voices. */
export function labelOf({ LocalName, DisplayName, LocaleName, Locale, Gender }) {
  return `${DisplayName ?? LocalName}, ${LocaleName ?? Locale}, ${Gender.toLowerCase()}`;
}

/** Language of a locale, or of a target of a translation: `es` of `es-MX`. */
export const languageOf = (locale) => locale.split("-")[0].toLowerCase();
