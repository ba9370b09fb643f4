"""Measurements that compare side by side in one run. No timed tests: nothing here fails because a machine is slow."""
