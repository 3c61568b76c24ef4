// Speech of a text by a voice of the server.

import { send } from "./api.js";
import { curl, quoted } from "./snippets.js";

const SPEAK = "cognitiveservices/v1";
export const FORMAT = "audio-24khz-96kbitrate-mono-mp3"; // of a length that a player finds, also while it is made

const escape = (text) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("'", "&apos;");

/** SSML of a text. voice: as the server lists it. */
export const ssmlOf = ({ ShortName, Locale }, text) =>
  `<speak version='1.0' xml:lang='${escape(Locale)}'>` +
  `<voice name='${escape(ShortName)}'>${escape(text)}</voice></speak>`;

/** MP3 of SSML. */
export async function speak(ssml) {
  const headers = { "Content-Type": "application/ssml+xml", "X-Microsoft-OutputFormat": FORMAT };
  return (await send(SPEAK, { method: "POST", headers, body: ssml })).blob();
}

/** Lines of curl that save SSML as a file of MP3. */
export const speechCurl = (ssml, name) =>
  curl(
    SPEAK,
    "-H 'Content-Type: application/ssml+xml'",
    `-H 'X-Microsoft-OutputFormat: ${FORMAT}'`,
    `-d ${quoted(ssml)}`,
    `-o ${quoted(name)}`,
  );
