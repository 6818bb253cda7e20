"""Content Safety: what is asked of both api-versions, and what severities, sensitivities and blocklists come to."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter.errors import ToolFailed, UsageProblem, WrongConnectionType
from pfconn_jupyter.tools import content_safety_text
from requirements import require
from standins.cognitive import KEY as GATEWAY_KEY
from standins.cognitive import Gateway, content_safety
from standins.service import Reply
from tools.conftest import KEY, ROTATED, body_of, refusal

PATH = "/contentsafety/text:analyze"


def found(hate=0, self_harm=0, sexual=0, violence=0, matches=()):
    severities = {"Hate": hate, "SelfHarm": self_harm, "Sexual": sexual, "Violence": violence}
    return {
        "blocklistsMatch": list(matches),
        "categoriesAnalysis": [{"category": c, "severity": s} for c, s in severities.items()],
    }


@pytest.fixture
def safety(service):
    require("azure.ai.contentsafety")
    pfconn.create("azure_content_safety", "my_safety", endpoint=service.url, api_key=KEY)
    return "my_safety"


@pytest.mark.parametrize("version", ["2023-10-01", "2024-09-01"])
def test_what_is_sent_is_what_the_service_documents(service, version):
    require("azure.ai.contentsafety")
    pfconn.create("azure_content_safety", "cs", endpoint=f"{service.url}/", api_key=KEY, api_version=version)
    service.on(PATH, Reply(200, found(violence=4, hate=2)))
    assert content_safety_text("cs", "some text") == {
        "suggested_action": "Reject",
        "action_by_category": {"Hate": "Accept", "SelfHarm": "Accept", "Sexual": "Accept", "Violence": "Reject"},
        "severity_by_category": {"Hate": 2, "SelfHarm": 0, "Sexual": 0, "Violence": 4},
        "blocklists_match": [],
    }
    (asked,) = service.received
    assert (asked.method, asked.path, asked.query) == ("POST", PATH, {"api-version": [version]})
    assert asked.headers["ocp-apim-subscription-key"] == KEY
    assert asked.headers["content-type"].startswith("application/json")
    assert body_of(service) == {
        "text": "some text",
        "categories": ["Hate", "SelfHarm", "Sexual", "Violence"],
        "outputType": "FourSeverityLevels",
    }


@pytest.mark.parametrize("word", ["azure_content_safety", "azure_ai_services"])
def test_both_types_on_the_stand_in(word):
    require("azure.ai.contentsafety")
    with content_safety(Gateway()) as gateway:
        pfconn.create(word, "cs", endpoint=gateway.url, api_key=GATEWAY_KEY)
        assert content_safety_text("cs", "I like cats")["suggested_action"] == "Accept"
        assert content_safety_text("cs", "I kill cats")["action_by_category"]["Violence"] == "Reject"
        pfconn.rotate("cs", api_key="another-key-12345", test=False)
        with pytest.raises(ToolFailed, match="401"):
            content_safety_text("cs", "x")


@pytest.mark.parametrize("severity", [0, 2, 4, 6])
@pytest.mark.parametrize(
    ("word", "threshold"), [("low", 6), ("medium", 4), ("high", 2), ("disable", 99), ("low_sensitivity", 6)]
)
def test_a_text_is_rejected_from_the_severity_that_a_sensitivity_means(service, safety, severity, word, threshold):
    service.on(PATH, Reply(200, found(sexual=severity)))
    result = content_safety_text(safety, "x", sexual=word)
    expected = "Reject" if severity >= threshold else "Accept"
    assert (result["suggested_action"], result["action_by_category"]["Sexual"]) == (expected, expected)


def test_a_match_of_a_blocklist_rejects(service, safety):
    match = {"blocklistName": "words", "blocklistItemId": "1", "blocklistItemText": "cat"}
    service.on(PATH, Reply(200, found(matches=[match])))
    result = content_safety_text(safety, "my cat", blocklists=["words"])
    assert body_of(service)["blocklistNames"] == ["words"]
    assert result["suggested_action"] == "Reject"
    assert set(result["action_by_category"].values()) == {"Accept"}
    assert result["blocklists_match"] == [{"blocklist": "words", "text": "cat"}]


def test_a_category_that_the_service_leaves_out_is_never_taken_for_harmless(service, safety):
    answer = found()
    answer["categoriesAnalysis"].pop(0)
    service.on(PATH, Reply(200, answer))
    with pytest.raises(ToolFailed, match="nothing about Hate"):
        content_safety_text(safety, "x")
    assert content_safety_text(safety, "x", hate="disable")["suggested_action"] == "Accept"


def test_faults_are_tried_again_and_refusals_told(service, safety, quick):
    service.on(PATH, refusal(503, "ServerBusy", "busy"), Reply(200, found()))
    assert content_safety_text(safety, "x")["suggested_action"] == "Accept"
    service.on(PATH, refusal(400, "InvalidRequestBody", "The blocklist words does not exist."))
    with pytest.raises(ToolFailed, match=r"\(400\): .*does not exist") as failed:
        content_safety_text(safety, "x", blocklists=["words"])
    assert failed.value.http == 400
    assert len(service.received) == 3


def test_429_waits_and_a_slow_service_ends(service, safety, quick):
    service.on(PATH, refusal(429, "TooManyRequests", "slow down", {"Retry-After": "1"}), Reply(200, found()))
    content_safety_text(safety, "x")
    assert len(service.received) == 2
    service.on(PATH, Reply(200, found(), delay=3))
    with pytest.raises(ToolFailed, match="in time"):
        content_safety_text(safety, "x", timeout=0.5)


def test_a_held_connection_meets_a_rotated_key(service, safety):
    def only_the_new_key(handler):
        known = handler.headers.get("Ocp-Apim-Subscription-Key") == ROTATED
        (Reply(200, found()) if known else refusal(401, "401", "Access denied"))(handler)

    held = pfconn.get(safety)
    pfconn.rotate(safety, api_key=ROTATED, test=False)
    service.on(PATH, only_the_new_key)
    assert content_safety_text(held, "x")["suggested_action"] == "Accept"


@pytest.mark.parametrize(
    ("options", "words"),
    [({"text": " "}, "empty"), ({"text": "x" * 10_001}, "10,001"), ({"hate": "none"}, "no sensitivity")],
)
def test_bad_input_is_refused_before_anything_is_sent(service, safety, options, words):
    with pytest.raises(UsageProblem, match=words):
        content_safety_text(safety, **{"text": "x", **options})
    assert service.received == []


def test_a_wrong_type(aoai):
    with pytest.raises(WrongConnectionType, match="takes azure_content_safety, azure_ai_services; my_aoai is"):
        content_safety_text(aoai, "x")


def test_nothing_is_printed(service, safety, capsys):
    service.on(PATH, Reply(200, found()))
    content_safety_text(safety, "x")
    assert capsys.readouterr() == ("", "")
