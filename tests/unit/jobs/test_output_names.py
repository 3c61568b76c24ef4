"""Outputs whose names two files want, or that a container cannot have."""

import json
import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_container import MemoryContainer, Naming

from shared.errors import OutputTaken, StorageUnavailable, Unstorable
from shared.jobs.blob_names import JOB_KEY
from shared.jobs.drop_folder import DropFolder, is_dropped_audio
from shared.jobs.dropped_outputs import DroppedOutputs
from shared.jobs.failure import Failure
from shared.jobs.job import DropTarget, Job, JobFile, JobOptions, ResultFormat
from shared.jobs.outcome import FileOutcome, FileStatus
from shared.jobs.output_names import SOURCE_HASH_KEY, SOURCE_KEY, output_names, source_hash
from shared.jobs.outputs import OutputContext
from shared.transcript import RecognitionCost, Transcript

START = datetime(2026, 11, 28, tzinfo=UTC)
BROKEN = Failure("InvalidAudio", "The audio cannot be read.")
JSON, SRT = ResultFormat.BATCH_JSON, ResultFormat.SRT


class Outcomes:
    """The outcomes that a store of jobs has."""

    def __init__(self):
        self.by_job = {}

    def outcome(self, job_id, _index):
        """Read an outcome; None if it is damaged."""
        return self.by_job.get(job_id)


class Folder:
    """A drop folder whose files are transcribed one after the other."""

    def __init__(self, naming=None, formats=(JSON, SRT)):
        self.output = MemoryContainer(naming)
        self.store = Outcomes()
        self.jobs = []
        self._formats = formats
        self._folder = DropFolder("audio", self.output, self.output)

    def outputs_of(self, job):
        """Outputs of a job."""
        return DroppedOutputs(
            job, "audio", self.store, lambda _name: self._folder, lambda: self.output
        )

    def drop(self, source, *, is_good):
        """Write what becomes of a new version of a file; the job of it."""
        version = len(self.jobs) + 1
        job = Job(
            id=str(uuid.uuid4()),
            created_at=START,
            files=(JobFile(source, f"{source}.json", "1"),),
            options=JobOptions(formats=self._formats),
            target=DropTarget("audio"),
        )
        self.jobs.append(job)
        moment = START + timedelta(minutes=version)
        context = OutputContext(job, job.files[0], moment, moment)
        outputs, status = self.outputs_of(job), FileStatus.FAILED
        if is_good:
            outputs.check(0)
            transcript = Transcript(float(version), 1, (), (), RecognitionCost())
            written, status = outputs.write(transcript, context, 0), FileStatus.SUCCEEDED
        else:
            failure = replace(BROKEN, message=f"version {version}")
            written = outputs.write_failure(failure, context)
        self.store.by_job[job.id] = FileOutcome(
            file_index=0, status=status, finished_at=moment, written=written
        )
        return job

    def versions(self, source, suffix):
        """Versions of a file that outputs with this suffix have."""
        found = []
        for name in self.output.names():
            blob = self.output.read(name, 100_000)
            is_failure = name.endswith(".error.json") and b'"error":{' in blob.data
            kind = ".error.json" if is_failure else name[name.rindex(".") :]
            metadata = blob.properties.metadata
            if kind == suffix and (
                metadata.get(SOURCE_KEY) == source
                or metadata.get(SOURCE_HASH_KEY) == source_hash(source)
            ):
                found.append(_version(blob.data))
        return found


def _version(data):
    if not data.startswith(b"{"):
        return None
    read = json.loads(data)
    if "error" in read:
        return int(read["error"]["message"].split()[1])
    return read["durationMilliseconds"] // 1000


STEMS = st.sampled_from(["x", "calls/x", "Ü b", "x.wav", "a" * 235, "ü" * 117])
ENDINGS = st.sampled_from(
    ["", ".error", ".ERROR", ".json", ".srt", ".error.error", ".wav", ".json/x", ".error~"]
)


@st.composite
def pairs(draw):
    stem = draw(STEMS)
    other = stem + draw(ENDINGS)
    return stem, draw(st.sampled_from([other, other.upper(), other.lower()]))


@given(
    pairs(),
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6),
    st.booleans(),
)
def test_of_two_files_each_has_its_own_latest_result_whatever_their_names(
    sources, steps, ignores_case
):
    folder = Folder(Naming(ignores_case=ignores_case))
    last, last_good = {}, defaultdict(list)
    for number, (is_second, is_good) in enumerate(steps, 1):
        source = sources[is_second]
        if not is_dropped_audio(source):
            continue
        folder.drop(source, is_good=is_good)
        version = len(folder.jobs)
        assert version <= number
        last[source] = (version, is_good)
        if is_good:
            last_good[source] = [version]
    for source, (version, is_good) in last.items():
        assert folder.versions(source, ".json") == last_good[source]
        assert folder.versions(source, ".srt") == [None] * len(last_good[source])
        assert folder.versions(source, ".error.json") == ([] if is_good else [version])
    n_kept = sum(2 * bool(last_good[source]) + (not good) for source, (_, good) in last.items())
    assert len(folder.output.names()) == n_kept
    for job in folder.jobs:
        folder.outputs_of(job).remove_all()
    assert folder.output.names() == []


