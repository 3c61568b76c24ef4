"""Places where a line or a cue of subtitles may end, and how well it does.

Good are places after punctuation, at a pause, before conjunctions and prepositions; an article, a
preposition, a title or a first name is not separated from its noun, nor a number from its unit:
Netflix, Timed Text Style Guide, General Requirements, "Line treatment"
(https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617); BBC, Subtitle Guidelines,
"Break at natural points" (https://www.bbc.co.uk/accessibility/forproducts/guides/subtitles/).
Languages without word lists here have punctuation, pauses, numbers and names.
"""

from dataclasses import dataclass

from shared.formats.timed_text import TimedPiece

PAUSE_S = 0.3

_SENTENCE_ENDS = ".?!…。？！।۔؟။།"
_CLAUSE_ENDS = ",;:—–、，；：،؛၊"
_CLOSING = "\"'”’»)]}」』）】"
_OPENING = "\"'“‘«([{「『（【¿¡"

# Penalties of a break, in units of one cue: a worse place is chosen only where a better one needs
# one more cue, or leaves one nearly empty.
AFTER_SENTENCE = 0.0
_AFTER_PAUSE, _AFTER_CLAUSE, _BEFORE_CLAUSE, _AFTER_WORD = 0.2, 0.3, 0.6, 1.0
_WITHIN_UNIT = 4.0

_TITLES = frozenset(
    "mr mrs ms dr prof st sr jr hr fr m mme mlle sra srta don doña herr frau sir lady lord"
    " monsieur madame signor signora señor señora capt gen col sgt rev".split()
)
_ABBREVIATIONS = frozenset("mr mrs ms dr prof st sr hr fr sra srta capt gen col sgt rev".split())
_UNITS = frozenset(
    "% percent per prozent por pour km m cm mm kg g mg l ml kmh mph hours hour minutes minute"
    " seconds second years year days day weeks months million millions billion thousand hundred"
    " o'clock am pm a.m p.m uhr jahre jahren stunden minuten sekunden tage euro euros dollar"
    " dollars pounds pence cents mark grad degrees años horas minutos días millones mil ans"
    " heures jours".split()
)
_JAPANESE_PARTICLES = frozenset(
    "は が を に で と も の へ や から まで より ので けど ね よ".split()
)


@dataclass(frozen=True, slots=True)
class _Lists:
    """Words of a language. openers begin a clause or a phrase, binders belong to the next word."""

    openers: frozenset[str]
    binders: frozenset[str]


def _lists(conjunctions: str, prepositions: str, binders: str) -> _Lists:
    openers = frozenset(f"{conjunctions} {prepositions}".split())
    return _Lists(openers, openers | frozenset(binders.split()))


_WORDS = {
    "en": _lists(
        "and or but nor because although though while when where whether if unless until since"
        " than that which who whom whose as so",
        "of to in into on onto at by for from with without within about above across after against"
        " along among around before behind below beneath beside between beyond during except like"
        " near over through throughout toward towards under upon",
        "a an the my your our their this these those every each no some any its i he she we they"
        " is are was were be been has have had will would shall should can could may might must"
        " do does did not very",
    ),
    "de": _lists(
        "und oder aber denn sondern weil dass ob wenn als während obwohl damit bevor nachdem"
        " welche welcher welches wo wie",
        "in im ins an am ans auf aus bei beim mit nach von vom vor zu zum zur über unter zwischen"
        " durch für gegen ohne um seit bis wegen neben hinter trotz",
        "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem mein"
        " meine meinen meinem dein deine sein seine seinen seinem seiner ihr ihre ihren ihrem"
        " ihrer unser unsere unseren dieser diese dieses diesen diesem jeder jede jedes ich er wir"
        " sehr nicht",
    ),
    "es": _lists(
        "y e o u pero sino porque aunque cuando donde mientras que si como cual quien",
        "a al de del en con sin por para sobre entre desde hasta hacia según contra tras bajo ante"
        " durante",
        "el la los las un una unos unas lo mi mis tu tus su sus nuestro nuestra este esta estos"
        " estas ese esa cada no muy se me te nos le les ha han he había es son era",
    ),
    "fr": _lists(
        "et ou mais donc car ni que qui quand lorsque si comme parce puisque dont où",
        "à au aux de du des en dans sur sous avec sans pour par entre vers chez depuis pendant"
        " contre après avant",
        "le la les un une mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet"
        " cette ces chaque je tu il elle nous vous ils elles ne se me te très est sont a ont",
    ),
    "it": _lists(
        "e ed o ma perché però anche quando dove mentre che se come cui quindi",
        "a al allo alla ai agli alle di del dello della dei degli delle da dal dalla in nel nella"
        " nei nelle con su sul sulla per tra fra senza verso contro dopo prima",
        "il lo la i gli le un uno una mio mia tuo tua suo sua nostro nostra questo questa questi"
        " ogni non si mi ti ci molto è sono ha hanno ho",
    ),
    "pt": _lists(
        "e ou mas porque embora quando onde enquanto que se como cujo",
        "a ao à aos às de do da dos das em no na nos nas com sem por pelo pela para sobre entre"
        " desde até contra após durante",
        "o os as um uma uns umas meu minha seu sua nosso nossa este esta esse essa cada não muito"
        " se me te lhe é são foi",
    ),
    "nl": _lists(
        "en of maar want omdat dat als wanneer terwijl hoewel die waar",
        "in op aan bij met naar van voor uit over onder tussen door tegen zonder om sinds tot",
        "de het een mijn jouw zijn haar ons onze hun deze dit elke geen ik hij wij we zeer niet",
    ),
}
_NO_LISTS = _Lists(frozenset(), frozenset())


