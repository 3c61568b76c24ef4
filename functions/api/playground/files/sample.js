// A recording for a first try: two sentences, spoken by a voice of the server.

import { Refused } from "./api.js";
import { speak, ssmlOf } from "./speech.js";
import { languageOf, listVoices } from "./voice_list.js";

const TEXT =
  "The children are playing in the garden behind the house. Please remind me to buy milk and bread.";

/** File of the recording; a `Refused` says why the server cannot speak it. */
export async function spokenSample() {
  const voice = (await listVoices()).find(({ Locale }) => languageOf(Locale) === "en");
  if (!voice) throw new Refused("No voice of this server speaks English.");
  return new File([await speak(ssmlOf(voice, TEXT))], "sample.mp3", { type: "audio/mpeg" });
}