def test_the_transcript_of_a_file_named_error_outlives_the_failure_of_its_neighbour():
    folder = Folder(formats=(JSON,))
    folder.drop("x.error", is_good=True)
    folder.drop("x", is_good=False)
    folder.drop("x", is_good=True)
    assert sorted(folder.output.names()) == ["x.error.json", "x.json"]
    assert folder.versions("x.error", ".json") == [1]


def test_a_transcript_stands_beside_the_failure_that_has_its_name():
    folder = Folder(formats=(JSON,))
    folder.drop("x", is_good=False)
    folder.drop("x.error", is_good=True)
    assert folder.output.names() == ["x.error.json", output_names("x.error", ".json")[1]]
    folder.drop("x.error", is_good=True)
    folder.drop("x", is_good=True)
    assert folder.versions("x.error", ".json") == [3]
    assert folder.versions("x", ".json") == [4]
    assert len(folder.output.names()) == 2


@pytest.mark.parametrize("source", ["a" * 255, "ü" * 127, "calls/" + "日" * 85, "a" * 244])
def test_a_failure_has_a_name_where_the_source_leaves_no_room(source):
    folder = Folder(Naming(segment_bytes=255))
    folder.drop(source, is_good=False)
    (name,) = folder.output.names()
    assert name.endswith(".error.json")
    assert folder.versions(source, ".error.json") == [1]
    assert name.rpartition("/")[0] == source.rpartition("/")[0]


@pytest.mark.parametrize("source", ["a" * 255, "ü" * 127, "a" * 252])
def test_a_transcript_that_could_have_no_name_is_refused_before_the_work(source):
    folder = Folder(Naming(segment_bytes=255))
    job = folder.drop(source, is_good=False)
    with pytest.raises(Unstorable):
        folder.outputs_of(job).check(0)


def test_a_name_that_a_foreign_file_has_is_refused_before_the_work():
    folder = Folder()
    job = folder.drop("x", is_good=False)
    folder.output.put("x.srt", b"mine")
    with pytest.raises(OutputTaken):
        folder.outputs_of(job).check(0)


def test_a_failure_stands_beside_a_foreign_file_of_its_name():
    folder = Folder()
    folder.output.put("x.error.json", b"mine")
    folder.drop("x", is_good=False)
    assert folder.output.read("x.error.json", 100).data == b"mine"
    assert folder.versions("x", ".error.json") == [1]


def test_a_name_with_1024_bytes_has_its_failure_at_the_top_of_the_container():
    source = "d/" * 500 + "a" * 24
    folder = Folder()
    folder.drop(source, is_good=False)
    (name,) = folder.output.names()
    assert "/" not in name
    assert folder.versions(source, ".error.json") == [1]


def test_an_output_that_has_lost_its_metadata_is_deleted_with_its_job():
    folder = Folder(formats=(JSON,))
    job = folder.drop("x", is_good=True)
    folder.output.lose_metadata("x.json")
    assert folder.outputs_of(job).remove_all() == 1
    assert folder.output.names() == []


def test_a_file_without_metadata_in_place_of_an_output_is_not_deleted_with_the_job():
    folder = Folder(formats=(JSON,))
    job = folder.drop("x", is_good=True)
    folder.output.put("x.json", b"corrected")
    assert folder.outputs_of(job).remove_all() == 0
    folder.output.put("x.json", b"corrected", {JOB_KEY: str(uuid.uuid4())})
    assert folder.outputs_of(job).remove_all() == 0
    assert folder.output.names() == ["x.json"]


def test_outputs_are_deleted_by_their_marks_where_the_outcome_is_damaged():
    folder = Folder()
    job = folder.drop("x", is_good=True)
    folder.store.by_job[job.id] = None
    assert folder.outputs_of(job).remove_all() == 2
    assert folder.output.names() == []


def test_an_output_that_cannot_be_deleted_keeps_no_other(monkeypatch):
    folder = Folder()
    job = folder.drop("x", is_good=True)
    delete = folder.output.delete

    def refuse_one(name, etag=None):
        if name == "x.json":
            raise StorageUnavailable("The file system answered EIO.")
        delete(name, etag)

    monkeypatch.setattr(folder.output, "delete", refuse_one)
    with pytest.raises(StorageUnavailable):
        folder.outputs_of(job).remove_all()
    assert folder.output.names() == ["x.json"]
