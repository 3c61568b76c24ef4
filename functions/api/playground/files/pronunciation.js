// The tab of pronunciation assessment: a reading in, scores of words and phones out.

import { json } from "./api.js";
import { Microphone } from "./capture.js";
import { acceptDrops, element, partsOf } from "./dom.js";
import {
  curl,
  python,
  pythonImports,
  pythonKey,
  quoted,
  serverAddress,
  showSnippets,
} from "./snippets.js";

const LOCALE = "en-US"; // English alone is assessed
const PATH = `speech/recognition/conversation/cognitiveservices/v1?language=${LOCALE}&format=detailed`;
const MOST_SECONDS = 30;
const [GOOD, FAIR] = [80, 60]; // of 100; below FAIR the server names a word mispronounced

const SCORES = {
  PronScore: "Pronunciation",
  AccuracyScore: "Accuracy",
  FluencyScore: "Fluency",
  CompletenessScore: "Completeness",
  ProsodyScore: "Prosody",
};
const STATUSES = {
  NoMatch: "There is speech, but no words were recognised.",
  InitialSilenceTimeout: "There is no speech in the recording.",
  BabbleTimeout: "There is noise in the recording, but no speech.",
  Error: "The recognition failed. Try again.",
};

const shadeOf = (score) => (score >= GOOD ? "good" : score >= FAIR ? "fair" : "poor");

function parametersOf(reference) {
  const parameters = {
    GradingSystem: "HundredMark",
    Granularity: "Phoneme",
    Dimension: "Comprehensive",
    EnableProsodyAssessment: true,
    PhonemeAlphabet: "IPA",
  };
  return reference ? { ReferenceText: reference, EnableMiscue: true, ...parameters } : parameters;
}

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Start the tab. */
export function startPronunciation(section) {
  const { form, state, error, result, snippets } = partsOf(section);
  const { reference, file, record, stop } = form.elements;
  const submit = form.querySelector(".main");
  let stopping = null;
  acceptDrops(file);
  stop.addEventListener("click", () => stopping?.());

  const begin = (text) => {
    submit.disabled = true;
    record.disabled = true;
    error.textContent = "";
    state.textContent = text;
    result.replaceChildren();
    snippets.replaceChildren();
  };
  const end = () => {
    submit.disabled = false;
    record.disabled = false;
  };
  const fail = (failure) => {
    state.textContent = "";
    error.textContent = failure.message;
  };

  async function assess(audio, name) {
    state.textContent = "Assessing…";
    const parameters = parametersOf(reference.value.trim());
    const answer = await json(PATH, {
      method: "POST",
      headers: {
        "Content-Type": "application/octet-stream",
        "Pronunciation-Assessment": base64(JSON.stringify(parameters)),
      },
      body: audio,
    });
    showSnippets(snippets, programs(parameters, name));
    if (answer.RecognitionStatus !== "Success" || !answer.NBest?.length) {
      state.textContent = "";
      error.textContent = STATUSES[answer.RecognitionStatus] ?? "No words were recognised.";
      return;
    }
    state.textContent = "Assessed.";
    result.replaceChildren(...scores(answer.NBest[0]));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [audio] = file.files;
    if (submit.disabled) return;
    if (!audio) {
      error.textContent = "Choose a file, or record a reading.";
      return;
    }
    begin("Assessing…");
    await assess(audio, audio.name).catch(fail);
    end();
  });

  record.addEventListener("click", async () => {
    begin("Opening the microphone…");
    let microphone = null;
    try {
      microphone = await Microphone.open((_block, { seconds }) => {
        if (seconds >= MOST_SECONDS - 1) stopping?.();
      });
      state.textContent = `Recording, up to ${MOST_SECONDS - 1} s…`;
      stop.hidden = false;
      stop.focus();
      await new Promise((resolve) => {
        stopping = resolve;
      });
      stopping = null;
      stop.hidden = true;
      await microphone.stop();
      await assess(microphone.file(), "reading.wav");
    } catch (failure) {
      microphone?.close();
      fail(failure);
    }
    end();
    record.focus();
  });
}

function scores(best) {
  const overall = Object.entries(SCORES)
    .filter(([name]) => best[name] !== undefined)
    .map(([name, label]) =>
      element(
        "div",
        {},
        element("dt", {}, label),
        element("dd", { className: shadeOf(best[name]) }, String(best[name])),
      ),
    );
  return [
    element("h2", {}, "Scores of 100"),
    element("dl", { className: "scores" }, ...overall),
    element("h2", {}, "Words, and the accuracy of their phones"),
    element(
      "ul",
      { className: "legend", "aria-label": "Colours" },
      element("li", {}, element("span", { className: "good" }, `from ${GOOD}`)),
      element("li", {}, element("span", { className: "fair" }, `from ${FAIR}`)),
      element("li", {}, element("span", { className: "poor" }, "below")),
    ),
    element("ol", { className: "readings", "aria-label": "Words" }, ...best.Words.map(wordItem)),
  ];
}

function wordItem({ Word, AccuracyScore, ErrorType, Phonemes = [] }) {
  const isSpoken = ErrorType !== "Omission";
  const label = isSpoken ? String(Math.round(AccuracyScore)) : "left out";
  const phones = Phonemes.map(({ Phoneme, AccuracyScore: score }) =>
    element(
      "span",
      { className: `phone ${shadeOf(score)}`, title: `${Math.round(score)} of 100` },
      `${Phoneme} ${Math.round(score)}`,
    ),
  );
  return element(
    "li",
    { className: isSpoken ? shadeOf(AccuracyScore) : "poor" },
    element("strong", {}, Word),
    ` ${label}`,
    ErrorType === "Insertion" ? " added" : null,
    element("div", { className: "phones" }, ...phones),
  );
}

function programs(parameters, name) {
  const reference = parameters.ReferenceText;
  const lines = [
    pythonImports(["import azure.cognitiveservices.speech as speech"]),
    "",
    `config = speech.SpeechConfig(host="${serverAddress().replace(/^http/, "ws")}", subscription=${pythonKey()})`,
    `config.speech_recognition_language = "${LOCALE}"`,
    `recogniser = speech.SpeechRecognizer(config, speech.audio.AudioConfig(filename=${python(name)}))`,
    "assessment = speech.PronunciationAssessmentConfig(",
    ...(reference ? [`    reference_text=${python(reference)},`, "    enable_miscue=True,"] : []),
    "    grading_system=speech.PronunciationAssessmentGradingSystem.HundredMark,",
    "    granularity=speech.PronunciationAssessmentGranularity.Phoneme,",
    ")",
    "assessment.enable_prosody_assessment()",
    'assessment.phoneme_alphabet = "IPA"',
    "assessment.apply_to(recogniser)",
    "result = speech.PronunciationAssessmentResult(recogniser.recognize_once())",
    "print(result.pronunciation_score)",
  ];
  return {
    curl: [
      `assessment=$(printf %s ${quoted(JSON.stringify(parameters))} | base64 -w 0)`,
      curl(
        PATH,
        '-H "Pronunciation-Assessment: $assessment"',
        "-H 'Content-Type: audio/wav'",
        `--data-binary ${quoted(`@${name}`)}`,
      ),
    ].join("\n"),
    "Python, Speech SDK": lines.join("\n"),
  };
}
