// Elements without HTML from strings: a transcript is text, whatever it says.

/** Make an element. `properties` whose names have a dash are attributes; children may be texts or null. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key.includes("-") || key === "role" || key === "scope") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Parts of a tab that all tabs have. */
export function partsOf(section) {
  const part = (name) => section.querySelector(`.${name}`);
  return {
    form: section.querySelector("form"),
    state: part("state"),
    error: part("error"),
    result: part("result"),
    snippets: part("snippets"),
  };
}

/** Save a text or a Blob as a file. */
export function download(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Let files be dropped on the label of a file input. */
export function acceptDrops(input) {
  const label = input.closest("label");
  const mark = (isOver) => (event) => {
    event.preventDefault();
    label.classList.toggle("over", isOver);
  };
  label.addEventListener("dragover", mark(true));
  label.addEventListener("dragleave", mark(false));
  label.addEventListener("drop", (event) => {
    mark(false)(event);
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
  // A file that misses the label would replace the page.
  for (const name of ["dragover", "drop"])
    addEventListener(name, (event) => event.preventDefault());
}

/** Minutes and seconds of a time in seconds. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts
    .slice(parts[0] ? 0 : 1)
    .map((part, index) => (index ? String(part).padStart(2, "0") : String(part)))
    .join(":");
}
