// Files made of a transcript: SubRip, WebVTT, plain text, RTTM. Times in the JSON are milliseconds.

const MOST_LINE = 42; // characters
const MOST_CUE_MS = 7000;

const pad = (number, digits = 2) => String(number).padStart(digits, "0");

function time(ms, point) {
  const whole = Math.max(0, Math.round(ms));
  const [hours, minutes, seconds] = [3_600_000, 60_000, 1000].map((unit) =>
    Math.floor(whole / unit),
  );
  return `${pad(hours)}:${pad(minutes % 60)}:${pad(seconds % 60)}${point}${pad(whole % 1000, 3)}`;
}

const endOf = (timed) => timed.offsetMilliseconds + timed.durationMilliseconds;

function wrap(words) {
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1);
    if (line && line.length + 1 + word.length > MOST_LINE) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}

/** Cues of at most two lines and seven seconds: {start, end, lines, speaker}. A phrase without words is one cue. */
export function cuesOf(phrases) {
  const cues = [];
  for (const phrase of phrases) {
    if (!phrase.text) continue;
    const { speaker } = phrase;
    if (!phrase.words?.length) {
      cues.push({
        start: phrase.offsetMilliseconds,
        end: endOf(phrase),
        lines: wrap(phrase.text.split(" ")),
        speaker,
      });
      continue;
    }
    let open = [];
    const close = () => {
      if (open.length) {
        const lines = wrap(open.map((word) => word.text));
        cues.push({ start: open[0].offsetMilliseconds, end: endOf(open.at(-1)), lines, speaker });
      }
      open = [];
    };
    for (const word of phrase.words) {
      const isFull =
        wrap([...open, word].map(({ text }) => text)).length > 2 ||
        (open.length && endOf(word) - open[0].offsetMilliseconds > MOST_CUE_MS);
      if (isFull) close();
      open.push(word);
    }
    close();
  }
  for (const [index, cue] of cues.entries()) {
    const next = cues[index + 1];
    if (next && next.start >= cue.start) cue.end = Math.min(cue.end, next.start);
    cue.end = Math.max(cue.end, cue.start + 1);
  }
  return cues.sort((one, other) => one.start - other.start);
}

/** SubRip. A cue begins with its speaker where that changes. */
export function srtOf(phrases) {
  let before;
  return cuesOf(phrases)
    .map(({ start, end, lines, speaker }, index) => {
      const name = speaker && speaker !== before ? `Speaker ${speaker}: ` : "";
      before = speaker;
      return `${index + 1}\n${time(start, ",")} --> ${time(end, ",")}\n${name}${lines.join("\n")}\n`;
    })
    .join("\n");
}

const escape = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** WebVTT with voice tags. https://www.w3.org/TR/webvtt1/ */
export function vttOf(phrases) {
  const cues = cuesOf(phrases).map(({ start, end, lines, speaker }) => {
    const text = escape(lines.join("\n"));
    const voiced = speaker ? `<v Speaker ${speaker}>${text}</v>` : text;
    return `${time(start, ".")} --> ${time(end, ".")}\n${voiced}\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}

/** Plain text, a paragraph for each phrase or, with speakers, for each turn. */
export function textOf(phrases) {
  const paragraphs = [];
  for (const { text, speaker } of phrases) {
    if (speaker && paragraphs.at(-1)?.speaker === speaker) paragraphs.at(-1).texts.push(text);
    else paragraphs.push({ speaker, texts: [text] });
  }
  return paragraphs
    .map(({ speaker, texts }) => `${speaker ? `Speaker ${speaker}: ` : ""}${texts.join(" ")}\n`)
    .join("\n");
}

/** RTTM of NIST: the turns of the speakers. Empty without speakers. */
export function rttmOf(phrases, name) {
  const file = name.replace(/\.[^.]*$/, "").replaceAll(/\s+/g, "_") || "audio";
  return phrases
    .filter(({ speaker }) => speaker)
    .map(({ offsetMilliseconds, durationMilliseconds, speaker, channel }) => {
      const times = [offsetMilliseconds, durationMilliseconds]
        .map((ms) => (ms / 1000).toFixed(3))
        .join(" ");
      return `SPEAKER ${file} ${(channel ?? 0) + 1} ${times} <NA> <NA> speaker_${speaker} <NA> <NA>\n`;
    })
    .join("");
}
