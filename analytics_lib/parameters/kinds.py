"""What a parameter is, and what values it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analytics_lib.parameters.texts import encode


@dataclass(frozen=True, slots=True)
class Kind:
    """What values a parameter takes."""

    name: str
    """``str``, ``int``, ``float``, ``bool``, ``date``, ``datetime``, ``choice`` or ``list``."""
    choices: tuple[str | int | bool, ...] = ()
    """The allowed values of a ``choice``."""
    item: Kind | None = None
    """The kind of each entry of a ``list``."""
    optional: bool = False
    """Whether None is a value too; its text form is the empty text."""

    def __str__(self) -> str:
        """Write the kind as its annotation."""
        if self.name == "choice":
            written = f"Literal[{', '.join(repr(choice) for choice in self.choices)}]"
        else:
            written = f"list[{self.item}]" if self.item else self.name
        return f"{written} | None" if self.optional else written


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook, as its ``parameters`` cell declares it."""

    name: str
    """Name of the variable."""
    kind: Kind
    """What values it takes."""
    default: Any
    """Value when none is given, already of its kind (a date is a ``date``)."""
    help: str = ""
    """The comment behind the declaration."""

    def __str__(self) -> str:
        """Write the declaration on one line, as in the notebook."""
        comment = f"  # {self.help}" if self.help else ""
        return f"{self.name}: {self.kind} = {encode(self.default)}{comment}"
