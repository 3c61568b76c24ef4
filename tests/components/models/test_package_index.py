"""Where this machine's pip looks for packages."""

from shared.models.package_index import PipConfiguration


def test_this_machine_s_pip_can_be_asked():
    assert PipConfiguration.from_this_machine().indexes
