"""The parts of the ``subsidy`` command."""
