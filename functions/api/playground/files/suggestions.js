// Codes that the server accepts, offered in fields that take one code or several with commas.

import { API_VERSION, hasAccess, json } from "./api.js";
import { element } from "./dom.js";

const LOCALES = `speechtotext/transcriptions/locales?api-version=${API_VERSION}`;
const TRANSLATED = "languages?api-version=3.0&scope=translation";

/** Locales of speech: {code: name}. */
const locales = async () =>
  Object.fromEntries((await json(LOCALES)).Transcribe.map((code) => [code, code]));

/** Languages that translators know: {code: name}. */
const languages = async () =>
  Object.fromEntries(
    Object.entries((await json(TRANSLATED)).translation).map(([code, { name }]) => [code, name]),
  );

const lists = new Map();

/** The codes of a list, asked for once; none if the server refuses: the field takes any text. */
function codesOf(list) {
  if (!lists.has(list)) {
    lists.set(
      list,
      list().catch(() => {
        lists.delete(list);
        return {};
      }),
    );
  }
  return lists.get(list);
}

/** Offer codes in a field, behind those that it has; the server is asked when the field is entered. */
function suggest(field, list) {
  const options = element("datalist", { id: `${field.form.parentElement.id}-${field.name}` });
  field.after(options);
  field.setAttribute("list", options.id);
  const offer = async () => {
    if (!hasAccess()) return;
    const codes = await codesOf(list);
    const before = field.value.slice(0, field.value.lastIndexOf(",") + 1);
    const kept = before ? `${before} ` : "";
    options.replaceChildren(
      ...Object.entries(codes).map(([code, name]) =>
        element("option", { value: `${kept}${code}` }, name),
      ),
    );
  };
  field.addEventListener("focus", offer);
  field.addEventListener("input", offer);
}

/** Offer codes in all fields of locales and of targets. */
export function startSuggestions() {
  for (const field of document.querySelectorAll('[name="locales"], [name="locale"]'))
    suggest(field, locales);
  for (const field of document.querySelectorAll('[name="target"]')) suggest(field, languages);
}
