"""Threads of the native libraries: none may spin while the engine works.

A library reads its settings once, when it is loaded, so `shared` sets them on import, before NumPy
and CTranslate2 are imported. Values that an operator has set stay.
"""

import os

NATIVE_THREADS = {
    # OpenBLAS (NumPy) keeps a thread spinning after each product: on two cores the encoder then
    # took 128 ms instead of 70 for a clip of 4.5 s. Sotto's products are too small to gain.
    "OPENBLAS_NUM_THREADS": "1",
    # OpenMP (CTranslate2) spins between two steps, which costs much on a shared machine: at load 8
    # on two cores requests took 1.8 to 21 s, with the bound 0.5 to 1.5 s; on an idle machine it
    # makes no difference.
    "GOMP_SPINCOUNT": "1000",
}


def keep_native_threads_quiet() -> None:
    """Bound the waiting of native threads, for libraries that are imported from now on."""
    for variable, value in NATIVE_THREADS.items():
        os.environ.setdefault(variable, value)
