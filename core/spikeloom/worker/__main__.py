"""``python -m spikeloom.worker``."""

from spikeloom.worker.process import main

main()
