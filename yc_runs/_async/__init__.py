"""The I/O shell: everything that touches a socket, a clock or the dice. The synchronous twin is generated from it."""
