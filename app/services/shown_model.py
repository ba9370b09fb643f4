"""What is shown of the service's records: the base of all such models."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class View(BaseModel):
    """What is shown."""

    # Every field is always sent, so none may look optional in the document.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True, populate_by_name=True)
