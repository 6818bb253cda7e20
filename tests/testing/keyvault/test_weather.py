"""Throttling, faults, round trips, and how it is all counted."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError, ServiceRequestError, ServiceResponseError

from pfconn_jupyter.testing.keyvault.refusals import Refusal
from pfconn_jupyter.testing.keyvault.throttle import Throttle


def many(throttle, operation, count):
    done = 0
    for _ in range(count):
        try:
            throttle.take("contoso", operation)
        except Refusal:
            continue
        done += 1
    return done


def test_300_creations_and_4000_others_in_ten_seconds(clock):
    throttle = Throttle(clock)
    assert many(throttle, "set", 400) == 300
    assert many(throttle, "get", 3_000) + many(throttle, "list", 2_000) == 4_000
    clock.advance(9.9)
    assert many(throttle, "set", 1) == 0
    clock.advance(0.1)
    assert many(throttle, "set", 400) == 300
    throttle.take("fabrikam", "set")


def test_a_throttled_request_is_answered_as_the_service_does(keyvault, client, clock):
    keyvault.throttle.limits["create"] = 2
    for value in "12":
        client.set_secret("a", value)
    with pytest.raises(HttpResponseError) as refused:
        client.set_secret("a", "3")
    assert (refused.value.status_code, refused.value.error.code) == (429, "Throttled")
    assert "Retry-After" not in refused.value.response.headers
    clock.advance(4)
    keyvault.throttle.retry_after = True
    with pytest.raises(HttpResponseError) as refused:
        client.set_secret("a", "3")
    assert refused.value.response.headers["Retry-After"] == "6"
    assert client.get_secret("a").value == "2"
    clock.advance(6)
    client.set_secret("a", "3")


def test_the_next_answer_can_be_an_error(keyvault, client):
    client.set_secret("a", "1")
    keyvault.fail_next(status=500, code="InternalServerError", operation="get", name="A")
    assert [s.name for s in client.list_properties_of_secrets()] == ["a"]
    with pytest.raises(HttpResponseError) as failed:
        client.get_secret("a")
    assert failed.value.status_code == 500
    assert client.get_secret("a").value == "1"


def test_the_sdk_waits_as_told_and_tries_again(keyvault):
    keyvault.written_by_others("a", "1")
    client = keyvault.client()
    keyvault.fail_next(status=429, times=2, retry_after=0.05)
    assert client.get_secret("a").value == "1"
    assert keyvault.requests["get"] == 3
    assert [seen.status for seen in keyvault.requests.log] == [401, 429, 429, 200]


def test_a_reset_request_was_not_carried_out_and_a_lost_answer_was(keyvault, client):
    keyvault.fail_next("reset", operation="set")
    with pytest.raises((ServiceRequestError, ServiceResponseError)):
        client.set_secret("a", "1")
    with pytest.raises(ResourceNotFoundError):
        client.get_secret("a")
    keyvault.fail_next("lost", operation="set")
    with pytest.raises((ServiceRequestError, ServiceResponseError)):
        client.set_secret("a", "1")
    assert client.get_secret("a").value == "1"


def test_a_truncated_answer_is_retried_by_the_sdk(keyvault):
    keyvault.written_by_others("a", "1")
    client = keyvault.client()
    keyvault.fail_next("truncated", operation="get")
    assert client.get_secret("a").value == "1"
    assert keyvault.requests["get"] == 2


def test_a_slow_answer_comes(keyvault, client):
    client.set_secret("a", "1")
    keyvault.fail_next("slow", seconds=0.2)
    began = time.perf_counter()
    client.get_secret("a")
    assert time.perf_counter() - began >= 0.2


def test_the_challenge_can_fail_too_and_faults_can_be_forgotten(keyvault, client):
    keyvault.fail_next(operation="challenge")
    with pytest.raises(HttpResponseError) as failed:
        client.set_secret("a", "1")
    assert failed.value.status_code == 503
    keyvault.fail_next(times=100)
    keyvault.faults.clear()
    client.set_secret("a", "1")


def test_another_can_write_between_read_and_write(keyvault, client):
    keyvault.before_next("set", lambda: keyvault.written_by_others("a", "theirs"), name="a")
    client.set_secret("a", "mine")
    assert len(list(client.list_properties_of_secret_versions("a"))) == 2
    assert client.get_secret("a").value == "mine"


def test_a_round_trip_takes_its_time_and_threads_share_it(keyvault, client):
    client.set_secret("a", "1")
    keyvault.service.round_trip = 0.25
    began = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        assert [s.value for s in pool.map(client.get_secret, ["a"] * 8)] == ["1"] * 8
    assert 0.25 <= time.perf_counter() - began < 8 * 0.25


def test_every_request_is_counted_by_what_it_does(keyvault, client):
    client.set_secret("a", "1")
    client.get_secret("a")
    client.update_secret_properties("a", tags={})
    list(client.list_properties_of_secrets())
    list(client.list_properties_of_secret_versions("a"))
    backup = client.backup_secret("a")
    client.begin_delete_secret("a")
    client.get_deleted_secret("a")
    list(client.list_deleted_secrets())
    client.begin_recover_deleted_secret("a")
    client.begin_delete_secret("a")
    client.purge_deleted_secret("a")
    client.restore_secret_backup(backup)
    counts = keyvault.requests.counts
    once = ("challenge", "set", "update", "get", "list", "versions", "backup", "restore")
    once += ("get_deleted", "list_deleted", "recover", "purge")
    assert counts == {**dict.fromkeys(once, 1), "delete": 2}
    keyvault.requests.reset()
    assert (keyvault.requests.total, keyvault.requests.log) == (0, [])
    client.get_secret("a")
    (seen,) = keyvault.requests.log
    assert seen == ("get", "contoso", "a", "alice", 200)


def test_threads_writing_at_once_lose_nothing(keyvault, client):
    keyvault.throttle.limits["create"] = 1_000
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: client.set_secret(f"s{number % 5}", str(number)), range(80)))
    versions = [len(list(client.list_properties_of_secret_versions(f"s{n}"))) for n in range(5)]
    assert versions == [16] * 5
