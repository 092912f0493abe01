"""A service of the project's own: in memory, over gRPC, built on the compiled definitions and on nothing of yc_runs."""
