"""Contract of a work queue, on Azurite, on moto and in a file.

Leases are real and short: a second is the shortest that the services know. Where a message has
to come back, the test waits for it in `lease` itself.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from queues import JOB, REGION, azure_queue, closing, piece, sqlite_queue, sqs_queue

from shared.errors import LeaseLost, MalformedMessage, QueueNotFound
from shared.storage.azure_queue import open_azure_queue_by_connection
from shared.storage.sqs import open_sqs_queue
from shared.storage.work_message import HookEvent, HookNotice, WorkKind, WorkMessage
from shared.storage.work_queue import DeadLetter, Lane

KINDS = ("azure", "sqs", "sqlite")
MAX_DELIVERIES = 2
LONG_S = 60
# A lease of one second, and time for it to end on a busy machine.
SHORT_S, PATIENCE_S = 1, 20


@pytest.fixture(params=KINDS)
def kind(request, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    return request.param


@pytest.fixture
def queue(kind, request, tmp_path):
    """Open a new queue that hands each message out twice at most."""
    if kind == "azure":
        account = request.getfixturevalue("azure_storage")
        opened = azure_queue(account.connection_string, MAX_DELIVERIES)
    elif kind == "sqs":
        opened = sqs_queue(request.getfixturevalue("aws_url"), MAX_DELIVERIES)
    else:
        opened = sqlite_queue(tmp_path, MAX_DELIVERIES)
    with closing(opened) as prepared:
        yield prepared


def unexpired(lease):
    """Let a worker believe that it has time left, so that the service must refuse."""
    return replace(lease, held_until_s=time.monotonic() + LONG_S)


def test_a_message_arrives_as_it_was_sent(queue):
    sent = WorkMessage(WorkKind.TRANSCRIBE, JOB, 9999, attempt=3)
    queue.send(sent)
    lease = queue.lease(LONG_S)
    assert (lease.message, lease.delivery_count) == (sent, 1)


def test_a_backlog_counts_messages_that_wait_and_that_are_held(queue, kind):
    assert queue.backlog()["files"].n_messages == 0
    for _ in range(3):
        queue.send(piece())
    queue.send(notice())
    assert queue.lease(LONG_S) is not None
    backlog = queue.backlog()
    counts = {lane: of.n_messages for lane, of in backlog.items()}
    assert counts == {"files": 3, "notices": 1, "dead_letters": 0}
    ages_s = [of.oldest_s for of in backlog.values()]
    if kind == "sqs":  # CloudWatch alone knows
        assert ages_s == [None, None, None]
    else:
        assert all(0 <= age_s < LONG_S for age_s in ages_s)


def notice():
    """Return the message of a web hook notification."""
    told = HookNotice(JOB, HookEvent.TRANSCRIPTION_COMPLETION, JOB)
    return WorkMessage(WorkKind.WEB_HOOK, JOB, notice=told)


def test_a_notice_of_a_web_hook_waits_in_a_lane_of_its_own(queue):
    queue.send(piece())
    queue.send(notice())
    lease = queue.lease(LONG_S, lane=Lane.NOTICES)
    assert (lease.message, lease.lane) == (notice(), Lane.NOTICES)
    assert queue.lease(LONG_S).message == piece()
    assert queue.lease(LONG_S) is None


def test_a_notice_is_kept_given_back_and_done_in_its_lane(queue):
    queue.send(notice())
    lease = queue.renew(queue.lease(SHORT_S, lane=Lane.NOTICES), LONG_S)
    queue.release(lease)
    again = queue.lease(SHORT_S, PATIENCE_S, Lane.NOTICES)
    assert again.delivery_count == 2
    queue.acknowledge(again)
    assert queue.lease(LONG_S, 2 * SHORT_S, Lane.NOTICES) is None


def test_a_notice_that_was_handed_out_too_often_is_among_the_dead_letters(queue):
    queue.send(notice())
    for _ in range(MAX_DELIVERIES):
        queue.release(queue.lease(LONG_S, PATIENCE_S, Lane.NOTICES))
    assert queue.lease(LONG_S, lane=Lane.NOTICES) is None
    assert list(queue.dead_letters()) == [DeadLetter(notice())]


def test_an_empty_queue_has_nothing(queue):
    assert queue.lease(LONG_S) is None


def test_a_leased_message_has_one_owner(queue):
    queue.send(piece())
    assert queue.lease(LONG_S)
    assert queue.lease(LONG_S, wait_s=0.5) is None


def test_a_message_comes_again_when_its_lease_ends(queue):
    """As after a crash of the worker: the lease expires without a word."""
    queue.send(piece())
    first = queue.lease(SHORT_S)
    second = queue.lease(LONG_S, wait_s=PATIENCE_S)
    assert (first.delivery_count, second.delivery_count) == (1, 2)
    assert second.message == piece()


def test_a_renewed_lease_outlives_the_first(queue):
    queue.send(piece())
    lease = queue.renew(queue.lease(SHORT_S), LONG_S)
    assert queue.lease(LONG_S, wait_s=2 * SHORT_S) is None
    queue.acknowledge(lease)


def test_a_lease_knows_how_long_it_is_held(queue):
    queue.send(piece())
    lease = queue.lease(10)
    assert 5 < lease.held_until_s - time.monotonic() <= 10
    lease = queue.renew(lease, 30)
    assert 25 < lease.held_until_s - time.monotonic() <= 30


def test_acknowledged_work_never_comes_again(queue):
    queue.send(piece())
    queue.acknowledge(queue.lease(SHORT_S))
    assert queue.lease(LONG_S, wait_s=2 * SHORT_S) is None


def test_released_work_is_there_at_once(queue):
    queue.send(piece())
    queue.release(queue.lease(LONG_S))
    lease = queue.lease(LONG_S, wait_s=PATIENCE_S)
    assert (lease.message, lease.delivery_count) == (piece(), 2)


def test_released_work_waits_for_its_delay(queue):
    queue.send(piece())
    released_s = time.monotonic()
    queue.release(queue.lease(LONG_S), delay_s=2)
    assert queue.lease(LONG_S) is None
    assert queue.lease(LONG_S, wait_s=PATIENCE_S).message == piece()
    # The services count whole seconds, from some instant within one.
    assert time.monotonic() - released_s > 1


def test_a_delayed_message_is_not_there_before_its_time(queue):
    sent_s = time.monotonic()
    queue.send(piece(), delay_s=2)
    assert queue.lease(LONG_S) is None
    assert queue.lease(LONG_S, wait_s=PATIENCE_S).message == piece()
    assert time.monotonic() - sent_s > 1


@pytest.mark.parametrize("ending", ["acknowledge", "release", "renew"])
def test_an_expired_lease_is_lost(queue, ending):
    queue.send(piece())
    expired = replace(queue.lease(LONG_S), held_until_s=time.monotonic())
    end = getattr(queue, ending)
    with pytest.raises(LeaseLost):
        end(expired, LONG_S) if ending == "renew" else end(expired)


@pytest.mark.parametrize("ending", ["release", "renew"])
def test_a_completed_message_cannot_be_returned_or_kept(queue, ending):
    queue.send(piece())
    lease = queue.lease(LONG_S)
    queue.acknowledge(lease)
    with pytest.raises(LeaseLost):
        getattr(queue, ending)(lease, LONG_S)


@pytest.mark.parametrize("kind", ["azure", "sqlite"], indirect=True)
@pytest.mark.parametrize("ending", ["acknowledge", "release", "renew"])
def test_a_message_that_another_worker_has_is_lost(queue, ending):
    """Even to a worker whose clock stood still. SQS does not report it (see `WorkQueue`)."""
    queue.send(piece())
    first = queue.lease(SHORT_S)
    second = queue.lease(LONG_S, wait_s=PATIENCE_S)
    end = getattr(queue, ending)
    with pytest.raises(LeaseLost):
        end(unexpired(first), LONG_S) if ending == "renew" else end(unexpired(first))
    queue.acknowledge(second)


@pytest.mark.parametrize("kind", ["azure", "sqlite"], indirect=True)
def test_a_renewed_lease_ends_the_old_one(queue):
    queue.send(piece())
    old = queue.lease(LONG_S)
    new = queue.renew(old, LONG_S)
    with pytest.raises(LeaseLost):
        queue.acknowledge(old)
    queue.acknowledge(new)


def test_work_that_was_handed_out_too_often_is_dead(queue):
    queue.send(piece(7))
    for count in (1, 2):
        lease = queue.lease(LONG_S, wait_s=PATIENCE_S)
        assert lease.delivery_count == count
        queue.release(lease)
    assert queue.lease(LONG_S) is None
    assert list(queue.dead_letters()) == [DeadLetter(piece(7))]


def test_dead_letters_are_drained_once(queue):
    for index in range(3):
        queue._dead.put(piece(index).to_json(), 0)
    assert {letter.message for letter in queue.dead_letters()} == {piece(i) for i in range(3)}
    assert list(queue.dead_letters()) == []


def test_a_dead_letter_that_was_not_written_down_comes_again(queue):
    queue._dead.put(piece().to_json(), 0)
    for _letter in queue.dead_letters(SHORT_S):
        break
    assert list(queue.dead_letters()) == []
    deadline_s = time.monotonic() + PATIENCE_S
    while not (letters := list(queue.dead_letters())) and time.monotonic() < deadline_s:
        threading.Event().wait(0.1)
    assert letters == [DeadLetter(piece())]


@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b"{}",
        b'{"v":2,"kind":"transcribe","job":"%s","file":0,"attempt":1}' % JOB.encode(),
        b'{"v":1,"kind":"transcribe","job":"%s","file":0,"attempt":1,"x":0}' % JOB.encode(),
        b"x" * 40_000,
    ],
    ids=["text", "no fields", "another version", "a field too many", "large"],
)
def test_a_malformed_message_goes_to_the_dead_letters_and_stays_there(queue, body):
    queue._lanes[Lane.FILES].put(body, 0)
    with pytest.raises(MalformedMessage):
        queue.lease(LONG_S, wait_s=PATIENCE_S)
    assert queue.lease(LONG_S) is None
    for _ in range(2):
        (letter,) = letters_within(PATIENCE_S, queue)
        assert letter.message is None
        assert letter.problem.startswith("The message cannot be read: ")


def letters_within(wait_s, queue):
    """Look again and again at letters that are hidden for a second after each look."""
    deadline_s = time.monotonic() + wait_s
    while not (letters := list(queue.dead_letters(SHORT_S))) and time.monotonic() < deadline_s:
        threading.Event().wait(0.1)
    return letters


def test_a_message_of_a_platform_is_read_or_dead_lettered(queue):
    assert queue.accept(piece().to_json()) == piece()
    with pytest.raises(MalformedMessage):
        queue.accept(b"hello")
    (letter,) = queue.dead_letters()
    assert letter.message is None


def test_letters_that_stay_do_not_stand_before_the_others(queue):
    for body in (b"hello", b"{}", piece(3).to_json()):
        queue._dead.put(body, 0)
    seen = [letter.message for letter in queue.dead_letters()]
    assert (seen.count(None), seen.count(piece(3))) == (2, 1)


def test_a_round_ends_though_letters_that_stay_come_again_while_it_lasts(queue):
    queue._dead.put(b"hello", 0)
    queue._dead.put(b"{}", 0)
    n_seen = 0
    for _letter in queue.dead_letters(SHORT_S):
        n_seen += 1
        threading.Event().wait(1.1 * SHORT_S)
    assert n_seen <= 2


def test_a_waiting_worker_is_woken_by_a_message(queue):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(queue.lease, LONG_S, PATIENCE_S)
        queue.send(piece())
        assert waiting.result(PATIENCE_S).message == piece()


def test_closing_ends_the_wait_of_a_worker(queue, kind):
    """SQS itself waits up to 20 seconds; a wait of three needs no second call."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(queue.lease, LONG_S, 3 if kind == "sqs" else 1000)
        queue.close()
        assert waiting.result(PATIENCE_S) is None


