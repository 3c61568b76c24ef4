"""Threads of the native libraries: none may spin beside the engine.

Their settings are read once, when a library is loaded, so they are made when `shared` is
imported, before NumPy and CTranslate2 are. What an operator has set stays.
"""

import os

NATIVE_THREADS = {
    # OpenBLAS (NumPy) keeps a thread spinning after each product: on two cores the encoder then
    # took 128 ms instead of 70 for a clip of 4.5 s. Sotto's products are too small to gain.
    "OPENBLAS_NUM_THREADS": "1",
    # OpenMP (CTranslate2) spins between two steps, which a shared machine feels: at load 8 on two
    # cores requests took 1.8 to 21 s, with the bound 0.5 to 1.5 s; alone it makes no difference.
    "GOMP_SPINCOUNT": "1000",
}


def keep_native_threads_quiet() -> None:
    """Bound the waiting of native threads, for libraries that are imported from now on."""
    for variable, value in NATIVE_THREADS.items():
        os.environ.setdefault(variable, value)
