"""A document as a script that needs numpy and PyGeNN alone, for people who know GeNN or want to.

Our backend's builder does to stand-ins what it does to PyGeNN (`stand_in`); what was done is printed as statements
(`network_section`), the schedule of a batch as a loop (`loop_section`). So the script does what the backend does.
"""

from spikeloom.exporters.pygenn.examples import save_examples
from spikeloom.exporters.pygenn.write import write

__all__ = ["save_examples", "write"]
