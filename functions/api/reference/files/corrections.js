// Names and focus that Swagger UI leaves out of its elements, and fields of keys that the browser does not remember.

/** Text of the nearest cell or heading that names a field. */
function nameOfField(field) {
  const row = field.closest("tr");
  const own = row?.dataset.propertyName ?? row?.dataset.paramName ?? row?.querySelector("td")?.textContent;
  return own?.trim() || "Request body";
}

// Attributes by selector. React sets no attribute again that it did not set itself, or whose value has not changed.
const CORRECTIONS = [
  ["#servers", "aria-label", () => "Server"],
  [".expand-operation", "aria-label", (button) => button.closest("[data-tag]").dataset.tag],
  [".close-modal", "aria-label", () => "Close"],
  [".json-schema-2020-12-accordion", "aria-label", (button) => (button.textContent.trim() ? null : "Schema")],
  [".examples-select-element:not([aria-label])", "aria-label", () => "Example"],
  [".opblock-body :is(input, select, textarea):not([aria-label], [id])", "aria-label", nameOfField],
  ["pre.microlight", "tabindex", () => "0"],
  [".auth-container input", "type", () => "password"],
  [".auth-container input", "autocomplete", () => "off"],
  // Their text says more than the label, which voice control would not find.
  [".auth-btn-wrapper [aria-label]", "aria-label", () => null],
];

function applyTo(root) {
  for (const [selector, attribute, valueOf] of CORRECTIONS) {
    for (const element of root.querySelectorAll(selector)) {
      const value = valueOf(element);
      if (value === null) element.removeAttribute(attribute);
      else element.setAttribute(attribute, value);
    }
  }
}

/** Return a function that focuses the button "Execute" again after Swagger UI has put another in its place. */
function keeperOfFocus(root) {
  let operation = null;
  root.addEventListener("focusin", ({ target }) => {
    operation = target.matches(".execute") ? target.closest(".opblock") : null;
  });
  return () => {
    if (document.activeElement === document.body) operation?.querySelector(".execute")?.focus();
  };
}

/** Correct the elements below `root` whenever some appear. */
export function correct(root) {
  const keepFocus = keeperOfFocus(root);
  const afterChange = () => {
    applyTo(root);
    keepFocus();
  };
  new MutationObserver(afterChange).observe(root, { childList: true, subtree: true });
}
