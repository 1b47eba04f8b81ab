"""Accuracy, speed and memory of the product, each measured by one command."""