def break_penalty(piece: TimedPiece, following: TimedPiece, language: str) -> float:
    """Return the penalty of a break between two pieces, 0 for the end of a sentence."""
    if ends_sentence(piece):
        return AFTER_SENTENCE
    if parts_a_unit(piece, following, language):
        return _WITHIN_UNIT
    if _last_mark(piece) in _CLAUSE_ENDS:
        return _AFTER_PAUSE if _pause_s(piece, following) >= PAUSE_S else _AFTER_CLAUSE
    if _pause_s(piece, following) >= PAUSE_S:
        return _AFTER_PAUSE
    lists = _WORDS.get(language, _NO_LISTS)
    if _bare(following) in lists.openers or piece.text in _particles(language):
        return _BEFORE_CLAUSE
    return _AFTER_WORD


def ends_sentence(piece: TimedPiece) -> bool:
    """Whether a full stop or another such mark ends the piece; that of `Dr.` or `J.` does not."""
    if _last_mark(piece) not in _SENTENCE_ENDS:
        return False
    word = _bare(piece)
    is_initial = len(word) == 1 and word.isascii() and word.isalpha() and word != "i"
    return word not in _ABBREVIATIONS and not is_initial


def parts_a_unit(piece: TimedPiece, following: TimedPiece, language: str) -> bool:
    """Whether a break would part what belongs together: `the | river`, `Dr. | Brown`, `5 | km`."""
    if ends_sentence(piece) or not following.is_spaced:
        return following.text in _particles(language)
    word, after = _bare(piece), _bare(following)
    if word in _TITLES:
        return after[:1].isalpha() and not following.text[0].islower()
    if _last_mark(piece) in _CLAUSE_ENDS or not word or not after:
        return False
    if word[-1].isdecimal() and (after[0].isdecimal() or after in _UNITS):
        return True
    if word in _WORDS.get(language, _NO_LISTS).binders:
        return True
    return language != "de" and _is_name(piece.text) and _is_name(following.text)


def _is_name(text: str) -> bool:
    """Whether a word has a capital as names do, which German gives to every noun."""
    word = text.strip(_OPENING + _CLOSING + _CLAUSE_ENDS + _SENTENCE_ENDS)
    return len(word) > 1 and word[0].isupper() and word.partition("'")[0] != "I"


def _particles(language: str) -> frozenset[str]:
    return _JAPANESE_PARTICLES if language == "ja" else frozenset()


def _last_mark(piece: TimedPiece) -> str:
    """Return the last character inside closing quotes and brackets; a space if there is none."""
    return piece.text.rstrip(_CLOSING)[-1:] or " "


def _bare(piece: TimedPiece) -> str:
    marks = _SENTENCE_ENDS + _CLAUSE_ENDS + _CLOSING + _OPENING
    return piece.text.strip(marks).casefold()


def _pause_s(piece: TimedPiece, following: TimedPiece) -> float:
    return following.offset_s - piece.end_s
