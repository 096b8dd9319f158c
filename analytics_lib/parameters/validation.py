"""Values given for a contract: checked and typed, or refused with one message wherever they came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analytics_lib.errors import ParameterError, nearest
from analytics_lib.parameters.fitting import SAID, RefusedError, fit
from analytics_lib.parameters.kinds import Parameter


def validate(parameters: Iterable[Parameter], given: Mapping[str, object]) -> dict[str, Any]:
    r"""Give every parameter its typed value: the one given, checked, else the default.

    Parameters
    ----------
    parameters
        The contract, from :func:`~analytics_lib.parameters.notebooks.read_parameters`.
    given
        Text (command line, URL) or native values (TOML, widgets) by name. A list is text with commas,
        a JSON array, or a sequence; None is the empty text.

    Returns
    -------
    dict
        All parameters in the order of the contract; days are ``date``, moments aware UTC ``datetime``.

    Raises
    ------
    ParameterError
        An unknown name (with the nearest), or a value that does not fit; the same message everywhere.

    Examples
    --------
    >>> from analytics_lib.parameters.declarations import parse_parameters
    >>> contract = parse_parameters('zip_code: str = "00000"\nn: int = 1')
    >>> validate(contract, {"zip_code": "00123"})
    {'zip_code': '00123', 'n': 1}
    """
    contract = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in contract:
            raise ParameterError(f"there is no parameter {name!r}", nearest(name, contract))
    return {
        name: fitted(parameter, given[name], "parameter ") if name in given else parameter.default
        for name, parameter in contract.items()
    }


def fitted(parameter: Parameter, value: object, where: str) -> Any:
    """Give a value as its parameter has it; `where` begins the message when it does not fit.

    Raises
    ------
    ParameterError
        It does not fit.
    """
    try:
        return fit(parameter.kind, value)
    except RefusedError as refusal:
        shown = repr(value) if len(repr(value)) <= 80 else f"{repr(value)[:77]}…"
        raise ParameterError(f"{where}{parameter.name}={shown} {refusal}", f"{_advice(parameter)}") from None


def _advice(parameter: Parameter) -> str:
    kind = parameter.kind
    if kind.name == "choice":
        wanted = f"one of {', '.join(repr(choice) for choice in kind.choices)}"
    elif kind.item:
        wanted = 'entries with commas between them, or a JSON array like ["a", "b"]'
    else:
        wanted = SAID[kind.name][1]
    nothing = ", or leave it empty" if kind.optional else ""
    about = f" ({parameter.name}: {parameter.help})" if parameter.help else ""
    return f"Give {wanted}{nothing}{about}."
