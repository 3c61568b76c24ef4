from pathlib import Path

import pytest

from shared.errors import FetchFailed
from shared.models.download import Document, Downloader
from shared.models.package_index import (
    PipConfiguration,
    Wheel,
    find_wheel,
    read_project_page,
)


def test_pip_s_own_listing_says_where_packages_are():
    configuration = PipConfiguration.from_listing(
        "global.index-url='https://mirror.example/simple'\n"
        "global.extra-index-url='https://a.example/simple\\nhttps://b.example/simple'\n"
        "global.cert='/etc/ssl/old.pem'\n"
        ":env:.cert='/etc/ssl/new.pem'\n"
        "install.proxy='http://proxy.example:3128'\n"
        "list.format='columns'\n"
    )
    assert configuration == PipConfiguration(
        indexes=(
            "https://mirror.example/simple",
            "https://a.example/simple",
            "https://b.example/simple",
        ),
        certificates=Path("/etc/ssl/new.pem"),
        proxy="http://proxy.example:3128",
    )


def test_without_settings_the_public_index_is_asked():
    (index,) = PipConfiguration.from_listing("").indexes
    assert index.startswith("https://")
    assert index.endswith("/simple")


def test_without_pip_its_variables_still_count(tmp_path):
    configuration = PipConfiguration.from_environment(
        {
            "PIP_INDEX_URL": "https://mirror.example/simple",
            "PIP_FIND_LINKS": f"{tmp_path} {tmp_path}/absent",
            "HOME": "/root",
        }
    )
    assert configuration.indexes == ("https://mirror.example/simple",)
    assert configuration.wheel_folders == (tmp_path,)


def test_no_index_means_none():
    assert PipConfiguration.from_environment({"PIP_NO_INDEX": "1"}).indexes == ()


def test_a_page_in_html_gives_the_same_wheel_as_in_json():
    """PEP 503 puts the hash into the fragment of the link, which may be relative."""
    html = Document(
        url="https://mirror.example/simple/demo/",
        content_type="text/html",
        body=b"<!DOCTYPE html><a href='../../files/demo-1.0-py3-none-any.whl#sha256=ab12'>demo</a>",
    )
    json = Document(
        url="https://mirror.example/simple/demo/",
        content_type="application/vnd.pypi.simple.v1+json",
        body=b'{"files": [{"filename": "demo-1.0-py3-none-any.whl", "hashes": {"sha256": "ab12"},'
        b' "url": "../../files/demo-1.0-py3-none-any.whl"}]}',
    )
    assert (
        read_project_page(html)
        == read_project_page(json)
        == [
            Wheel(
                "demo-1.0-py3-none-any.whl",
                "https://mirror.example/files/demo-1.0-py3-none-any.whl",
                None,
                "ab12",
            )
        ]
    )


@pytest.mark.parametrize(
    ("filename", "fits"),
    [
        ("Demo_Model-1.0-py3-none-any.whl", True),
        ("demo.model-1.0-py2.py3-none-any.whl", True),
        ("demo_model-1.0.1-py3-none-any.whl", False),
        ("demo_model_more-1.0-py3-none-any.whl", False),
        ("demo_model-1.0-cp313-cp313-manylinux_2_28_x86_64.whl", True),
        ("demo_model-1.0.tar.gz", False),
    ],
)
def test_only_a_wheel_of_that_version_fits(tmp_path, filename, fits):
    (tmp_path / filename).write_bytes(b"wheel")
    configuration = PipConfiguration(indexes=(), wheel_folders=(tmp_path,))
    if fits:
        assert find_wheel("demo-model", "1.0", configuration, Downloader()).filename == filename
    else:
        with pytest.raises(FetchFailed):
            find_wheel("demo-model", "1.0", configuration, Downloader())


def test_a_wheel_built_for_one_machine_is_the_second_choice(tmp_path):
    """Weights beside compiled code are the same in every wheel of the version."""
    for tags in ("cp313-cp313-win_amd64", "py3-none-any"):
        (tmp_path / f"demo-1.0-{tags}.whl").write_bytes(b"wheel")
    configuration = PipConfiguration(indexes=(), wheel_folders=(tmp_path,))
    found = find_wheel("demo", "1.0", configuration, Downloader())
    assert found.filename == "demo-1.0-py3-none-any.whl"


def test_an_index_that_lies_on_disk_is_read_too(tmp_path):
    page = tmp_path / "simple" / "demo" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text('<a href="../../demo-1.0-py3-none-any.whl#sha256=ab12">demo</a>')
    configuration = PipConfiguration(indexes=((tmp_path / "simple").as_uri(),))
    wheel = find_wheel("demo", "1.0", configuration, Downloader())
    assert wheel.url == (tmp_path / "demo-1.0-py3-none-any.whl").as_uri()


def test_every_index_that_was_asked_is_named(shelf, tmp_path):
    shelf.put_wheel("demo", "2.0", {"demo/a": b"a"})
    configuration = PipConfiguration(
        indexes=(f"{shelf.url}/nothing", f"{shelf.url}/simple"), wheel_folders=(tmp_path,)
    )
    with pytest.raises(FetchFailed) as raised:
        find_wheel("demo", "1.0", configuration, Downloader())
    assert str(raised.value) == (
        f"package demo==1.0 ({tmp_path}: not there; {shelf.url}/nothing/demo/: HTTP 404; "
        "127.0.0.1: no wheel of 1.0)"
    )
