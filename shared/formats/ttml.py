"""Subtitle cues -> TTML in the IMSC 1.1 text profile.

https://www.w3.org/TR/ttml-imsc1.1/ (`ttp:contentProfiles`, `xml:lang`), https://www.w3.org/TR/ttml2/
"""

from collections.abc import Sequence
from html import escape
from unicodedata import category

from shared.formats.cues import Cue
from shared.formats.time_text import time_text

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
    xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media"
    xml:lang="{locale}">
  <head>
    <metadata>{agents}</metadata>
    <styling>
      <style xml:id="text" tts:fontFamily="proportionalSansSerif" tts:fontSize="100%"
             tts:color="white" tts:textAlign="center"/>
    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="10% 75%" tts:extent="80% 20%" tts:displayAlign="after"/>
    </layout>
  </head>
  <body style="text" region="bottom">
    <div>
"""
_TAIL = """\
    </div>
  </body>
</tt>
"""


def ttml(cues: Sequence[Cue]) -> str:
    """Return a TTML document, for UTF-8; without paragraphs if there are no cues.

    A voice is a `ttm:agent`, which every paragraph of it names. The language is that of the first
    cue; a paragraph in another one names it.
    """
    locale = cues[0].locale if cues else ""
    voices = {
        voice: f"voice-{number}"
        for number, voice in enumerate(dict.fromkeys(cue.voice for cue in cues if cue.voice), 1)
    }
    head = _HEAD.format(locale=escape(locale), agents="".join(map(_agent, voices, voices.values())))
    return head + "".join(_paragraph(cue, locale, voices.get(cue.voice)) for cue in cues) + _TAIL


def _agent(voice: str, identifier: str) -> str:
    name = f'<ttm:name type="full">{escape(voice)}</ttm:name>'
    return f'\n      <ttm:agent xml:id="{identifier}" type="person">{name}</ttm:agent>'


def _paragraph(cue: Cue, locale: str, agent: str | None) -> str:
    attributes = f'begin="{time_text(cue.offset_ms)}" end="{time_text(cue.end_ms)}"'
    if agent is not None:
        attributes += f' ttm:agent="{agent}"'
    if cue.locale != locale:
        attributes += f' xml:lang="{escape(cue.locale)}"'
    text = "<br/>".join(escape(_legal(line), quote=False) for line in cue.lines)
    return f"      <p {attributes}>{text}</p>\n"


def _legal(line: str) -> str:
    """Remove the control characters that XML 1.0 does not have."""
    return "".join(one for one in line if category(one) != "Cc" and one not in "\ufffe\uffff")
