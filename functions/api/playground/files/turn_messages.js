// Messages of the Speech SDK's protocol: the context of a turn out of the options of a form, and what comes back in the
// form of fast transcription.

const TICKS_PER_MS = 10_000;
const ANY_LANGUAGE = "und"; // ISO 639-2: undetermined
const ms = (ticks) => Math.round(ticks / TICKS_PER_MS);
const extentOf = ({ Offset, Duration }) => ({
  offsetMilliseconds: ms(Offset),
  durationMilliseconds: ms(Duration),
});

// Reasons of results without a text, as the recogniser calls them.
const REASONS = {
  NoMatch: "no_match",
  BabbleTimeout: "noise",
  InitialSilenceTimeout: "silence",
};

/** Body of `speech.context`. locales: one is spoken, several are candidates, none is any language. */
export function contextOf({ locales, targets, speakers, phrases, profanity }) {
  const context = {
    phraseDetection: { mode: "CONVERSATION", enrichment: { profanity } },
    phraseOutput: { format: "Detailed", detailed: { options: ["WordTimings"] } },
  };
  if (locales.length === 1) [context.phraseDetection.language] = locales;
  else {
    const languages = locales.length ? locales : [ANY_LANGUAGE];
    context.languageId = { languages, mode: "DetectContinuous" };
  }
  if (speakers) context.phraseDetection.speakerDiarization = { mode: "Anonymous" };
  if (phrases.length)
    context.dgi = { Groups: [{ Type: "Generic", Items: phrases.map((Text) => ({ Text })) }] };
  if (targets.length) context.translation = { targetLanguages: targets };
  return context;
}

const translationsOf = (body) =>
  Object.fromEntries((body.Translations ?? []).map(({ Language, Text }) => [Language, Text]));

/** A phrase of the protocol in the form of fast transcription; null for one without text. */
export function phraseOf(body) {
  const spoken = body.SpeechPhrase ?? body;
  if (spoken.RecognitionStatus !== "Success" || !spoken.DisplayText) return null;
  const best = spoken.NBest?.[0] ?? {};
  const phrase = { ...extentOf(spoken), text: spoken.DisplayText, words: wordsOf(best) };
  const locale = spoken.PrimaryLanguage?.Language;
  if (locale) phrase.locale = locale;
  if (best.Confidence !== undefined) phrase.confidence = best.Confidence;
  const speaker = /^Guest-(\d+)$/.exec(spoken.SpeakerId ?? "");
  if (speaker) phrase.speaker = Number(speaker[1]);
  if (body.Translations) phrase.translations = translationsOf(body);
  return phrase;
}

/** Words as shown. The protocol rates words as spoken, of which "5" may be one and "twenty-five" two. */
function wordsOf({ DisplayWords, Words = [] }) {
  return (DisplayWords ?? Words).map((word) => {
    const middle = ({ Offset, Duration }) => Offset + Duration / 2;
    const covered = Words.filter(
      (spoken) => word.Offset <= middle(spoken) && middle(spoken) <= word.Offset + word.Duration,
    );
    const ratings = covered
      .map(({ Confidence }) => Confidence)
      .filter((rating) => rating !== undefined);
    const shown = { text: word.DisplayText ?? word.Word, ...extentOf(word) };
    return ratings.length ? { ...shown, confidence: Math.min(...ratings) } : shown;
  });
}

/** A stretch without a text and its reason: {offsetMilliseconds, durationMilliseconds, reason}; null for others. */
export function droppedOf(body) {
  const spoken = body.SpeechPhrase ?? body;
  const reason = REASONS[spoken.RecognitionStatus];
  return reason ? { ...extentOf(spoken), reason } : null;
}

/** A hypothesis: {text, translations}; null for other messages. */
export function partialOf(path, body) {
  if (path === "speech.hypothesis" || path === "speech.fragment")
    return { text: body.Text, translations: {} };
  if (!body.SpeechHypothesis) return null;
  return { text: body.SpeechHypothesis.Text, translations: translationsOf(body) };
}
