"""A connection becomes name, value and tags and comes back; or it is refused before anything is sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hunter import assert_clean
from pfconn_jupyter.connections.build import build, rebuild
from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import InvalidConnection, NotSupported, StoreDamaged
from pfconn_jupyter.identity import Identity
from pfconn_jupyter.stores import keys
from pfconn_jupyter.stores.keyvault import tags as tag_rules
from pfconn_jupyter.stores.keyvault.layout import JSON, RAW, SEALED, Place, owner_of, place_named, place_of
from pfconn_jupyter.stores.keyvault.tags import Metadata, metadata, that_fit, written
from pfconn_jupyter.stores.keyvault.values import MOST_BYTES, Content, decoded, encoded, format_for, overflow
from pfconn_jupyter.stores.sealing import SealingKey
from pfconn_jupyter.testing.samples import KEY, custom, openai
from refusals import refusal

VAULT = "https://contoso.vault.azure.net"
OWNER = "0123456789ab"
SEALING_KEY = SealingKey.fresh()
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=()), max_size=40)  # lone surrogates as well
LONG = st.one_of(TEXT, st.sampled_from(["x" * 256, "x" * 257, "🔑" * 128, "🔑" * 129, "я" * 9_000, "é" * 13_000]))
FIELD = TEXT.filter(lambda text: text and text == text.strip())


@pytest.fixture(autouse=True)
def sealing_key(monkeypatch):
    monkeypatch.setattr(keys, "key_to_open", lambda _: SEALING_KEY)


def stored(connection, place, existing=""):
    """Return the value, the content type and the tags that would be sent."""
    content = Content(connection.TYPE, connection.configs, connection.secrets)
    format = format_for(connection, place, existing)
    meta = Metadata(
        name="n",
        type=content.type,
        by="x" * 300,
        rev="0011",
        prev="0022",
        configs=that_fit(content.configs),
        more=bool(overflow(content.configs)),
    )
    value = encoded(content, place, format, SEALING_KEY if format == SEALED else None)
    return value, format, written(meta)


def read(value, format, tags, place):
    meta = metadata(tags, place.fold)
    content = decoded(value, format, place, meta.type, meta.configs)
    return rebuild(connection_type(content.type), content.configs, content.secrets)


def within_limits(value, format, tags):
    assert len(value.reveal().encode()) <= MOST_BYTES
    assert len(format) <= 255
    assert len(tags) <= 15
    for key, text in tags.items():
        assert 1 <= len(key) <= len(key.encode("utf-16-le")) // 2 <= 256
        assert 1 <= len(text) <= len(text.encode("utf-16-le")) // 2 <= 256
    assert len({key.lower() for key in tags}) == len(tags)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(
    NAMES,
    st.booleans(),
    st.dictionaries(FIELD, LONG, max_size=20),
    st.dictionaries(FIELD, LONG.filter(bool), min_size=1, max_size=4),
)
def test_what_is_legal_comes_back_or_is_refused_before_sending(name, private, configs, secrets):
    place = place_of(VAULT, name, OWNER if private else "")
    configs = {key: value for key, value in configs.items() if key not in secrets and not key.startswith("test_")}
    try:
        given_ = custom(configs, secrets)
        value, format, tags = stored(given_, place)
    except InvalidConnection:
        return
    within_limits(value, format, tags)
    found = read(value, format, tags, place)
    assert found.configs == given_.configs
    assert {k: v.reveal() for k, v in found.secrets.items()} == secrets


@given(NAMES, st.booleans())
def test_names_come_back_and_are_legal(name, private):
    place = place_of(VAULT, name, OWNER if private else "")
    assert place_named(VAULT, place.secret_name) == place
    assert place_named(VAULT, place.secret_name.upper()) == place
    assert len(place.secret_name) <= 127
    assert place.secret_name.replace("-", "").isalnum()
    assert place.fold == fold(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "db-password",
        "pfconn",
        "pfconn-s-",
        "pfconn-s--a",
        "pfconn-u-a",
        "pfconn-u-0123456789ab-",
        "pfconn-k-0123456789ab",
        "pfconn-u-0123456789xy-a",
        "pfconn-s-" + "a" * 65,
        "pfconn-s-a\n",
    ],
)
def test_foreign_names_are_none_of_ours(name):
    assert place_named(VAULT, name) is None


def test_an_owner_is_tenant_and_person():
    one = Identity("t1", "o1")
    assert owner_of(one) == owner_of(Identity("T1", "O1", "renamed@contoso.com"))
    assert len({owner_of(i) for i in (one, Identity("t2", "o1"), Identity("t1", "o2"))}) == 3
    assert owner_of(Identity("t1", "")) == owner_of(Identity("", "o1")) == ""


def test_one_secret_is_kept_raw_for_any_program():
    value, format, tags = stored(openai(model="m"), Place(VAULT, "", "a"))
    assert (value.reveal(), format) == (KEY, RAW)
    assert tags == {
        "pfconn": "1",
        "name": "n",
        "type": "openai",
        "by": "x" * 128,
        "rev": "0011",
        "prev": "0022",
        "c.model": "m",
    }
    assert_clean(KEY, tags)


def test_several_secrets_are_json_that_people_can_read():
    value, format, _ = stored(custom({"a": "1"}, {"пароль": "секрет"}), Place(VAULT, "", "a"))
    assert format == JSON
    assert "секрет" in value.reveal()
    assert json.loads(value.reveal()) == {"configs": {}, "secrets": {"пароль": "секрет"}}


def test_the_format_is_fixed():
    place = Place(VAULT, "", "a")
    azure = {"api_base": "https://contoso.openai.azure.com"}
    entra = build(connection_type("azure_openai"), {**azure, "auth_mode": "meid_token"})
    keyed = build(connection_type("azure_openai"), {**azure, "api_key": "0123456789abcdef0123456789abcdef"})
    assert stored(keyed, place)[1] == RAW
    assert stored(entra, place)[1] == JSON
    assert stored(keyed, place, existing=JSON)[1] == JSON
    for other in (entra, custom({}, {"a": KEY}), openai(model="x" * 257)):
        with pytest.raises(NotSupported) as refused:
            stored(other, place, existing=RAW)
        assert "another name" in refused.value.hint
        assert_clean(KEY, refused.value)


def test_the_limit_that_is_passed_is_named_and_the_value_is_not():
    secret = "pässword-" * 3_000
    given_ = custom({}, {"token": secret[:20_000]})
    refused = refusal(InvalidConnection, lambda: stored(given_, Place(VAULT, OWNER, "a")))
    assert "25,600" in refused.problem
    assert refused.problems[0].field == "token"
    assert_clean("pässword-pässword-", refused)


@pytest.mark.parametrize("where", ["configs", "secrets"])
def test_half_a_character_is_refused(where):
    parts = {"configs": {}, "secrets": {"s": "secret-0123456789"}}
    parts[where]["odd"] = "before-\ud83d-after-it"
    given_ = custom(**parts)
    refused = refusal(InvalidConnection, lambda: stored(given_, Place(VAULT, "", "a")))
    assert refused.problems[0].field == "odd"
    assert_clean("secret-0123456789", refused)


def test_a_private_one_without_a_secret_is_bound_too():
    place = Place(VAULT, OWNER, "a")
    fields = {"api_base": "https://contoso.openai.azure.com", "auth_mode": "meid_token"}
    value, format, tags = stored(build(connection_type("azure_openai"), fields), place)
    assert read(value, format, tags, place).secrets == {}
    for bad_tags, bad_value in (
        ({**tags, "c.api_base": "https://evil.openai.azure.com"}, value),
        (tags, Secret('{"configs": {}, "secrets": {}}')),
    ):
        with pytest.raises(StoreDamaged):
            read(bad_value, format, bad_tags, place)


@given(st.dictionaries(st.sampled_from(["pfconn", "name", "type", "by", "rev", "prev", "more", "c.a", "env"]), TEXT))
def test_any_tags_make_a_record_and_no_crash(tags):
    meta = metadata(tags, "a")
    assert meta.problem or tags["pfconn"] == "1"
    assert meta.name


def test_newer_is_not_malformed():
    assert metadata({"pfconn": "2", "name": "a", "type": "t", "rev": "r"}, "a").newer
    for odd in ("", "x", "-1", "1.5", "²", "9" * 5000):
        assert not metadata({"pfconn": odd}, "a").newer
    assert metadata(None, "a").problem
    assert tag_rules.are_ours(None) is False
