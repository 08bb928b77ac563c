"""The desktop application: draws, edits and watches what `spikeloom` computes."""
