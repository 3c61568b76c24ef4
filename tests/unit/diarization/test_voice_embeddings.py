from itertools import pairwise

import numpy as np

from shared.diarization.segmentation import Segmentation, SlidingWindows
from shared.diarization.speech_pieces import Stretch
from shared.diarization.voice_embeddings import Models, Voices, clean_features


class ScriptedNetwork:
    """Takes the first sample of each frame for its class."""

    def run(self, batch):
        """Return log probabilities."""
        classes = np.rint(batch[:, 0, : 589 * 270 : 270] * 100).astype(int)
        return np.log(np.eye(7, dtype=np.float32)[classes] * 0.99 + 1e-3)


class CountingEmbedding:
    """Fake embedding that keeps the lengths of its inputs."""

    def __init__(self):
        self.lengths = []

    def vector(self, features):
        """Return a unit vector."""
        self.lengths.append(len(features))
        return np.eye(192, dtype=np.float32)[0]


def listen(classes, block_samples=16_000):
    """Voices of audio with these classes by frame."""
    samples = np.repeat(np.array(classes, np.float32) / 100, 270)
    voices = Voices(Models(Segmentation(ScriptedNetwork()), CountingEmbedding()))
    sliding = SlidingWindows()
    for start in range(0, len(samples), block_samples):
        for batch in sliding.push(samples[start : start + block_samples]):
            voices.add(batch)
    for batch in sliding.finish():
        voices.add(batch)
    return voices


def spans(voices):
    return [(piece.first, piece.last) for piece in voices.pieces]


def test_each_piece_is_embedded_once_whatever_windows_cover_it():
    """A minute of turns of 1.7 s and pauses of 0.3 s."""
    voices = listen(([1] * 100 + [0] * 20) * 30)
    spoken_s = sum(piece.duration_s for piece in voices.pieces)
    assert abs(spoken_s - 30 * 1.6875) < 0.5
    assert all(one.last <= other.first for one, other in pairwise(voices.pieces))
    assert voices.models.embedding.lengths == [
        round(piece.duration_s * 100) for piece in voices.pieces
    ]


def test_pieces_do_not_depend_on_how_audio_arrives():
    classes = ([1] * 90 + [2] * 70 + [0] * 30) * 12
    assert spans(listen(classes, 700)) == spans(listen(classes, 1_000_000))


def test_the_last_words_are_in_a_piece():
    """Also where the last full window ends with the audio."""
    for n_frames in (100, 640, 1_200, 4_000):
        voices = listen([0] * (n_frames - 60) + [1] * 60)
        assert sum(piece.duration_s for piece in voices.pieces) > 0.8


def test_speech_too_short_to_identify_a_voice_is_in_no_piece():
    voices = listen([0] * 100 + [1] * 10 + [0] * 100)
    assert voices.pieces == []
    assert voices.vectors().shape == (0, 192)
    assert (voices.windows[0].activity[100:110, 0] > 127).all()


def test_features_are_those_centred_in_the_clean_frames():
    """Frame 100 is centred at 1.719 s; features around it at 1.7125 and 1.7225 s."""
    assert clean_features(Stretch(100, 101, np.array([True]))).tolist() == [170, 171]
    assert clean_features(Stretch(99, 102, np.array([False, True, False]))).tolist() == [170, 171]


def test_vectors_stay_out_of_every_text():
    """The representation that an exception or a log line might print."""
    voices = listen([1] * 100)
    for shown in (repr(voices), repr(voices.pieces[0]), repr(voices.windows[0])):
        assert "1." not in shown
        assert "array" not in shown
