"""The domain of Sotto: speech, jobs and storage. Imports no trigger and no web framework."""

from shared.native_memory import bound_native_memory
from shared.native_threads import keep_native_threads_quiet

bound_native_memory()
keep_native_threads_quiet()
