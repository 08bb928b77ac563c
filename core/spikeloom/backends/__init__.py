"""Backends: each runs a GeNN model and its schedule."""
