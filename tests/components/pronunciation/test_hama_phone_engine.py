"""The phone recogniser on speech that is longer than its network reads at once."""

import numpy as np

from shared.pronunciation.phones.hama_phone_engine import HamaPhoneEngine

COPY_FRAMES = 200  # four seconds
N_COPIES = 10


def test_speech_behind_half_a_minute_is_read_like_that_before_it(
    pronunciation_folder, spoken_samples
):
    padding = COPY_FRAMES * 320 - len(spoken_samples)
    sentence = np.pad(spoken_samples, (0, padding))
    samples = np.tile(sentence, N_COPIES)
    posteriors = HamaPhoneEngine(pronunciation_folder, 1).log_posteriors(samples)
    assert posteriors.shape[0] == N_COPIES * COPY_FRAMES + 1
    copies = posteriors[:-1].argmax(axis=1).reshape(N_COPIES, COPY_FRAMES)
    agreement = (copies[2:-1] == copies[1]).mean(axis=1)
    assert agreement.min() > 0.9
