"""Inverse text normalisation of English numbers: `twenty five percent` to `25%`.

Whisper writes most numbers in digits and small ones deliberately in words, so rewriting is
conservative. Azure's documentation requires `$900`, `6:45 PM`, `6.5`, `1-800-456-8910` and `at 5`
(display text format; short audio reference). Decisions:

- Digits from 10 on, words below, as in Microsoft's style guide; digits below 10 too where a number
  measures or identifies: percent, money, units, times, decimals, `page five`.
- No comma below 10,000 except in money, so that `two thousand five` can be a year.
- Three or more single digits in a row are one number: `one two three` is `123`; seven, ten or
  eleven of them are a telephone number.
- Times have a colon and `AM` or `PM`, also where `3.30 pm`, `6.45pm` or `3 30 p m` was recognised.
- Two numbers joined by `and` are one where nothing else is likely: `2000 and 8`, not `100 and 50`.
- Two points or more make a version or address: `two point zero point one` is `2.0.1`.
- `one of them`, `two thirds`, `a hundred`, `thousands` stay words.
"""

from shared.text_forms.english_written.rewrites import english_rewrites

__all__ = ["english_rewrites"]
