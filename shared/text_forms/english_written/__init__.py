"""English number words as they are written: `twenty five percent` to `25%`.

Whisper writes most numbers in digits and leaves small ones in words on purpose, so rewriting is
conservative. Azure's documentation asks for `$900`, `6:45 PM`, `6.5`, `1-800-456-8910` and `at 5`
(display text format; short audio reference). Decisions:

- From 10 on digits, below words, as Microsoft's style guide has it; below 10 digits too where a
  number measures or names: percent, money, units, times, decimals, `page five`.
- No comma below 10,000 but in money, so that `two thousand five` can be a year.
- Three and more single digits in a row are one number: `one two three` is `123`; of seven, ten or
  eleven digits a telephone number.
- `one of them`, `two thirds`, `a hundred`, `thousands` stay words.
"""

from shared.text_forms.english_written.rewrites import english_rewrites

__all__ = ["english_rewrites"]
