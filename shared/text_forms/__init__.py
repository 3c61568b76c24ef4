"""The four text forms of a phrase: lexical, ITN, masked ITN and display."""

from shared.text_forms.forms import (
    TextForms,
    WrittenToken,
    masked_lexical,
    text_forms,
    written_tokens,
)

__all__ = ["TextForms", "WrittenToken", "masked_lexical", "text_forms", "written_tokens"]
