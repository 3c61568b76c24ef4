// Lines of a shell and of programs that do the same as the page has just done. They never have the key.

import { addressOf, facts } from "./api.js";
import { element } from "./dom.js";

/** A text in single quotes of a shell. */
export const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

/** Lines of curl: arguments, with the key of the server if it has keys. */
export function curl(path, ...parts) {
  const key = facts.needsKey === "yes" ? ['-H "Ocp-Apim-Subscription-Key: $SPEECH_KEY"'] : [];
  return [`curl ${quoted(addressOf(path))}`, ...key, ...parts].join(" \\\n  ");
}

/** Expression of the key in Python. */
export const pythonKey = () => (facts.needsKey === "yes" ? 'os.environ["SPEECH_KEY"]' : '"any"');

/** Lines of imports in Python: of packages, and of modules of its own with `os` where the key is in the environment. */
export function pythonImports(packages, modules = []) {
  const own = facts.needsKey === "yes" ? [...modules, "os"].sort() : modules;
  const lines = own.map((name) => `import ${name}`);
  return [...lines, ...(lines.length ? [""] : []), ...packages].join("\n");
}

/** Address of this server without a slash at its end. */
export const serverAddress = () => addressOf("").href.replace(/\/$/, "");

/** A value in Python's notation. */
export function python(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, one]) => `${JSON.stringify(key)}: ${python(one)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** Show titled lines in a container, folded. */
export function showSnippets(container, snippets) {
  const parts = Object.entries(snippets).flatMap(([title, lines]) => [
    element("h2", {}, title),
    element(
      "pre",
      { tabIndex: 0, "aria-label": title, role: "region" },
      element("code", {}, lines),
    ),
  ]);
  container.replaceChildren(
    element("details", {}, element("summary", {}, "The same as a program"), ...parts),
  );
}
