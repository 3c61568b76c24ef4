"""The lists of resources on the pages are those of the templates."""

from dataclasses import replace

import pytest

from scripts.listings.bicep import read_bicep
from scripts.listings.listing import PROJECT, Grant, Listing, Resource
from scripts.resource_lists import SOURCES, draw, fill


@pytest.mark.parametrize("name", SOURCES)
def test_the_list_of_a_page_is_current(name):
    source = SOURCES[name]
    page = (PROJECT / source.page).read_text()
    assert fill(page, name, draw(source.read())) == page, "scripts/resource_lists.py --write"


@pytest.mark.parametrize("name", SOURCES)
def test_a_change_of_the_templates_makes_the_page_outdated(name):
    source = SOURCES[name]
    page, listing = (PROJECT / source.page).read_text(), source.read()
    first, *others = listing.resources
    changed = replace(listing, resources=(replace(first, name="another"), *others))
    assert fill(page, name, draw(changed)) != page


def test_a_listing_is_two_tables():
    listing = Listing(
        (Resource("a", "Vendor/type", "a purpose"), Resource("b", "Vendor/type", "c", "x > 0")),
        (Grant("id", "Reader", "a", "audio"),),
    )
    assert draw(listing).splitlines() == [
        "| resource | name | for | only if |",
        "| --- | --- | --- | --- |",
        "| Vendor/type | `a` | a purpose |  |",
        "| Vendor/type | `b` | c | `x > 0` |",
        "",
        "| identity | role | on | for |",
        "| --- | --- | --- | --- |",
        "| `id` | Reader | `a` | audio |",
    ]


def test_a_page_without_a_place_is_refused():
    with pytest.raises(ValueError, match="no place for the resources of bicep"):
        fill("# A page\n", "bicep", "")


def test_bicep_lists_the_resources_by_the_names_of_the_deployment():
    listed = {(one.type.rpartition("/")[2], one.name) for one in read_bicep().resources}
    assert {
        ("resourceGroups", "rg-sotto-E"),
        ("userAssignedIdentities", "id-sotto-E"),
        ("storageAccounts", "stsottohostT"),
        ("storageAccounts", "stsottodataT"),
        ("containers", "stsottohostT/deployment"),
        ("containers", "stsottodataT/audio-<folder>"),
        ("containers", "stsottodataT/transcripts-<folder>"),
        ("containers", "stsottodataT/jobs"),
        ("queues", "stsottodataT/work-dropped"),
        ("managementPolicies", "stsottodataT/default"),
        ("systemTopics", "evgt-sotto-E"),
        ("eventSubscriptions", "evgt-sotto-E/dropped-<folder>"),
        ("vaults", "kv-sotto-T"),
        ("secrets", "kv-sotto-T/sotto-keys"),
        ("workspaces", "log-sotto-E"),
        ("components", "appi-sotto-E"),
        ("serverfarms", "plan-sotto-E"),
        ("sites", "func-sotto-E-T"),
        ("virtualNetworks", "vnet-sotto-E"),
    } <= listed
    assert ("managementPolicies", "stsottohostT/default") not in listed


def test_each_condition_is_a_parameter_of_the_whole():
    conditions = {one.condition for one in read_bicep().resources}
    assert conditions == {"", "privateNetworking", "!empty(alertEmails)", "monthlyBudget > 0"}


def test_no_name_is_left_open():
    listing = read_bicep()
    names = [one.name for one in listing.resources]
    names += [text for one in listing.grants for text in (one.holder, one.scope)]
    assert [one for one in names if "..." in one or one.count("<") > one.count("<folder>")] == []
