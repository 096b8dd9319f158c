"""The child of a run: executes one notebook with Papermill and says in a file what it saw.

Started by :mod:`.supervision` as ``python -m analytics_lib.reporting.execution``; it works in the run's
folder, so that no path of the machine enters the copy. It may be killed at any moment: what it did not
write is a failure.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from analytics_lib.parameters.texts import encode

SOURCE: Final = "source.ipynb"
"""The snapshot that runs; the notebook being edited never does."""
COPY: Final = "executed.ipynb"
EVIDENCE: Final = "evidence.json"


def main() -> int:
    """Execute the notebook of the current folder; the answer is in the evidence, not in the exit code."""
    parameters = json.loads(sys.argv[1])
    try:
        _execute(parameters)
    except BaseException as problem:  # also what a dying kernel or a signal raises: it all becomes evidence
        _write_evidence({"finished": False, "error": type(problem).__name__, "message": _first_lines(problem)})
        return 1
    _write_evidence({"finished": True, "error": "", "message": ""})
    return 0


def _execute(parameters: dict[str, Any]) -> None:
    from papermill import execute_notebook
    from papermill.translators import PythonTranslator, papermill_translators

    class LiteralTranslator(PythonTranslator):  # type: ignore[misc]  # Papermill is untyped
        """Lets values into the notebook as the literals of the contract and in no other way."""

        @classmethod
        def translate(cls, val: object) -> str:
            """Write one value."""
            return encode(val)

    papermill_translators.register("python", LiteralTranslator)
    execute_notebook(
        SOURCE, COPY, parameters=parameters, progress_bar=False, kernel_name="python3", config=_kernel_config()
    )


def _kernel_config() -> Any:
    """Let the kernel talk over files of this user where the system can; TCP ports are open to all users."""
    from traitlets.config import Config

    return Config() if os.name == "nt" else Config(KernelManager={"transport": "ipc"})


def _first_lines(problem: BaseException) -> str:
    return "\n".join(str(problem).strip().splitlines()[:5])


def _write_evidence(evidence: dict[str, Any]) -> None:
    fresh = Path(f".{EVIDENCE}.new")
    fresh.write_text(json.dumps(evidence), encoding="utf-8")
    fresh.replace(EVIDENCE)


if __name__ == "__main__":
    sys.exit(main())
