"""Scripts of the repository itself; none of them is installed."""
