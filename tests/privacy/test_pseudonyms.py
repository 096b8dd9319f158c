"""Pseudonyms: the same person the same name, another tenant another, and no way back without the key."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from analytics_lib.errors import PrivacyError
from analytics_lib.privacy.pseudonyms import EVENT_IDS, Keys, derived_secret, epoch_of


def test_a_pseudonym_is_the_epoch_and_128_bits_of_the_hmac(tmp_path):
    keys = Keys(tmp_path)
    secret = bytes.fromhex(json.loads(keys.path.read_text())[0]["secret"]) if keys.key("shop") else b""
    made = hmac.new(secret, b"ann", hashlib.sha256).hexdigest()[:32]
    assert keys.pseudonyms("shop", pa.array(["ann", None, "ann"])).to_pylist() == [f"0-{made}", None, f"0-{made}"]


def test_tenants_and_purposes_do_not_share_names(tmp_path):
    keys = Keys(tmp_path)
    names = {
        keys.key(tenant, purpose).digest("ann") for tenant in ("shop", "retail") for purpose in ("user_id", "x")
    }  # fmt: skip
    assert len(names) == 4


def test_keys_stay_the_same_in_another_process_and_only_the_owner_reads_them(tmp_path):
    name = Keys(tmp_path / "keys").key("shop").digest("ann")
    again = Keys(tmp_path / "keys")
    assert again.key("shop").digest("ann") == name
    assert stat.S_IMODE(again.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(again.path.parent.stat().st_mode) == 0o700


def test_rotation_begins_an_epoch_and_the_old_name_can_still_be_made(tmp_path):
    keys = Keys(tmp_path)
    before = keys.key("shop").digest("ann")
    keys.rotate("shop")
    after = keys.key("shop").digest("ann")
    assert (epoch_of(before), epoch_of(after)) == ("0", "1")
    assert keys.every_pseudonym("shop", "ann") == (before, after)
    assert keys.epochs("shop") == ("0", "1")


def test_the_key_of_event_ids_is_not_rotated(tmp_path):
    with pytest.raises(PrivacyError, match="not rotated"):
        Keys(tmp_path).rotate("shop", EVENT_IDS)


def test_a_damaged_file_is_never_made_anew(tmp_path):
    keys = Keys(tmp_path)
    keys.key("shop")
    keys.path.write_text("{")
    with pytest.raises(PrivacyError, match="Restore the file"):
        keys.key("shop")


def test_first_use_by_many_at_once_makes_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: Keys(tmp_path).key("shop").digest("ann"), range(16)))
    assert len(names) == 1


def test_forgetting_a_tenant_destroys_its_keys_and_no_others(tmp_path):
    keys = Keys(tmp_path)
    kept = keys.key("retail").digest("ann")
    keys.key("shop")
    keys.key("shop", EVENT_IDS)
    assert keys.forget("shop") == 2
    assert keys.epochs("shop") == ()
    assert keys.key("retail").digest("ann") == kept


def test_a_key_never_shows_its_secret(tmp_path):
    key = Keys(tmp_path).key("shop")
    assert key.secret not in repr(key)
    assert not re.search(r"[0-9a-f]{64}", repr(Keys(tmp_path)))
    assert len(derived_secret(key)) == 64
