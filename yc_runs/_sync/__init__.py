# Generated from yc_runs/_async/__init__.py by tools/generate_sync.py; do not edit.
"""The I/O shell: everything that touches a socket, a clock or the dice. The synchronous twin is generated from it."""
