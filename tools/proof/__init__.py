"""What mutate.py and laws.py share: well-formed inputs, executions under limits, and what must hold of an output."""
