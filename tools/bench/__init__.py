"""The benchmarks: what this package costs beside bare httpx and beside the official SDK. Run by ``make bench``."""
