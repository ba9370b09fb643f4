"""Reading what was published: funds, batches, rate tables, versions, reference rates."""
