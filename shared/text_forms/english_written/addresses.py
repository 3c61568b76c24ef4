"""Spoken hosts and e-mail addresses."""

from collections.abc import Sequence

from shared.text_forms.english_written.number_run import piece_at
from shared.text_forms.pieces import Piece, split_words
from shared.text_forms.rewrite import Rewrite

_TOP_LEVEL = frozenset(split_words("com org net edu gov io co uk info dev app ai de"))
_BEFORE_MAILBOX = frozenset(split_words("to is email address from contact mail cc"))


def address(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """`help dot com` as help.com, `support at help dot com` as an e-mail address.

    `position` is that of `dot`. An e-mail address needs an introducing word before the mailbox:
    `me at amazon dot com` is a place, not a mailbox.
    """
    host, end = piece_at(pieces, position - 1), position
    name = host.lower
    if not name.isalnum() or host.after or pieces[position].after:
        return None
    while piece_at(pieces, end).lower == "dot" and piece_at(pieces, end + 1).lower.isalnum():
        name += "." + pieces[end + 1].lower
        end += 2
        if pieces[end - 1].after:
            break
    # At least two parts: a rewrite of no length would be found again forever.
    if end == position or name.rpartition(".")[2] not in _TOP_LEVEL:
        return None
    at, mailbox, announced = (piece_at(pieces, position - back).lower for back in (2, 3, 4))
    if at == "at" and mailbox.isalnum() and announced in _BEFORE_MAILBOX:
        return Rewrite(position - 3, end, f"{mailbox}@{name}")
    return Rewrite(position - 1, end, name)
