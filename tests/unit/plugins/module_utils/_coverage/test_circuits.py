# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise, permutations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._coverage import circuits
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.sampling import sample_of

FEW = ("a", "b", "c")


@pytest.mark.parametrize("number", range(2, 12))
def test_ring_uses_each_host_once_as_source_and_once_as_destination(number: int) -> None:
    hosts = [f"compute{index}" for index in range(number)]
    walk = circuits.ring(hosts)
    assert Counter(walk[:-1]) == Counter(hosts)
    assert walk[0] == walk[-1]
    assert Counter(walk[1:]) == Counter(hosts)


def test_single_host_has_no_ring() -> None:
    assert circuits.ring(["a"]) == ()


@pytest.mark.parametrize("number", range(2, 9))
def test_one_server_can_make_all_pairs_of_a_group(number: int) -> None:
    wanted = list(permutations(range(number), 2))
    (walk,) = circuits.trails([(str(one), str(other)) for one, other in wanted])
    assert Counter(pairwise(walk)) == Counter((str(one), str(other)) for one, other in wanted)


@pytest.mark.parametrize(
    ("pairs", "servers"),
    [
        ([("a", "b")], 1),
        ([("a", "b"), ("b", "c")], 1),
        ([("a", "b"), ("c", "b")], 2),
        ([("a", "b"), ("b", "a"), ("b", "c"), ("c", "d")], 1),
        ([("b", "c"), ("a", "b"), ("b", "a")], 1),
        ([("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")], 2),
    ],
)
def test_listed_pairs_are_made_by_the_fewest_servers(pairs: list[tuple[str, str]], servers: int) -> None:
    walks = circuits.trails(pairs)
    assert len(walks) == servers
    assert Counter(pair for walk in walks for pair in pairwise(walk)) == Counter(pairs)


def test_repeated_pair_is_made_once() -> None:
    assert circuits.trails([("a", "b"), ("a", "b")]) == [("a", "b")]


@pytest.mark.parametrize(("hosts", "servers", "lengths"), [(10, 5, [2] * 5), (11, 5, [2, 2, 2, 2, 3]), (4, 5, [2, 2])])
def test_split_makes_parts_of_almost_the_same_length(hosts: int, servers: int, lengths: list[int]) -> None:
    walk = circuits.ring([str(number) for number in range(hosts)])
    parts = circuits.split(walk, servers)
    assert sorted(len(part) - 1 for part in parts) == lengths
    assert [pair for part in parts for pair in pairwise(part)] == list(pairwise(walk))


@pytest.mark.parametrize("share", ["5%", "10%", "33%", "100%"])
@pytest.mark.parametrize("hosts", [2, 7, 40, 1000])
def test_daily_samples_make_all_migrations(share: str, hosts: int) -> None:
    walk = circuits.ring([str(number) for number in range(hosts)])
    first = date(2026, 4, 1)
    found: set[tuple[str, str]] = set()
    for day in range(_parts(share)):
        sample = sample_of(share, first + timedelta(days=day))
        assert sample is not None
        assert sample.parts == _parts(share)
        start, moves = sample.range_of(hosts)
        found |= set(pairwise(circuits.part(walk, start, moves)))
    assert found == set(pairwise(walk))


def _parts(share: str) -> int:
    sample = sample_of(share, date(2026, 4, 1))
    assert sample is not None
    return sample.parts


def test_samples_of_an_open_walk_make_all_migrations() -> None:
    walk = FEW
    found = set()
    for day in range(2):
        sample = sample_of("50%", date(2026, 4, 1) + timedelta(days=day))
        assert sample is not None
        start, moves = sample.range_of(len(walk) - 1)
        found |= set(pairwise(circuits.part(walk, start, moves)))
    assert found == {("a", "b"), ("b", "c")}


def test_empty_share_is_no_sample() -> None:
    assert sample_of("", date(2026, 4, 1)) is None


@pytest.mark.parametrize("share", ["0%", "101%", "5", "half", "-5%"])
def test_wrong_share_is_refused(share: str) -> None:
    with pytest.raises(InputError, match="share between 0% and 100%"):
        sample_of(share, date(2026, 4, 1))
