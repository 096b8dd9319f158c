"""Personal data in free text and properties: found, and taken out before anything is stored."""

from __future__ import annotations

import ipaddress
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analytics_lib import checks
from analytics_lib.schema import snake

KINDS: Final = ("e-mail", "iban", "card", "ip", "phone")
"""What is looked for in text, in this order."""

ACTIONS: Final = ("keep", "drop", "pseudonymise", "mask")
"""What a rule does with a property; mask leaves its first character and its length."""

DROPPED: Final = frozenset({
    "ip", "ip_address", "client_ip", "remote_addr", "user_agent", "useragent", "password", "passwd", "secret",
    "token", "access_token", "refresh_token", "api_key", "authorization", "cookie", "email", "e_mail", "mail",
    "phone", "phone_number", "mobile_number", "iban", "card_number", "credit_card", "cvv", "ssn", "first_name",
    "last_name", "full_name", "given_name", "family_name", "street", "street_address", "birth_date", "date_of_birth",
})  # fmt: skip
"""Properties that are left behind whatever they hold, by their name in snake case."""

PSEUDONYMISED: Final = frozenset({"account_id", "login_id", "customer_id", "member_id", "anonymous_id", "previous_id"})
"""Properties that name a person and become a keyed digest."""

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}\b")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)")
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]\d|\w)")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_PHONE = re.compile(
    r"(?<![\w.,-])(?<!\d/)(?:\+\d{1,3}|\(?0\d{1,5}\)?)[ ./-]?\(?\d{1,5}\)?(?:[ ./-]?\d{1,5}){1,6}(?![\w-])"
)
_SECRET_PARAMETER = re.compile(
    r"([?&;#](?:access_token|auth|code|e-?mail|key|pass(?:word)?|secret|sig(?:nature)?|token|user|phone)=)[^&;#]*",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")

SUSPICIOUS: Final = (
    r'@|%40|"[^"]*\d[\d ().\-/]{6,}\d|"[^"]*[A-Z]{2}\d{2}[ A-Z0-9]{10}|"[^"]*[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:'
)
"""Pattern of a JSON text that is worth a closer look; the many that are not are passed by."""


def scrub_text(text: str, found: Counter[str] | None = None, kinds: tuple[str, ...] = KINDS) -> str:
    """Give a text with personal data replaced by its kind in brackets.

    Found are e-mail addresses, account and card numbers whose checksum is right, IP addresses, and phone
    numbers written like one (with a country code or a leading zero).

    Parameters
    ----------
    found
        Counts what was replaced, by kind.
    kinds
        What to look for.

    Examples
    --------
    >>> scrub_text("write to ann@example.org or +44 20 7946 0958, order 489434")
    'write to [e-mail] or [phone], order 489434'
    >>> scrub_text("GB82 WEST 1234 5698 7654 32 and 4111 1111 1111 1111, from 192.0.2.7")
    '[iban] and [card], from [ip]'
    """
    for kind in kinds:
        pattern, really = _FINDERS[kind]
        text = pattern.sub(_replacer(kind, really, found), text)
    return text


def _replacer(kind: str, really: Callable[[str], bool], found: Counter[str] | None) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        if not really(match.group()):
            return match.group()
        if found is not None:
            found[kind] += 1
        return f"[{kind}]"

    return replace


def _always(_: str) -> bool:
    return True


def _is_iban(text: str) -> bool:
    """Check the remainder by 97 (ISO 7064)."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    """Check the last digit (Luhn, ISO 7812) and that an issuer's number begins like this."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return digits[0] in {2, 3, 4, 5, 6} and sum(doubled) % 10 == 0 and len(set(digits)) > 1


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return text not in {"::", "0.0.0.0"}  # noqa: S104 - compared, not bound


def _is_phone(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    separated = any(letter in " ./-()" for letter in text)
    is_date = re.fullmatch(r"0?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( \d{1,2})?", text) is not None
    return 8 <= digits <= 15 and (text.startswith("+") or separated) and not is_date


_FINDERS: Final[Mapping[str, tuple[re.Pattern[str], Callable[[str], bool]]]] = {
    "e-mail": (_EMAIL, _always),
    "iban": (_IBAN, _is_iban),
    "card": (_CARD, _is_card),
    "ip": (re.compile(f"{_IP4.pattern}|{_IP6.pattern}"), _is_address),
    "phone": (_PHONE, _is_phone),
}


def scrub_address(url: str, found: Counter[str] | None = None) -> str:
    """Give a URL without e-mail addresses, credentials and the values of parameters that hold secrets.

    Examples
    --------
    >>> scrub_address("https://ann:pw@example.org/a?email=ann@example.org&page=2")
    'https://example.org/a?email=&page=2'
    """
    plain = _SECRET_PARAMETER.sub(r"\1", _CREDENTIALS.sub("", url))
    return _EMAIL.sub(_replacer("e-mail", _always, found), plain)


@dataclass(frozen=True, slots=True)
class ScrubRules:
    """What happens to each property; names are compared in snake case, at any depth."""

    properties: Mapping[str, str] = field(default_factory=dict)
    """``{property: keep | drop | pseudonymise | mask}``, above the defaults."""
    free_text: bool = True
    """Whether texts are searched for personal data."""

    def __post_init__(self) -> None:
        """Refuse an unknown action."""
        for name, action in self.properties.items():
            checks.one_of(f"properties.{name}", action, ACTIONS)

    def action(self, name: str) -> str:
        """Give what happens to a property: the rule for it, else the default for its name."""
        spelled = snake(name)
        if spelled in self.properties:
            return self.properties[spelled]
        if spelled in DROPPED:
            return "drop"
        return "pseudonymise" if spelled in PSEUDONYMISED else "keep"

    def pattern(self) -> str:
        """Give the pattern of JSON texts that need a closer look under these rules."""
        named = {*DROPPED, *PSEUDONYMISED, *(name for name, action in self.properties.items() if action != "keep")}
        spellings = "|".join(sorted(re.escape(name).replace("_", "[ _.$-]?") for name in named))
        keys = rf'(?i:"[$_]?(?:{spellings})"\s*:)'
        return f"{keys}|{SUSPICIOUS}" if self.free_text else keys


def scrub_json(
    text: str, rules: ScrubRules, *, pseudonym: Callable[[str], str] | None = None, found: Counter[str] | None = None
) -> str:
    """Give a JSON object with its properties treated by the rules and its texts searched.

    Parameters
    ----------
    pseudonym
        Makes the keyed digest of a value; without it such properties are left as they are (in memory).
    found
        Counts what was taken out, by kind; ``property`` for those that went by name.

    Examples
    --------
    >>> scrub_json('{"email":"a@b.org","note":"call +49 30 901820","plan":"pro"}', ScrubRules())
    '{"note":"call [phone]","plan":"pro"}'
    """
    counter: Counter[str] = Counter() if found is None else found
    cleaned = _clean(json.loads(text), rules, pseudonym, counter)
    return json.dumps(cleaned, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _clean(value: Any, rules: ScrubRules, pseudonym: Callable[[str], str] | None, found: Counter[str]) -> Any:
    if isinstance(value, dict):
        kept: dict[str, Any] = {}
        for name, inner in value.items():
            action = rules.action(name)
            if action == "drop":
                found["property"] += 1
            else:
                plain = _unused(scrub_text(name, found, ("e-mail",)), kept)
                kept[plain] = _treated(action, _clean(inner, rules, pseudonym, found), inner, pseudonym)
        return kept
    if isinstance(value, list):
        return [_clean(item, rules, pseudonym, found) for item in value]
    return scrub_text(value, found) if isinstance(value, str) and rules.free_text else value


def _unused(name: str, taken: Mapping[str, Any]) -> str:
    """Give a name with a number where it is taken, as two people's addresses both become ``[e-mail]``."""
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one not in taken)


def _treated(action: str, cleaned: Any, sent: Any, pseudonym: Callable[[str], str] | None) -> Any:
    if action == "pseudonymise" and pseudonym is not None and isinstance(sent, str | int | float):
        return pseudonym(str(sent))
    if action == "mask" and isinstance(sent, str | int | float):
        text = str(sent)
        return text[:1] + "*" * (len(text) - 1)
    return sent if action == "pseudonymise" else cleaned
