"""What is shown of the service's records: the base of all such models."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """What is shown."""

    # Every field is always sent, so none may look optional in the document.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True, populate_by_name=True)
