"""The `spikeloom` command: one module per subcommand.

Nothing heavy is imported above a function here: what is shown first must not wait for numpy.
"""