def test_hundreds_of_messages_from_four_threads_all_arrive(kind, queue):
    """Four workers take them meanwhile; no message is in two hands at once, or twice in any."""
    # The emulators are slow, and a send whose answer comes too late is sent again.
    n_messages, n_threads = 1000 if kind == "sqlite" else 250, 4
    held, taken, twice = set(), [], []
    lock = threading.Lock()
    has_sent_all = threading.Event()

    def send(first):
        for index in range(first, n_messages, n_threads):
            queue.send(piece(index))

    def work():
        while True:
            was_the_last = has_sent_all.is_set()
            lease = queue.lease(LONG_S)
            if lease is None:
                if was_the_last:
                    return
                continue
            with lock:
                twice.extend({lease.message.file_index} & held)
                held.add(lease.message.file_index)
            queue.acknowledge(lease)
            with lock:
                held.discard(lease.message.file_index)
                taken.append(lease.message.file_index)

    with ThreadPoolExecutor(2 * n_threads) as pool:
        workers = [pool.submit(work) for _ in range(n_threads)]
        for sender in [pool.submit(send, first) for first in range(n_threads)]:
            sender.result()
        has_sent_all.set()
        for worker in workers:
            worker.result()
    assert twice == []
    assert sorted(taken) == list(range(n_messages))


@pytest.mark.parametrize(
    "call",
    [
        lambda queue: queue.send(piece(), delay_s=901),
        lambda queue: queue.send(piece(), delay_s=-1),
        lambda queue: queue.lease(0),
        lambda queue: queue.lease(43_201),
        lambda queue: next(queue.dead_letters(0)),
    ],
)
def test_durations_that_a_service_would_refuse_are_refused_everywhere(queue, call):
    with pytest.raises(ValueError, match="seconds"):
        call(queue)


@pytest.mark.parametrize("kind", ["azure", "sqs"], indirect=True)
def test_a_queue_that_is_not_there_is_named_as_such(kind, request):
    if kind == "azure":
        account = request.getfixturevalue("azure_storage")
        queue = open_azure_queue_by_connection(account.connection_string, "absent")
    else:
        url = f"{request.getfixturevalue('aws_url')}/123456789012/absent"
        queue = open_sqs_queue(url, url)
    for call in (lambda: queue.lease(LONG_S), lambda: queue.send(piece())):
        with pytest.raises(QueueNotFound):
            call()
    queue.close()
