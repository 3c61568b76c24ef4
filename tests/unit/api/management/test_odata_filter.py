"""Filters of lists: what is read, what it means, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.management.odata_filter import MAX_DEPTH, Kind, parse_filter
from functions.api.problems import Problem

KINDS = {"displayName": Kind.TEXT, "status": Kind.TEXT, "createdDateTime": Kind.TIME}
AT = datetime(2025, 5, 24, 3, 20, 39, tzinfo=UTC)
VALUES = {"displayName": "Anna's calls", "status": "Failed", "createdDateTime": AT}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status eq 'Failed'", True),
        ("status eq 'failed'", False),
        ("status ne 'Failed'", False),
        ("  status   eq\t'Failed'  ", True),
        ("displayName eq 'Anna''s calls'", True),
        ("displayName eq ''", False),
        ("displayName ne 'or'", True),
        ("createdDateTime eq 2025-05-24T03:20:39Z", True),
        ("createdDateTime eq 2025-05-24T05:20:39+02:00", True),
        ("createdDateTime eq 2025-05-24T03:20:39.0000000Z", True),
        ("createdDateTime ge 2025-05-24T03:20:39z", True),
        ("createdDateTime gt 2025-05-24T03:20:39Z", False),
        ("createdDateTime lt 2025-05-24T03:20:40Z", True),
        ("createdDateTime le 2025-05-24T03:20:38Z", False),
        ("createdDateTime ge 2025-05-24T03:20Z", True),
        ("createdDateTime ne 2025-05-24T03:20:39Z", False),
        ("not status eq 'Failed'", False),
        ("not(status eq 'Failed')", False),
        ("not not status eq 'Failed'", True),
        ("status eq 'a' or status eq 'b' or status eq 'Failed'", True),
        # `and` binds more strongly than `or`, `not` most strongly.
        ("status eq 'Failed' or status eq 'a' and status eq 'b'", True),
        ("(status eq 'Failed' or status eq 'a') and status eq 'b'", False),
        ("not status eq 'a' and status eq 'Failed'", True),
        ("not (status eq 'a' or createdDateTime gt 2025-01-01T00:00:00Z)", False),
        ("(((status eq 'Failed')))", True),
    ],
)
def test_a_filter_has_the_meaning_of_odata(text, expected):
    assert parse_filter(text, KINDS)(VALUES) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("displayName eq 'a'", False),
        ("displayName ne 'a'", True),
        ("createdDateTime lt 2025-05-24T03:20:39Z", False),
        ("createdDateTime ge 2025-05-24T03:20:39Z", False),
    ],
)
def test_a_property_without_a_value_is_unequal_and_in_no_order(text, expected):
    assert parse_filter(text, KINDS)({"displayName": None}) is expected


REFUSED = [
    " ",
    "status",
    "status eq",
    "status eq Failed",
    "status eq 'Failed",
    "status eq Failed'",
    "status = 'Failed'",
    "status == 'Failed'",
    "status gt 'Failed'",
    "status EQ 'Failed'",
    "STATUS eq 'Failed'",
    "'Failed' eq status",
    "status eq null",
    "status eq 5",
    "status eq 'Failed' and",
    "status eq 'Failed' status eq 'a'",
    "and status eq 'Failed'",
    "status eq 'Failed' or or status eq 'a'",
    "(status eq 'Failed'",
    "status eq 'Failed')",
    "()",
    "not",
    "not ()",
    "id eq '1'",
    "contains(displayName,'a')",
    "startswith(displayName,'a') eq true",
    "displayName/length eq 'a'",
    "createdDateTime eq '2025-05-24T03:20:39Z'",
    "createdDateTime eq 2025-05-24",
    "createdDateTime eq 2025-05-24T03:20:39",
    "createdDateTime eq 2025-13-24T03:20:39Z",
    "createdDateTime eq 2025-05-24T25:20:39Z",
    "createdDateTime in (2025-05-24T03:20:39Z)",
    "status eq 'Failed'; drop table jobs",
    'status eq "Failed"',
    "__import__('os').system('id')",
    "status eq 'a' || true",
    "(" * (MAX_DEPTH + 1) + "status eq 'a'" + ")" * (MAX_DEPTH + 1),
    "not " * (MAX_DEPTH + 1) + "status eq 'a'",
    "not " * 5000 + "status eq 'a'",
    "status eq '" + "a" * 10_000 + "'",
    "\u0000",
    "status eq 'a' and \U0001f600",
]


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_an_unsupported_filter_is_refused_without_being_quoted(text):
    with pytest.raises(Problem) as refused:
        parse_filter(text, KINDS)
    assert (refused.value.status, refused.value.inner_code) == (400, "UnsupportedFilter")
    assert "Failed" not in refused.value.message


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_refused(text):
    try:
        is_meant = parse_filter(text, KINDS)
    except Problem:
        return
    assert is_meant(VALUES) in {True, False}


@given(st.text(max_size=40))
def test_any_text_can_be_looked_for(text):
    quoted = text.replace("'", "''")
    is_meant = parse_filter(f"displayName eq '{quoted}'", KINDS)
    assert is_meant({"displayName": text})
    assert not is_meant({"displayName": text + "!"})


words = st.sampled_from(
    ["status eq 'Failed'", "status eq 'a'", "createdDateTime lt 2025-05-24T03:20:39Z"]
)


@given(
    st.recursive(
        words.map(lambda text: (text, {"status eq 'Failed'": True}.get(text, False))),
        lambda inner: st.one_of(
            inner.map(lambda one: (f"not ({one[0]})", not one[1])),
            st.tuples(inner, inner).map(
                lambda two: (f"({two[0][0]}) and ({two[1][0]})", two[0][1] and two[1][1])
            ),
            st.tuples(inner, inner).map(
                lambda two: (f"({two[0][0]}) or ({two[1][0]})", two[0][1] or two[1][1])
            ),
        ),
        max_leaves=8,
    )
)
def test_nested_filters_follow_the_rules_of_logic(case):
    text, expected = case
    assert parse_filter(text, KINDS)(VALUES) is expected


def test_times_are_compared_whatever_their_zone():
    is_meant = parse_filter("createdDateTime gt 2025-05-24T05:20:38+02:00", KINDS)
    assert is_meant({"createdDateTime": AT})
    assert not is_meant({"createdDateTime": AT - timedelta(seconds=1)})
