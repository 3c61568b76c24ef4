"""A worker process of Functions writes no memory to disk when it crashes."""

from core_dumps import AS_OTHERS, core_dumps_allowed, forbids_core_dumps


def test_the_worker_forbids_core_dumps_once_it_has_loaded_the_app(start_host):
    with core_dumps_allowed(), start_host(AS_OTHERS) as host:
        assert forbids_core_dumps(host.process.pid)
