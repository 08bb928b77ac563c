"""Data sets from the network: what there is to download, and the download, when somebody asks for it."""

from spikeloom.data.downloads.download import Progress, download, target_folder
from spikeloom.data.downloads.fetch import Cancelled
from spikeloom.data.downloads.offer import File, Offer, how_to_get, in_words, offer_of

__all__ = ["Cancelled", "File", "Offer", "Progress", "download", "how_to_get", "in_words", "offer_of", "target_folder"]
