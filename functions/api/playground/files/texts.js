// Lists in text fields.

/** Items of a list with commas. */
export const listed = (text) =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);

/** Lines of a text that are not empty. */
export const linesOf = (text) =>
  text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);
