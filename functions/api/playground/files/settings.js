// The settings of the page: the values of its fields, in the browser's local storage.
// Never audio, file names, texts to read or to speak, phrases, addresses or transcripts; the key
// only if its box is ticked.

const STORE = "sotto-playground";
const KEPT = [
  "transcribe.locales",
  "transcribe.speakers",
  "transcribe.profanity",
  "transcribe.target",
  "transcribe.voice",
  "microphone.locales",
  "microphone.target",
  "microphone.voice",
  "microphone.speakers",
  "microphone.profanity",
  "voices.voice",
  "batch.locale",
  "batch.profanity",
  "batch.hours",
  "batch.speakers",
];

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {}; // storage is off, or holds another program's value
  }
}

function store(values) {
  try {
    localStorage.setItem(STORE, JSON.stringify(values));
  } catch {
    // Storage is off or full: the page works without.
  }
}

const fieldOf = (name) => {
  const [section, field] = name.split(".");
  return document.querySelector(`#${section} [name="${field}"]`);
};

/** Value of a setting that was kept, or undefined. */
export const kept = (name) => stored()[name];

/** Fill the fields with the kept values, and keep them when they change. */
export function keepSettings(key, remember) {
  const values = stored();
  for (const name of KEPT) {
    const field = fieldOf(name);
    if (name in values) {
      if (field.type === "checkbox") field.checked = values[name] === true;
      else field.value = values[name];
    }
    field.addEventListener("change", () => {
      store({ ...stored(), [name]: field.type === "checkbox" ? field.checked : field.value });
    });
  }
  key.value = values.key ?? "";
  remember.checked = "key" in values;
  const keepKey = () => {
    const current = stored();
    if (remember.checked) current.key = key.value;
    else delete current.key;
    store(current);
  };
  key.addEventListener("change", keepKey);
  remember.addEventListener("change", keepKey);
}
