"""Rounds of a comparison as they would have been measured."""

from pathlib import Path

import pytest

from benchmarks.clips import Clip
from benchmarks.rivals import RivalAnswer
from benchmarks.server import Answer
from benchmarks.side_by_side import Comparison, Round


@pytest.fixture
def compared():
    """Give a comparison of a clip from the times of its rounds, Sotto's and the rival's."""

    def build(name, seconds, *rounds_s, heard="we heard"):
        clip = Clip(name, Path(name), seconds, "we heard")
        body = {"combinedPhrases": [{"text": heard}]}
        return Comparison(
            clip,
            tuple(
                Round(clip, Answer(200, ours_s, body, 2, 1), RivalAnswer(theirs_s, "we herd"))
                for ours_s, theirs_s in rounds_s
            ),
        )

    return build
