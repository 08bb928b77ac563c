"""What can be done where a data set is not to be seen: a download, other fields, another folder, another try."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from spikeloom.errors import SpikeloomError
from spikeloom.spec import Dataset
from spikeloom_app.data.download import Download
from spikeloom_app.data.looker import DataLooker
from spikeloom_app.data.trouble import TroubleCard
from spikeloom_app.document import OpenDocument


def offer_words(offer: Mapping[str, Any] | None) -> str:
    """``Speech is about 170 MB to download (CC BY 4.0).``; empty where there is nothing to download."""
    if offer is None:
        return ""
    terms = f" ({offer['terms']})" if offer.get("terms") else ""
    return f"{offer['title']} is {offer['size']} to download{terms}. Or choose the folder in which your data sets lie."


class Remedies(QObject):
    """Fills the card of what is wrong, and does what the user chooses there.

    Attributes
    ----------
    again_wanted
        Signal: it is worth looking once more.
    error
        Why there is nothing to see; None where there is something.
    offer
        The event ``offer`` of what could be downloaded.
    fields
        Those that the files would have otherwise.
    loading
        The download that is on its way.
    """

    again_wanted = Signal()

    def __init__(self, document: OpenDocument, looker: DataLooker, card: TroubleCard, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._looker, self._card = document, looker, card
        self.error: SpikeloomError | None = None
        self.offer: dict[str, Any] | None = None
        self.fields: dict[str, Any] = {}
        self.loading: Download | None = None
        looker.failed.connect(self.fail)
        looker.offer_told.connect(self._keep_offer)
        looker.findings_told.connect(self._keep_findings)
        card.again_wanted.connect(self.again_wanted)
        card.fields_wanted.connect(self.take_fields)
        card.leave_wanted.connect(self._leave_fields)
        card.cancel_wanted.connect(self._cancel_download)

    def forget(self) -> None:
        """Another data set is looked at."""
        self.offer, self.fields = None, {}
        self.forgive()

    def forgive(self) -> None:
        """There is something to see."""
        self.error = None
        if self.loading is None:
            self._card.setVisible(bool(self.fields))

    def fail(self, error: Any) -> None:
        """Say why there is nothing, and what helps."""
        self.error = error
        if self.loading is not None:
            return
        place = str(error.place or "")
        reasons = {
            "fields": bool(self.fields),
            "download": self.offer is not None,
            "folder": any(part in f"{place} {error.message}" for part in (".folder", "data folder")),
            "place": place.startswith("experiment."),
            "again": not self._looker.runs,
        }
        size = self.offer["size"] if self.offer is not None else ""
        self._card.say(error, {name for name, wanted in reasons.items() if wanted}, size, offer_words(self.offer))

    # -- what the files say --------------------------------------------------------------------------------------
    def _keep_findings(self, event: Any) -> None:
        """Where the document works as it is, it is offered nevertheless."""
        self.fields = dict(event["fields"])
        if self.fields and self.error is None and self.loading is None and self._looker.shows:
            names = ", ".join(name.replace("_", " ") for name in self.fields)
            self._card.offer_fields(f"The files say more than the document: {names}.", "\n".join(event["words"]))

    def _leave_fields(self) -> None:
        self.fields = {}
        self.forgive()

    def take_fields(self) -> None:
        """Let the fields of the data set be as its files say; one step of undo."""
        dataset, fields = self._document.document.experiment.dataset, self.fields
        if dataset is None or not fields:
            return
        self.fields = {}
        try:
            made = Dataset.make(dataset.model_dump(mode="json") | fields)
            with self._document.one_step("read fields from the files"):
                self._document.set_value(("experiment", "dataset"), made)
        except SpikeloomError as error:
            self.fail(error)

    # -- a download ----------------------------------------------------------------------------------------------
    def _keep_offer(self, event: Any) -> None:
        self.offer = event

    def download(self) -> None:
        """Download the data set, whose size and terms the user knows."""
        if self.loading is not None:
            return
        try:
            self.loading = Download(self._document.document, self)
        except SpikeloomError as error:
            self.fail(error)
            return
        self.loading.progressed.connect(self._card.show_progress)
        self.loading.ended.connect(self._downloaded)
        self._card.show_progress(-1.0, "Asking for the files…")

    def _cancel_download(self) -> None:
        if self.loading is not None:
            self.loading.cancel()

    def _downloaded(self, error: Any) -> None:
        """It is there, or is not: look again, or say why."""
        if self.loading is not None:
            self.loading.deleteLater()
            self.loading = None
        self._card.show_progress(None)
        if error is not None:
            self.fail(error)
        else:
            self.again_wanted.emit()

    def shut_down(self) -> None:
        """The window closes."""
        if self.loading is not None:
            self.loading.shut_down()
            self.loading = None
