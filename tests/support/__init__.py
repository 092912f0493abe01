"""What several test modules share: clocks that never sleep, scripted gateways, and the replay of fixtures."""
