import numpy as np

from shared.diarization.segmentation import Segmentation, SlidingWindows
from shared.diarization.voice_embeddings import Models, WindowVoices, embed_voices, piece_bounds


class ScriptedNetwork:
    """Returns scripted vectors; keeps the lengths of its inputs."""

    def __init__(self, answer):
        self.answer = answer
        self.lengths = []

    def run(self, batch):
        """Return the scripted output."""
        self.lengths.append(batch.shape[1])
        return self.answer(batch)


class ToneEmbedding:
    """Fake embedding by energy: loud is one direction, soft the other."""

    def __init__(self):
        self.lengths = []

    def vector(self, features):
        """Return the scripted embedding."""
        self.lengths.append(len(features))
        vector = np.zeros(192, np.float32)
        vector[0 if features.mean() > 10 else 1] = 1
        return vector


def embed_window(classes, samples):
    """Embed the voices of one window with these classes by frame."""
    log_probabilities = np.log(np.eye(7, dtype=np.float32)[classes] * 0.99 + 1e-3)
    embedding = ToneEmbedding()
    network = ScriptedNetwork(lambda _batch: log_probabilities[None])
    sliding = SlidingWindows()
    batches = [*sliding.push(samples.astype(np.float32)), *sliding.finish()]
    models = Models(Segmentation(network), embedding)
    (window,) = (window for batch in batches for window in embed_voices(batch, models))
    return window, embedding.lengths


def tone(loudness):
    time_s = np.arange(160_000) / 16_000
    random = np.random.default_rng(0)
    return loudness * (np.sin(2 * np.pi * 300 * time_s) + random.standard_normal(160_000))


LOUD_THEN_SOFT = tone(np.where(np.arange(160_000) < 80_000, 0.3, 1e-5))


def test_each_voice_is_embedded_where_no_other_is_active():
    classes = np.array([1] * 200 + [4] * 100 + [2] * 289)
    window, lengths = embed_window(classes, tone(0.3))
    assert lengths == [339, 490]
    assert window.durations_s.tolist() == [3.39, 4.9, 0]
    assert (window.activity > 127)[[100, 250, 400]].tolist() == [
        [True, False, False],
        [True, True, False],
        [False, True, False],
    ]


def test_one_voice_that_sounds_like_two_is_parted_at_its_pause():
    classes = np.array([1] * 270 + [0] * 40 + [1] * 279)
    window, _ = embed_window(classes, LOUD_THEN_SOFT)
    assert window.origins.tolist() == [0, 0, 1, 2]
    assert window.vectors[:2, :2].tolist() == [[1, 0], [0, 1]]
    assert np.flatnonzero(window.activity[:, 0] > 127)[-1] < 290
    assert np.flatnonzero(window.activity[:, 1] > 127)[0] >= 290


def test_one_voice_that_pauses_stays_one():
    classes = np.array([1] * 270 + [0] * 40 + [1] * 279)
    window, lengths = embed_window(classes, tone(0.3))
    assert window.origins.tolist() == [0, 1, 2]
    assert sum(lengths) <= 500


def test_a_voice_too_short_to_tell_has_no_vector():
    window, lengths = embed_window(np.array([1] * 8 + [0] * 581), tone(0.3))
    assert lengths == []
    assert not window.vectors.any()
    assert window.durations_s.tolist() == [0, 0, 0]


def test_pieces_are_parted_by_pauses_of_four_tenths_of_a_second():
    is_clean = np.ones(100, bool)
    is_clean[10:32] = is_clean[50:75] = False
    assert piece_bounds(is_clean) == [(0, 50), (75, 100)]


def test_vectors_stay_out_of_every_text():
    """The representation that an exception or a log line might print."""
    window, _ = embed_window(np.array([1] * 589), tone(0.3))
    assert isinstance(window, WindowVoices)
    assert "1." not in repr(window)
    assert "array" not in repr(window)
