"""The four text forms of a phrase: lexical, ITN, masked ITN and display."""

from shared.text_forms.forms import TextForms, WrittenToken, text_forms, written_tokens

__all__ = ["TextForms", "WrittenToken", "text_forms", "written_tokens"]
