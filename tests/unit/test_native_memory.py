"""When free memory goes back: in each check after work."""

from shared.native_memory import FreeMemory


def given_back(processor_s):
    """Return the checks, from 1 on, at which memory goes back; the times are of each check."""
    clock, given = [0.0], []
    free = FreeMemory(lambda: given.append(clock[0]), lambda: clock[0])
    for now_s in processor_s:
        clock[0] = now_s
        free.check()
    return [processor_s.index(now_s) + 1 for now_s in given]


def test_memory_goes_back_while_the_process_works_and_once_afterwards():
    assert given_back([0.1, 14.0, 31.0, 32.0, 32.1, 32.2]) == [2, 3, 4]


def test_small_pieces_of_work_add_up():
    assert given_back([0.2, 0.4, 0.6, 0.8, 1.0, 1.2]) == [3, 6]


def test_the_loops_of_an_idle_server_give_back_little():
    """They take some hundredths of a second in each check."""
    assert given_back([0.03 * n_check for n_check in range(16)]) == []
