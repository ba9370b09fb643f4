"""The service without its calculation: every request is answered with the explanation of the first one.

What it costs is what stands around the calculation: HTTP, checking and reading the request, its digest,
writing the answer, the log line and the metrics.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from app.calculators import assessment
from app.calculators.results import model as results
from app.main import create_app
from app.services import calculation as calculating


class _Once:
    """Assesses the first claim and answers the same ever after."""

    def __init__(self) -> None:
        self.result: results.Result | None = None

    def assess(self, *claim: Any, **more: Any) -> results.Result:
        """Stand in for ``assessment.assess``."""
        if self.result is None:
            self.result = assessment.assess(*claim, **more)
        return self.result


def without_calculation() -> FastAPI:
    """Make the service with its calculation taken out."""
    calculating.assessment = _Once()  # type: ignore[assignment]
    return create_app()
