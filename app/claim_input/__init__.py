"""From what is sent to a claim: strict JSON, schemas made from the claim model, and faults with their places."""
