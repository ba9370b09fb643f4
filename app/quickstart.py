"""What ``make serve`` prints: the docs address, and a request that answers with a real amount when pasted."""

from __future__ import annotations

import json
import sys

REQUEST = {
    "rate_table": "bj-gjj-2025-1-11",
    "application_date": "2025-02-10",
    "applicant": {
        "uscc": "91350100M000100Y43",
        "registered_in_beijing": True,
        "dishonesty_records": [],
        "declaration_accepted": True,
    },
    "policies": [
        {
            "policy_no": "P-1",
            "insurer": "PICC",
            "insurance_type": "LAUNCH",
            "unit_id": "ROCKET-Y7",
            "launched_on": "2024-06-06",
            "launch_approved": True,
            "premium": "8000000.00",
            "premium_paid": "8000000.00",
            "paid_on": "2024-05-20",
            "period_from": "2024-06-06",
            "period_until": "2025-06-06",
        }
    ],
}

# Changing tables and managing keys always needs a key; the first one is made by whoever runs the service.
FIRST_KEY = '.venv/bin/subsidy keys create --name admin --owner "$(id -un)" --scope keys:admin --scope audit:read'


def greeting(port: int, *, first_key: bool = True) -> str:
    """The lines to print; the request earns 4,000,000.00 yuan (50% of the premium)."""
    base = f"http://127.0.0.1:{port}"
    body = json.dumps(REQUEST, separators=(",", ":"))
    key = f"\n  key    {FIRST_KEY}\n" if first_key else ""
    return (
        f"\n  docs   {base}/docs\n\n  try    curl -s {base}/v1/insurance-subsidies/calculate "
        f"-H 'Content-Type: application/json' -d '{body}'\n{key}"
    )


def no_key_yet(database_url: str) -> bool:
    """Whether nobody has made a key so far."""
    from sqlmodel import Session, select

    from app.tables.storage.database import engine_of
    from app.tables.storage.models import ApiKey

    engine = engine_of(database_url)
    with Session(engine) as session:
        found = session.exec(select(ApiKey)).first()
    engine.dispose()
    return found is None


if __name__ == "__main__":
    from app.settings import settings

    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    sys.stdout.write(greeting(port, first_key=no_key_yet(settings().database_url)) + "\n")
